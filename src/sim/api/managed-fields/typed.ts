import { equalJson } from "../equal.ts";
import { isRecord } from "../patch/json.ts";
import { type FieldType, type StructType, structOf } from "../schema/schema.ts";
import { below, elementsOf, type FieldSet, isEmptySet, isMember, LEAF, NOTHING, union } from "./field-set.ts";

/** A field of the applied object that the kind does not have. */
export class UnknownFieldError extends Error {}

export type ListType = FieldType & { readonly type: "list" };

/** Keys that may be left out of an applied item: they have a default. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: "TCP" };

/** What is taken apart: its fields have owners of their own. Everything else is owned as a whole. */
export function partsOf(type: FieldType | undefined): "struct" | "map" | "keyed" | "set" | null {
  switch (type?.type) {
    case "struct":
      return structOf(type).atomic ? null : "struct";
    case "map":
      return type.atomic ? null : "map";
    case "list":
      return type.listType === "map" ? "keyed" : type.listType === "set" ? "set" : null;
    default:
      return null;
  }
}

interface Part {
  readonly element: string;
  readonly value: unknown;
  readonly type: FieldType | undefined;
  /** An item or a map's key is in the set by itself; a struct's field only if it is not taken apart. */
  readonly named: boolean;
  /** It is always there, so nobody adds it. */
  readonly isThere: boolean;
}

