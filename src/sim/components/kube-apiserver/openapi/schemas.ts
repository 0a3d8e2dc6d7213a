import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import {
  type FieldType,
  type Scalar,
  STRUCTS,
  type StructType,
  schemaOf,
  structAt,
} from "../../../api/schema/schema.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<Scalar, JsonSchema>> = {
  string: { type: "string" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  boolean: { type: "boolean" },
  double: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  quantity: { type: "string" },
  time: { type: "string", format: "date-time" },
  microTime: { type: "string", format: "date-time" },
  intOrString: { type: "string", format: "int-or-string" },
  object: { type: "object" },
  any: {},
};

const METADATA = STRUCTS.find(({ name }) => name === "ObjectMeta");

/** Collects the schemas that some kinds need, each under one name. */
export class SchemaCollector {
  private readonly schemas = new Map<string, JsonSchema>();

  /** A reference to the kind's schema. */
  addKind(kind: Kind): JsonSchema {
    const struct = schemaOf(apiVersionOf(kind), kind.kind);
    const name = `io.k8s.api.${kind.group === "" ? "core" : kind.group.split(".")[0]}.${kind.version}.${kind.kind}`;
    const own = struct === undefined ? {} : this.properties(struct);
    this.schemas.set(name, {
      type: "object",
      properties: {
        apiVersion: SCALARS.string,
        kind: SCALARS.string,
        ...(METADATA === undefined ? {} : { metadata: this.reference(METADATA) }),
        ...own,
      },
      ...(struct === undefined || struct.required.length === 0 ? {} : { required: struct.required }),
      "x-kubernetes-group-version-kind": [{ group: kind.group, kind: kind.kind, version: kind.version }],
    });
    return { $ref: `#/components/schemas/${name}` };
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }

  private properties(struct: StructType): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    for (const [field, type] of struct.fields) properties[field] = this.schema(type);
    return properties;
  }

  private schema(type: FieldType): JsonSchema {
    switch (type.type) {
      case "scalar":
        return SCALARS[type.scalar];
      case "struct":
        return { default: {}, allOf: [this.reference(structAt(type.index))] };
      case "map":
        return { type: "object", additionalProperties: this.schema(type.values) };
      case "list":
        return {
          type: "array",
          items: this.schema(type.items),
          "x-kubernetes-list-type": type.listType,
          ...(type.listMapKeys.length === 0 ? {} : { "x-kubernetes-list-map-keys": type.listMapKeys }),
          ...(type.mergeKey ? { "x-kubernetes-patch-merge-key": type.mergeKey } : {}),
          ...(type.mergeKey === null ? {} : { "x-kubernetes-patch-strategy": "merge" }),
        };
    }
  }

  private reference(struct: StructType): JsonSchema {
    // Structs of one name in several groups are told apart by their place in the catalogue.
    const name = `io.k8s.${struct.index}.${struct.package}.${struct.name}`;
    if (!this.schemas.has(name)) {
      this.schemas.set(name, {});
      const required = struct.required.length === 0 ? {} : { required: struct.required };
      this.schemas.set(name, { type: "object", properties: this.properties(struct), ...required });
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}
