/**
 * The schema of the built-in kinds: which fields there are, their types, how lists are merged. Read once from
 * `types.generated.ts`, where a line is `package Name[*][@group/version,...[@]] field[!]:type ...`; `*` marks an atomic
 * type, the last `@` a root object (its apiVersion, kind and metadata are left out), `!` a required field. Types are a
 * letter of `SCALARS`, the number of another type (`*` before it: replaced whole, `!`: union whose other fields a patch
 * clears), `[...]T` a list and `{}T` a map. Inside a list's brackets: `&` a set, `(a,b)` a map keyed by a and b,
 * `~key` merged by key (`~` alone: a list of plain values that are merged), `!` as above.
 */
import { TYPES } from "./types.generated.ts";

export type Scalar =
  | "string"
  | "int32"
  | "int64"
  | "boolean"
  | "double"
  | "bytes"
  | "quantity"
  | "time"
  | "microTime"
  | "intOrString"
  | "object"
  | "any";

export type FieldType =
  | { readonly type: "scalar"; readonly scalar: Scalar }
  | {
      readonly type: "struct";
      readonly index: number;
      readonly replace: boolean;
      readonly retainKeys: boolean;
      /** What is no record is taken as it is: the union of the struct and something else. */
      readonly lenient?: boolean;
      /** The struct itself, where it is none of `STRUCTS` (a part of a custom resource). */
      readonly own?: StructType;
    }
  | { readonly type: "map"; readonly values: FieldType; readonly atomic: boolean }
  | {
      readonly type: "list";
      readonly items: FieldType;
      readonly listType: "atomic" | "set" | "map";
      readonly listMapKeys: readonly string[];
      /** Strategic merge patch: null replaces the whole list, "" merges plain values, else records by this key. */
      readonly mergeKey: string | null;
      readonly retainKeys: boolean;
      /** Of map keys that an item may leave out. */
      readonly keyDefaults?: Readonly<Record<string, unknown>>;
    };

export interface StructType {
  readonly index: number;
  /** As Go prints it: `v1`. */
  readonly package: string;
  readonly name: string;
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly required: readonly string[];
  /** Of fields that are not in `fields`; absent: there are no others. */
  readonly rest?: FieldType;
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  s: "string",
  i: "int32",
  l: "int64",
  b: "boolean",
  d: "double",
  y: "bytes",
  q: "quantity",
  t: "time",
  m: "microTime",
  x: "intOrString",
  o: "object",
  a: "any",
};

export const STRING: FieldType = { type: "scalar", scalar: "string" };
export const OBJECT_META: FieldType & { readonly type: "struct" } = {
  type: "struct",
  index: 0,
  replace: false,
  retainKeys: false,
};

const LIST_FORM = /^\[(?:(&)|\(([^)]*)\))?(?:~([^!\]]*)(!)?)?\](.*)$/;
const STRUCT_FORM = /^([*!]?)(\d+)$/;

function typeOf(code: string): FieldType {
  const scalar = SCALARS[code];
  if (scalar) return { type: "scalar", scalar };
  if (code.startsWith("{")) {
    return { type: "map", values: typeOf(code.slice(code.indexOf("}") + 1)), atomic: code.startsWith("{*") };
  }
  const struct = STRUCT_FORM.exec(code);
  if (struct) {
    return { type: "struct", index: Number(struct[2]), replace: struct[1] === "*", retainKeys: struct[1] === "!" };
  }
  const [, set, keys, mergeKey, retain, items] = LIST_FORM.exec(code)!;
  return {
    type: "list",
    items: typeOf(items!),
    listType: set ? "set" : keys !== undefined ? "map" : "atomic",
    listMapKeys: keys ? keys.split(",") : [],
    mergeKey: mergeKey ?? null,
    retainKeys: retain !== undefined,
  };
}

function structOfLine(line: string, index: number): StructType {
  const [packageName, head, ...parts] = line.split(" ") as [string, string, ...string[]];
  const [name, , root] = head.split("@") as [string, string?, string?];
  const fields = new Map<string, FieldType>();
  if (root !== undefined) fields.set("apiVersion", STRING).set("kind", STRING).set("metadata", OBJECT_META);
  const required: string[] = [];
  for (const part of parts) {
    if (part === "") continue;
    const colon = part.indexOf(":");
    const needed = part[colon - 1] === "!";
    const field = part.slice(0, needed ? colon - 1 : colon);
    if (needed) required.push(field);
    fields.set(field, typeOf(part.slice(colon + 1)));
  }
  return {
    index,
    package: packageName.split(".").at(-1)!,
    name: name.replace("*", ""),
    atomic: name.endsWith("*"),
    fields,
    required,
  };
}

/** All struct types; `FieldType.index` points into it. */
export const STRUCTS: readonly StructType[] = TYPES.map(structOfLine);

// A schema's `items` and `additionalProperties` are schemas themselves; the OpenAPI document does not say so.
for (const struct of STRUCTS) {
  if (struct.name !== "JSONSchemaProps") continue;
  const nested: FieldType = { type: "struct", index: struct.index, replace: false, retainKeys: false, lenient: true };
  (struct.fields as Map<string, FieldType>).set("items", nested).set("additionalProperties", nested);
}

const roots: ReadonlyMap<string, StructType> = rootsByKind();

function rootsByKind(): ReadonlyMap<string, StructType> {
  const found = new Map<string, StructType>();
  for (const [index, line] of TYPES.entries()) {
    const [name, groupVersions] = line.split(" ")[1]!.split("@") as [string, string?];
    for (const groupVersion of (groupVersions ?? "").split(",")) {
      if (groupVersion !== "") found.set(`${groupVersion.replace(/^\//, "")} ${name}`, STRUCTS[index]!);
    }
  }
  return found;
}

/** `schemaOf("apps/v1", "Deployment")`; undefined for kinds that are not in the catalogue. */
export function schemaOf(apiVersion: string | undefined, kind: string | undefined): StructType | undefined {
  return roots.get(`${apiVersion} ${kind}`);
}

export function structAt(index: number): StructType {
  return STRUCTS[index]!;
}

/** The struct of a field that is one. */
export function structOf(type: FieldType & { readonly type: "struct" }): StructType {
  return type.own ?? STRUCTS[type.index]!;
}

/** The struct that a field's values are, or the items of its list or map; undefined for plain values. */
export function structOfField(type: FieldType | undefined): StructType | undefined {
  if (type === undefined) return undefined;
  if (type.type === "struct") return structOf(type);
  if (type.type === "list") return structOfField(type.items);
  return type.type === "map" ? structOfField(type.values) : undefined;
}
