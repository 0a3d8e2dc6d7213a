import { type JsonSchema as CustomSchema, preservesUnknown } from "../../../api/custom/json-schema.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { enumOf } from "../../../api/schema/enums.ts";
import { NAMED_SCALARS } from "../../../api/schema/named-scalars.ts";
import { schemaNameOf } from "../../../api/schema/names.ts";
import {
  type FieldType,
  OBJECT_META,
  type Scalar,
  type StructType,
  schemaOf,
  structAt,
} from "../../../api/schema/schema.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const PLAIN: Readonly<Partial<Record<Scalar, JsonSchema>>> = {
  string: { type: "string" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  boolean: { type: "boolean" },
  double: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  object: { type: "object" },
  any: {},
};

const TYPE_META: Readonly<Record<string, JsonSchema>> = {
  apiVersion: {
    type: "string",
    description:
      "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources",
  },
  kind: {
    type: "string",
    description:
      "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
  },
};
const METADATA_TEXT =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The words that a text may be; of a list, each of its items. */
function withEnum(schema: JsonSchema, words: readonly string[] | undefined): JsonSchema {
  if (words === undefined) return schema;
  if (schema.type !== "array") return { ...schema, enum: words };
  return { ...schema, items: { ...(schema.items as JsonSchema), enum: words } };
}

/** Collects the schemas that some kinds need, each under its name. `root`: where references lead to. */
export class SchemaCollector {
  private readonly schemas = new Map<string, JsonSchema>();
  private readonly root: string;
  /** kubectl would take the fields that are told of such a kind for all that it may have. */
  private readonly hidesOpenKinds: boolean;

  constructor(root = "#/components/schemas/", hidesOpenKinds = false) {
    this.root = root;
    this.hidesOpenKinds = hidesOpenKinds;
  }

  /** A reference to the kind's schema; that of its list is collected, too. */
  addKind(kind: Kind): JsonSchema {
    const gvk = { group: kind.group, kind: kind.kind, version: kind.version };
    const name = kind.custom === null ? this.addBuiltIn(kind, gvk) : this.addCustom(kind, gvk);
    if (kind.verbs.includes("list")) this.addList(kind, name);
    return this.referenceTo(name);
  }

  /** A kind that is sent to or answered by a subresource: `autoscaling/v1 Scale`. */
  addForeign(group: string, version: string, kind: string): JsonSchema {
    const struct = schemaOf(apiVersionOf({ group, version }), kind);
    if (struct === undefined) return { type: "object" };
    const name = schemaNameOf(struct);
    this.schemas.set(name, this.rootSchema(struct, { group, kind, version }));
    return this.referenceTo(name);
  }

  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }

  private addBuiltIn(kind: Kind, gvk: JsonSchema): string {
    const struct = schemaOf(apiVersionOf(kind), kind.kind);
    const name = struct === undefined ? `io.k8s.api.${kind.group}.${kind.version}.${kind.kind}` : schemaNameOf(struct);
    this.schemas.set(name, struct === undefined ? { type: "object" } : this.rootSchema(struct, gvk));
    return name;
  }

  private rootSchema(struct: StructType, gvk: JsonSchema): JsonSchema {
    return {
      ...this.structSchema(struct),
      "x-kubernetes-group-version-kind": [gvk],
    };
  }

  private addCustom(kind: Kind, gvk: JsonSchema): string {
    const name = [...kind.group.split(".").reverse(), kind.version, kind.kind].join(".");
    const schema: CustomSchema = kind.custom!.schema ?? {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
    };
    if (this.hidesOpenKinds && preservesUnknown(schema)) {
      this.schemas.set(name, { type: "object", "x-kubernetes-group-version-kind": [gvk] });
      return name;
    }
    this.schemas.set(name, {
      ...schema,
      type: "object",
      properties: {
        ...schema.properties,
        ...TYPE_META,
        metadata: { description: METADATA_TEXT, allOf: [this.schema(OBJECT_META).allOf].flat() },
      },
      "x-kubernetes-group-version-kind": [gvk],
    });
    return name;
  }

  private addList(kind: Kind, name: string): void {
    const list = name.replace(/[^.]+$/, kind.listKind);
    this.schemas.set(list, {
      description: `${kind.listKind} is a list of ${kind.kind}`,
      type: "object",
      required: ["items"],
      properties: {
        ...TYPE_META,
        items: { type: "array", items: { allOf: [this.referenceTo(name)], default: {} } },
        metadata: { type: "object" },
      },
      "x-kubernetes-group-version-kind": [{ group: kind.group, kind: kind.listKind, version: kind.version }],
    });
  }

  private structSchema(struct: StructType): JsonSchema {
    const properties: Record<string, JsonSchema> = {};
    for (const field of [...struct.fields.keys()].sort())
      properties[field] = withEnum(this.schema(struct.fields.get(field)!), enumOf(struct, field));
    return {
      type: "object",
      properties,
      ...(struct.required.length === 0 ? {} : { required: struct.required }),
      ...(struct.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
    };
  }

  private schema(type: FieldType): JsonSchema {
    switch (type.type) {
      case "scalar": {
        const named = NAMED_SCALARS[type.scalar];
        if (named === undefined) return PLAIN[type.scalar] ?? {};
        this.schemas.set(named.name, named.schema);
        return { allOf: [this.referenceTo(named.name)] };
      }
      case "struct":
        return {
          allOf: [this.reference(structAt(type.index))],
          ...(type.retainKeys
            ? { "x-kubernetes-patch-strategy": "retainKeys" }
            : type.replace
              ? { "x-kubernetes-patch-strategy": "replace" }
              : {}),
        };
      case "map":
        return {
          type: "object",
          additionalProperties: this.item(type.values),
          ...(type.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
        };
      case "list":
        return {
          type: "array",
          items: this.item(type.items),
          "x-kubernetes-list-type": type.listType,
          ...(type.listMapKeys.length === 0 ? {} : { "x-kubernetes-list-map-keys": type.listMapKeys }),
          ...(type.mergeKey ? { "x-kubernetes-patch-merge-key": type.mergeKey } : {}),
          ...(type.mergeKey === null
            ? {}
            : { "x-kubernetes-patch-strategy": type.retainKeys ? "merge,retainKeys" : "merge" }),
        };
    }
  }

  private item(type: FieldType): JsonSchema {
    const schema = this.schema(type);
    return type.type === "struct" ? { ...schema, default: {} } : schema;
  }

  private referenceTo(name: string): JsonSchema {
    return { $ref: this.root + name };
  }

  private reference(struct: StructType): JsonSchema {
    const name = schemaNameOf(struct);
    if (!this.schemas.has(name)) {
      this.schemas.set(name, {});
      this.schemas.set(name, this.structSchema(struct));
    }
    return this.referenceTo(name);
  }
}
