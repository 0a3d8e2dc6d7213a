import { deepFreeze } from "../../../../api/object.ts";
import { formatTime } from "../../../../api/time.ts";
import type { ControllerDefinition, PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest, patchRequest } from "../../../../machinery/requests.ts";
import { NODES, PODS } from "../../../../machinery/resources.ts";
import type { Node, Pod } from "../../lib/types.ts";
import type { ControllerOptions } from "../../options.ts";
import { abandoned, excessTerminated, isMarkedFailed, type Reason } from "./doomed.ts";

const PERIOD_US = 20_000_000;
const QUARANTINE_US = 40_000_000;

interface Memory {
  readonly threshold: number;
  /** Nodes that pods name and that are gone, and since when that is known. */
  readonly missing: Map<string, number>;
}

/** pkg/controller/podgc: a pass every 20 s. */
export const podGarbageCollector: ControllerDefinition<Memory> = {
  name: "pod-garbage-collector-controller",
  workers: 1,
  informers: [{ resource: PODS, indexes: ["nodeName"] }, { resource: NODES }],
  createMemory: (options) => ({
    threshold: (options as ControllerOptions).terminatedPodGcThreshold,
    missing: new Map(),
  }),
  started(hands) {
    hands.addAfter("pass", 0, null);
  },
  reconcile(view) {
    const nodes = view.store("nodes").objects;
    const candidates: Pod[] = [];
    const seen = new Set<string>();
    view.store("pods").objects.forEach((object) => {
      const pod = object as Pod;
      const node = pod.spec?.nodeName ?? "";
      if (node !== "" && !nodes.has(node)) seen.add(node);
      candidates.push(pod);
    });
    for (const node of view.memory.missing.keys()) if (!seen.has(node)) view.memory.missing.delete(node);
    const gone = new Set<string>();
    for (const node of seen) {
      const since = view.memory.missing.get(node);
      if (since === undefined) view.memory.missing.set(node, view.nowUs);
      else if (view.nowUs - since >= QUARANTINE_US) gone.add(node);
    }
    const doomed = new Map<Pod, Reason>();
    for (const pod of excessTerminated(candidates, view.memory.threshold)) doomed.set(pod, "terminated");
    for (const [pod, reason] of abandoned(candidates, gone, (name) => nodes.get(name) as Node | undefined)) {
      doomed.set(pod, reason);
    }
    const writes = [...doomed].flatMap(([pod, reason]) => writesFor(pod, reason, view.wallUs));
    return { writes, requeueAfterUs: PERIOD_US, periodic: true };
  },
};

function writesFor(pod: Pod, reason: Reason, wallUs: number): PlannedWrite[] {
  const { namespace = "", name = "", uid = "" } = pod.metadata ?? {};
  const writes: PlannedWrite[] = [];
  if (isMarkedFailed(pod, reason)) {
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      reason: "DeletionByPodGC",
      message: "PodGC: node no longer exists",
      lastTransitionTime: formatTime(wallUs),
    };
    const status = { phase: "Failed", ...(reason === "orphaned" ? { conditions: [condition] } : {}) };
    const body = deepFreeze({ metadata: { uid }, status });
    writes.push({ request: patchRequest(PODS, namespace, name, "strategic", body, "status"), ignore: ["NotFound"] });
  }
  const options = { gracePeriodSeconds: 0, preconditions: { uid } };
  writes.push({ request: deleteRequest(PODS, namespace, name, options), ignore: ["NotFound"] });
  return writes;
}
