import { type FieldError, invalid } from "../../../api/field-errors.ts";

const UINT64_MAX = 18_446_744_073_709_551_615n;

/** What storage says of a resourceVersion that is none; null: it is one, or nothing was said. */
export function resourceVersionError(version: string): FieldError | null {
  const why = /^\d*$/.test(version) ? BigInt(version) > UINT64_MAX && "value out of range" : "invalid syntax";
  if (why === false) return null;
  return invalid("resourceVersion", version, `strconv.ParseUint: parsing ${JSON.stringify(version)}: ${why}`);
}
