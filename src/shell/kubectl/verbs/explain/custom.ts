/** Kinds that are not built in are explained from what the server says of them. */
import type { Descriptions } from "../../../../sim/api/schema/explain.ts";
import { type FieldType, OBJECT_META, type Scalar, type StructType } from "../../../../sim/api/schema/schema.ts";
import type { Client } from "../../client.ts";
import { type ApiResource, apiVersionOf } from "../../discovery.ts";
import { at, type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";

export interface Explained {
  readonly struct: StructType;
  readonly descriptions: Descriptions;
}

/** The kind's type from the OpenAPI document of its group and version; null: it is not in there. */
export async function explainedByServer(client: Client, resource: ApiResource): Promise<Explained | null> {
  const index = await client.get("/openapi/v3");
  const url = textOf(at(index, "paths", `apis/${apiVersionOf(resource)}`, "serverRelativeURL"));
  if (url === "") return null;
  const schemas = objectOf(at(await client.get(url), "components", "schemas"));
  const wanted = Object.values(schemas).find((schema) =>
    objectsOf(at(schema, "x-kubernetes-group-version-kind")).some(
      ({ group, version, kind }) => group === resource.group && version === resource.version && kind === resource.kind,
    ),
  );
  if (wanted === undefined) return null;
  const descriptions: Record<string, Record<string, string>> = {};
  const struct = structOf(objectOf(wanted), descriptions);
  return { struct, descriptions };
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  string: "string",
  integer: "int64",
  boolean: "boolean",
  number: "double",
};

/** Structs that are no built-in ones are told apart by negative numbers. */
function structOf(schema: JsonObject, descriptions: Record<string, Record<string, string>>): StructType {
  const index = -1 - Object.keys(descriptions).length;
  const texts: Record<string, string> = { "": textOf(schema.description) };
  descriptions[index] = texts;
  const fields = new Map<string, FieldType>();
  for (const [name, inner] of Object.entries(objectOf(schema.properties))) {
    texts[name] = textOf(at(inner, "description"));
    fields.set(name, name === "metadata" && index === -1 ? OBJECT_META : typeOf(objectOf(inner), descriptions));
  }
  const required = Array.isArray(schema.required) ? schema.required.map(textOf) : [];
  return { index, package: "unstructured", name: "Object", atomic: false, fields, required };
}

function typeOf(schema: JsonObject, descriptions: Record<string, Record<string, string>>): FieldType {
  const type = textOf(schema.type);
  if (schema["x-kubernetes-int-or-string"] === true) return { type: "scalar", scalar: "intOrString" };
  if (type === "array")
    return {
      type: "list",
      items: typeOf(objectOf(schema.items), descriptions),
      listType: "atomic",
      listMapKeys: [],
      mergeKey: null,
      retainKeys: false,
    };
  if (type === "object" && schema.properties !== undefined) {
    const own = structOf(schema, descriptions);
    return { type: "struct", index: own.index, replace: false, retainKeys: false, own: { ...own } };
  }
  if (type === "object" && typeof schema.additionalProperties === "object")
    return { type: "map", values: typeOf(objectOf(schema.additionalProperties), descriptions), atomic: false };
  return { type: "scalar", scalar: SCALARS[type] ?? "object" };
}
