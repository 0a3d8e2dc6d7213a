import { decodeBase64, utf8Bytes, utf8Text } from "../../base64.ts";
import { type GoRegExp, regularExpression } from "../../custom/go-regexp.ts";
import { regularExpressionError } from "../../custom/go-regexp-error.ts";
import { type Bytes, CelFault, type CelSequence, type CelValue, itemsOf, listValue } from "../values.ts";
import { formatText } from "./format-text.ts";
import { formatDouble } from "./numbers.ts";
import { type Overload, overload } from "./overload.ts";
import { formatDuration, formatTimestamp } from "./times.ts";

/** The standard functions of texts, cel-go's extension of them (version 2), and Kubernetes' regular expressions. */

function expression(pattern: string): GoRegExp {
  const found = regularExpression(pattern);
  if (found === null) throw new CelFault(regularExpressionError(pattern));
  return found;
}

function range(index: bigint, length: number): number {
  if (index < 0n || index > BigInt(length)) throw new CelFault(`index out of range: ${index}`);
  return Number(index);
}

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  return characters[range(index, characters.length)] ?? "";
}

function substring(text: string, from: bigint, to?: bigint): string {
  const characters = [...text];
  const start = range(from, characters.length);
  const end = to === undefined ? characters.length : range(to, characters.length);
  if (start > end) throw new CelFault(`invalid substring range. start: ${start}, end: ${end}`);
  return characters.slice(start, end).join("");
}

/** By characters; -1: nowhere. */
function indexOf(text: string, part: string, from = 0n): bigint {
  const characters = [...text];
  const before = characters.slice(0, range(from, characters.length)).join("").length;
  return characterAt(text, text.indexOf(part, before));
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const characters = [...text];
  const most = from === undefined ? characters.length : range(from, characters.length);
  return characterAt(text, text.lastIndexOf(part, characters.slice(0, most).join("").length));
}

function characterAt(text: string, unit: number): bigint {
  return unit < 0 ? -1n : BigInt([...text.slice(0, unit)].length);
}

function replace(text: string, old: string, by: string, times = -1n): string {
  if (times < 0n) return text.replaceAll(old, () => by);
  const parts = old === "" ? [...text] : text.split(old);
  const count = Math.min(Number(times), parts.length - (old === "" ? 0 : 1));
  if (old === "") return parts.map((part, index) => (index < count ? by + part : part)).join("");
  return parts.map((part, index) => (index === 0 ? part : (index <= count ? by : old) + part)).join("");
}

function split(text: string, by: string, limit = -1n): CelSequence {
  if (limit === 0n) return listValue([]);
  const parts = by === "" ? [...text] : text.split(by);
  if (limit < 0n || BigInt(parts.length) <= limit) return listValue(parts);
  const kept = parts.slice(0, Number(limit) - 1);
  return listValue([...kept, parts.slice(Number(limit) - 1).join(by)]);
}

function findAll(text: string, pattern: string, limit = -1n): CelSequence {
  const wanted = expression(pattern);
  const found: string[] = [];
  const most = limit < 0n ? text.length + 1 : Number(limit);
  let at = 0;
  while (at <= text.length && found.length < most) {
    const match = wanted.find(text, at);
    if (match === null) break;
    const [start, end] = match;
    found.push(text.slice(start, end));
    at = end > start ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
  }
  return listValue(found);
}

function find(text: string, pattern: string): string {
  const match = expression(pattern).find(text, 0);
  return match === null ? "" : text.slice(...match);
}

const ASCII_ONLY = (change: (letter: string) => string, letters: RegExp) => (text: string) =>
  text.replace(letters, change);

const ESCAPED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quote(text: string): string {
  return `"${[...text].map((character) => ESCAPED[character] ?? character).join("")}"`;
}

function textOfBytes({ bytes }: Bytes): string {
  return utf8Text(bytes);
}

const SPACE = /[\s\u0085\u180e\u200b\ufeff]/;

