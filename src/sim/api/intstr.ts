/** `intstr.IntOrString`: a whole number, or a text such as `25%` or a port's name. */
export type IntOrString = number | string;

/** Go's strconv.Atoi, as far as 64-bit integers go. */
function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

/** The number, and whether it is a percentage; throws where the text is neither. */
export function readIntOrPercent(value: IntOrString): { readonly value: number; readonly percent: boolean } {
  if (typeof value === "number") return { value, percent: false };
  if (!value.endsWith("%")) throw new Error("invalid type: string is not a percentage");
  const digits = value.slice(0, -1);
  if (!isInteger(digits)) {
    throw new Error(`invalid value "${value}": strconv.Atoi: parsing "${digits}": invalid syntax`);
  }
  return { value: Number(digits), percent: true };
}

/** Percentages are taken of `total`, rounded up or down (GetScaledValueFromIntOrPercent). */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  let read: ReturnType<typeof readIntOrPercent>;
  try {
    read = readIntOrPercent(value);
  } catch (error) {
    throw new Error(`invalid value for IntOrString: ${(error as Error).message}`);
  }
  if (!read.percent) return read.value;
  const hundredfold = read.value * total;
  return roundUp ? Math.ceil(hundredfold / 100) : Math.floor(hundredfold / 100);
}

/** A flag's text: a number where it is a 32-bit integer, otherwise the text itself. */
export function parseIntOrString(text: string): IntOrString {
  if (!isInteger(text)) return text;
  const value = Number(text);
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? value : text;
}
