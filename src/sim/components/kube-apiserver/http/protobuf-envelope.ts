/**
 * What can be said of a body in Kubernetes' protobuf form that could not be read: as kube-apiserver's serializer meets
 * it, first the prefix "k8s\0", then a runtime.Unknown {1: TypeMeta {1: apiVersion, 2: kind}, 2: the object's bytes}.
 */

export interface Unread {
  readonly problem: string;
  /** Known when the envelope could be read, and only the object in it could not. */
  readonly kind: string;
  readonly version: string;
}

const PREFIX = [0x6b, 0x38, 0x73, 0x00];
const TRUNCATED = "unexpected EOF";

/** `byteAt` gives a byte of the body; undefined behind its end. */
export function describeUnread(byteAt: (index: number) => number | undefined, length: number): Unread {
  const nothing = (problem: string): Unread => ({ problem, kind: "", version: "" });
  if (PREFIX.some((byte, index) => byteAt(index) !== byte))
    return nothing(`provided data does not appear to be a protobuf message, expected prefix [${PREFIX.join(" ")}]`);
  if (length === PREFIX.length) return nothing("empty body");
  const fields = fieldsOf(byteAt, PREFIX.length, length);
  if (typeof fields === "string") return nothing(fields);
  const meta = fields.get(1);
  const inner = meta === undefined ? new Map<number, Range>() : fieldsOf(byteAt, meta.from, meta.to);
  if (typeof inner === "string") return nothing(inner);
  const text = (range: Range | undefined): string => {
    let characters = "";
    for (let at = range?.from ?? 0; at < (range?.to ?? 0); at += 1) characters += String.fromCharCode(byteAt(at) ?? 0);
    return characters;
  };
  const apiVersion = text(inner.get(1));
  return { problem: TRUNCATED, kind: text(inner.get(2)), version: apiVersion.slice(apiVersion.indexOf("/") + 1) };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The length-delimited fields of a message; a text: what is wrong with it, in the words of Go's protobuf code. */
function fieldsOf(
  byteAt: (index: number) => number | undefined,
  from: number,
  to: number,
): Map<number, Range> | string {
  const fields = new Map<number, Range>();
  for (let at = from; at < to; ) {
    const tag = varint(byteAt, at, to);
    if (tag === null) return TRUNCATED;
    const [number, type] = [Math.floor(tag.value / 8), tag.value % 8];
    if (number === 0) return `proto: Unknown: illegal tag 0 (wire type ${type})`;
    at = tag.next;
    if (type === 2) {
      const size = varint(byteAt, at, to);
      if (size === null || size.next + size.value > to) return TRUNCATED;
      fields.set(number, { from: size.next, to: size.next + size.value });
      at = size.next + size.value;
    } else if (type === 0) {
      const value = varint(byteAt, at, to);
      if (value === null) return TRUNCATED;
      at = value.next;
    } else if (type === 1 || type === 5) {
      at += type === 1 ? 8 : 4;
      if (at > to) return TRUNCATED;
    } else return `proto: illegal wireType ${type}`;
  }
  return fields;
}

function varint(
  byteAt: (index: number) => number | undefined,
  from: number,
  to: number,
): { readonly value: number; readonly next: number } | null {
  let value = 0;
  let factor = 1;
  for (let at = from; at < to; at += 1) {
    const byte = byteAt(at) ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, next: at + 1 };
    factor *= 128;
  }
  return null;
}
