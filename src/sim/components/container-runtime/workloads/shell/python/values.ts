import type { Module, Range, Value } from "./syntax.ts";

/** An exception that ends the script, by its class and text. */
export class PythonError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** More memory is wanted than is held here: `bytes` of it, infinity when it was to grow on. */
export class PythonMemoryWanted extends Error {
  readonly bytes: number;

  constructor(bytes = Number.POSITIVE_INFINITY) {
    super();
    this.bytes = bytes;
  }
}

/** Characters of the longest text, items of the longest list, and how deep lists may hold lists. */
export const TEXT_MAX = 1_000_000;
/** Of a text that only fills memory. */
export const HELD_TEXT_MAX = 16_777_216;
export const ITEMS_MAX = 100_000;
const NODES_MAX = 1_000_000;
const DEPTH_MAX = 50;

export function boundedText(text: string): string {
  if (text.length > TEXT_MAX) throw new PythonMemoryWanted();
  return text;
}

/** How many values a value is, those of lists in lists counted each time that they are found. */
export function nodesOf(value: Value, depth = 0): number {
  if (!isList(value)) return 1;
  if (depth > DEPTH_MAX || value.length > ITEMS_MAX) throw new PythonMemoryWanted();
  let nodes = 1;
  for (const item of value) {
    nodes += isList(item) ? nodesOf(item, depth + 1) : 1;
    if (nodes > NODES_MAX) throw new PythonMemoryWanted();
  }
  return nodes;
}

/** Bytes that a value takes, about as many as in Python itself. */
export function bytesOf(value: Value): number {
  if (typeof value === "string") return 49 + value.length;
  if (!isList(value)) return 32;
  let bytes = 56;
  for (const item of value) bytes += 8 + bytesOf(item);
  return bytes;
}

export function isRange(value: Value): value is Range {
  return typeof value === "object" && value !== null && "range" in value;
}

export function isModule(value: Value): value is Module {
  return typeof value === "object" && value !== null && "module" in value;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (isList(value)) return "list";
  if (isRange(value)) return "range";
  if (isModule(value)) return "module";
  const names = { bigint: "int", number: "float", string: "str", boolean: "bool" } as const;
  return names[typeof value as keyof typeof names];
}

export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isRange(value)) return lengthOf(value) > 0n;
  if (isModule(value)) return true;
  return value !== null && value !== false && value !== "" && value !== 0 && value !== 0n;
}

export function lengthOf(value: Value): bigint {
  if (typeof value === "string") return BigInt(charactersOf(value));
  if (isList(value)) return BigInt(value.length);
  if (isRange(value)) {
    const [start, stop, step] = value.range;
    const count = step > 0n ? (stop - start + step - 1n) / step : (stop - start + step + 1n) / step;
    return count > 0n ? count : 0n;
  }
  throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
}

const SURROGATES = /[\ud800-\udfff]/;

function charactersOf(text: string): number {
  return SURROGATES.test(text) ? [...text].length : text.length;
}

/** The value at a place that there is. */
export function itemAt(value: Value, index: bigint): Value {
  if (isRange(value)) return value.range[0] + index * value.range[2];
  if (typeof value === "string")
    return (SURROGATES.test(value) ? [...value][Number(index)] : value[Number(index)]) as string;
  return (value as readonly Value[])[Number(index)] as Value;
}

export function itemsOf(value: Value, most: number): readonly Value[] {
  const count = Number(lengthOf(value));
  if (count > most) {
    if (!isList(value))
      throw new PythonError("NotImplementedError", `more than ${most} items at once are not worked out here`);
    throw new PythonMemoryWanted();
  }
  if (typeof value === "string") return [...value];
  if (isList(value)) return value;
  return Array.from({ length: count }, (_, index) => itemAt(value, BigInt(index)));
}

export function toText(value: Value): string {
  return typeof value === "string" ? value : inText(value);
}

/** `repr()`. */
export function inText(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") return quoted(value);
  if (isList(value)) {
    const parts: string[] = [];
    let length = 2;
    for (const item of value) {
      const part = inText(item);
      length += part.length + 2;
      if (length > TEXT_MAX) throw new PythonMemoryWanted();
      parts.push(part);
    }
    return `[${parts.join(", ")}]`;
  }
  if (isRange(value)) {
    const [start, stop, step] = value.range;
    return `range(${start}, ${stop}${step === 1n ? "" : `, ${step}`})`;
  }
  return `<module '${value.module}'>`;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${inner}${quote}`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function padding(width: string | undefined): number {
  const size = Number(width);
  if (size > TEXT_MAX) throw new PythonMemoryWanted(size);
  return size;
}

const DECIMALS_MAX = 100;

/** As many as the engine writes. */
export function decimals(precision: string | undefined): number {
  return Math.min(DECIMALS_MAX, Number(precision ?? 6));
}

/** A value as a format specification wants it: `.2f`, `>8`, `05d`, `,`. */
export function formatted(value: Value, how: string): string {
  const spec = how.replace(/^![rs]/, "");
  const plain = how.startsWith("!r") ? inText(value) : toText(value);
  const match = /^(?:(.)?([<>^]))?(0)?(\d+)?(,)?(?:\.(\d+))?([a-z%])?$/.exec(spec);
  if (match === null) throw new PythonError("ValueError", "Invalid format specifier");
  const [, fill = match[3] ?? " ", align, , width = "0", comma, precision, kind] = match;
  let text = plain;
  if (kind === "f" || kind === "e" || kind === "%" || (kind === undefined && precision !== undefined)) {
    const number = Number(value) * (kind === "%" ? 100 : 1);
    const digits = decimals(precision);
    text = kind === "e" ? number.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2") : number.toFixed(digits);
    if (kind === "%") text += "%";
  } else if (kind === "x" || kind === "b" || kind === "o")
    text = BigInt(value as bigint).toString({ x: 16, b: 2, o: 8 }[kind]);
  if (comma !== undefined) text = text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
  const size = padding(width);
  const side = align ?? (typeof value === "string" ? "<" : ">");
  if (side === "<") return text.padEnd(size, fill);
  if (side === ">") return text.padStart(size, fill);
  return text.padStart(Math.floor((size + text.length) / 2), fill).padEnd(size, fill);
}

/** `"%d of %s" % (1, "x")`. */
export function percentFormatted(format: string, given: Value): string {
  const values = isList(given) ? [...given] : [given];
  return boundedText(
    format.replace(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdifrx%])/g, (...match: string[]) => {
      const [, left, zero, width, precision, kind] = match;
      if (kind === "%") return "%";
      if (values.length === 0) throw new PythonError("TypeError", "not enough arguments for format string");
      const value = values.shift() as Value;
      let text = kind === "r" ? inText(value) : toText(value);
      if (kind === "f") text = Number(value).toFixed(decimals(precision));
      else if (kind === "d" || kind === "i") text = typeof value === "number" ? String(Math.trunc(value)) : text;
      else if (kind === "x") text = BigInt(value as bigint).toString(16);
      return left === "-" ? text.padEnd(padding(width)) : text.padStart(padding(width), zero === "0" ? "0" : " ");
    }),
  );
}
