import { semanticEqual } from "../../../../api/equal.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { formatTime } from "../../../../api/time.ts";
import type { TraceRef } from "../../../../kernel/types.ts";
import type { ControllerDefinition, Hands, Plan } from "../../../../machinery/controller-runtime.ts";
import type { EventToRecord } from "../../../../machinery/event-recorder.ts";
import { deleteRequest, patchRequest } from "../../../../machinery/requests.ts";
import { NODES, PODS } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf } from "../../../../machinery/store.ts";
import type { Node, Pod, Taint } from "../../lib/types.ts";
import { stayOf } from "./tolerations.ts";

interface Memory {
  /** Pod -> when it is to go. */
  readonly scheduled: Map<string, { readonly fireAtUs: number; readonly uid: string }>;
}

/**
 * pkg/controller/tainteviction: pods that do not tolerate a node's NoExecute taints are deleted, now or when their
 * toleration ends. Keys are pods.
 */
export const taintEvictionController: ControllerDefinition<Memory> = {
  name: "taint-eviction-controller",
  workers: 8,
  informers: [{ resource: NODES }, { resource: PODS, indexes: ["nodeName"] }],
  createMemory: () => ({ scheduled: new Map() }),
  onDelta(informer, delta, hands) {
    if (informer === "pods") {
      const pod = delta.object as Pod;
      const old = delta.old as Pod | null;
      if (delta.type === "deleted") {
        if (hands.memory.scheduled.has(keyOf(pod))) hands.add(keyOf(pod), delta.trace);
        return;
      }
      const isSame =
        old !== null && old.spec?.nodeName === pod.spec?.nodeName && old.spec?.tolerations === pod.spec?.tolerations;
      if (!isSame && noExecuteTaints(hands, pod.spec?.nodeName).length > 0) hands.add(keyOf(pod), delta.trace);
      return;
    }
    const node = delta.object as Node;
    const before = delta.old === null ? [] : noExecuteOf(delta.old as Node);
    const after = delta.type === "deleted" ? [] : noExecuteOf(node);
    if (!semanticEqual(before, after)) enqueuePods(node, hands, delta.trace);
  },
  reconcile(view, key) {
    const pod = view.store("pods").objects.get(key) as Pod | undefined;
    const held = view.memory.scheduled.get(key);
    if (pod === undefined || (held !== undefined && held.uid !== pod.metadata?.uid)) {
      view.memory.scheduled.delete(key);
      if (pod === undefined) return held === undefined ? {} : { events: [cancelEvent(key)] };
    }
    if (pod.metadata?.deletionTimestamp !== undefined) {
      view.memory.scheduled.delete(key);
      return {};
    }
    const node = view.store("nodes").objects.get(pod.spec?.nodeName ?? "") as Node | undefined;
    const taints = node === undefined ? [] : noExecuteOf(node);
    const stay = taints.length === 0 ? null : stayOf(taints, pod.spec?.tolerations);
    if (stay === null) {
      return view.memory.scheduled.delete(key) ? { events: [cancelEvent(key)] } : {};
    }
    if (stay <= 0) return evict(view.memory, key, pod, view.wallUs);
    return wait(view.memory, key, pod, stay * 1_000_000, view.nowUs, view.wallUs);
  },
};

/** Once scheduled, a pod's time does not change with its tolerations, as upstream. */
function wait(memory: Memory, key: string, pod: Pod, stayUs: number, nowUs: number, wallUs: number): Plan {
  const fireAtUs = memory.scheduled.get(key)?.fireAtUs ?? nowUs + stayUs;
  if (fireAtUs <= nowUs) return evict(memory, key, pod, wallUs);
  memory.scheduled.set(key, Object.freeze({ fireAtUs, uid: pod.metadata?.uid ?? "" }));
  return { requeueAfterUs: fireAtUs - nowUs };
}

function evict(memory: Memory, key: string, pod: Pod, wallUs: number): Plan {
  const { namespace = "", name = "", uid = "" } = pod.metadata ?? {};
  memory.scheduled.delete(key);
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
    lastTransitionTime: formatTime(wallUs),
  };
  const body = deepFreeze({ metadata: { uid }, status: { conditions: [condition] } });
  const text = `"Deleting pod" controller="taint-eviction-controller" pod="${key}"`;
  return {
    logs: [{ severity: "I", source: "taint_eviction.go:111", text }],
    events: [eventOf(key, `Marking for deletion Pod ${key}`)],
    writes: [
      { request: patchRequest(PODS, namespace, name, "strategic", body, "status"), ignore: ["NotFound"] },
      { request: deleteRequest(PODS, namespace, name, { preconditions: { uid } }), ignore: ["NotFound"] },
    ],
  };
}

function cancelEvent(key: string): EventToRecord {
  return eventOf(key, `Cancelling deletion of Pod ${key}`);
}

function eventOf(key: string, message: string): EventToRecord {
  const [namespace = "", name = ""] = key.split("/");
  const object = { apiVersion: "v1", kind: "Pod", namespace, name };
  return { object, type: "Normal", reason: "TaintManagerEviction", message };
}

export function noExecuteOf(node: Node): readonly Taint[] {
  return (node.spec?.taints ?? []).filter((taint) => taint.effect === "NoExecute");
}

function noExecuteTaints(hands: Hands<Memory>, nodeName: string | undefined): readonly Taint[] {
  if (!nodeName) return [];
  const node = hands.store("nodes").objects.get(nodeName) as Node | undefined;
  return node === undefined ? [] : noExecuteOf(node);
}

function enqueuePods(node: Node, hands: Hands<Memory>, trace: TraceRef): void {
  forEachByIndex<Pod>(hands.store("pods"), "nodeName", node.metadata?.name ?? "", (pod) => {
    hands.add(keyOf(pod), trace);
    return true;
  });
}
