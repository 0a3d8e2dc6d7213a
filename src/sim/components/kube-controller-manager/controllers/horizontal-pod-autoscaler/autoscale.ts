import { parseSelector } from "../../../../api/labels.ts";
import { formatTime } from "../../../../api/time.ts";
import type { Condition, Pod } from "../../lib/types.ts";
import {
  type Decided,
  decided,
  limitWithBehavior,
  limitWithoutBehavior,
  longestPeriodUs,
  type Recommendation,
  rulesOf,
  type ScaleEvent,
  stabilize,
  stabilizeDownscale,
} from "./behavior.ts";
import { proposalOf } from "./metrics.ts";
import type { GroupingTimes } from "./pod-groups.ts";
import type { Tolerances } from "./replica-calculator.ts";
import type { HorizontalPodAutoscaler, HpaStatus, MetricsSource } from "./types.ts";

/** What the controller remembers of one autoscaler, and loses when it restarts. Lists are replaced, never changed. */
export interface AutoscalerMemory {
  /** Null: not seen yet. */
  recommendations: readonly Recommendation[] | null;
  scaleUps: readonly ScaleEvent[];
  scaleDowns: readonly ScaleEvent[];
}

/** The target's scale subresource. */
export interface Scale {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly selector: string;
}

export interface Event {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** All that one pass sees. */
export interface Sight {
  readonly hpa: HorizontalPodAutoscaler;
  readonly scale: Scale;
  /** Of the namespace, that the scale's selector finds. */
  readonly pods: readonly Pod[];
  /** `namespace/name` of other autoscalers of the same pods; this one's among them. */
  readonly selecting: readonly string[];
  readonly source: MetricsSource;
  readonly tolerances: Tolerances;
  readonly times: GroupingTimes;
  readonly downscaleStabilizationUs: number;
  readonly nowUs: number;
}

/** What a pass comes to, before anything is written. */
export interface Outcome {
  readonly conditions: readonly Condition[];
  readonly currentMetrics: readonly unknown[] | null;
  readonly events: readonly Event[];
  /** Null: nothing can be said, and the wanted size stays as it was. */
  readonly desiredReplicas: number | null;
  /** Set where the target should get a new size: why. */
  readonly rescaleReason: string | null;
  /** The pass failed, or some of its metrics did; "" when all was well. */
  readonly error: string;
}

const ABLE = "AbleToScale";
const ACTIVE = "ScalingActive";
const LIMITED = "ScalingLimited";

/** reconcileAutoscaler, once the target's scale is known. Adds its recommendation to `memory`. */
export function autoscale(sight: Sight, memory: AutoscalerMemory): Outcome {
  const { hpa, scale, nowUs, times } = sight;
  const min = hpa.spec?.minReplicas ?? 1;
  const max = hpa.spec?.maxReplicas ?? 0;
  const current = scale.specReplicas;
  memory.recommendations ??= [{ replicas: current, atUs: nowUs }];
  let conditions = withHpaCondition(
    hpa.status?.conditions,
    ABLE,
    "True",
    "SucceededGetScale",
    "the HPA controller was able to get the target's current scale",
    times.nowWallUs,
  );
  const plain = { currentMetrics: null, events: [], error: "" };
  if (current === 0 && min !== 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    conditions = withHpaCondition(conditions, ACTIVE, "False", "ScalingDisabled", message, times.nowWallUs);
    return { ...plain, conditions, desiredReplicas: 0, rescaleReason: null };
  }
  if (current > max)
    return {
      ...plain,
      conditions,
      desiredReplicas: max,
      rescaleReason: "Current number of replicas above Spec.MaxReplicas",
    };
  if (current < min)
    return {
      ...plain,
      conditions,
      desiredReplicas: min,
      rescaleReason: "Current number of replicas below Spec.MinReplicas",
    };
  return byMetrics(sight, memory, conditions, { min, max });
}

function byMetrics(
  sight: Sight,
  memory: AutoscalerMemory,
  held: readonly Condition[],
  bounds: { readonly min: number; readonly max: number },
): Outcome {
  const measured = replicasForMetrics(sight, held);
  const { events, currentMetrics } = measured;
  if (measured.proposal === null) {
    const { error, conditions } = measured;
    const failed: Event = { type: "Warning", reason: "FailedComputeMetricsReplicas", message: error };
    return {
      conditions,
      currentMetrics,
      events: [...events, failed],
      desiredReplicas: null,
      rescaleReason: null,
      error: `failed to compute desired number of replicas based on listed metrics for ${referenceText(sight.hpa)}: ${error}`,
    };
  }
  const current = sight.scale.specReplicas;
  const proposed = Math.max(0, measured.proposal.replicas);
  const reason =
    proposed > current
      ? `${proposed > 0 ? measured.proposal.name : ""} above target`
      : proposed < current
        ? "All metrics below target"
        : "";
  const { conditions, replicas } = normalize(sight, memory, measured.conditions, proposed, bounds);
  return {
    conditions,
    currentMetrics,
    events,
    desiredReplicas: replicas,
    rescaleReason: replicas === current ? null : reason,
    error: measured.error,
  };
}

/** `Deployment/default/web` */
export function referenceText(hpa: HorizontalPodAutoscaler): string {
  const { kind = "", name = "" } = hpa.spec?.scaleTargetRef ?? {};
  return `${kind}/${hpa.metadata?.namespace}/${name}`;
}

interface Measured {
  readonly conditions: readonly Condition[];
  readonly currentMetrics: readonly unknown[] | null;
  readonly events: readonly Event[];
  /** Null: nothing can be said. */
  readonly proposal: { readonly replicas: number; readonly name: string } | null;
  readonly error: string;
}

/** computeReplicasForMetrics: the most that any metric asks for; failed ones forbid only to shrink. */
function replicasForMetrics(sight: Sight, held: readonly Condition[]): Measured {
  const { hpa, scale, pods, source, tolerances, times } = sight;
  const wallUs = times.nowWallUs;
  const refusal = selectorProblem(sight);
  if (refusal !== null) {
    const { reason, message, conditionReason, conditionMessage } = refusal;
    const conditions = withHpaCondition(held, ACTIVE, "False", conditionReason, conditionMessage, wallUs);
    const events: Event[] = [{ type: "Warning", reason, message }];
    return { conditions, currentMetrics: null, events, proposal: null, error: message };
  }
  const specs = hpa.spec?.metrics ?? [];
  const calculation = { namespace: hpa.metadata?.namespace ?? "", pods, tolerances, times };
  const statuses: unknown[] = [];
  const events: Event[] = [];
  let best = { replicas: 0, name: "" };
  let first: { readonly reason: string; readonly message: string; readonly error: string } | null = null;
  let failures = 0;
  for (const spec of specs) {
    const proposal = proposalOf(spec, scale, calculation, source);
    if ("error" in proposal) {
      events.push({ type: "Warning", reason: proposal.reason, message: proposal.message });
      statuses.push({ type: "" });
      failures += 1;
      first ??= proposal;
      continue;
    }
    statuses.push(proposal.status);
    if (best.replicas === 0 || proposal.replicas > best.replicas)
      best = { replicas: proposal.replicas, name: proposal.name };
  }
  const error =
    first === null
      ? ""
      : `invalid metrics (${failures} invalid out of ${specs.length}), first error is: ${first.error}`;
  if (failures >= specs.length || (failures > 0 && best.replicas < scale.specReplicas)) {
    const message = `the HPA was unable to compute the replica count: ${first?.message ?? ""}`;
    const conditions = withHpaCondition(held, ACTIVE, "False", first?.reason ?? "", message, wallUs);
    return { conditions, currentMetrics: statuses, events, proposal: null, error };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
  const conditions = withHpaCondition(held, ACTIVE, "True", "ValidMetricFound", message, wallUs);
  return { conditions, currentMetrics: statuses, events, proposal: best, error };
}

interface SelectorProblem {
  readonly reason: string;
  readonly message: string;
  readonly conditionReason: string;
  readonly conditionMessage: string;
}

/** validateAndParseSelector. */
function selectorProblem({ scale, selecting }: Sight): SelectorProblem | null {
  if (scale.selector === "")
    return {
      reason: "SelectorRequired",
      message: "selector is required",
      conditionReason: "InvalidSelector",
      conditionMessage: "the HPA target's scale is missing a selector",
    };
  try {
    parseSelector(scale.selector);
  } catch (error) {
    const message = `couldn't convert selector into a corresponding internal selector object: ${(error as Error).message}`;
    return { reason: "InvalidSelector", message, conditionReason: "InvalidSelector", conditionMessage: message };
  }
  if (selecting.length < 2) return null;
  const message = `pods by selector ${scale.selector} are controlled by multiple HPAs: [${selecting.join(" ")}]`;
  return { reason: "AmbiguousSelector", message, conditionReason: "AmbiguousSelector", conditionMessage: message };
}

/** normalizeDesiredReplicas, with and without a behavior: what past recommendations and the bounds leave of `proposed`. */
function normalize(
  { hpa, scale, nowUs, times, downscaleStabilizationUs: windowUs }: Sight,
  memory: AutoscalerMemory,
  held: readonly Condition[],
  proposed: number,
  bounds: { readonly min: number; readonly max: number },
): { readonly conditions: readonly Condition[]; readonly replicas: number } {
  const current = scale.specReplicas;
  const behavior = hpa.spec?.behavior;
  const past = memory.recommendations ?? [];
  let stable: Decided;
  let limited: Decided;
  if (behavior === undefined) {
    const replicas = stabilizeDownscale(past, proposed, windowUs, nowUs);
    stable = decided(replicas, "ScaleDownStabilized");
    remember(memory, proposed, nowUs, (atUs) => atUs < nowUs - windowUs);
    limited = limitWithoutBehavior(current, replicas, bounds.min, bounds.max);
  } else {
    const rules = rulesOf(behavior, windowUs / 1_000_000);
    stable = stabilize(past, current, proposed, rules, nowUs);
    const longestUs = Math.max(rules.up.stabilizationWindowSeconds, rules.down.stabilizationWindowSeconds) * 1_000_000;
    remember(memory, proposed, nowUs, (atUs) => atUs < nowUs - longestUs);
    const events = { up: memory.scaleUps, down: memory.scaleDowns };
    limited = limitWithBehavior(current, stable.replicas, bounds, rules, events, nowUs);
  }
  const isStable = stable.replicas === proposed;
  let conditions = withHpaCondition(
    held,
    ABLE,
    "True",
    isStable ? "ReadyForNewScale" : stable.reason,
    isStable ? "recommended size matches current size" : stable.message,
    times.nowWallUs,
  );
  const isLimited = limited.replicas !== stable.replicas;
  conditions = withHpaCondition(
    conditions,
    LIMITED,
    isLimited ? "True" : "False",
    limited.reason,
    limited.message,
    times.nowWallUs,
  );
  return { conditions, replicas: limited.replicas };
}

/** In the place of an old one, where there is one. */
function remember(memory: AutoscalerMemory, replicas: number, nowUs: number, isOld: (atUs: number) => boolean): void {
  const next = { replicas, atUs: nowUs };
  const past = memory.recommendations ?? [];
  const old = past.findLastIndex(({ atUs }) => isOld(atUs));
  memory.recommendations = old < 0 ? [...past, next] : past.map((held, index) => (index === old ? next : held));
}

/** storeScaleEvent: what a behavior's policies count. */
export function rememberScaling(
  memory: AutoscalerMemory,
  hpa: HorizontalPodAutoscaler,
  from: number,
  to: number,
  nowUs: number,
): void {
  const behavior = hpa.spec?.behavior;
  if (behavior === undefined || from === to) return;
  const rules = rulesOf(behavior);
  const event: ScaleEvent = { replicaChange: Math.abs(to - from), atUs: nowUs };
  const kept = (events: readonly ScaleEvent[], periodUs: number): readonly ScaleEvent[] => [
    ...events.filter(({ atUs }) => atUs >= nowUs - periodUs),
    event,
  ];
  if (to > from) memory.scaleUps = kept(memory.scaleUps, longestPeriodUs(rules.up));
  else memory.scaleDowns = kept(memory.scaleDowns, longestPeriodUs(rules.down));
}

/** setConditionInList: in place; a new transition time only when the status changes. */
export function withHpaCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
  status: string,
  reason: string,
  message: string,
  wallUs: number,
): readonly Condition[] {
  const held = conditions?.find((condition) => condition.type === type);
  const lastTransitionTime =
    held !== undefined && held.status === status && held.lastTransitionTime !== undefined
      ? held.lastTransitionTime
      : formatTime(wallUs);
  const next: Condition = { type, status, lastTransitionTime, reason, message };
  if (held === undefined) return [...(conditions ?? []), next];
  return (conditions ?? []).map((condition) => (condition.type === type ? next : condition));
}

/** setStatus. */
export function statusOf(
  hpa: HorizontalPodAutoscaler,
  outcome: Pick<Outcome, "conditions" | "currentMetrics">,
  sizes: { readonly current: number; readonly desired: number },
  rescaledAtWallUs: number | null,
): HpaStatus {
  const { lastScaleTime } = hpa.status ?? {};
  const scaledAt = rescaledAtWallUs === null ? lastScaleTime : formatTime(rescaledAtWallUs);
  return {
    ...(scaledAt === undefined ? {} : { lastScaleTime: scaledAt }),
    ...(sizes.current === 0 ? {} : { currentReplicas: sizes.current }),
    desiredReplicas: sizes.desired,
    currentMetrics: outcome.currentMetrics,
    conditions: outcome.conditions,
  };
}
