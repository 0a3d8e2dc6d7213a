/** Values of CEL expressions. Integers are bigints, doubles are numbers; what the host has of its own it wraps. */

import type { Cidr, IpAddress } from "../ip.ts";
import type { Quantity } from "../quantity.ts";

export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint
  | Bytes
  | Timestamp
  | Duration
  | CelSequence
  | CelMapping
  | Optional
  | TypeValue
  | Opaque;

/** A list. `keys` and `isSet`: how elements of a Kubernetes list are told apart (`x-kubernetes-list-type`). */
export interface CelSequence {
  readonly kind: "list";
  readonly length: number;
  at(index: number): CelValue;
  readonly identity?: { readonly type: "set" } | { readonly type: "map"; readonly keys: readonly string[] };
}

/** A map or an object. */
export interface CelMapping {
  readonly kind: "map";
  /** Its type's name where it is an object. */
  readonly typeName: string;
  keys(): readonly CelValue[];
  /** Undefined: there is none. */
  get(key: CelValue): CelValue | undefined;
  /** Of an object: what has no name in expressions, but tells it from others. */
  readonly hidden?: string;
}

export interface Uint {
  readonly kind: "uint";
  readonly value: bigint;
}

export interface Bytes {
  readonly kind: "bytes";
  readonly bytes: readonly number[];
}

export interface Timestamp {
  readonly kind: "timestamp";
  /** Since 1970. */
  readonly nanoseconds: bigint;
  /** Of the zone in which it was written: it is shown in the same. */
  readonly offsetSeconds: number;
}

export interface Duration {
  readonly kind: "duration";
  readonly nanoseconds: bigint;
}

export interface Optional {
  readonly kind: "optional";
  /** Undefined: none. */
  readonly value: CelValue | undefined;
}

export interface TypeValue {
  readonly kind: "type";
  readonly name: string;
}

/** Values of Kubernetes' libraries. */
export type Opaque =
  | { readonly kind: "kubernetes.Quantity"; readonly quantity: Quantity }
  | { readonly kind: "kubernetes.URL"; readonly url: UrlParts }
  | { readonly kind: "net.IP"; readonly ip: IpAddress }
  | { readonly kind: "net.CIDR"; readonly cidr: Cidr }
  | { readonly kind: "kubernetes.NamedFormat"; readonly name: string };

export interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** What ends an evaluation; its text is cel-go's. */
export class CelFault extends Error {}

export const NO_SUCH_OVERLOAD = "no such overload";

export function listValue(items: readonly CelValue[]): CelSequence {
  return { kind: "list", length: items.length, at: (index) => items[index]! };
}

export function itemsOf(list: CelSequence): CelValue[] {
  return Array.from({ length: list.length }, (_, index) => list.at(index));
}

export function mapValue(entries: readonly (readonly [CelValue, CelValue])[]): CelMapping {
  const values = new Map<string, CelValue>();
  for (const [key, value] of entries) {
    if (!isKey(key)) throw new CelFault(`unsupported key type: ${typeNameOf(key)}`);
    if (!values.has(identityText(key))) values.set(identityText(key), value);
  }
  return {
    kind: "map",
    typeName: "map",
    keys: () => entries.map(([key]) => key),
    get: (key) => (isKey(key) ? values.get(identityText(key)) : undefined),
  };
}

function isKey(value: CelValue): boolean {
  return typeof value === "string" || typeof value === "boolean" || numberOf(value) !== null;
}

/** Equal values have equal texts, others do not. */
export function identityText(value: CelValue): string {
  const number = numberOf(value);
  if (number !== null) return String(Object.is(number, -0) ? 0 : Number.isInteger(number) ? BigInt(number) : number);
  if (!isObject(value)) return JSON.stringify(value);
  switch (value.kind) {
    case "list": {
      const items = itemsOf(value).map(identityText);
      return value.identity === undefined ? `[${items.join()}]` : `{[${items.sort().join()}]}`;
    }
    case "map": {
      const entries = value.keys().map((key) => `${identityText(key)}:${identityText(value.get(key)!)}`);
      return `{${value.hidden ?? ""}|${entries.sort().join()}}`;
    }
    case "optional":
      return value.value === undefined ? "none" : `some ${identityText(value.value)}`;
    case "bytes":
      return `bytes ${value.bytes.join()}`;
    case "timestamp":
    case "duration":
      return `${value.kind} ${value.nanoseconds}`;
    case "type":
      return `type ${value.name}`;
    default:
      return `${value.kind} ${opaqueText(value as Opaque)}`;
  }
}

