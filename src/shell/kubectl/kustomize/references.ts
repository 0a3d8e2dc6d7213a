/** Where objects name other objects: what follows when those get new names. */
import { isObject, type JsonObject, textOf } from "../json.ts";
import { changeAt } from "./fields.ts";
import { kindOf, nameOf, type Resource } from "./resources.ts";

/** Paths of pod specs, wherever a kind keeps one. */
const podSpecs = ["spec", "spec/template/spec", "spec/jobTemplate/spec/template/spec"];
const inPods = (...paths: readonly string[]): readonly string[] =>
  podSpecs.flatMap((root) => paths.map((path) => `${root}/${path}`));
const inContainers = (...paths: readonly string[]): readonly string[] =>
  inPods(...["containers[]", "initContainers[]"].flatMap((holder) => paths.map((path) => `${holder}/${path}`)));

const places: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: [
    ...inPods("volumes[]/configMap/name", "volumes[]/projected/sources[]/configMap/name"),
    ...inContainers("env[]/valueFrom/configMapKeyRef/name", "envFrom[]/configMapRef/name"),
  ],
  Secret: [
    ...inPods(
      "volumes[]/secret/secretName",
      "volumes[]/projected/sources[]/secret/name",
      "volumes[]/csi/nodePublishSecretRef/name",
      "imagePullSecrets[]/name",
    ),
    ...inContainers("env[]/valueFrom/secretKeyRef/name", "envFrom[]/secretRef/name"),
    "spec/tls[]/secretName",
    "imagePullSecrets[]/name",
    "secrets[]/name",
  ],
  ServiceAccount: inPods("serviceAccountName", "serviceAccount"),
  PersistentVolumeClaim: inPods("volumes[]/persistentVolumeClaim/claimName"),
  PriorityClass: inPods("priorityClassName"),
  Service: [
    "spec/serviceName",
    "spec/defaultBackend/service/name",
    "spec/rules[]/http/paths[]/backend/service/name",
    "webhooks[]/clientConfig/service/name",
  ],
  PersistentVolume: ["spec/volumeName"],
  StorageClass: ["spec/storageClassName", "spec/volumeClaimTemplates[]/spec/storageClassName"],
  IngressClass: ["spec/ingressClassName"],
};

/** References that say the kind themselves: holder path. */
const typedPlaces = ["roleRef", "subjects[]", "spec/scaleTargetRef"];

/** `before` and `all` hold the same resources in the same order, with their old and new names. */
export function followRenames(before: readonly Resource[], all: readonly Resource[]): readonly Resource[] {
  const renames = new Map<string, string>();
  all.forEach((resource, index) => {
    const old = nameOf(before[index]!);
    if (old !== nameOf(resource)) renames.set(`${kindOf(resource)} ${old}`, nameOf(resource));
  });
  return renames.size === 0 ? all : all.map((resource) => ({ ...resource, object: follow(resource.object, renames) }));
}

function follow(object: JsonObject, renames: ReadonlyMap<string, string>): JsonObject {
  let result = object;
  for (const [kind, paths] of Object.entries(places)) {
    if (![...renames.keys()].some((key) => key.startsWith(`${kind} `))) continue;
    for (const path of paths) result = changeAt(result, path, (name) => renames.get(`${kind} ${textOf(name)}`) ?? name);
  }
  for (const path of typedPlaces)
    result = changeAt(result, path, (reference) => {
      if (!isObject(reference)) return reference;
      const name = renames.get(`${textOf(reference.kind)} ${textOf(reference.name)}`);
      return name === undefined ? reference : { ...reference, name };
    });
  return result;
}
