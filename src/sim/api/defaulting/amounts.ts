/** Amounts of resources: they are kept in thousandths, what is finer is rounded up. */
import { formatQuantity, parseQuantity, type Quantity, QuantityError } from "../quantity.ts";
import { type Fields, isFields, set } from "./fill.ts";

/** Whole numbers, thousandths and what has a suffix for more: almost all amounts. */
const COARSE = /^[+-]?\d+(?:m|[kMGTPE]|[KMGTPE]i)?$/;

const NANOS_PER_MILLI = 1_000_000n;

function rounded(amount: unknown): unknown {
  if (typeof amount !== "string" || COARSE.test(amount)) return amount;
  const quantity = readQuantity(amount);
  const fine = quantity === null ? 0n : quantity.nano % NANOS_PER_MILLI;
  if (quantity === null || fine === 0n) return amount;
  const away = quantity.nano > 0n ? NANOS_PER_MILLI : -NANOS_PER_MILLI;
  return formatQuantity({ ...quantity, nano: quantity.nano - fine + away });
}

/** What cannot be read is refused elsewhere. */
function readQuantity(text: string): Quantity | null {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return null;
    throw error;
  }
}

/** The lists of amounts at `names`, rounded. */
export function roundAmounts(fields: Fields, ...names: readonly string[]): Fields {
  let result = fields;
  for (const name of names) {
    const amounts = fields[name];
    if (isFields(amounts)) result = set(result, name, roundedList(amounts));
  }
  return result;
}

function roundedList(amounts: Fields): Fields {
  let result: Record<string, unknown> | null = null;
  for (const name in amounts) {
    const amount = rounded(amounts[name]);
    if (amount === amounts[name]) continue;
    result ??= { ...amounts };
    result[name] = amount;
  }
  return result ?? amounts;
}
