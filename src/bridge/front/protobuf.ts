import protobuf from "protobufjs/light.js";
import { goDuration } from "../../sim/api/duration.ts";
import { deepFreeze } from "../../sim/api/object.ts";
import { formatMicroTime, formatTime } from "../../sim/api/time.ts";
import definitions from "./protobuf.generated.json";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

type Json = Readonly<Record<string, unknown>>;
/** As the library reads it: plain records with 64-bit integers as numbers. */
type Message = Readonly<Record<string, unknown>>;

const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const META = "k8s.io.apimachinery.pkg.apis.meta.v1";
const UNKNOWN = "k8s.io.apimachinery.pkg.runtime.Unknown";

const root = protobuf.Root.fromJSON(definitions as protobuf.INamespace);

/**
 * The object that a client sent in Kubernetes' protobuf form ("k8s\0", then a runtime.Unknown), as it would be in JSON.
 * Null: it cannot be read, or its kind is not known.
 */
export function decodeProtobuf(bytes: Uint8Array): Json | null {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return null;
  try {
    const envelope = root.lookupType(UNKNOWN).decode(bytes.subarray(MAGIC.length)) as unknown as {
      readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
      readonly raw?: Uint8Array;
      readonly contentEncoding?: string;
    };
    const { apiVersion = "", kind = "" } = envelope.typeMeta ?? {};
    if (envelope.contentEncoding) return null;
    const type = messageOf(apiVersion, kind);
    if (type === null) return null;
    const fields = jsonOfMessage(type, type.decode(envelope.raw ?? new Uint8Array()) as unknown as Message) as Json;
    return deepFreeze({ kind, apiVersion, ...fields });
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Groups whose types are not those of k8s.io/api. */
const PACKAGES: Readonly<Record<string, string>> = {
  "apiextensions.k8s.io": "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions",
  "apiregistration.k8s.io": "k8s.io.kube_aggregator.pkg.apis.apiregistration",
  "audit.k8s.io": "k8s.io.apiserver.pkg.apis.audit",
  "metrics.k8s.io": "k8s.io.metrics.pkg.apis.metrics",
  "custom.metrics.k8s.io": "k8s.io.metrics.pkg.apis.custom_metrics",
  "external.metrics.k8s.io": "k8s.io.metrics.pkg.apis.external_metrics",
};

function messageOf(apiVersion: string, kind: string): protobuf.Type | null {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "core" : apiVersion.slice(0, slash);
  const space = PACKAGES[group] ?? `k8s.io.api.${group.split(".")[0]}`;
  // DeleteOptions and their like belong to every group.
  return lookUp(`${space}.${apiVersion.slice(slash + 1)}.${kind}`) ?? lookUp(`${META}.${kind}`);
}

function lookUp(name: string): protobuf.Type | null {
  const found = root.lookup(name);
  return found instanceof protobuf.Type ? found : null;
}

/** Messages that JSON writes otherwise than as a record of their fields. Undefined: left out. */
const SPECIAL: Readonly<Record<string, (message: Message, type: protobuf.Type) => unknown>> = {
  Quantity: ({ string }) => string ?? "0",
  IntOrString: ({ type, intVal, strVal }) => (Number(type ?? 0) === 1 ? (strVal ?? "") : Number(intVal ?? 0)),
  Time: (message) => (isEmpty(message) ? undefined : formatTime(microseconds(message))),
  MicroTime: (message) => (isEmpty(message) ? undefined : formatMicroTime(microseconds(message))),
  Duration: ({ duration }) => goDuration(Number(duration ?? 0) / 1000),
  RawExtension: ({ raw }) => parseBytes(raw),
  FieldsV1: ({ Raw }) => parseBytes(Raw),
  ExtraValue: ({ items }) => items ?? [],
  Verbs: ({ items }) => items ?? [],
  // Schemas of custom resources: one or many, a schema or a word.
  JSON: ({ raw }) => parseBytes(raw),
  JSONSchemaPropsOrArray: (message, type) =>
    fieldOf(message, type, "schema") ?? fieldOf(message, type, "jSONSchemas") ?? [],
  JSONSchemaPropsOrBool: (message, type) => fieldOf(message, type, "schema") ?? message.allows === true,
  JSONSchemaPropsOrStringArray: (message, type) => fieldOf(message, type, "schema") ?? message.property ?? [],
};

/** Undefined: not sent. */
function fieldOf(message: Message, type: protobuf.Type, name: string): unknown {
  const field = type.fields[name];
  return field !== undefined && Object.hasOwn(message, name) ? jsonOfField(field, message[name]) : undefined;
}

function isEmpty(message: Message): boolean {
  return Object.keys(message).length === 0;
}

function microseconds({ seconds, nanos }: Message): number {
  return Number(seconds ?? 0) * 1_000_000 + Math.floor(Number(nanos ?? 0) / 1000);
}

function parseBytes(bytes: unknown): unknown {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return undefined;
  return JSON.parse(Buffer.from(bytes).toString("utf8"));
}

function jsonOfMessage(type: protobuf.Type, message: Message): unknown {
  const special = SPECIAL[type.name];
  if (special !== undefined) return special(message, type);
  const json: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    // What was not sent is on the prototype only.
    if (!Object.hasOwn(message, field.name)) continue;
    const value = jsonOfField(field, message[field.name]);
    if (value === undefined) continue;
    if (field.options?.inline) Object.assign(json, value);
    else json[String(field.options?.json ?? field.name)] = value;
  }
  return json;
}

function jsonOfField(field: protobuf.Field, value: unknown): unknown {
  field.resolve();
  if (field.map) {
    const entries = Object.entries(value as Message).map(([key, item]) => [key, jsonOfValue(field, item) ?? null]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (field.repeated) {
    const items = (value as readonly unknown[]).map((item) => jsonOfValue(field, item));
    return items.length === 0 ? undefined : items;
  }
  const json = jsonOfValue(field, value);
  const zero = json === "" || json === 0 || json === false;
  // In Go a zero is "not set", except behind a pointer.
  return zero && field.resolvedType === null && !field.options?.optional ? undefined : json;
}

function jsonOfValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return jsonOfMessage(field.resolvedType, value as Message);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "object" && value !== null ? Number(value) : value;
}
