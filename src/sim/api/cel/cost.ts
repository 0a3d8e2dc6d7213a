/** What calls take beside their own step: nearly what cel-go and Kubernetes' libraries count. */
import { regularExpression } from "../custom/go-regexp.ts";
import type { CelSequence, CelValue } from "./values.ts";

/** These look at nothing of what they are given. */
const CHEAP = new Set(
  "size type dyn _[_] _[?_] hasValue value or orValue optional.of optional.none optional.ofNonZeroValue".split(" "),
);
const SEARCHES = new Set(["matches", "find", "findAll"]);
/** These look at all that is in a list, at any depth. */
const DEEP = new Set("format join min max isSorted sets.contains sets.equivalent sets.intersects".split(" "));
const TENTH = 10;

export function costOf(name: string, args: readonly CelValue[]): number {
  if (CHEAP.has(name)) return 0;
  const own = args.reduce<number>((sum, arg) => sum + lengthOf(arg), 0);
  return own + productOf(name, args);
}

/** Of long texts and bytes a tenth. */
function lengthOf(value: CelValue): number {
  if (typeof value === "string") return Math.ceil(value.length / TENTH);
  if (typeof value !== "object" || value === null) return 0;
  if (value.kind === "bytes") return Math.ceil(value.bytes.length / TENTH);
  return value.kind === "list" ? value.length : 0;
}

function productOf(name: string, args: readonly CelValue[]): number {
  const [a = null, b = null, c = null] = args;
  if (name === "_==_" || name === "_!=_") return isDeep(a) && isDeep(b) ? Math.min(weightOf(a), weightOf(b)) : 0;
  if (DEEP.has(name)) return args.reduce<number>((sum, arg) => sum + weightOf(arg), 0) + separators(name, a, b);
  if (name === "@in") return isList(b) ? b.length * weightOf(a) : weightOf(a);
  if (isList(a)) {
    if (name === "indexOf" || name === "lastIndexOf") return a.length * weightOf(b);
    return name === "_+_" && a.identity !== undefined ? weightOf(a) + weightOf(b) : 0;
  }
  if (typeof a !== "string" || typeof b !== "string") return 0;
  if (SEARCHES.has(name)) return (a.length * (regularExpression(b)?.size ?? 0)) / TENTH;
  if (name === "replace" && typeof c === "string")
    return ((a.length / Math.max(b.length, 1) + 1) * c.length + (a.length * b.length) / TENTH) / TENTH;
  if (name === "split") return a.length;
  return ["contains", "indexOf", "lastIndexOf"].includes(name) ? (a.length * b.length) / (TENTH * TENTH) : 0;
}

function separators(name: string, list: CelValue, separator: CelValue): number {
  return name === "join" && isList(list) && typeof separator === "string"
    ? (list.length * separator.length) / TENTH
    : 0;
}

function isList(value: CelValue): value is CelSequence {
  return isDeep(value) && (value as { readonly kind: string }).kind === "list";
}

function isDeep(value: CelValue): boolean {
  return typeof value === "object" && value !== null && ["list", "map", "optional"].includes(value.kind);
}

/** Cache: the same list may stand in another one many times, and that one in a third. */
const weights = new WeakMap<object, number>();

/** How much is in a value. */
function weightOf(value: CelValue): number {
  if (typeof value !== "object" || value === null || !isDeep(value)) return 1 + lengthOf(value);
  const known = weights.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  if (value.kind === "list") for (let at = 0; at < value.length; at++) weight += weightOf(value.at(at));
  else if (value.kind === "map")
    for (const key of value.keys()) weight += weightOf(key) + weightOf(value.get(key) ?? null);
  else if (value.kind === "optional") weight += weightOf(value.value ?? null);
  weights.set(value, weight);
  return weight;
}