function trim(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && SPACE.test(text[from]!)) from++;
  while (to > from && SPACE.test(text[to - 1]!)) to--;
  return text.slice(from, to);
}

export const STRINGS: readonly Overload[] = [
  overload("size(string): int", (a: string) => BigInt([...a].length)),
  overload("string.size(): int", (a: string) => BigInt([...a].length)),
  overload("size(bytes): int", (a: Bytes) => BigInt(a.bytes.length)),
  overload("bytes.size(): int", (a: Bytes) => BigInt(a.bytes.length)),
  overload("_+_(string, string): string", (a: string, b: string) => a + b),
  overload("_+_(bytes, bytes): bytes", (a: Bytes, b: Bytes) => ({ kind: "bytes", bytes: [...a.bytes, ...b.bytes] })),
  overload("string.contains(string): bool", (a: string, b: string) => a.includes(b)),
  overload("string.startsWith(string): bool", (a: string, b: string) => a.startsWith(b)),
  overload("string.endsWith(string): bool", (a: string, b: string) => a.endsWith(b)),
  overload("string.matches(string): bool", (a: string, b: string) => expression(b).test(a)),
  overload("matches(string, string): bool", (a: string, b: string) => expression(b).test(a)),
  overload("string(string): string", (a: string) => a),
  overload("string(bool): string", (a: boolean) => String(a)),
  overload("string(int): string", (a: bigint) => String(a)),
  overload("string(uint): string", (a: { value: bigint }) => String(a.value)),
  overload("string(double): string", formatDouble),
  overload("string(bytes): string", textOfBytes),
  overload("string(timestamp): string", formatTimestamp),
  overload("string(duration): string", formatDuration),
  overload("bytes(bytes): bytes", (a: Bytes) => a),
  overload("bytes(string): bytes", (a: string) => ({ kind: "bytes", bytes: [...utf8Bytes(a)] })),
  overload("bool(bool): bool", (a: boolean) => a),
  overload("bool(string): bool", (a: string) => {
    if (["1", "t", "T", "TRUE", "true", "True"].includes(a)) return true;
    if (["0", "f", "F", "FALSE", "false", "False"].includes(a)) return false;
    throw new CelFault(`strconv.ParseBool: parsing ${JSON.stringify(a)}: invalid syntax`);
  }),
  overload("string.charAt(int): string", charAt),
  overload("string.indexOf(string): int", indexOf),
  overload("string.indexOf(string, int): int", indexOf),
  overload("string.lastIndexOf(string): int", lastIndexOf),
  overload("string.lastIndexOf(string, int): int", lastIndexOf),
  overload(
    "string.lowerAscii(): string",
    ASCII_ONLY((letter) => letter.toLowerCase(), /[A-Z]/g),
  ),
  overload(
    "string.upperAscii(): string",
    ASCII_ONLY((letter) => letter.toUpperCase(), /[a-z]/g),
  ),
  overload("string.replace(string, string): string", replace),
  overload("string.replace(string, string, int): string", replace),
  overload("string.split(string): list(string)", split),
  overload("string.split(string, int): list(string)", split),
  overload("string.substring(int): string", substring),
  overload("string.substring(int, int): string", substring),
  overload("string.trim(): string", trim),
  overload("list(string).join(): string", (a: CelSequence) => itemsOf(a).join("")),
  overload("list(string).join(string): string", (a: CelSequence, b: string) => itemsOf(a).join(b)),
  overload("string.format(list(dyn)): string", (a: string, b: CelSequence): CelValue => formatText(a, itemsOf(b))),
  overload("strings.quote(string): string", quote),
  overload("string.find(string): string", find),
  overload("string.findAll(string): list(string)", findAll),
  overload("string.findAll(string, int): list(string)", findAll),
];

export function bytesOfBase64(text: string): Bytes | null {
  const bytes = decodeBase64(text);
  return bytes === null ? null : { kind: "bytes", bytes: [...bytes] };
}
