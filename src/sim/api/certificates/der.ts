/** DER, as much of it as certificates and requests for them need. */
import { utf8Bytes, utf8Text } from "../base64.ts";

export interface DerNode {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Of constructed nodes. */
  readonly children: readonly DerNode[];
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

const MAX_DEPTH = 24;

/** Null where the bytes are no DER. */
export function readDer(bytes: Uint8Array): DerNode | null {
  const nodes = readAll(bytes, 0);
  return nodes !== null && nodes.length === 1 ? nodes[0]! : null;
}

function readAll(bytes: Uint8Array, depth: number): DerNode[] | null {
  if (depth > MAX_DEPTH) return null;
  const nodes: DerNode[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    let length = bytes[at++];
    if (length === undefined || (tag & 31) === 31) return null;
    if (length >= 0x80) {
      let more = length - 0x80;
      if (more === 0 || more > 3 || at + more > bytes.length) return null;
      length = 0;
      while (more-- > 0) length = (length << 8) | bytes[at++]!;
    }
    if (at + length > bytes.length) return null;
    const content = bytes.subarray(at, at + length);
    const children = (tag & 0x20) === 0 ? [] : readAll(content, depth + 1);
    if (children === null) return null;
    nodes.push({ tag, content, children });
    at += length;
  }
  return nodes;
}

/** One node with its content, or with the nodes in it. */
export function der(tag: number, content: readonly number[] | readonly (readonly number[])[]): number[] {
  const bytes = (content as readonly (number | readonly number[])[]).flat() as number[];
  const { length } = bytes;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return [tag, ...head, ...bytes];
}

/** Of bytes, the first the most significant; not negative. */
export function derInteger(bytes: readonly number[]): number[] {
  const from = bytes.findIndex((byte) => byte !== 0);
  const least = from < 0 ? [0] : bytes.slice(from);
  return der(TAG.integer, least[0]! >= 0x80 ? [0, ...least] : least);
}

export function derText(text: string, tag: number = TAG.utf8): number[] {
  return der(tag, utf8Bytes(text));
}

/** `2.5.4.3`. */
export function derOid(oid: string): number[] {
  const [first = 0, second = 0, ...rest] = oid.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    bytes.push(...digits);
  }
  return der(TAG.oid, bytes);
}

export function oidOf(node: DerNode | undefined): string {
  if (node?.tag !== TAG.oid) return "";
  const parts: number[] = [];
  let value = 0;
  for (const byte of node.content) {
    value = value * 128 + (byte & 127);
    if (byte >= 128) continue;
    if (parts.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      parts.push(first, value - first * 40);
    } else parts.push(value);
    value = 0;
  }
  return parts.join(".");
}

export function textOf(node: DerNode | undefined): string {
  return node === undefined ? "" : utf8Text(node.content);
}
