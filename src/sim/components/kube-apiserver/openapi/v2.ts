import { isJsonObject } from "../../../api/custom/json-schema.ts";
import type { JsonSchema } from "./schemas.ts";

const PRESERVES = "x-kubernetes-preserve-unknown-fields";

/** Definitions of OpenAPI v3 in the words of v2, which knows no alternatives, no nulls and keeps descriptions beside a reference. */
export function definitionsOfV2(schemas: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOfV2(schema)]));
}

function schemaOfV2(schema: JsonSchema): JsonSchema {
  const reference = referenceIn(schema);
  if (reference !== null) {
    const { allOf: _, default: __, ...rest } = schema;
    return { ...rest, $ref: reference };
  }
  const { allOf: _, oneOf: alternatives, anyOf: __, not: ___, ...rest } = schema;
  // A quantity, and a number or a string, are told as the string that they may be.
  const named = alternatives !== undefined && schema.type === undefined ? { ...rest, type: "string" } : rest;
  return withInner(readableByKubectl(named));
}

function referenceIn({ allOf }: JsonSchema): string | null {
  const only: unknown = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : null;
  return isJsonObject(only) && typeof only.$ref === "string" ? only.$ref : null;
}

/** kubectl cannot read what has fields but no type, and takes fields that are told for all that there are (`ToStructuralOpenAPIV2`). */
function readableByKubectl(schema: JsonSchema): JsonSchema {
  const isNullable = schema.nullable === true;
  const preserves = schema[PRESERVES] === true;
  if (!isNullable && !preserves) return withoutNullables(schema);
  const { nullable: _, items: __, properties: ___, type, ...rest } = schema;
  const untyped = isNullable || type === "array" || type === "object";
  return untyped ? rest : { type, ...rest };
}

/** A field that may be null need not be there. */
function withoutNullables(schema: JsonSchema): JsonSchema {
  const { properties, required } = schema;
  if (!isJsonObject(properties) || !Array.isArray(required)) return schema;
  const kept = required.filter((name: string) => (properties[name] as JsonSchema | undefined)?.nullable !== true);
  if (kept.length === required.length) return schema;
  const { required: _, ...rest } = schema;
  return kept.length === 0 ? rest : { ...rest, required: kept };
}

function withInner(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(isJsonObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, schemaOfV2(each as JsonSchema)]),
          ),
        }
      : {}),
    ...(isJsonObject(items) ? { items: schemaOfV2(items) } : {}),
    ...(isJsonObject(additionalProperties) ? { additionalProperties: schemaOfV2(additionalProperties) } : {}),
  };
}
