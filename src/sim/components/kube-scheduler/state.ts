import type { ApiObject } from "../../api/object.ts";
import type { TimerId } from "../../kernel/types.ts";
import type { Machinery, MachineryTimer } from "../../machinery/machinery.ts";
import type { SchedulerCache } from "./cache/cache.ts";
import { type ClusterObjects, objectsOf, withAssumed } from "./cluster-objects.ts";
import type { SchedulerConfig } from "./config.ts";
import type { DecisionRing } from "./decisions.ts";
import type { PreBind } from "./framework/plugin.ts";
import { type Framework, frameworkOf } from "./framework/profile.ts";
import type { Pod } from "./objects.ts";
import type { Preempting } from "./preempting.ts";
import type { SchedulingQueue } from "./queue/scheduling-queue.ts";

export interface Binding {
  readonly pod: Pod;
  readonly node: string;
  readonly sinceUs: number;
  /** What comes before the binding itself. */
  readonly preBind: PreBind | null;
}

export interface SchedulerState {
  readonly startedAtUs: number;
  readonly config: SchedulerConfig;
  /** Null: the process could not start and is about to exit. */
  machinery: Machinery | null;
  readonly identity: string;
  /** Whose Lease it is, as far as this process knows. */
  leader: string;
  leading: boolean;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly decisions: DecisionRing;
  /** Where the next scan begins. */
  nextStartNodeIndex: number;
  /** A `scheduleOne` is on its way. */
  loopArmed: boolean;
  wake: { readonly timer: TimerId; readonly atUs: number } | null;
  /** By uid: bindings on their way. */
  readonly binding: Map<string, Binding>;
  /** Volumes and claims as they will be once the writes for pods on their way are done. */
  readonly assumedObjects: Map<string, ApiObject>;
  /** By uid: pods whose victims are being deleted. */
  readonly preempting: Map<string, Preempting>;
}

export type SchedulerMessage =
  | MachineryTimer
  /** One scheduling cycle. */
  | { readonly type: "scheduleOne" }
  /** Whether the claims of a pod on its way are bound by now. */
  | { readonly type: "checkVolumes"; readonly uid: string }
  /** A back-off or a long wait is over. */
  | { readonly type: "flushQueue" };

/** The profile that a pod asks for; it also speaks in events about the pod. */
export function schedulerNameOf(pod: Pod): string {
  return pod.spec.schedulerName || "default-scheduler";
}

/** The profile that is responsible for a pod, if this scheduler is. */
export function frameworkFor(state: SchedulerState, pod: Pod): Framework | undefined {
  const name = schedulerNameOf(pod);
  const profile = state.config.profiles.find(({ schedulerName }) => schedulerName === name);
  return profile === undefined ? undefined : frameworkOf(profile);
}

/** What this process has seen of the other kinds. */
export function objectsSeen({ machinery, assumedObjects }: SchedulerState): ClusterObjects {
  return withAssumed(
    objectsOf((kind) => machinery?.informers.get(kind)?.store),
    assumedObjects,
  );
}
