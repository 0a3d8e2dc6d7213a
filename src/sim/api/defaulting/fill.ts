import { withFields } from "../../kernel/records.ts";
/** Filling in absent fields, sharing whatever does not change. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Absent as Go's zero values are: undefined, null and "". */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** `fields` with those of `defaults` that are absent; itself when none is. */
export function fill(fields: Fields, defaults: Fields): Fields {
  let result: Record<string, unknown> | null = null;
  for (const key in defaults) {
    if (!isAbsent(fields[key])) continue;
    result ??= withFields(fields, {});
    result[key] = defaults[key];
  }
  return result ?? fields;
}

/** As `fill`, for pointers to text: an empty text is kept (and refused later on). */
export function fillNil(fields: Fields, field: string, value: unknown): Fields {
  return fields[field] === undefined || fields[field] === null ? { ...fields, [field]: value } : fields;
}

/** As `fill`, for numbers that are no pointers upstream: 0 counts as absent too. */
export function fillZero(fields: Fields, defaults: Fields): Fields {
  let result: Record<string, unknown> | null = null;
  for (const key in defaults) {
    if (!isAbsent(fields[key]) && fields[key] !== 0) continue;
    result ??= { ...fields };
    result[key] = defaults[key];
  }
  return result ?? fields;
}

/** `fields` with `field` set; itself when it is that already. */
export function set(fields: Fields, field: string, value: unknown): Fields {
  return fields[field] === value ? fields : { ...fields, [field]: value };
}

/** Changes the record at `field`, if there is one. */
export function within(fields: Fields, field: string, change: (value: Fields) => Fields): Fields {
  const value = fields[field];
  return isFields(value) ? set(fields, field, change(value)) : fields;
}

/** Changes the record at `field`; an absent one is an empty one. */
export function withinOrNew(fields: Fields, field: string, change: (value: Fields) => Fields): Fields {
  const value = fields[field];
  return set(fields, field, change(isFields(value) ? value : {}));
}

/** Changes each record of the list at `field`. */
export function each(fields: Fields, field: string, change: (value: Fields) => Fields): Fields {
  const before = fields[field];
  if (!Array.isArray(before)) return fields;
  let result: unknown[] | null = null;
  for (let index = 0; index < before.length; index++) {
    const value: unknown = before[index];
    const after = isFields(value) ? change(value) : value;
    if (after === value) continue;
    result ??= [...before];
    result[index] = after;
  }
  return result ? { ...fields, [field]: result } : fields;
}

/** What the steps make of `fields`, one after the other. */
export function steps(fields: Fields, ...changes: readonly ((value: Fields) => Fields)[]): Fields {
  let result = fields;
  for (const change of changes) result = change(result);
  return result;
}
