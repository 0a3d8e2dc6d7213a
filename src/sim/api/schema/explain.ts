/** Texts of `kubectl explain`, loaded when asked for. */
import { type FieldType, type StructType, STRUCTS } from "./schema.ts";

type Docs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The description of each struct ("" is its own) and its fields. The data is a chunk of its own. */
export async function loadDescriptions(): Promise<(struct: StructType, field: string) => string> {
  const docs = ((await import("./docs.generated.json")) as { default: unknown }).default as Docs;
  return (struct, field) => docs[struct.index]?.[field] ?? "";
}

const SHOWN: Readonly<Record<string, string>> = {
  int32: "integer",
  int64: "integer",
  double: "number",
  bytes: "string",
  intOrString: "IntOrString",
  quantity: "Quantity",
  time: "Time",
  microTime: "MicroTime",
  object: "Object",
  any: "Object",
};

/** As `kubectl explain` shows a field's type: `<[]Container>`, `<map[string]string>`, `<integer>`. Without the `<>`. */
export function shownType(type: FieldType): string {
  switch (type.type) {
    case "scalar":
      return SHOWN[type.scalar] ?? type.scalar;
    case "struct":
      return STRUCTS[type.index]!.name;
    case "list":
      return `[]${shownType(type.items)}`;
    case "map":
      return `map[string]${shownType(type.values)}`;
  }
}
