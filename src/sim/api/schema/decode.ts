/**
 * From the JSON that a client sends to the object that the API server works with: unknown fields are dropped and named,
 * wrong types refused, quantities and times brought to their canonical form, nulls and empty lists left out.
 */
import { canonicalQuantity } from "../quantity.ts";
import { formatMicroTime, formatTime, parseTime } from "../time.ts";
import { type FieldType, type Scalar, type StructType, schemaOf, structAt } from "./schema.ts";

/** The body cannot be read as this kind at all; the message is what follows `cannot be handled as a <Kind>: `. */
export class DecodeError extends Error {}

export interface Decoded {
  readonly object: Readonly<Record<string, unknown>>;
  /** As warnings and strict errors name them: `unknown field "spec.foo"`. At most 100. */
  readonly unknownFields: readonly string[];
}

const MAX_STRICT_ERRORS = 100;

interface Walk {
  readonly unknown: string[];
  /** Go's decoder goes on after a wrong type and reports the first. */
  firstError: string | null;
}

/** Throws DecodeError. Shares with `value` what is fine as it is. */
export function decodeObject(value: Readonly<Record<string, unknown>>, schema: StructType): Decoded {
  const walk: Walk = { unknown: [], firstError: null };
  const object = decodeStruct(value, schema, { walk, path: "", indexed: "", owner: schema });
  if (walk.firstError !== null) throw new DecodeError(walk.firstError);
  return { object: object as Readonly<Record<string, unknown>>, unknownFields: walk.unknown };
}

/** `decodeObject` for a kind of the catalogue; undefined where there is no such kind. */
export function decodeKind(value: Readonly<Record<string, unknown>>): Decoded | undefined {
  const schema = schemaOf(value.apiVersion as string | undefined, value.kind as string | undefined);
  return schema && decodeObject(value, schema);
}

/** `strict decoding error: unknown field "spec.foo", duplicate field "metadata.name"`. */
export function strictDecodingMessage(problems: readonly string[]): string {
  return `strict decoding error: ${problems.join(", ")}`;
}

/** `Deployment in version "v1" cannot be handled as a Deployment: ...`: what a 400 says. */
export function cannotBeHandledMessage(kind: string, version: string, why: string, expected = kind): string {
  return `${kind} in version "${version}" cannot be handled as a ${expected}: ${why}`;
}

interface Place {
  readonly walk: Walk;
  /** Field names from the root, without indexes: what Go's type errors show. */
  readonly path: string;
  /** With indexes: what strict errors show. */
  readonly indexed: string;
  readonly owner: StructType;
}

function decode(value: unknown, type: FieldType, place: Place): unknown {
  switch (type.type) {
    case "scalar":
      return decodeScalar(value, type.scalar, place);
    case "struct":
      if (type.lenient === true && (typeof value !== "object" || Array.isArray(value))) return value;
      return decodeStruct(value, structAt(type.index), place);
    case "list":
      return decodeList(value, type, place);
    case "map":
      return decodeMap(value, type, place);
  }
}

function decodeStruct(value: unknown, struct: StructType, place: Place): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrongType(value, goType({ type: "struct", index: struct.index, replace: false, retainKeys: false }), place);
  const source = value as Readonly<Record<string, unknown>>;
  let result: Record<string, unknown> | null = null;
  const { path, indexed, walk } = place;
  for (const key in source) {
    const type = struct.fields.get(key);
    const before = source[key];
    if (type === undefined) {
      const name = indexed === "" ? key : `${indexed}.${key}`;
      if (before !== undefined && walk.unknown.length < MAX_STRICT_ERRORS) walk.unknown.push(`unknown field "${name}"`);
      result ??= { ...source };
      delete result[key];
      continue;
    }
    if (isFineAsItIs(before, type)) continue;
    const after =
      before === null || before === undefined
        ? undefined
        : decode(before, type, {
            walk,
            path: path === "" ? key : `${path}.${key}`,
            indexed: indexed === "" ? key : `${indexed}.${key}`,
            owner: struct,
          });
    if (after === before) continue;
    result ??= { ...source };
    if (after === undefined) delete result[key];
    else result[key] = after;
  }
  return result ?? source;
}

/** Most of what is sent: text where text belongs. */
function isFineAsItIs(value: unknown, type: FieldType): boolean {
  return typeof value === "string" && type.type === "scalar" && type.scalar === "string";
}

function decodeList(value: unknown, type: FieldType & { readonly type: "list" }, place: Place): unknown {
  if (!Array.isArray(value)) return wrongType(value, goType(type), place);
  if (value.length === 0) return undefined;
  let result: unknown[] | null = null;
  for (let index = 0; index < value.length; index++) {
    const before: unknown = value[index];
    const after =
      before === null
        ? zeroOf(type.items)
        : decode(before, type.items, { ...place, indexed: `${place.indexed}[${index}]` });
    if (after === before) continue;
    result ??= [...value];
    result[index] = after;
  }
  return result ?? value;
}

