import { CelFault, type Uint } from "../values.ts";
import { type Overload, overload } from "./overload.ts";

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

export function intOf(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelFault("integer overflow");
  return value;
}

export function uintOf(value: bigint): Uint {
  if (value < 0n || value > UINT_MAX) throw new CelFault("unsigned integer overflow");
  return { kind: "uint", value };
}

function divisor(value: bigint, what: "division" | "modulus"): bigint {
  if (value === 0n) throw new CelFault(`${what} by zero`);
  return value;
}

type Integers = (a: bigint, b: bigint) => bigint;

function arithmetic(
  operator: string,
  integers: Integers,
  doubles: ((a: number, b: number) => number) | null,
): Overload[] {
  return [
    overload(`_${operator}_(int, int): int`, (a: bigint, b: bigint) => intOf(integers(a, b))),
    overload(`_${operator}_(uint, uint): uint`, (a: Uint, b: Uint) => uintOf(integers(a.value, b.value))),
    ...(doubles === null ? [] : [overload(`_${operator}_(double, double): double`, doubles)]),
  ];
}

export const ARITHMETIC: readonly Overload[] = [
  ...arithmetic(
    "+",
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  ...arithmetic(
    "-",
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  ...arithmetic(
    "*",
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  ...arithmetic(
    "/",
    (a, b) => a / divisor(b, "division"),
    (a, b) => a / b,
  ),
  ...arithmetic("%", (a, b) => a % divisor(b, "modulus"), null),
  overload("-_(int): int", (a: bigint) => intOf(-a)),
  overload("-_(double): double", (a: number) => -a),
];

/** Of a number of 64 bits. */
const DIGITS_MAX = 20;

function parseInteger(text: string, isSigned: boolean): bigint {
  const name = isSigned ? "ParseInt" : "ParseUint";
  const fits = isSigned ? /^[+-]?\d+$/ : /^\d+$/;
  if (!fits.test(text)) throw new CelFault(`strconv.${name}: parsing ${JSON.stringify(text)}: invalid syntax`);
  const digits = text.replace(/^[+-]?0*/, "");
  const value = digits.length > DIGITS_MAX ? UINT_MAX + 1n : BigInt(text.replace(/^\+/, ""));
  const isInside = isSigned ? value >= INT_MIN && value <= INT_MAX : value <= UINT_MAX;
  if (!isInside) throw new CelFault(`strconv.${name}: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}

function truncated(value: number): bigint {
  if (!Number.isFinite(value)) throw new CelFault("integer overflow");
  return BigInt(Math.trunc(value));
}

function parseDouble(text: string): number {
  const words: Readonly<Record<string, number>> = {
    inf: Infinity,
    "+inf": Infinity,
    "-inf": -Infinity,
    nan: Number.NaN,
  };
  const word = words[text.toLowerCase()];
  if (word !== undefined) return word;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
    throw new CelFault(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

export const CONVERSIONS: readonly Overload[] = [
  overload("int(int): int", (a: bigint) => a),
  overload("int(uint): int", (a: Uint) => intOf(a.value)),
  overload("int(double): int", (a: number) => intOf(truncated(a))),
  overload("int(string): int", (a: string) => parseInteger(a, true)),
  overload("uint(uint): uint", (a: Uint) => a),
  overload("uint(int): uint", (a: bigint) => uintOf(a)),
  overload("uint(double): uint", (a: number) => uintOf(truncated(a))),
  overload("uint(string): uint", (a: string) => uintOf(parseInteger(a, false))),
  overload("double(double): double", (a: number) => a),
  overload("double(int): double", (a: bigint) => Number(a)),
  overload("double(uint): double", (a: Uint) => Number(a.value)),
  overload("double(string): double", parseDouble),
];

/** As Go writes a float64 (`strconv.FormatFloat(v, 'g', -1, 64)`). */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -5 && exponent < 21) return String(value);
  const sign = power.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${power.replace(/^[+-]/, "").padStart(2, "0")}`;
}
