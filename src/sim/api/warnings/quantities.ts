import { canonicalQuantity, milliValue } from "../quantity.ts";
import { type Fields, item } from "../validation/common.ts";

/** Bytes are whole. */
export function fractions(quantities: Fields, at: string, names: readonly string[] = BYTES): string[] {
  return names.flatMap((name) => {
    const value = quantities[name];
    if (typeof value !== "string" || milliValue(value) % 1000 === 0) return [];
    const shown = JSON.stringify(canonicalQuantity(value));
    return [`${item(at, name)}: fractional byte value ${shown} is invalid, must be an integer`];
  });
}

export const BYTES = ["memory", "ephemeral-storage"];