function decodeMap(value: unknown, type: FieldType & { readonly type: "map" }, place: Place): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return wrongType(value, goType(type), place);
  const source = value as Readonly<Record<string, unknown>>;
  let result: Record<string, unknown> | null = null;
  let empty = true;
  for (const key in source) {
    empty = false;
    const before = source[key];
    if (isFineAsItIs(before, type.values)) continue;
    const after =
      before === null
        ? zeroOf(type.values)
        : decode(before, type.values, { ...place, indexed: `${place.indexed}.${key}` });
    if (after === before) continue;
    result ??= { ...source };
    result[key] = after;
  }
  return empty ? undefined : (result ?? source);
}

function zeroOf(type: FieldType): unknown {
  if (type.type === "struct") return {};
  return type.type === "scalar" && (type.scalar === "string" || type.scalar === "bytes") ? "" : 0;
}

const GO_SCALARS: Readonly<Record<Scalar, string>> = {
  string: "string",
  int32: "int32",
  int64: "int64",
  boolean: "bool",
  double: "float64",
  bytes: "[]uint8",
  quantity: "resource.Quantity",
  time: "v1.Time",
  microTime: "v1.MicroTime",
  intOrString: "intstr.IntOrString",
  object: "runtime.RawExtension",
  any: "interface {}",
};

function goType(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return GO_SCALARS[type.scalar];
    case "struct": {
      const { package: packageName, name } = structAt(type.index);
      return `${packageName}.${name}`;
    }
    case "list":
      return `[]${goType(type.items)}`;
    case "map":
      return `map[string]${goType(type.values)}`;
  }
}

/** As Go's decoder names what it found. */
export function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function wrongType(value: unknown, expected: string, place: Place, shown = jsonTypeOf(value)): unknown {
  const field = place.path === "" ? "Go value" : `Go struct field ${place.owner.name}.${place.path}`;
  return refuse(place, `json: cannot unmarshal ${shown} into ${field} of type ${expected}`);
}

function refuse({ walk }: Place, message: string): undefined {
  walk.firstError ??= message;
  return undefined;
}

function decodeScalar(value: unknown, scalar: Scalar, place: Place): unknown {
  switch (scalar) {
    case "string":
      return typeof value === "string" ? value : wrongType(value, "string", place);
    case "boolean":
      return typeof value === "boolean" ? value : wrongType(value, "bool", place);
    case "double":
      return typeof value === "number" ? value : wrongType(value, "float64", place);
    case "bytes":
      return decodeBytes(value, place);
    case "int32":
    case "int64":
      return decodeInteger(value, scalar, place);
    case "quantity":
      return decodeQuantity(value, place);
    case "time":
    case "microTime":
      return decodeTime(value, scalar, place);
    case "intOrString":
      if (typeof value === "string") return value;
      if (typeof value === "number" && Number.isInteger(value)) return value;
      return refuse(place, `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type int32`);
    case "object":
    case "any":
      return value;
  }
}

function decodeInteger(value: unknown, scalar: "int32" | "int64", place: Place): unknown {
  if (typeof value !== "number") return wrongType(value, scalar, place);
  const limit = scalar === "int32" ? 2_147_483_648 : 4_294_967_296 * 2_147_483_648;
  if (Number.isInteger(value) && value >= -limit && value < limit) return value;
  return wrongType(value, scalar, place, `number ${value}`);
}

function decodeBytes(value: unknown, place: Place): unknown {
  if (typeof value !== "string") return wrongType(value, "[]uint8", place);
  const compact = value.replace(/[\r\n]/g, "");
  const wrong = /[^A-Za-z0-9+/]/.exec(compact.replace(/={0,2}$/, ""));
  if (wrong) return refuse(place, `illegal base64 data at input byte ${wrong.index}`);
  if (compact.length % 4 !== 0)
    return refuse(place, `illegal base64 data at input byte ${compact.length - (compact.length % 4)}`);
  return compact;
}

function decodeQuantity(value: unknown, place: Place): unknown {
  if (typeof value !== "string" && typeof value !== "number") return refuse(place, QUANTITY_EXPECTED);
  try {
    return canonicalQuantity(String(value).trim());
  } catch (error) {
    return refuse(place, (error as Error).message);
  }
}

const QUANTITY_EXPECTED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function decodeTime(value: unknown, scalar: "time" | "microTime", place: Place): unknown {
  if (typeof value !== "string")
    return refuse(place, `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`);
  const wallUs = parseTime(value);
  if (wallUs === null) {
    const layout = scalar === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
    return refuse(
      place,
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  const canonical = scalar === "time" ? formatTime(wallUs) : formatMicroTime(wallUs);
  return canonical === value ? value : canonical;
}