export const NOTHING: Optional = Object.freeze({ kind: "optional", value: undefined });

export function optionalValue(value: CelValue | undefined): Optional {
  return value === undefined ? NOTHING : { kind: "optional", value };
}

/** As `type(x)` names it, and overloads know it. */
export function typeNameOf(value: CelValue): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "string":
      return "string";
    default:
  }
  if (value === null) return "null_type";
  switch (value.kind) {
    case "map":
      return value.typeName;
    case "timestamp":
      return "google.protobuf.Timestamp";
    case "duration":
      return "google.protobuf.Duration";
    case "optional":
      return "optional_type";
    default:
      return value.kind;
  }
}

function isObject(value: CelValue): value is Exclude<CelValue, null | boolean | bigint | number | string> {
  return typeof value === "object" && value !== null;
}

/** A number of any type; null: none. */
export function numberOf(value: CelValue): number | bigint | null {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return isObject(value) && value.kind === "uint" ? value.value : null;
}

/** CEL's `==`: numbers by value, lists and maps by what is in them; of different types: false. */
export function equalValues(a: CelValue, b: CelValue): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  // Between integer and double JavaScript's loose comparison is exact.
  // biome-ignore lint/suspicious/noDoubleEquals: bigint and number
  if (left !== null && right !== null) return left == right;
  if (!isObject(a) || !isObject(b)) return a === b;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
      return equalLists(a, b as CelSequence);
    case "map":
      return equalMaps(a, b as CelMapping);
    case "optional": {
      const other = (b as Optional).value;
      if (a.value === undefined || other === undefined) return a.value === other;
      return equalValues(a.value, other);
    }
    case "bytes":
      return a.bytes.join() === (b as Bytes).bytes.join();
    case "timestamp":
    case "duration":
      return a.nanoseconds === (b as Duration | Timestamp).nanoseconds;
    case "type":
      return a.name === (b as TypeValue).name;
    default:
      return opaqueText(a as Opaque) === opaqueText(b as Opaque);
  }
}

/** Equal values have equal texts. */
function opaqueText(value: Opaque): string {
  switch (value.kind) {
    case "kubernetes.Quantity":
      return String(value.quantity.nano);
    case "net.IP":
      return value.ip.groups.join(":");
    case "net.CIDR":
      return `${value.cidr.address.groups.join(":")}/${value.cidr.prefix}`;
    case "kubernetes.URL":
      return JSON.stringify(value.url);
    default:
      return value.name;
  }
}

function equalLists(a: CelSequence, b: CelSequence): boolean {
  if (a.length !== b.length) return false;
  const identity = a.identity ?? b.identity;
  const left = itemsOf(a);
  const right = itemsOf(b);
  if (identity === undefined) return left.every((item, index) => equalValues(item, right[index]!));
  // Sets and keyed lists have no order.
  const known = new Set(right.map(identityText));
  return left.every((item) => known.has(identityText(item)));
}

function equalMaps(a: CelMapping, b: CelMapping): boolean {
  const keys = a.keys();
  if (keys.length !== b.keys().length || a.hidden !== b.hidden) return false;
  return keys.every((key) => {
    const other = b.get(key);
    return other !== undefined && equalValues(a.get(key)!, other);
  });
}

/** Negative, zero, positive; undefined: they have no order. */
export function compareValues(a: CelValue, b: CelValue): number | undefined {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return left < right ? -1 : left > right ? 1 : left >= right ? 0 : undefined;
  if (typeof a === "string" && typeof b === "string") return compareTexts(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (!isObject(a) || !isObject(b) || a.kind !== b.kind) return undefined;
  if (a.kind === "timestamp" || a.kind === "duration")
    return orderOf(a.nanoseconds, (b as Duration | Timestamp).nanoseconds);
  if (a.kind === "bytes") return compareBytes(a.bytes, (b as Bytes).bytes);
  return undefined;
}

function orderOf(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? a.length - b.length : a[at]! - (b[at] ?? -1);
}

/** By code points, as UTF-8 orders them. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const left = [...a];
  const right = [...b];
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (one !== other) return one.codePointAt(0)! - other.codePointAt(0)!;
  }
  return -1;
}
