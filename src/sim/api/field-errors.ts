/** `field.Error`: what is wrong with one field, as the causes of an Invalid status show it. */

export type FieldErrorType =
  | "FieldValueRequired"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueNotFound"
  | "InternalError"
  | "FieldValueTypeInvalid";

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name`; `[]` or `<nil>` for the whole object. */
  readonly field: string;
  /** What is shown of the value; absent where the type shows none. */
  readonly value?: unknown;
  readonly detail: string;
  /** The value is shown without quotes, as upstream shows names of resources. */
  readonly bare?: boolean;
  /** The value is not shown at all (upstream's OmitValueType). */
  readonly omitted?: boolean;
}

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooMany: "Too many",
  FieldValueNotFound: "Not found",
  InternalError: "Internal error",
  FieldValueTypeInvalid: "Invalid value",
};

export function required(field: string, detail = ""): FieldError {
  return { type: "FieldValueRequired", field, detail };
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, value, detail };
}

/** As `invalid`, of a struct: `value` is what Go's `%#v` makes of it. */
export function invalidAsGo(field: string, value: string, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, value, detail, bare: true };
}

/** The error's value is what Go's `%#v` makes of it. */
export function asGo(error: FieldError): FieldError {
  return { ...error, bare: true };
}

/** `supported` in the order given. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const quoted = supported.map((one) => JSON.stringify(one)).join(", ");
  const detail = supported.length === 0 ? "" : `supported values: ${quoted}`;
  return { type: "FieldValueNotSupported", field, value, detail };
}

/** Invalid as a whole: no value is shown. */
export function invalidWhole(field: string, detail: string): FieldError {
  return { type: "FieldValueInvalid", field, detail, omitted: true };
}

export function tooMany(field: string, count: number, max: number): FieldError {
  return { type: "FieldValueTooMany", field, value: count, detail: `must have at most ${max} items` };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: "FieldValueDuplicate", field, value, detail: "" };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: "FieldValueForbidden", field, detail };
}

export function tooLong(field: string, maxLength: number): FieldError {
  return {
    type: "FieldValueTooLong",
    field,
    detail: maxLength >= 0 ? `may not be more than ${maxLength} bytes` : "value is too long",
  };
}

export function internalError(field: string, message: string): FieldError {
  return { type: "InternalError", field, detail: message };
}

export function notFound(field: string, value: unknown): FieldError {
  return { type: "FieldValueNotFound", field, value, detail: "" };
}

/** As Go's `%#v` prints it: texts quoted, numbers bare, lists and maps of text with their types; others as JSON. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null) return '"null"';
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) {
    return value.every(isText)
      ? `[]string{${value.map((one) => JSON.stringify(one)).join(", ")}}`
      : JSON.stringify(value);
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (!entries.every(([, one]) => isText(one))) return JSON.stringify(value);
  return `map[string]string{${entries.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(", ")}}`;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** The cause's message, without the field: `Invalid value: -1: must be greater than or equal to 0`. */
export function errorBody({ type, value, detail, bare, omitted }: FieldError): string {
  const title = TITLES[type];
  const showsValue =
    omitted !== true &&
    type !== "FieldValueRequired" &&
    type !== "FieldValueForbidden" &&
    type !== "FieldValueTooLong" &&
    type !== "InternalError";
  const shown = bare === true ? String(value) : formatValue(value);
  const head = showsValue ? `${title}: ${shown}` : title;
  return detail === "" ? head : `${head}: ${detail}`;
}

/** The whole line: `spec.replicas: Invalid value: -1: must be ...`. */
export function errorLine(error: FieldError): string {
  return `${error.field}: ${errorBody(error)}`;
}
