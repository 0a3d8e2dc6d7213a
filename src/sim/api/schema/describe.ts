/** Descriptions for OpenAPI documents: they are large, so they are put in where a document leaves the simulation. */
import { isRecord, type JsonRecord } from "../patch/json.ts";
import { type Descriptions, descriptionOf } from "./explain.ts";
import { structOfSchemaName } from "./names.ts";

/** The document of `/openapi/v3/...` (or `/openapi/v2`) with what is known of each struct and field. */
export function withDescriptions(document: unknown, descriptions: Descriptions): unknown {
  if (!isRecord(document)) return document;
  const { components, definitions } = document;
  if (isRecord(definitions)) return { ...document, definitions: describedSchemas(definitions, descriptions) };
  if (!isRecord(components) || !isRecord(components.schemas)) return document;
  return { ...document, components: { ...components, schemas: describedSchemas(components.schemas, descriptions) } };
}

function describedSchemas(schemas: JsonRecord, descriptions: Descriptions): JsonRecord {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, described(name, schema as JsonRecord, descriptions)]),
  );
}

function described(name: string, schema: JsonRecord, descriptions: Descriptions): JsonRecord {
  const struct = structOfSchemaName(name);
  if (struct === undefined) return schema;
  const text = descriptionOf(descriptions, struct, "");
  const { properties } = schema;
  return {
    ...(text === "" ? {} : { description: text }),
    ...schema,
    ...(isRecord(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, inner]) => {
              const about = descriptionOf(descriptions, struct, field);
              return [field, about === "" ? inner : { description: about, ...(inner as JsonRecord) }];
            }),
          ),
        }
      : {}),
  };
}
