/** What literals of an expression stand for. */
import { utf8Bytes } from "../base64.ts";
import type { CelNode } from "./parse.ts";
import type { CelValue } from "./values.ts";

type Literal = CelNode & { readonly kind: "literal" };

/** Cache: a literal always stands for the same. */
const known = new WeakMap<Literal, { readonly value: CelValue }>();

export function literalValue(node: Literal): CelValue {
  const before = known.get(node);
  if (before !== undefined) return before.value;
  const value = readLiteral(node);
  known.set(node, { value });
  return value;
}

function readLiteral({ type, value }: Literal): CelValue {
  switch (type) {
    case "int":
      return BigInt(value);
    case "uint":
      return { kind: "uint", value: BigInt(value.replace(/[uU]$/, "")) };
    case "double":
      return Number(value);
    case "bool":
      return value === "true";
    case "null_type":
      return null;
    case "string":
      return textOf(value);
    case "bytes":
      return { kind: "bytes", bytes: utf8Bytes(textOf(value.replace(/^([rR]?)[bB]/, "$1"))) };
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs;

/** Between its quotes, raw or with its escapes read. */
function textOf(source: string): string {
  const isRaw = /^[rR]/.test(source);
  const quoted = source.replace(/^[rRbB]+/, "");
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  const inside = quoted.slice(width, -width);
  if (isRaw) return inside;
  return inside.replace(ESCAPE, (_, x1, x2, u4, u8, octal, other: string) => {
    const hexadecimal: string | undefined = x1 ?? x2 ?? u4 ?? u8;
    if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal as string, 8));
    return ESCAPES[other] ?? other;
  });
}
