/** Go's types of what pods and volumes specify, as the API server holds them: what its messages print is in their terms. */
import { parseQuantity } from "../quantity.ts";
import { STRUCTS } from "./structs.ts";

export type GoType =
  | { readonly kind: "string" | "number" | "boolean" | "quantity" | "intOrString" }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly GoField[] }
  | { readonly kind: "pointer"; readonly element: GoType }
  | { readonly kind: "slice"; readonly name: string; readonly element: GoType }
  | { readonly kind: "map"; readonly name: string; readonly keysPrintThemselves: boolean; readonly element: GoType };

export interface GoField {
  readonly name: string;
  /** The field's name in JSON; "" where the fields of the embedded struct are those of the object itself. */
  readonly json: string;
  readonly type: GoType;
}

export type Json = unknown;

const SIMPLE: Readonly<Record<string, GoType>> = {
  s: { kind: "string" },
  i: { kind: "number" },
  b: { kind: "boolean" },
  quantity: { kind: "quantity" },
  intstr: { kind: "intOrString" },
};

const RESOURCE_LIST: GoType = {
  kind: "map",
  name: "core.ResourceList",
  keysPrintThemselves: true,
  element: { kind: "quantity" },
};

/** Of a type's name as `structs.ts` writes it. */
function typeOf(text: string, known: Map<string, GoType>): GoType {
  if (text.startsWith("*")) return { kind: "pointer", element: typeOf(text.slice(1), known) };
  if (text.startsWith("[]")) return sliceOf(text.slice(2), known);
  if (text === "resources") return RESOURCE_LIST;
  if (text.startsWith("{}")) {
    const element = text.slice(2);
    const name = element === "bytes" ? "map[string][]uint8" : "map[string]string";
    return { kind: "map", name, keysPrintThemselves: false, element: { kind: "string" } };
  }
  return SIMPLE[text] ?? structOf(text, known);
}

/** `[]s`, or `[]s:Capability` of texts that have a name. */
function sliceOf(text: string, known: Map<string, GoType>): GoType {
  const [element, named] = text.split("'") as [string, string | undefined];
  const type = typeOf(element, known);
  const plain = type.kind === "struct" ? type.name : type.kind === "number" ? "int64" : "string";
  return { kind: "slice", name: `[]${named === undefined ? plain : `core.${named}`}`, element: type };
}

const PACKAGES: Readonly<Record<string, string>> = { LabelSelector: "v1", LabelSelectorRequirement: "v1" };

function structOf(name: string, known: Map<string, GoType>): GoType {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const fields: GoField[] = [];
  const type: GoType = { kind: "struct", name: `${PACKAGES[name] ?? "core"}.${name}`, fields };
  known.set(name, type);
  for (const declared of (STRUCTS[name] ?? "").split(" ")) {
    if (declared === "") continue;
    const [names, fieldType] = declared.split(":") as [string, string];
    const [field, json] = names.split("=") as [string, string | undefined];
    const embedded = fieldType.startsWith("^");
    fields.push({
      name: field,
      json: embedded ? "" : (json ?? jsonName(field)),
      type: typeOf(embedded ? fieldType.slice(1) : fieldType, known),
    });
  }
  return type;
}

/** `DNSPolicy` is `dnsPolicy`, `TTY` is `tty`. */
function jsonName(field: string): string {
  const capitals = /^[A-Z]+/.exec(field)![0].length;
  const run = capitals === field.length || capitals === 1 ? capitals : capitals - 1;
  return field.slice(0, run).toLowerCase() + field.slice(run);
}

/** One of the structs by its Go name, without the package. */
export function goStruct(name: string): GoType {
  return structOf(name, new Map());
}

export function fieldOf(value: Json, { json }: GoField): Json {
  if (typeof value !== "object" || value === null) return undefined;
  return json === "" ? value : ((value as Readonly<Record<string, Json>>)[json] ?? undefined);
}

export function isNil(value: Json): boolean {
  return value === undefined || value === null;
}

export function isZero(type: GoType, value: Json): boolean {
  switch (type.kind) {
    case "string":
      return isNil(value) || value === "";
    case "number":
      return isNil(value) || value === 0;
    case "boolean":
      return value !== true;
    case "intOrString":
      return isNil(value) || value === 0;
    case "struct":
      return type.fields.every((field) => isZero(field.type, fieldOf(value, field)));
    default:
      return isNil(value);
  }
}

export function sameScalar(type: GoType, a: Json, b: Json): boolean {
  if (type.kind !== "quantity") return (isZero(type, a) && isZero(type, b)) || a === b;
  return parseQuantity(String(a ?? "0")).nano === parseQuantity(String(b ?? "0")).nano;
}
