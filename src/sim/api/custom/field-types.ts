/** A custom resource's schema as the types that server-side apply takes objects apart by. */
import { apiVersionOf, type Kind } from "../kinds.ts";
import { type FieldType, OBJECT_META, STRING, type StructType, schemaOf } from "../schema/schema.ts";
import { isEmbedded, type JsonSchema, preservesUnknown, valuesOf } from "./json-schema.ts";

/** Nobody says what it is: records are taken apart, everything else is owned as a whole. */
const DEDUCED: FieldType = deduced();

function deduced(): FieldType {
  const type = { type: "map", atomic: false } as { type: "map"; atomic: boolean; values: FieldType };
  type.values = type;
  return type;
}

/** Cache: what follows from a frozen row. */
const structs = new WeakMap<Kind, StructType>();

/** The types of a kind's objects, built in or custom. */
export function structOfKind(kind: Kind): StructType | undefined {
  if (kind.custom === null) return schemaOf(apiVersionOf(kind), kind.kind);
  const known = structs.get(kind);
  if (known !== undefined) return known;
  const struct = structOf(kind.custom.schema ?? { "x-kubernetes-preserve-unknown-fields": true }, kind.kind, true);
  structs.set(kind, struct);
  return struct;
}

function structOf(schema: JsonSchema, name: string, isResource: boolean): StructType {
  const fields = new Map<string, FieldType>();
  for (const [field, inner] of Object.entries(schema.properties ?? {})) fields.set(field, typeOf(inner));
  if (isResource) fields.set("apiVersion", STRING).set("kind", STRING).set("metadata", OBJECT_META);
  return {
    index: -1,
    package: "unstructured",
    name,
    atomic: schema["x-kubernetes-map-type"] === "atomic",
    fields,
    required: schema.required ?? [],
    ...(preservesUnknown(schema) || schema.additionalProperties === true ? { rest: DEDUCED } : {}),
  };
}

function typeOf(schema: JsonSchema): FieldType {
  if (schema.type === "array") return listOf(schema);
  if (schema.type !== "object" && schema.properties === undefined && !isEmbedded(schema))
    return schema.type === undefined && preservesUnknown(schema) ? DEDUCED : { type: "scalar", scalar: "any" };
  const values = valuesOf(schema);
  if (values !== undefined)
    return { type: "map", values: typeOf(values), atomic: schema["x-kubernetes-map-type"] === "atomic" };
  return {
    type: "struct",
    index: -1,
    replace: false,
    retainKeys: false,
    own: structOf(schema, "", isEmbedded(schema)),
  };
}

function listOf(schema: JsonSchema): FieldType {
  const { items = {} } = schema;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const type = schema["x-kubernetes-list-type"];
  const keyDefaults = Object.fromEntries(
    keys.flatMap((key) =>
      items.properties?.[key]?.default === undefined ? [] : [[key, items.properties[key].default]],
    ),
  );
  return {
    type: "list",
    items: typeOf(items),
    listType: type === "set" || type === "map" ? type : "atomic",
    listMapKeys: keys,
    mergeKey: null,
    retainKeys: false,
    keyDefaults,
  };
}
