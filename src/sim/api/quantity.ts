/**
 * `resource.Quantity`: fixed-point numbers with a suffix. Objects hold them as text; what calculates reads them as
 * plain integers (`milliValue`, `wholeValue`) or, where nothing may be lost, as `Quantity`.
 */

export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

export interface Quantity {
  /** The amount in units of 1e-9. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

export class QuantityError extends Error {}

const NANO = 1_000_000_000n;
const MAX_NANO = 9_223_372_036_854_775_807n * NANO;
const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";
const NUMBER_WRONG = "unable to parse numeric part of quantity";

/** The n-th stands for 1024 to the power of n + 1. */
export const BINARY_SUFFIXES: readonly string[] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
export const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const DECIMAL_SUFFIXES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(DECIMAL_EXPONENTS).map(([suffix, exponent]) => [exponent, suffix]),
);

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;

/** Factor in units of 1, as a power of two or ten. */
interface Scale {
  readonly base: 2n | 10n;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function scaleOfSuffix(suffix: string): Scale {
  const decimal = DECIMAL_EXPONENTS[suffix];
  if (decimal !== undefined) return { base: 10n, exponent: decimal, format: "DecimalSI" };
  const binary = BINARY_SUFFIXES.indexOf(suffix as (typeof BINARY_SUFFIXES)[number]);
  if (binary >= 0) return { base: 2n, exponent: 10 * (binary + 1), format: "BinarySI" };
  if (/^[eE][+-]?\d+$/.test(suffix)) {
    return { base: 10n, exponent: Math.max(-1000, Math.min(1000, Number(suffix.slice(1)))), format: "DecimalExponent" };
  }
  throw new QuantityError(SUFFIX_WRONG);
}

/** Amounts below 1e-9 are rounded away from zero, those above 2^63 - 1 mostly cut to it. Throws QuantityError. */
export function parseQuantity(text: string): Quantity {
  if (text === "") throw new QuantityError(FORMAT_WRONG);
  const match = PATTERN.exec(text);
  if (!match) throw new QuantityError(FORMAT_WRONG);
  const [, sign, whole, fraction = "", suffix] = match as unknown as [
    string,
    string,
    string,
    string | undefined,
    string,
  ];
  const scale = scaleOfSuffix(suffix);
  if (whole === "" && fraction === "") throw new QuantityError(NUMBER_WRONG);
  const digits = BigInt(whole + fraction);
  let magnitude = magnitudeOf(digits, fraction.length, scale);
  if (scale.base === 2n && magnitude > MAX_NANO) magnitude = MAX_NANO;
  const format = scale.format === "BinarySI" && magnitude > 0n && magnitude < NANO ? "DecimalSI" : scale.format;
  return { nano: sign === "-" ? -magnitude : magnitude, format };
}

function magnitudeOf(digits: bigint, decimals: number, { base, exponent }: Scale): bigint {
  if (base === 2n) return divideUp((digits * NANO) << BigInt(exponent), powerOfTen(decimals));
  const power = exponent - decimals + 9;
  return power >= 0 ? digits * powerOfTen(power) : divideUp(digits, powerOfTen(-power));
}

function powerOfTen(exponent: number): bigint {
  return BigInt(`1${"0".repeat(exponent)}`);
}

/** For amounts that are not negative. */
function divideUp(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}

/** The canonical text: no fraction, the greatest suffix of its family that allows that. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  if (format === "BinarySI" && nano % NANO === 0n) {
    let value = nano / NANO;
    if (value <= -1024n || value >= 1024n) {
      let power = 0;
      while (power < 6 && value % 1024n === 0n) {
        value /= 1024n;
        power++;
      }
      return `${value}${power === 0 ? "" : BINARY_SUFFIXES[power - 1]}`;
    }
  }
  let exponent = -9;
  let value = nano;
  while (value % 1000n === 0n && (exponent < 18 || format === "DecimalExponent")) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === "DecimalExponent") return exponent === 0 ? String(value) : `${value}e${exponent}`;
  return `${value}${DECIMAL_SUFFIXES[exponent]}`;
}

const PLAIN = /^[1-9]\d{0,11}(?:Ki|Mi|Gi|[numkMG])?$/;

/** The text as the API server gives it back: `0.5` becomes `500m`, `1024Mi` becomes `1Gi`. Throws QuantityError. */
export function canonicalQuantity(text: string): string {
  if (isCanonicalAtAGlance(text)) return text;
  return formatQuantity(parseQuantity(text));
}

/** True only for texts that are surely canonical: no trailing 000 or divisible binary mantissa. Spares most parsing. */
function isCanonicalAtAGlance(text: string): boolean {
  if (text === "0") return true;
  if (!PLAIN.test(text)) return false;
  if (text.endsWith("i")) return Number.parseInt(text, 10) % 1024 !== 0;
  const mantissa = text.replace(/[a-zA-Z]$/, "");
  return !mantissa.endsWith("000");
}

export function compareQuantities(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const difference = parseQuantity(a).nano - parseQuantity(b).nano;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The sum takes the format of the first that is not zero, as upstream's Add does. */
export function addQuantities(a: string, b: string): string {
  return formatQuantity(combine(parseQuantity(a), parseQuantity(b), 1n));
}

export function subtractQuantities(a: string, b: string): string {
  return formatQuantity(combine(parseQuantity(a), parseQuantity(b), -1n));
}

function combine(a: Quantity, b: Quantity, sign: 1n | -1n): Quantity {
  return { nano: a.nano + sign * b.nano, format: a.nano === 0n ? b.format : a.format };
}

const FAST_MILLI: Readonly<Record<string, number>> = {
  "": 1000,
  k: 1e6,
  M: 1e9,
  G: 1e12,
  Ki: 1000 * 1024,
  Mi: 1000 * 1_048_576,
  Gi: 1000 * 1_073_741_824,
};

/** Thousandths, rounded up: `milliValue("1.5")` is 1500. For CPU: millicores. Unreadable text counts as 0. */
export function milliValue(text: string | number | undefined): number {
  return scaledInteger(text, 3);
}

/** Whole units, rounded up: bytes, pods. Unreadable text counts as 0. */
export function wholeValue(text: string | number | undefined): number {
  return scaledInteger(text, 0);
}

function scaledInteger(text: string | number | undefined, decimals: 0 | 3): number {
  if (text === undefined) return 0;
  const source = String(text);
  const fast = fastMilli(source);
  if (fast >= 0) return decimals === 3 ? fast : Math.ceil(fast / 1000);
  try {
    const { nano } = parseQuantity(source);
    const unit = decimals === 3 ? 1_000_000n : NANO;
    return Number(nano >= 0n ? divideUp(nano, unit) : nano / unit);
  } catch {
    return 0;
  }
}

/** Thousandths of the usual forms (digits and one suffix), or -1. */
function fastMilli(text: string): number {
  let value = 0;
  let at = 0;
  for (; at < text.length && at < 9; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === 0) return -1;
  if (at === text.length) return value * 1000;
  if (at === text.length - 1 && text[at] === "m") return value;
  const factor = FAST_MILLI[text.slice(at)];
  const milli = factor === undefined ? -1 : value * factor;
  return milli <= Number.MAX_SAFE_INTEGER ? milli : -1;
}
