/** Values as Go's `%#v` prints them, where messages hold some. */
import { parseQuantity } from "./quantity.ts";

const SUFFIX = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/;
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
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
const BINARY_POWERS = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

export interface GoAmount {
  readonly value: bigint;
  readonly scale: number;
  readonly format: string;
}

/** A `resource.Quantity` as it was read: a number with a decimal scale. */
export function goAmount(quantity: string): GoAmount {
  return { ...amountAsRead(quantity || "0"), format: parseQuantity(quantity || "0").format };
}

export function goQuantity(quantity: string): string {
  const { value, scale, format } = goAmount(quantity);
  const amount = `resource.int64Amount{value:${value}, scale:${scale}}`;
  const large = "resource.infDecAmount{Dec:(*inf.Dec)(nil)}";
  return `resource.Quantity{i:${amount}, d:${large}, s:${JSON.stringify(quantity)}, Format:"${format}"}`;
}

function amountAsRead(quantity: string): { readonly value: bigint; readonly scale: number } {
  const [, sign = "", whole = "", fraction = "", suffix = ""] = SUFFIX.exec(quantity) ?? [];
  // Zeros around the number were never read.
  const decimals = fraction.replace(/0+$/, "");
  const digits = BigInt(`${whole.replace(/^0+/, "")}${decimals}` || "0") * (sign === "-" ? -1n : 1n);
  const power = BINARY_POWERS.indexOf(suffix);
  if (power >= 0) return { value: digits << BigInt(10 * (power + 1)), scale: 0 };
  const exponent = DECIMAL_EXPONENTS[suffix] ?? Number(suffix.slice(1));
  return { value: digits, scale: exponent - decimals.length };
}
