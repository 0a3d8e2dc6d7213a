import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs/light.js";
import { describe, expect, it } from "vitest";
import definitions from "./protobuf.generated.json";
import { decodeProtobuf } from "./protobuf.ts";

const folder = join(import.meta.dirname, "testdata/roundtrip");
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".pb") ? [file.slice(0, -3)] : []));

describe("objects in protobuf", () => {
  it.each(names)("reads %s as its JSON says it", (name) => {
    const bytes = readFileSync(join(folder, `${name}.pb`));
    expect(decodeProtobuf(bytes)).toEqual(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));
  });

  it("refuses a body that is cut off, anywhere", () => {
    const bytes = readFileSync(join(folder, "core.v1.Service.pb"));
    for (let length = 0; length < bytes.length; length += 97) {
      const read = decodeProtobuf(bytes.subarray(0, length));
      expect(read === null || length > 0).toBe(true);
    }
    expect(decodeProtobuf(bytes.subarray(0, bytes.length - 3))).toBeNull();
    expect(decodeProtobuf(Buffer.from("k8s"))).toBeNull();
    expect(decodeProtobuf(Buffer.from('{"kind":"Service"}'))).toBeNull();
  });
});

/** The envelope around an object's bytes. */
function enveloped(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const field = (number: number, bytes: Uint8Array) => {
    const writer = new protobuf.Writer();
    return writer
      .uint32(number * 8 + 2)
      .bytes(bytes)
      .finish();
  };
  const meta = Buffer.concat([field(1, Buffer.from(apiVersion)), field(2, Buffer.from(kind))]);
  return Buffer.concat([
    Buffer.from("k8s\0"),
    field(1, meta),
    field(2, raw),
    field(3, Buffer.of()),
    field(4, Buffer.of()),
  ]);
}

const FILLED_DEPTH = 5;

/** A message with something in every field. */
function filled(type: protobuf.Type, depth = 0): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    field.resolve();
    const inner = field.resolvedType instanceof protobuf.Type ? field.resolvedType : null;
    if (inner !== null && depth > FILLED_DEPTH) continue;
    const value =
      inner !== null
        ? filled(inner, depth + 1)
        : field.type === "string"
          ? "1"
          : field.type === "bool"
            ? true
            : field.type === "bytes"
              ? Buffer.from("{}")
              : 1;
    message[field.name] = field.map ? { key: value } : field.repeated ? [value] : value;
  }
  return message;
}

function kindsBelow(namespace: protobuf.Namespace): protobuf.Type[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Type) return "metadata" in nested.fields ? [nested] : [];
    return nested instanceof protobuf.Namespace ? kindsBelow(nested) : [];
  });
}

const GROUPS: Readonly<Record<string, string>> = {
  core: "",
  apiextensions: "apiextensions.k8s.io/",
  apiregistration: "apiregistration.k8s.io/",
  audit: "audit.k8s.io/",
  metrics: "metrics.k8s.io/",
  custom_metrics: "custom.metrics.k8s.io/",
  external_metrics: "external.metrics.k8s.io/",
};

describe("every kind that there is in protobuf", () => {
  const kinds = kindsBelow(protobuf.Root.fromJSON(definitions as protobuf.INamespace)).map((type) => {
    const [group = "", version = ""] = type.fullName.split(".").slice(-3);
    return [`${GROUPS[group] ?? `${group}/`}${version}`, type.name, type] as const;
  });

  it.each(kinds)("%s %s is read with all its fields, and with some that nobody knows", (apiVersion, kind, type) => {
    const raw = type.encode(filled(type)).finish();
    const read = decodeProtobuf(enveloped(apiVersion, kind, raw));
    expect(read).toMatchObject({ apiVersion, kind });
    const own = Object.keys(read ?? {}).length;
    expect(own).toBeGreaterThan(2);
    const unknown = new protobuf.Writer()
      .uint32(4_000 * 8 + 2)
      .string("newer")
      .uint32(4_001 * 8)
      .uint32(7)
      .finish();
    expect(decodeProtobuf(enveloped(apiVersion, kind, Buffer.concat([raw, unknown])))).toEqual(read);
    for (const length of [1, Math.floor(raw.length / 2), raw.length - 1])
      expect(() => decodeProtobuf(enveloped(apiVersion, kind, raw.subarray(0, length)))).not.toThrow();
  });

  it("schemas of custom resources are written as in JSON", () => {
    const type = protobuf.Root.fromJSON(definitions as protobuf.INamespace).lookupType(
      "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
    );
    const schema = {
      ref: "#/x",
      type: "object",
      default: { raw: Buffer.from('{"a":[1]}') },
      items: { schema: { type: "string" } },
      additionalProperties: { allows: false },
      dependencies: { a: { property: ["b"] }, c: { schema: { nullable: true } } },
      xKubernetesPreserveUnknownFields: false,
      xKubernetesListType: "map",
      xKubernetesListMapKeys: ["name"],
      exclusiveMaximum: false,
      maximum: 0,
    };
    const raw = type
      .encode({ spec: { group: "g", versions: [{ name: "v1", served: false, schema: { openAPIV3Schema: schema } }] } })
      .finish();
    expect(decodeProtobuf(enveloped("apiextensions.k8s.io/v1", "CustomResourceDefinition", raw))).toMatchObject({
      spec: {
        versions: [
          {
            served: false,
            schema: {
              openAPIV3Schema: {
                $ref: "#/x",
                type: "object",
                default: { a: [1] },
                items: { type: "string" },
                additionalProperties: false,
                dependencies: { a: ["b"], c: { nullable: true } },
                "x-kubernetes-preserve-unknown-fields": false,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                maximum: 0,
              },
            },
          },
        ],
      },
    });
  });
});
