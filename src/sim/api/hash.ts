/** Hashes and generated name parts, as apimachinery's `util/rand` and `storage/names` make them. */

import { Recent } from "../kernel/recent.ts";

/** No vowels, no 0, 1, 3: no bad words and no misreading. */
export const SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** Longest part of a `generateName` that is kept; 5 random characters follow. */
const MAX_GENERATE_NAME_BASE = 58;

const encoder = (text: string, put: (byte: number) => void): void => {
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      put(code);
      continue;
    }
    if (code >= 0xd800 && code < 0xdc00 && index + 1 < text.length) {
      code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(++index) - 0xdc00);
      put(0xf0 | (code >> 18));
      put(0x80 | ((code >> 12) & 0x3f));
    } else if (code >= 0x800) put(0xe0 | (code >> 12));
    else {
      put(0xc0 | (code >> 6));
      put(0x80 | (code & 0x3f));
      continue;
    }
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
};

/** FNV-32a over the text's UTF-8 bytes: an unsigned 32-bit number. `seed` continues an earlier hash. */
export function fnv32a(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  encoder(text, (byte) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  });
  return hash >>> 0;
}

/** Continues an FNV-32a hash with `value` as eight little-endian bytes (how upstream adds a collision count). */
export function fnv32aUint64(value: number, seed: number): number {
  let hash = seed;
  for (let index = 0, rest = value; index < 8; index++, rest = Math.floor(rest / 256)) {
    hash = Math.imul(hash ^ (rest & 0xff), 0x01000193);
  }
  return hash >>> 0;
}

/** Stands for MD5, SHA-256 and the like: `digits` hexadecimal digits (8 at a time), the same for the same text everywhere. */
export function digestHex(text: string, digits: number): string {
  let digest = "";
  for (let lane = 1; digest.length < digits; lane++) {
    let hash = (0x811c9dc5 ^ Math.imul(lane, 0x9e3779b1)) | 0;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    digest += ((hash ^ (hash >>> 15)) >>> 0).toString(16).padStart(8, "0");
  }
  return digest;
}

/** Each character to one of the safe alphabet, so that a decimal number is fit for a name (`rand.SafeEncodeString`). */
export function safeEncode(text: string): string {
  let encoded = "";
  for (let index = 0; index < text.length; index++) {
    encoded += SAFE_ALPHABET[text.charCodeAt(index) % SAFE_ALPHABET.length];
  }
  return encoded;
}

/** Text with its keys in order, the same for equal values. Undefined and null fields count as absent. */
export function canonicalText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const record = value as Readonly<Record<string, unknown>>;
  const parts: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const field = record[key];
    if (field !== undefined && field !== null) parts.push(`${JSON.stringify(key)}:${canonicalText(field)}`);
  }
  return `{${parts.join(",")}}`;
}

/**
 * `pod-template-hash` and the like: FNV-32a over a canonical text of the template, in safe letters. Upstream hashes a
 * dump of Go structs, so the letters differ from a real cluster's; the form and the stability are the same.
 */
export function podTemplateHash(template: unknown, collisionCount?: number): string {
  const hash = fnv32a(canonicalText(template));
  return safeEncode(String(collisionCount === undefined ? hash : fnv32aUint64(collisionCount, hash)));
}

/** `length` random characters of the safe alphabet. `int(bound)` gives an integer in [0, bound). */
export function randomSuffix(length: number, int: (bound: number) => number): string {
  let suffix = "";
  for (let index = 0; index < length; index++) suffix += SAFE_ALPHABET[int(SAFE_ALPHABET.length)];
  return suffix;
}

/** A name for `metadata.generateName`: its first 58 characters and 5 random ones. */
export function generateName(base: string, int: (bound: number) => number): string {
  return base.slice(0, MAX_GENERATE_NAME_BASE) + randomSuffix(5, int);
}

/** `00` to `ff`. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The lowest 16 bits as four hexadecimal digits. */
function hex4(value: number): string {
  return (BYTES[(value >>> 8) & 255] as string) + (BYTES[value & 255] as string);
}

/** A UUID, version 4, of eight numbers of 16 bits; of the fourth and fifth, 12 and 14 bits count. */
function uuidOf(a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number): string {
  const head = `${hex4(a) + hex4(b)}-${hex4(c)}-${hex4(0x4000 | (d & 0xfff))}`;
  return `${head}-${hex4(0x8000 | (e & 0x3fff))}-${hex4(f) + hex4(g) + hex4(h)}`;
}

/** A random UUID, version 4. */
export function randomUid(int: (bound: number) => number): string {
  const variant = int(4) << 12;
  const part = () => int(0x10000);
  return uuidOf(part(), part(), part(), int(0x1000), variant | int(0x1000), part(), part(), part());
}

/** Cache. */
const seeds = new Recent<string, number>(64);

/** The `number`th UUID of whoever has this name: for what must be told apart and is drawn from no random stream. */
export function numberedUuid(name: string, number: number): string {
  let seed = seeds.get(name);
  if (seed === undefined) {
    seed = fnv32a(name);
    seeds.set(name, seed);
  }
  const first = mixed(seed ^ Math.imul(number, 0x9e3779b1));
  const second = mixed(first ^ seed);
  const third = mixed(second ^ number);
  const fourth = mixed(third ^ seed);
  return uuidOf(first >>> 16, first, second >>> 16, second, third >>> 16, third, fourth >>> 16, fourth);
}

/** One number to one number, all bits of it spread. */
function mixed(number: number): number {
  let word = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
