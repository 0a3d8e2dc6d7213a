/** Plain JSON values, and what the patches share. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export class PatchError extends Error {}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Go's `%v` of a decoded JSON value: `map[image:b name:c]`, `[a b]`. */
export function goFormat(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goFormat).join(" ")}]`;
  if (isRecord(value)) {
    const fields = Object.keys(value)
      .sort()
      .map((key) => `${key}:${goFormat(value[key])}`);
    return `map[${fields.join(" ")}]`;
  }
  return String(value);
}
