/** What `kubectl explain` and the OpenAPI documents say of a field. */
import { type FieldType, type StructType, structOf } from "./schema.ts";

/** The content of `docs.generated.json`, a chunk of its own: struct's index, then field ("" for the struct itself). */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function descriptionOf(descriptions: Descriptions, struct: StructType, field: string): string {
  return descriptions[struct.index]?.[field] ?? "";
}

const SHOWN: Readonly<Record<string, string>> = {
  int32: "integer",
  int64: "integer",
  double: "number",
  bytes: "string",
  intOrString: "IntOrString",
  quantity: "Quantity",
  time: "string",
  microTime: "string",
  object: "Object",
  any: "Object",
};

/** As `kubectl explain` shows a field's type: `[]Container`, `map[string]string`, `integer`. */
export function shownType(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return SHOWN[type.scalar] ?? type.scalar;
    case "struct":
      return structOf(type).name;
    case "list":
      return `[]${shownType(type.items)}`;
    case "map":
      return `map[string]${shownType(type.values)}`;
  }
}
