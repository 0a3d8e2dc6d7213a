import { assumePod } from "./cache/cache.ts";
import { nominate } from "./cache/nominated.ts";
import type { SchedulerConfig } from "./config.ts";
import { type Decision, decisionOf } from "./decisions.ts";
import { frameworkOf } from "./framework/profile.ts";
import { failureMessage, schedulePod } from "./framework/run.ts";
import { type Pod, uidOf } from "./objects.ts";
import { podInfoOf } from "./pod-info.ts";
import { priorityOf } from "./preemption/importance.ts";
import type { ClusterSnapshot } from "./snapshot.ts";
import { schedulerNameOf } from "./state.ts";

/** What would become of a waiting pod. */
export interface Forecast {
  readonly pod: Pod;
  /** Null: it would not even be tried; `why` says why. */
  readonly decision: Decision | null;
  readonly why: string;
}

const NO_TRACE = Object.freeze({ trace: 0, span: 0 });
const NONE: ReadonlySet<string> = new Set();

/**
 * What the scheduler would decide for `pods` (frozen, defaulted), in the order in which they would leave its queue, each
 * as if those before it had gone where they would go. The snapshot is used up. Where several nodes are equally good the
 * first is taken; the real one throws dice.
 */
export function whatIf({ cache, objects }: ClusterSnapshot, pods: readonly Pod[], config: SchedulerConfig): Forecast[] {
  const order = [...pods].sort((a, b) => priorityOf(b) - priorityOf(a));
  let startIndex = 0;
  return order.map((pod, index) => {
    const profile = config.profiles.find(({ schedulerName }) => schedulerName === schedulerNameOf(pod));
    if (profile === undefined) return { pod, decision: null, why: `no profile is named "${schedulerNameOf(pod)}"` };
    const framework = frameworkOf(profile);
    const info = podInfoOf(pod);
    for (const plugin of framework.preEnqueue) {
      const why = plugin.preEnqueue!(info, NONE);
      if (why !== null) return { pod, decision: null, why };
    }
    const verdict = schedulePod(framework, cache, objects, info, {
      startIndex,
      percentageOfNodesToScore: config.percentageOfNodesToScore,
      randomInt: (bound) => bound - 1,
    });
    if (verdict.numAllNodes > 0) startIndex = (startIndex + verdict.evaluated) % verdict.numAllNodes;
    if (verdict.chosen !== null) assumePod(cache, pod, verdict.chosen);
    else nominate(cache.nominated, pod, verdict.preemption?.nominatedNode ?? "");
    const message = verdict.chosen === null ? failureMessage(verdict) : "";
    const decided = { pod, uid: uidOf(pod), attempts: 1, firstSeenUs: 0, trace: NO_TRACE };
    const decision = decisionOf(decided, verdict, { number: index + 1, atUs: 0, durationUs: 0, message });
    return { pod, decision, why: "" };
  });
}
