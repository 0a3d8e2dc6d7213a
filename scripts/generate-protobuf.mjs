// Writes src/bridge/front/protobuf.generated.json, how Kubernetes' objects are laid out in protobuf:
//   node scripts/generate-protobuf.mjs FOLDER
// FOLDER holds `protobuf-fields.json` ({messages: {NAME: {NUMBER: [name, type, repeated?]}}}), made from Kubernetes'
// generated.proto files, and `api-types.json`, made from its OpenAPI document. The result is a descriptor for protobufjs
// with three options of our own: `inline`, a message whose fields stand beside the others in JSON; `optional`, a field
// whose zero is a value (a pointer in Go; all other zeros mean "not set"); and `json`, its name in JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/generate-protobuf.mjs FOLDER");
  process.exit(2);
}
/** @typedef {Record<string, [name: string, type: string, rule?: string]>} Message */
/** @type {Record<string, Message>} */
const messages = JSON.parse(readFileSync(join(folder, "protobuf-fields.json"), "utf8")).messages;
/** @type {Record<string, { fields?: Record<string, unknown> }>} */
const types = JSON.parse(readFileSync(join(folder, "api-types.json"), "utf8")).types;

/** Numbers and truth values that are no pointers in Go: their zero is left out of JSON. */
const zeroIsUnset = new Set(
  `chapAuthDiscovery chapAuthSession count deprecatedCount failureThreshold follow generation globalDefault
  healthCheckNodePort hostIPC hostNetwork hostPID hostPort initialDelaySeconds insecureSkipTLSVerifyBackend limit
  minReadySeconds nodePort number observedGeneration paused periodSeconds previous publishNotReadyAddresses readOnly
  revision signal sslEnabled stdin stdinOnce stdout stderr successThreshold timestamps timeoutSeconds partition tty
  unschedulable readyReplicas availableReplicas unavailableReplicas updatedReplicas currentReplicas
  exclusiveMaximum exclusiveMinimum uniqueItems nullable priority insecureSkipTLSVerify x-kubernetes-embedded-resource
  x-kubernetes-int-or-string fullyLabeledReplicas terminatingReplicas updatedNumberScheduled numberAvailable numberUnavailable active succeeded
  failed`.split(/\s+/),
);
const zeroIsValue = new Set(["ClientIPConfig.timeoutSeconds", "RollingUpdateStatefulSetStrategy.partition"]);
const emptyIsValue = new Set(["PersistentVolumeClaimSpec.storageClassName"]);

const scalarTypes = new Set(["string", "bytes", "bool", "int32", "int64", "uint32", "uint64", "double", "float"]);

/** @param {string} type @param {string} space */
function absolute(type, space) {
  if (scalarTypes.has(type)) return type;
  return type.startsWith(".") ? type : `.${space}.${type}`;
}

/** @param {string} name */
function lettersOf(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** @param {string} space @param {string} message */
function typeAt(space, message) {
  return types[`${space.replace(/^k8s\.io\./, "io.k8s.").replaceAll("_", "-")}.${message}`];
}

/** @param {string} space @param {string} message @param {string} name @param {string} type */
function optionsOf(space, message, name, type) {
  const own = `${message}.${name}`;
  if (type === "string" ? emptyIsValue.has(own) : scalarTypes.has(type) && type !== "bytes") {
    return type === "string" || !zeroIsUnset.has(name) || zeroIsValue.has(own) ? { optional: true } : undefined;
  }
  const known = typeAt(space, message)?.fields;
  const inner = messages[absolute(type, space).slice(1)];
  if (!known || !inner || name in known) return undefined;
  const inlined = Object.values(inner).some(([field]) => field in known);
  return inlined ? { inline: true } : undefined;
}

/** @type {Record<string, any>} */
const root = {};
for (const [full, fields] of Object.entries(messages)) {
  const path = full.split(".");
  const message = /** @type {string} */ (path.pop());
  const space = path.join(".");
  let place = root;
  for (const part of path) {
    place[part] ??= { nested: {} };
    place = place[part].nested;
  }
  /** @type {Record<string, unknown>} */
  const described = {};
  const known = Object.keys(typeAt(space, message)?.fields ?? {});
  for (const [id, [given, type, rule]] of Object.entries(fields)) {
    // `uID` in one is `uid` in the other, `xKubernetesListType` is `x-kubernetes-list-type`, `ref` is `$ref`.
    const name = known.find((each) => lettersOf(each) === lettersOf(given)) ?? given;
    const map = /^map<(\w+),(.+)>$/.exec(type);
    // Names that are no identifiers stand in an option.
    const isName = /^\w+$/.test(name);
    const options = {
      ...(map || rule ? {} : optionsOf(space, message, name, type)),
      ...(isName ? {} : { json: name }),
    };
    described[isName ? name : given] = {
      ...(map ? { keyType: map[1], type: absolute(map[2] ?? "", space) } : { type: absolute(type, space) }),
      id: Number(id),
      ...(rule ? { rule } : {}),
      ...(Object.keys(options).length > 0 ? { options } : {}),
    };
  }
  // In proto2 a zero that was sent is told from none.
  place[message] = { edition: "proto2", fields: described };
}
const text = JSON.stringify({ nested: root }).replaceAll(/("\w+":\{"edition":)/g, "\n$1");
writeFileSync(join(import.meta.dirname, "../src/bridge/front/protobuf.generated.json"), `${text}\n`);
