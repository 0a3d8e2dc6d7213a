/** `fieldPath` of a rule: `.spec.x['a.b']`, from the place of the rule. */
import { type JsonSchema, valuesOf } from "../json-schema.ts";

const TOKEN = /'(?:\\.|[^\\'])*'|[.[\]]|[^.[\]]+/g;

/** As field errors write it, or why it leads nowhere. */
export function readFieldPath(
  path: string,
  schema: JsonSchema,
): { readonly path: string } | { readonly error: string } {
  const tokens = path.match(TOKEN) ?? [];
  let here: JsonSchema | undefined = schema;
  let found = "";
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at++]!;
    if (token !== "." && token !== "[") return { error: `expected [ or . but got: ${token}` };
    const next = tokens[at++];
    if (next === undefined) return { error: "unexpected end of JSON path" };
    let name = next;
    if (token === "[") {
      if (next.length < 2 || !next.startsWith("'") || !next.endsWith("'"))
        return { error: `expected single quoted string but got ${next}` };
      name = next.slice(1, -1).replace(/\\(.)/g, "$1");
      const close = tokens[at++];
      if (close === undefined) return { error: "unexpected end of JSON path" };
      if (close !== "]") return { error: `expected ] but got ${close}` };
    }
    const step = below(here, name);
    if (step === null) return { error: "does not refer to a valid field" };
    found = step.isKey ? `${found}[${name}]` : found === "" ? name : `${found}.${name}`;
    here = step.schema;
  }
  return { path: found };
}

function below(schema: JsonSchema, name: string): { readonly schema: JsonSchema; readonly isKey: boolean } | null {
  if (schema.properties !== undefined) {
    const inner = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    return inner === undefined ? null : { schema: inner, isKey: false };
  }
  const values = valuesOf(schema);
  return values === undefined ? null : { schema: values, isKey: true };
}
