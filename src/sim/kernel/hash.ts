import { Table } from "./table.ts";

/**
 * 53-bit hash of plain data. Records by sorted key, Maps and Sets in insertion order (their order decides what a
 * component does next), Tables in key order. What is frozen is hashed once.
 */
export function hashState(value: unknown): string {
  const state: Mixer = { high: 0x9e3779b9 | 0, low: 0x85ebca6b | 0 };
  mix(state, value);
  const low = finish(state.low ^ (state.high >>> 13));
  const high = finish(state.high ^ (state.low >>> 16));
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}

interface Mixer {
  high: number;
  low: number;
}

/** Cache, not state: what is frozen never changes. */
const frozenHashes = new WeakMap<object, { readonly high: number; readonly low: number }>();

const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);

function word(state: Mixer, value: number): void {
  state.high = Math.imul(state.high ^ value, 0x9e3779b1);
  state.high = (state.high << 13) | (state.high >>> 19);
  state.low = Math.imul(state.low ^ value, 0x5f356495);
  state.low = (state.low << 17) | (state.low >>> 15);
  state.low = (state.low + state.high) | 0;
}

function finish(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function text(state: Mixer, value: string): void {
  word(state, value.length ^ 0x51ed270b);
  for (let index = 0; index < value.length; index += 1) word(state, value.charCodeAt(index));
}

function mix(state: Mixer, value: unknown): void {
  switch (typeof value) {
    case "number":
      if ((value | 0) === value && !Object.is(value, -0)) {
        word(state, 1);
        word(state, value);
      } else {
        doubleView[0] = value;
        word(state, 2);
        word(state, wordView[0] as number);
        word(state, wordView[1] as number);
      }
      return;
    case "string":
      word(state, 3);
      text(state, value);
      return;
    case "boolean":
      word(state, value ? 4 : 5);
      return;
    case "undefined":
      word(state, 6);
      return;
    case "bigint":
      word(state, 7);
      text(state, value.toString());
      return;
    case "object":
      break;
    default:
      throw new Error("A world's state holds no functions or symbols.");
  }
  if (value === null) {
    word(state, 8);
    return;
  }
  const hash = frozenHashes.get(value) ?? hashObject(value);
  word(state, hash.high);
  word(state, hash.low);
}

/** The same whether an object is frozen or not: freezing changes nothing that a component can see. */
function hashObject(value: object): Mixer {
  const own: Mixer = { high: 0x243f6a88, low: 0x13198a2e };
  mixObject(own, value);
  // Maps, Sets and Tables have no keys of their own; freezing them does not keep them from changing.
  if (Object.isFrozen(value) && Object.keys(value).length > 0) frozenHashes.set(value, own);
  return own;
}

function mixObject(state: Mixer, value: object): void {
  if (Array.isArray(value)) {
    word(state, 9);
    word(state, value.length);
    for (const item of value) mix(state, item);
  } else if (value instanceof Map) {
    word(state, 10);
    word(state, value.size);
    for (const [key, item] of value) {
      mix(state, key);
      mix(state, item);
    }
  } else if (value instanceof Set) {
    word(state, 11);
    word(state, value.size);
    for (const item of value) mix(state, item);
  } else if (value instanceof Table) {
    word(state, 12);
    word(state, value.size);
    value.forEach((item, key) => {
      text(state, key);
      mix(state, item);
    });
  } else if (ArrayBuffer.isView(value)) {
    word(state, 13);
    for (const item of value as unknown as Iterable<number>) mix(state, item);
  } else {
    word(state, 14);
    const record = value as Record<string, unknown>;
    // A key whose value is undefined is as good as absent: copies and JSON treat it so.
    for (const key of Object.keys(record).sort()) {
      if (record[key] === undefined) continue;
      text(state, key);
      mix(state, record[key]);
    }
  }
}
