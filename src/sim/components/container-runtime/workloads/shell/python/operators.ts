import type { Value } from "./syntax.ts";
import {
  HELD_TEXT_MAX,
  ITEMS_MAX,
  isList,
  itemsOf,
  lengthOf,
  PythonError,
  PythonMemoryWanted,
  percentFormatted,
  typeName,
} from "./values.ts";

/** Bits of the largest whole number that is worked out. */
const BITS_MAX = 200_000n;
const BITS_MORE = 1n << BITS_MAX;

/** A whole number that is not too long to go on with. */
function boundedWhole(value: bigint): bigint {
  if (value > BITS_MORE || value < -BITS_MORE)
    throw new PythonError("NotImplementedError", `whole numbers of more than ${BITS_MAX} bits are not worked out here`);
  return value;
}

type Number_ = bigint | number;

function numeric(value: Value): Number_ | null {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : null;
}

function unsupported(operator: string, left: Value, right: Value): PythonError {
  return new PythonError(
    "TypeError",
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

export function operate(operator: string, left: Value, right: Value): Value {
  if (operator === "%" && typeof left === "string") return percentFormatted(left, right);
  const [a, b] = [numeric(left), numeric(right)];
  if (a !== null && b !== null) return calculate(operator, a, b, left, right);
  if (operator === "+") {
    if (typeof left === "string") {
      if (typeof right === "string") {
        if (left.length + right.length > HELD_TEXT_MAX) throw new PythonMemoryWanted();
        return left + right;
      }
      throw new PythonError("TypeError", `can only concatenate str (not "${typeName(right)}") to str`);
    }
    if (isList(left) && isList(right)) return [...left, ...right];
  }
  if (operator === "*") {
    const [what, times] = b === null ? [right, a] : [left, b];
    if (typeof times === "bigint") return repeated(what, Number(times), unsupported(operator, left, right));
  }
  throw unsupported(operator, left, right);
}

function repeated(what: Value, times: number, otherwise: PythonError): Value {
  const count = Math.max(0, times);
  const bytes = typeof what === "string" ? what.length * count : isList(what) ? what.length * count * 8 : 0;
  if (bytes > (isList(what) ? ITEMS_MAX * 8 : HELD_TEXT_MAX)) throw new PythonMemoryWanted(bytes);
  if (typeof what === "string") return what.repeat(count);
  if (isList(what)) return Array.from({ length: count }, () => what).flat() as readonly Value[];
  throw otherwise;
}

function calculate(operator: string, a: Number_, b: Number_, left: Value, right: Value): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return calculateWhole(operator, a, b, left, right);
  const [x, y] = [Number(a), Number(b)];
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      if (y === 0) throw new PythonError("ZeroDivisionError", "float division by zero");
      return x / y;
    case "//":
      if (y === 0) throw new PythonError("ZeroDivisionError", "float floor division by zero");
      return Math.floor(x / y);
    case "%":
      if (y === 0) throw new PythonError("ZeroDivisionError", "float modulo");
      return x - y * Math.floor(x / y);
    case "**":
      return power(x, y);
    default:
      throw unsupported(operator, left, right);
  }
}

function wholePower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let left = exponent, square = base; left > 0n; left /= 2n, square *= square)
    if (left % 2n === 1n) result *= square;
  return result;
}

/** The same in every engine, which JavaScript's own is not: by multiplications, or a square root. */
function power(base: number, exponent: number): number {
  if (exponent === 0.5) return Math.sqrt(base);
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 100_000)
    throw new PythonError("NotImplementedError", "this power is not worked out here");
  let result = 1;
  for (let left = Math.abs(exponent), square = base; left > 0; left = Math.floor(left / 2), square *= square)
    if (left % 2 === 1) result *= square;
  return exponent < 0 ? 1 / result : result;
}

function calculateWhole(operator: string, a: bigint, b: bigint, left: Value, right: Value): Value {
  switch (operator) {
    case "+":
      return boundedWhole(a + b);
    case "-":
      return boundedWhole(a - b);
    case "*":
      return boundedWhole(a * b);
    case "/":
      if (b === 0n) throw new PythonError("ZeroDivisionError", "division by zero");
      return Number(a) / Number(b);
    case "//":
      if (b === 0n) throw new PythonError("ZeroDivisionError", "integer division or modulo by zero");
      return floorDivided(a, b);
    case "%":
      if (b === 0n) throw new PythonError("ZeroDivisionError", "integer modulo by zero");
      return a - b * floorDivided(a, b);
    case "**":
      if (b < 0n) return power(Number(a), Number(b));
      if (BigInt(a.toString(2).replace("-", "").length - 1) * b > BITS_MAX) return boundedWhole(BITS_MORE * 2n);
      return wholePower(a, b);
    case "<<":
      if (b < 0n) throw new PythonError("ValueError", "negative shift count");
      return b > BITS_MAX && a !== 0n ? boundedWhole(BITS_MORE * 2n) : boundedWhole(a << b);
    case ">>":
      if (b < 0n) throw new PythonError("ValueError", "negative shift count");
      return a >> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    default:
      throw unsupported(operator, left, right);
  }
}

function floorDivided(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

export function compared(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case "==":
    case "is":
      return same(left, right);
    case "!=":
    case "is not":
      return !same(left, right);
    case "in":
    case "not in":
      return contains(right, left) === (operator === "in");
    default: {
      const [a, b] = [numeric(left) ?? left, numeric(right) ?? right];
      const bothNumbers = numeric(left) !== null && numeric(right) !== null;
      if (!bothNumbers && !(typeof a === "string" && typeof b === "string"))
        throw new PythonError(
          "TypeError",
          `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
        );
      const [x, y] = [a as number, b as number];
      if (operator === "<") return x < y;
      if (operator === "<=") return x <= y;
      return operator === ">" ? x > y : x >= y;
    }
  }
}

function same(left: Value, right: Value): boolean {
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index] as Value));
  const [a, b] = [numeric(left), numeric(right)];
  // biome-ignore lint/suspicious/noDoubleEquals: a whole number and a fraction of the same size are equal.
  return a !== null && b !== null ? a == b : left === right;
}

function contains(whole: Value, part: Value): boolean {
  if (typeof whole === "string") return whole.includes(String(part));
  lengthOf(whole);
  return itemsOf(whole, ITEMS_MAX).some((item) => same(item, part));
}
