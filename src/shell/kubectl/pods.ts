/** Pods by way of what owns them (`deploy/web`), and their containers. */
import { formatObjectSelector } from "../../sim/api/labels.ts";
import type { Invocation } from "./command.ts";
import { type ApiResource, resourcePath } from "./discovery.ts";
import { CommandError } from "./errors.ts";
import { at, compareText, isObject, type JsonObject, objectOf, objectsOf, textOf } from "./json.ts";
import { listItems } from "./targets.ts";

export const defaultContainerAnnotation = "kubectl.kubernetes.io/default-container";

/** The object that `pod`, `pod/x`, `deploy/x` names; pods need no discovery. */
export async function namedObject(
  invocation: Invocation,
  word: string,
): Promise<{ readonly resource: ApiResource; readonly object: JsonObject }> {
  const [kind, name, ...more] = word.includes("/") ? word.split("/") : ["pods", word];
  if (more.length > 0) throw new CommandError("arguments in resource/name form may not have more than one slash");
  if (!kind || !name) throw new CommandError("arguments in resource/name form must have a single resource and name");
  const resource = await invocation.mapper.resource(kind);
  const object = await invocation.client.get(resourcePath(resource, invocation.namespace, name));
  return { resource, object };
}

/** Text of the selector of a workload or service. */
export function selectorOf(resource: ApiResource, object: JsonObject): string {
  const selector = at(object, "spec", "selector");
  if (!isObject(selector)) throw new CommandError(`cannot find pods of a ${resource.kind}`);
  const isPlain = resource.kind === "Service" || resource.kind === "ReplicationController";
  if (isPlain)
    return Object.keys(selector)
      .sort()
      .map((key) => `${key}=${textOf(selector[key])}`)
      .join(",");
  return formatObjectSelector(selector as Parameters<typeof formatObjectSelector>[0]);
}

export async function podsOf(
  invocation: Invocation,
  resource: ApiResource,
  object: JsonObject,
): Promise<readonly JsonObject[]> {
  if (resource.kind === "Pod") return [object];
  const namespace = textOf(at(object, "metadata", "namespace")) || invocation.namespace;
  const list = await invocation.client.get(`/api/v1/namespaces/${namespace}/pods`, [
    ["labelSelector", selectorOf(resource, object)],
  ]);
  return [...listItems(list)].sort(byActivity);
}

/** Best first: assigned, running, ready; then the longest ready, fewest restarts, oldest. */
function byActivity(a: JsonObject, b: JsonObject): number {
  const rank = (pod: JsonObject): number => {
    const phase = { Pending: 0, Unknown: 1, Running: 2 }[textOf(at(pod, "status", "phase"))] ?? 0;
    return (textOf(at(pod, "spec", "nodeName")) ? 100 : 0) + phase * 10 + (isReady(pod) ? 1 : 0);
  };
  const created = (pod: JsonObject): string => textOf(at(pod, "metadata", "creationTimestamp"));
  return (
    rank(b) - rank(a) ||
    restarts(a) - restarts(b) ||
    compareText(created(a), created(b)) ||
    compareText(nameOfPod(a), nameOfPod(b))
  );
}

function restarts(pod: JsonObject): number {
  return Math.max(
    0,
    ...objectsOf(at(pod, "status", "containerStatuses")).map((status) => Number(status.restartCount ?? 0)),
  );
}

export function isReady(pod: JsonObject): boolean {
  return objectsOf(at(pod, "status", "conditions")).some(({ type, status }) => type === "Ready" && status === "True");
}

export function nameOfPod(pod: JsonObject): string {
  return textOf(at(pod, "metadata", "name"));
}

/** Init, ordinary and ephemeral containers. */
export function containersOf(pod: JsonObject): {
  readonly init: readonly string[];
  readonly main: readonly string[];
  readonly ephemeral: readonly string[];
} {
  const names = (field: string): readonly string[] => objectsOf(at(pod, "spec", field)).map(({ name }) => textOf(name));
  return { init: names("initContainers"), main: names("containers"), ephemeral: names("ephemeralContainers") };
}

/** The container that is meant, saying so where it was picked. */
export function chooseContainer(invocation: Invocation, pod: JsonObject, wanted: string, quiet = false): string {
  const { init, main, ephemeral } = containersOf(pod);
  const all = [...main, ...init, ...ephemeral];
  if (wanted !== "") {
    if (all.includes(wanted)) return wanted;
    throw new CommandError(`container ${wanted} not found in pod ${nameOfPod(pod)}`);
  }
  const annotated = textOf(objectOf(at(pod, "metadata", "annotations"))[defaultContainerAnnotation]);
  const chosen = all.includes(annotated) ? annotated : main[0];
  if (chosen === undefined) throw new CommandError(`pod ${nameOfPod(pod)} has no containers`);
  if (main.length > 1 && chosen !== annotated && !quiet) {
    const shown = [...main, ...init.map((name) => `${name} (init)`), ...ephemeral.map((name) => `${name} (ephem)`)];
    invocation.err(`Defaulted container ${JSON.stringify(chosen)} out of: ${shown.join(", ")}`);
  }
  return chosen;
}
