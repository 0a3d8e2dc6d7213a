import { applyDefaults } from "../../../sim/api/defaulting/defaulting.ts";
import { selectorFromObject } from "../../../sim/api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../sim/api/object.ts";
import { withLabelKeys } from "../../../sim/api/pod/label-keys.ts";
import { keyOf, type Pod } from "../../../sim/components/kube-scheduler/objects.ts";
import { podInfoOf } from "../../../sim/components/kube-scheduler/pod-info.ts";

/** What is asked: these pods, in a cluster of these objects. */
export interface Question {
  readonly cluster: readonly ApiObject[];
  readonly pods: readonly Pod[];
  readonly problems: readonly string[];
}

/**
 * The pods of the files that wait for a node, in the cluster of the files; or, where the files have no nodes, in
 * `world`, whose objects give way to those of the files with the same name.
 */
export function questionOf(files: readonly ApiObject[], world: () => readonly ApiObject[]): Question {
  const given = files.map(withDefaults);
  const hasNodes = given.some(({ kind }) => kind === "Node");
  const cluster = hasNodes ? given : merged(world(), given);
  const waiting = given.filter((object) => object.kind === "Pod" && isWaiting(object as Pod)) as Pod[];
  const classes = priorityClasses(cluster);
  const pods: Pod[] = [];
  const problems: string[] = [];
  for (const pod of waiting) {
    const prioritized = withPriority(pod, classes);
    const problem = typeof prioritized === "string" ? prioritized : problemOf(prioritized);
    if (problem !== "") problems.push(problem);
    else pods.push(prioritized as Pod);
  }
  const understood = cluster.filter((object) => {
    const problem = object.kind === "Pod" && !waiting.includes(object as Pod) ? problemOf(object as Pod) : "";
    if (problem !== "") problems.push(problem);
    return problem === "";
  });
  return { cluster: understood.map((object) => placed(object, classes)), pods, problems };
}

const WITHOUT_SPEC = ["StorageClass", "CSIStorageCapacity", "PriorityClass", "Namespace"];

/** As the API server would store it: with a spec, and what has no namespace in `default`. */
function withDefaults(object: ApiObject): ApiObject {
  const whole =
    object.spec === undefined && !WITHOUT_SPEC.includes(object.kind ?? "") ? { ...object, spec: {} } : object;
  const defaulted = applyDefaults(whole);
  if (defaulted.kind !== "Pod") return deepFreeze(defaulted);
  const { name, generateName = "", namespace = "default", uid } = defaulted.metadata ?? {};
  const named = name ?? `${generateName}x`;
  const metadata = { ...defaulted.metadata, name: named, namespace, uid: uid ?? `${namespace}/${named}` };
  return deepFreeze(withLabelKeys({ ...defaulted, metadata }));
}

function isWaiting({ metadata, spec, status }: Pod): boolean {
  const phase = status?.phase;
  return !spec.nodeName && metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
}

/** What the API server would not have let in; "": nothing that matters here. */
function problemOf(pod: Pod): string {
  try {
    podInfoOf(pod);
    for (const { labelSelector } of pod.spec.topologySpreadConstraints ?? []) selectorFromObject(labelSelector);
    return "";
  } catch (error) {
    return `pod ${keyOf(pod)}: ${(error as Error).message}`;
  }
}

function merged(world: readonly ApiObject[], given: readonly ApiObject[]): ApiObject[] {
  const nameOf = ({ kind, metadata }: ApiObject) => `${kind}/${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
  const byKey = new Map(world.map((object) => [nameOf(object), object]));
  for (const object of given) byKey.set(nameOf(object), object);
  return [...byKey.values()];
}

interface Classes {
  readonly byName: ReadonlyMap<string, PriorityClass>;
  readonly fallback: PriorityClass | undefined;
}

interface PriorityClass extends ApiObject {
  readonly value?: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

const SYSTEM_CLASSES: readonly (readonly [name: string, value: number])[] = [
  ["system-node-critical", 2_000_001_000],
  ["system-cluster-critical", 2_000_000_000],
];

function priorityClasses(cluster: readonly ApiObject[]): Classes {
  const byName = new Map<string, PriorityClass>(SYSTEM_CLASSES.map(([name, value]) => [name, { value }]));
  let fallback: PriorityClass | undefined;
  for (const object of cluster) {
    if (object.kind !== "PriorityClass") continue;
    const priorityClass = object as PriorityClass;
    byName.set(object.metadata?.name ?? "", priorityClass);
    if (priorityClass.globalDefault === true) fallback = priorityClass;
  }
  return { byName, fallback };
}

/** As the Priority admission plugin would; a text where it would refuse. */
function withPriority(pod: Pod, { byName, fallback }: Classes): Pod | string {
  if (pod.spec.priority !== undefined) return pod;
  const { priorityClassName } = pod.spec as { readonly priorityClassName?: string };
  const found = priorityClassName ? byName.get(priorityClassName) : fallback;
  if (priorityClassName && found === undefined) {
    return `pods "${pod.metadata.name ?? ""}" is forbidden: no PriorityClass with name ${priorityClassName} was found`;
  }
  const preemptionPolicy = pod.spec.preemptionPolicy ?? found?.preemptionPolicy ?? "PreemptLowerPriority";
  return deepFreeze({ ...pod, spec: { ...pod.spec, priority: found?.value ?? 0, preemptionPolicy } });
}

function placed(object: ApiObject, classes: Classes): ApiObject {
  if (object.kind !== "Pod") return object;
  const prioritized = withPriority(object as Pod, classes);
  return typeof prioritized === "string" ? object : prioritized;
}
