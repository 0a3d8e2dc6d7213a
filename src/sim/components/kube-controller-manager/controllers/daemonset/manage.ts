import { scaledValue } from "../../../../api/intstr.ts";
import { isPodAvailable, isPodReady, isPodTerminal } from "../../../../api/pod/status.ts";
import type { View } from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import { DAEMON_SETS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import type { DaemonSet, Node, Pod } from "../../lib/types.ts";
import { byCreation, podsByNode } from "./node-pods.ts";
import { nodeShouldRun } from "./nodes.ts";
import { isUpdated } from "./revisions.ts";

const FAILED_BACK_OFF_US = 1_000_000;
const FAILED_BACK_OFF_MAX_US = 900_000_000;

export interface Memory {
  /** `uid/node` -> back-off of failed pods there. */
  readonly failed: Map<string, { readonly delayUs: number; readonly lastUs: number }>;
}

export interface Work {
  /** Names of nodes. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  readonly events: readonly EventToRecord[];
  readonly againAfterUs: number | null;
}

/** podsShouldBeOnNode for all nodes. */
export function managePods(view: View<Memory>, set: DaemonSet, pods: readonly Pod[], hash: string): Work {
  const byNode = podsByNode(pods);
  const surges = allowsSurge(set);
  const create: string[] = [];
  const remove: Pod[] = [];
  const events: EventToRecord[] = [];
  let againAfterUs: number | null = null;
  view.store("nodes").objects.forEach((object) => {
    const name = object.metadata?.name ?? "";
    const here = byNode.get(name) ?? [];
    byNode.delete(name);
    const { shouldRun, shouldContinueRunning } = nodeShouldRun(object as Node, set);
    if (shouldRun && here.length === 0) create.push(name);
    else if (!shouldContinueRunning) remove.push(...here.filter(isLive));
    else {
      const finished = finishedPods(view, set, name, here);
      const running = here.filter((pod) => isLive(pod) && !isPodTerminal(pod)).sort(byCreation);
      remove.push(...finished.remove, ...(surges ? surplusOfSurge(view, set, running, hash) : running.slice(1)));
      if (surges && shouldRun && running.length === 0) create.push(name);
      events.push(...finished.events);
      againAfterUs = finished.againAfterUs ?? againAfterUs;
    }
  });
  for (const orphans of byNode.values()) {
    remove.push(...orphans.filter((pod) => !pod.spec?.nodeName && isLive(pod)));
  }
  return { create, remove, events, againAfterUs };
}

function isLive(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp === undefined;
}

/** Failed pods are deleted with a back-off per node, succeeded ones at once. */
function finishedPods(view: View<Memory>, set: DaemonSet, node: string, pods: readonly Pod[]): Work {
  const remove: Pod[] = [];
  const events: EventToRecord[] = [];
  let againAfterUs: number | null = null;
  const object = referenceTo(DAEMON_SETS, set);
  for (const pod of pods) {
    if (pod.metadata?.deletionTimestamp !== undefined) continue;
    const phase = pod.status?.phase;
    if (phase === "Failed") {
      const backOffKey = `${set.metadata?.uid}/${node}`;
      const held = view.memory.failed.get(backOffKey);
      const waitUs = held === undefined ? 0 : held.lastUs + held.delayUs - view.nowUs;
      if (waitUs > 0) {
        againAfterUs = waitUs;
        continue;
      }
      const isCalm = held === undefined || view.nowUs - held.lastUs > 2 * FAILED_BACK_OFF_MAX_US;
      const delayUs = isCalm ? FAILED_BACK_OFF_US : Math.min(FAILED_BACK_OFF_MAX_US, held.delayUs * 2);
      view.memory.failed.set(backOffKey, { delayUs, lastUs: view.nowUs });
      const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`;
      events.push({ object, type: "Warning", reason: "FailedDaemonPod", message });
      remove.push(pod);
    } else if (phase === "Succeeded") {
      const message = `Found succeeded daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`;
      events.push({ object, type: "Normal", reason: "SucceededDaemonPod", message });
      remove.push(pod);
    }
  }
  return { create: [], remove, events, againAfterUs };
}

/**
 * While surging, an old pod stays beside a new one that is not ready yet, as long as it is ready itself. The oldest of
 * each are meant; all others go.
 */
function surplusOfSurge(view: View<Memory>, set: DaemonSet, running: readonly Pod[], hash: string): Pod[] {
  if (running.length <= 1) return [];
  const fresh = running.find((pod) => isUpdated(pod, hash));
  const old = running.find((pod) => !isUpdated(pod, hash));
  const surplus = running.filter((pod) => pod !== fresh && pod !== old);
  if (fresh === undefined || old === undefined) return surplus;
  const isReplaced = !isPodReady(old) || isAvailable(view, set, fresh);
  return isReplaced ? [...surplus, old] : surplus;
}

function isAvailable(view: View<Memory>, set: DaemonSet, pod: Pod): boolean {
  return isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, view.wallUs);
}

function isRolling(set: DaemonSet): boolean {
  return (set.spec?.updateStrategy?.type ?? "RollingUpdate") === "RollingUpdate";
}

function allowsSurge(set: DaemonSet): boolean {
  return isRolling(set) && scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0, 1, true) > 0;
}

/** What is on a node where a pod should run: one of each revision at most, or `odd`. */
interface Place {
  readonly node: string;
  readonly fresh: Pod | undefined;
  readonly old: Pod | undefined;
  /** More than one of a revision: `managePods` clears that up. */
  readonly odd: boolean;
}

/** One step of a rolling update: nodes that get a pod beside their old one, and old pods that go. */
export function rollingStep(
  view: View<Memory>,
  set: DaemonSet,
  pods: readonly Pod[],
  hash: string,
): Pick<Work, "create" | "remove"> {
  if (!isRolling(set)) return { create: [], remove: [] };
  const places = placesOf(view, set, pods, hash);
  const { maxSurge = 0, maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, places.length, true);
  const unavailable = scaledValue(maxUnavailable, places.length, true);
  if (surge > 0) return surgeStep(view, set, places, surge);
  return { create: [], remove: replaceStep(view, set, places, Math.max(1, unavailable)) };
}

function placesOf(view: View<Memory>, set: DaemonSet, pods: readonly Pod[], hash: string): Place[] {
  const byNode = podsByNode(pods);
  const places: Place[] = [];
  view.store("nodes").objects.forEach((object) => {
    if (!nodeShouldRun(object as Node, set).shouldRun) return;
    const node = object.metadata?.name ?? "";
    const alive = (byNode.get(node) ?? []).filter(isLive);
    const fresh = alive.filter((pod) => isUpdated(pod, hash));
    const old = alive.filter((pod) => !isUpdated(pod, hash));
    places.push({ node, fresh: fresh[0], old: old[0], odd: fresh.length > 1 || old.length > 1 });
  });
  return places;
}

/** Without surge: unavailable old pods at once, then as many available ones as may be missing. */
function replaceStep(view: View<Memory>, set: DaemonSet, places: readonly Place[], most: number): Pod[] {
  const atOnce: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const { fresh, old, odd } of places) {
    if (odd || (fresh === undefined) === (old === undefined)) unavailable += 1;
    else if (fresh !== undefined) unavailable += isAvailable(view, set, fresh) ? 0 : 1;
    else if (old !== undefined) (isAvailable(view, set, old) ? candidates : atOnce).push(old);
  }
  return [...atOnce, ...candidates.slice(0, Math.max(0, most - unavailable))];
}

/** With surge: new pods where the old one is unavailable at once, then beside as many others as may be doubled. */
function surgeStep(
  view: View<Memory>,
  set: DaemonSet,
  places: readonly Place[],
  most: number,
): Pick<Work, "create" | "remove"> {
  const atOnce: string[] = [];
  const candidates: string[] = [];
  const remove: Pod[] = [];
  let surging = 0;
  for (const { node, fresh, old, odd } of places) {
    if (odd) surging += 1;
    else if (old === undefined) continue;
    else if (fresh === undefined) (isAvailable(view, set, old) ? candidates : atOnce).push(node);
    else if (isAvailable(view, set, fresh)) remove.push(old);
    else surging += 1;
  }
  return { create: [...atOnce, ...candidates.slice(0, Math.max(0, most - surging))], remove };
}
