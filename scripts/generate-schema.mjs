// Writes src/sim/api/schema/types.generated.ts, the compact schema of the kinds in the catalogue, and
// src/sim/api/schema/docs.generated.json, the texts of `kubectl explain`:
//   node scripts/generate-schema.mjs FOLDER
// FOLDER holds `api-types.json` ({types: {NAME: {fields, required, ...}}}), made from Kubernetes' OpenAPI document. The
// texts come from the models of the installed @kubernetes/client-node.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/generate-schema.mjs FOLDER");
  process.exit(2);
}
/**
 * @typedef {{ type?: string, format?: string, ref?: string, array?: Field, map?: Field, listType?: string, mapType?: string,
 *   listMapKeys?: string[], patchStrategy?: string, mergeKey?: string }} Field
 * @typedef {{ fields?: Record<string, Field>, required?: string[], gvk?: string[][], type?: string }} Type
 */
/** @type {Record<string, Type>} */
const types = JSON.parse(readFileSync(join(folder, "api-types.json"), "utf8")).types;
const root = join(import.meta.dirname, "..");
const catalogue = readFileSync(join(root, "src/sim/api/kinds.generated.ts"), "utf8");

const wanted = new Set([
  "autoscaling/v1 Scale",
  "policy/v1 Eviction",
  "authentication.k8s.io/v1 TokenRequest",
  "/v1 DeleteOptions",
]);
for (const [, groupVersion, kind] of catalogue.matchAll(/^ {2}"(\S+) \S+ (\S+) (?:namespaced|cluster) /gm)) {
  wanted.add(`${groupVersion} ${kind}`);
}

const scalars = new Map(
  Object.entries({
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "m",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "o",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "o",
  }),
);

/** @type {string[]} */
const order = [];
/** @param {string} name */
function visit(name) {
  if (order.includes(name) || scalars.has(name) || !types[name]?.fields) return;
  order.push(name);
  for (const field of Object.values(types[name].fields)) visitField(field);
}
/** @param {Field} field */
function visitField(field) {
  if (field.ref) visit(field.ref);
  if (field.array) visitField(field.array);
  if (field.map) visitField(field.map);
}
visit("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
for (const [name, { gvk = [] }] of Object.entries(types)) {
  if (gvk.some(([group, version, kind]) => wanted.has(`${group}/${version} ${kind}`))) visit(name);
}

/** @param {Field} field @returns {string} */
function typeCode(field) {
  if (field.array) {
    const keys =
      field.listType === "map" ? `(${(field.listMapKeys ?? []).join(",")})` : field.listType === "set" ? "&" : "";
    const merges = field.patchStrategy?.includes("merge")
      ? `~${field.mergeKey ?? ""}${field.patchStrategy.includes("retainKeys") ? "!" : ""}`
      : "";
    return `[${keys}${merges}]${typeCode(field.array)}`;
  }
  if (field.map) return `{${field.mapType === "atomic" ? "*" : ""}}${typeCode(field.map)}`;
  const flags =
    field.patchStrategy === "retainKeys"
      ? "!"
      : field.patchStrategy === "replace" || field.mapType === "atomic"
        ? "*"
        : "";
  if (field.ref) {
    const scalar = scalars.get(field.ref);
    if (scalar) return scalar;
    const target = types[field.ref];
    if (!target?.fields) return target?.type === "object" ? "o" : "a";
    return `${flags}${order.indexOf(field.ref)}`;
  }
  if (field.type === "integer") return field.format === "int64" ? "l" : "i";
  if (field.type === "boolean") return "b";
  if (field.type === "number") return "d";
  if (field.format === "byte") return "y";
  return field.type === "string" ? "s" : "o";
}

const common = new Set(["apiVersion:s", "kind:s", "metadata:0"]);
const lines = order.map((name) => {
  const { fields = {}, required = [], gvk = [] } = /** @type {Type} */ (types[name]);
  const isRoot = gvk.length > 0 && fields.metadata?.ref?.endsWith("ObjectMeta");
  const parts = Object.keys(fields)
    .sort()
    .map((field) => `${field}${required.includes(field) ? "!" : ""}:${typeCode(/** @type {Field} */ (fields[field]))}`)
    .filter((part) => !(isRoot && common.has(part)));
  const package_ = name
    .split(".")
    .slice(0, -1)
    .join(".")
    .replace("io.k8s.api.", "")
    .replace("io.k8s.apimachinery.pkg.apis.", "");
  const kinds = gvk
    .filter(([group, version, kind]) => wanted.has(`${group}/${version} ${kind}`))
    .map(([group, version]) => `${group}/${version}`);
  const atomic = /** @type {{ mapType?: string }} */ (types[name]).mapType === "atomic" ? "*" : "";
  return `${package_} ${name.split(".").at(-1)}${atomic}${kinds.length > 0 ? `@${kinds.join(",")}` : ""}${isRoot ? "@" : ""} ${parts.join(" ")}`;
});
writeFileSync(
  join(root, "src/sim/api/schema/types.generated.ts"),
  `// Made by scripts/generate-schema.mjs from Kubernetes 1.33's OpenAPI document. Do not edit.
// One line for each type: package, name, fields. \`schema.ts\` says how to read it.
export const TYPES: readonly string[] = ${JSON.stringify(lines, null, 2)};
`,
);

const models = join(root, "node_modules/@kubernetes/client-node/dist/gen/models");
/** @param {string} name */
function modelFile(name) {
  const [group = "", version = "", kind = ""] = name.split(".").slice(-3);
  const capital = (/** @type {string} */ text) => (text[0] ?? "").toUpperCase() + text.slice(1);
  const file = [`${capital(version)}${kind}`, `${capital(group)}${capital(version)}${kind}`]
    .map((one) => join(models, `${one}.d.ts`))
    .find((one) => existsSync(one));
  return file && readFileSync(file, "utf8");
}
/** @type {Record<string, Record<string, string>>} */
const docs = {};
/** @param {string} comment */
const words = (comment) =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*\s?/, "").trim())
    .join("\n")
    .replace(/\\(['"`])/g, "$1")
    .trim();
for (const [index, name] of order.entries()) {
  const source = modelFile(name);
  if (!source) continue;
  /** @type {Record<string, string>} */
  const texts = {};
  const head = /\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\s*export declare class/.exec(source);
  if (head) texts[""] = words(head[1] ?? "");
  for (const [, comment, field] of source.matchAll(/\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\s*'([^']+)'\??:/g)) {
    texts[/** @type {string} */ (field)] = words(/** @type {string} */ (comment));
  }
  const known = Object.keys(types[name]?.fields ?? {});
  for (const field of Object.keys(texts)) {
    if (field === "" || known.includes(field)) continue;
    const renamed = known.find((one) => `_${one}` === field);
    if (renamed) texts[renamed] = texts[field] ?? "";
    delete texts[field];
  }
  docs[index] = texts;
}
writeFileSync(join(root, "src/sim/api/schema/docs.generated.json"), `${JSON.stringify(docs)}\n`);
