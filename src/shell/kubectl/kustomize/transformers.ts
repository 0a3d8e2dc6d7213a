/** Namespace, prefix and suffix, labels, annotations, images, replicas. */
import { isObject, type Json, type JsonObject, objectOf, objectsOf, textOf, withAt } from "../json.ts";
import { changeAt } from "./fields.ts";
import { isClusterScoped, kindOf, nameOf, type Resource, renamed } from "./resources.ts";

type All = readonly Resource[];

const mapObjects = (all: All, change: (object: JsonObject, resource: Resource) => JsonObject): All =>
  all.map((resource) => ({ ...resource, object: change(resource.object, resource) }));

export function withNamespace(all: All, namespace: string): All {
  const accounts = new Set([
    "default",
    ...all.filter((one) => kindOf(one) === "ServiceAccount").flatMap(({ names }) => names),
  ]);
  return all.map((resource) => {
    const kind = kindOf(resource);
    if (kind === "Namespace") return renamed(resource, namespace);
    const placed = isClusterScoped(kind)
      ? resource.object
      : withAt(resource.object, ["metadata", "namespace"], namespace);
    const object = changeAt(placed, "subjects[]", (subject) =>
      isObject(subject) && subject.kind === "ServiceAccount" && accounts.has(textOf(subject.name))
        ? { ...subject, namespace }
        : subject,
    );
    return { ...resource, object };
  });
}

const keepsName = new Set(["Namespace", "CustomResourceDefinition", "APIService"]);

export function withAffixes(all: All, prefix: string, suffix: string): All {
  if (prefix === "" && suffix === "") return all;
  return all.map((resource) =>
    keepsName.has(kindOf(resource)) ? resource : renamed(resource, `${prefix}${nameOf(resource)}${suffix}`),
  );
}

const workloads = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"];

interface Place {
  readonly kinds: readonly string[] | null;
  readonly path: string;
  readonly creates: boolean;
}

const place = (kinds: readonly string[] | null, path: string, creates = true): Place => ({ kinds, path, creates });

const metadataLabels = [place(null, "metadata/labels")];
const templateLabels = [
  place([...workloads, "ReplicationController", "Job"], "spec/template/metadata/labels"),
  place(["StatefulSet"], "spec/volumeClaimTemplates[]/metadata/labels"),
  place(["CronJob"], "spec/jobTemplate/metadata/labels"),
  place(["CronJob"], "spec/jobTemplate/spec/template/metadata/labels"),
];
const selectors = [
  place(["Service", "ReplicationController"], "spec/selector"),
  place(workloads, "spec/selector/matchLabels"),
  place(["Job", "PodDisruptionBudget"], "spec/selector/matchLabels", false),
  place(["CronJob"], "spec/jobTemplate/spec/selector/matchLabels", false),
  place(["NetworkPolicy"], "spec/podSelector/matchLabels", false),
];
const annotationPlaces = [
  place(null, "metadata/annotations"),
  place([...workloads, "ReplicationController", "Job"], "spec/template/metadata/annotations"),
  place(["CronJob"], "spec/jobTemplate/metadata/annotations"),
  place(["CronJob"], "spec/jobTemplate/spec/template/metadata/annotations"),
];

function withPairs(all: All, pairs: JsonObject, places: readonly Place[]): All {
  if (Object.keys(pairs).length === 0) return all;
  return mapObjects(all, (object) =>
    places.reduce((result, { kinds, path, creates }) => {
      if (kinds !== null && !kinds.includes(textOf(object.kind))) return result;
      return changeAt(result, path, (before) => ({ ...objectOf(before), ...pairs }), creates);
    }, object),
  );
}

export function withLabels(
  all: All,
  pairs: JsonObject,
  { inSelectors, inTemplates }: { readonly inSelectors: boolean; readonly inTemplates: boolean },
): All {
  return withPairs(all, pairs, [
    ...metadataLabels,
    ...(inSelectors || inTemplates ? templateLabels : []),
    ...(inSelectors ? selectors : []),
  ]);
}

export function withAnnotations(all: All, pairs: JsonObject): All {
  return withPairs(all, pairs, annotationPlaces);
}

export function withReplicas(all: All, name: string, count: number): All {
  const scalable = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];
  return mapObjects(all, (object, resource) =>
    scalable.includes(kindOf(resource)) && resource.names.includes(name)
      ? withAt(object, ["spec", "replicas"], count)
      : object,
  );
}

/** `images:` entries: another name, tag or digest for an image wherever containers use it. */
export function withImages(all: All, images: readonly JsonObject[]): All {
  if (images.length === 0) return all;
  return mapObjects(all, (object) => inContainers(object, images) as JsonObject);
}

function inContainers(value: Json, images: readonly JsonObject[]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => inContainers(item, images));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== "containers" && key !== "initContainers") return [key, inContainers(inner ?? null, images)];
      return [
        key,
        objectsOf(inner).map((container) => ({ ...container, image: imageAfter(textOf(container.image), images) })),
      ];
    }),
  );
}

function imageAfter(image: string, images: readonly JsonObject[]): string {
  const [, name = "", tag = "", digest = ""] = /^(.*?)(?::([\w][\w.-]*))?(?:@(.*))?$/.exec(image) ?? [];
  const change = images.find((one) => one.name === name);
  if (!change) return image;
  const newName = textOf(change.newName) || name;
  if (change.digest) return `${newName}@${textOf(change.digest)}`;
  if (change.newTag !== undefined) return `${newName}:${String(change.newTag)}`;
  return `${newName}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`;
}