export function elementOfItem(item: unknown, type: ListType): string {
  if (type.listType === "set") return `v:${JSON.stringify(item)}`;
  const record = isRecord(item) ? item : {};
  const [key = "", ...more] = type.listMapKeys;
  // Most lists have one key, and their items say it.
  if (more.length === 0 && typeof record[key] === "string") return `k:{"${key}":${JSON.stringify(record[key])}}`;
  const keys = [...type.listMapKeys].sort();
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, record[key] ?? (type.keyDefaults ?? KEY_DEFAULTS)[key] ?? null])))}`;
}

function partsIn(value: unknown, type: FieldType | undefined): readonly Part[] | null {
  const kind = partsOf(type);
  if (kind === null || type === undefined) return null;
  if (type.type === "list") {
    if (!Array.isArray(value)) return null;
    return value.map((item) => ({
      element: elementOfItem(item, type),
      value: item,
      type: type.items,
      named: false,
      isThere: false,
    }));
  }
  if (!isRecord(value)) return null;
  const struct = type.type === "struct" ? structOf(type) : null;
  const parts: Part[] = [];
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const inner = struct === null ? (type as { values: FieldType }).values : (struct.fields.get(key) ?? struct.rest);
    const isThere = struct !== null && isThereAnyway(key, inner, struct);
    parts.push({ element: `f:${key}`, value: item, type: inner, named: struct !== null, isThere });
  }
  return parts;
}

export function typeOfKind(struct: StructType): FieldType {
  return { type: "struct", index: struct.index, replace: false, retainKeys: false, own: struct };
}

/** The fields that an object sets. Throws UnknownFieldError if `strict`. */
export function fieldsOf(value: unknown, type: FieldType | undefined, strict = false, path = ""): FieldSet {
  const parts = partsIn(value, type);
  if (parts === null) return NOTHING;
  const set: Record<string, FieldSet> = {};
  for (const part of parts) {
    if (strict && part.named && part.type === undefined)
      throw new UnknownFieldError(`${path}.${part.element.slice(2)}: field not declared in schema`);
    const inner = fieldsOf(part.value, part.type, strict, `${path}.${part.element.slice(2)}`);
    if (part.named && isEmptySet(inner) && holdsNothing(part)) continue;
    set[part.element] = below(!part.named || isEmptySet(inner), inner) as FieldSet;
  }
  return set;
}

/** A list that is taken apart is nothing but its items, a struct nothing but its fields; one that is `{}` is something. */
function holdsNothing({ value, type }: Part): boolean {
  if (partsOf(type) === null) return false;
  return Array.isArray(value) || (isRecord(value) && Object.keys(value).length > 0);
}

/** Fields whose structs are no pointers in Go: they are always there, so nobody adds them. So are required lists. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  "acceptedNames",
  "backend",
  "daemonEndpoints",
  "involvedObject",
  "jobTemplate",
  "kubeletEndpoint",
  "lastState",
  "loadBalancer",
  "metadata",
  "names",
  "nodeInfo",
  "resources",
  "scaleTargetRef",
  "source",
  "spec",
  "state",
  "status",
  "strategy",
  "target",
  "template",
  "updateStrategy",
]);

/** Whether Go writes the field of a struct out even where nobody has set it. */
export function isThereAnyway(key: string, type: FieldType | undefined, struct: StructType): boolean {
  if (type?.type !== "struct") return struct.index >= 0 && struct.required.includes(key);
  return type.own === undefined && ALWAYS_THERE.has(key);
}

/** A part that was not there before: with everything in it, containers included. */
function addedPart({ value, type, isThere }: Part): FieldSet {
  const parts = partsIn(value, type) ?? [];
  const inner: Record<string, FieldSet> = {};
  for (const part of parts) inner[part.element] = addedPart(part);
  return below(!isThere || parts.length === 0, inner) as FieldSet;
}

/** A part with everything in it. */
function wholePart({ value, type }: Part): FieldSet {
  const inner: Record<string, FieldSet> = {};
  for (const part of partsIn(value, type) ?? []) inner[part.element] = wholePart(part);
  return below(true, inner) as FieldSet;
}

export interface Comparison {
  /** Added or modified. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const SAME: Comparison = { changed: NOTHING, removed: NOTHING };

export function compareFields(before: unknown, after: unknown, type: FieldType | undefined): Comparison {
  if (before === after) return SAME;
  const old = new Map(partsIn(before, type)?.map((part) => [part.element, part]));
  const changed: Record<string, FieldSet> = {};
  const removed: Record<string, FieldSet> = {};
  for (const part of partsIn(after, type) ?? []) {
    const was = old.get(part.element);
    old.delete(part.element);
    if (was === undefined) {
      changed[part.element] = addedPart(part);
      continue;
    }
    if (was.value === part.value) continue;
    if (partsIn(part.value, part.type) === null || partsIn(was.value, part.type) === null) {
      if (!equalJson(was.value, part.value)) changed[part.element] = LEAF;
      continue;
    }
    const inner = compareFields(was.value, part.value, part.type);
    if (!isEmptySet(inner.changed)) changed[part.element] = inner.changed;
    if (!isEmptySet(inner.removed)) removed[part.element] = inner.removed;
  }
  for (const [element, part] of old) removed[element] = wholePart(part);
  return { changed, removed };
}

/** `applied` over `live`: what it does not say stays. Undefined: nothing is left. */
export function mergeFields(live: unknown, applied: unknown, type: FieldType | undefined): unknown {
  const kind = partsOf(type);
  if (applied === null) return undefined;
  if (kind === null || live === undefined || type === undefined) return applied;
  if (type.type === "list")
    return Array.isArray(live) && Array.isArray(applied) ? mergeLists(live, applied, type) : applied;
  if (!isRecord(live) || !isRecord(applied)) return applied;
  const result: Record<string, unknown> = { ...live };
  for (const part of partsIn(applied, type) as readonly Part[]) {
    const key = part.element.slice(2);
    const merged = mergeFields(live[key], part.value, part.type);
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  return result;
}

/** Items of the applied list in its order; others stay where they are among them. */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], type: ListType): unknown[] {
  const liveItems = new Map(live.map((item) => [elementOfItem(item, type), item]));
  const wanted = new Set(applied.map((item) => elementOfItem(item, type)));
  const others = [...liveItems.keys()];
  const result: unknown[] = [];
  let next = 0;
  const takeOthers = () => {
    for (; next < others.length && !wanted.has(others[next]!); next++) result.push(liveItems.get(others[next]!));
  };
  for (const item of applied) {
    takeOthers();
    const element = elementOfItem(item, type);
    if (liveItems.has(element)) next++;
    result.push(mergeFields(liveItems.get(element), item, type.items));
  }
  for (const other of others.slice(next)) if (!wanted.has(other)) result.push(liveItems.get(other));
  return result;
}

/**
 * Without the fields of `dropped` that are not `owned`. A struct's field is owned where anything in it is; an item of a
 * list or a key of a map only by itself, and with it goes what others own in it. Containers that get empty go, too.
 */
export function pruneFields(
  value: unknown,
  type: FieldType | undefined,
  dropped: FieldSet,
  owned: FieldSet,
  survives = true,
): unknown {
  const parts = partsIn(value, type);
  if (parts === null) return value;
  const gone = new Set<string>();
  const changed = new Map<string, unknown>();
  for (const part of parts) {
    const { element, value: before, type: inner, named } = part;
    const drop = dropped[element];
    if (drop === undefined) continue;
    const keep = owned[element];
    const stays = survives && keep !== undefined && (named || isMember(keep));
    if (!stays && (named || isMember(drop))) {
      if (!(named && holdsNothing(part) && isHollow(before))) gone.add(element);
      continue;
    }
    if (elementsOf(drop).length === 0) continue;
    const after = pruneFields(before, inner, drop, keep ?? NOTHING, stays);
    if (after === before) continue;
    if (isHollow(after)) gone.add(element);
    else changed.set(element, after);
  }
  if (gone.size === 0 && changed.size === 0) return value;
  const left = parts.filter(({ element }) => !gone.has(element));
  const valueAfter = (part: Part) => (changed.has(part.element) ? changed.get(part.element) : part.value);
  return Array.isArray(value)
    ? left.map(valueAfter)
    : Object.fromEntries(left.map((part) => [part.element.slice(2), valueAfter(part)]));
}

function isHollow(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}

export function unionOf(sets: readonly FieldSet[]): FieldSet {
  return sets.reduce(union, NOTHING);
}
