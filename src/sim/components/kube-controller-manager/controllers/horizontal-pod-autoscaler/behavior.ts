import type { HpaBehavior, ScalingRules } from "./types.ts";

/** What was recommended before anything held it back, and when. */
export interface Recommendation {
  readonly replicas: number;
  readonly atUs: number;
}

export interface ScaleEvent {
  /** Above 0, up or down. */
  readonly replicaChange: number;
  readonly atUs: number;
}

/** A decision with the reason for a condition, and its message. */
export interface Decided {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

/** Default of `--horizontal-pod-autoscaler-downscale-stabilization`. */
const DOWNSCALE_STABILIZATION_SECONDS = 300;
const INT32_MAX = 2_147_483_647;

const MESSAGES = {
  DesiredWithinRange: "the desired count is within the acceptable range",
  TooFewReplicas: "the desired replica count is less than the minimum replica count",
  TooManyReplicas: "the desired replica count is more than the maximum replica count",
  ScaleUpLimit: "the desired replica count is increasing faster than the maximum scale rate",
  ScaleDownLimit: "the desired replica count is decreasing faster than the maximum scale rate",
  ScaleUpStabilized: "recent recommendations were lower than current one, applying the lowest recent recommendation",
  ScaleDownStabilized:
    "recent recommendations were higher than current one, applying the highest recent recommendation",
} as const;

export function decided(replicas: number, reason: keyof typeof MESSAGES): Decided {
  return { replicas, reason, message: MESSAGES[reason] };
}

export interface Rules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: string;
  readonly policies: NonNullable<ScalingRules["policies"]>;
}

/** GenerateHPAScaleUpRules: what is not said is upstream's default. */
export function scaleUpRules(rules: ScalingRules | undefined): Rules {
  return {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
    ...said(rules),
  };
}

/** GenerateHPAScaleDownRules. The window that is not said is the controller's own. */
export function scaleDownRules(rules: ScalingRules | undefined, windowSeconds: number): Rules {
  return {
    stabilizationWindowSeconds: windowSeconds,
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
    ...said(rules),
  };
}

function said(rules: ScalingRules | undefined): Partial<Rules> {
  if (rules === undefined) return {};
  const { stabilizationWindowSeconds, selectPolicy, policies } = rules;
  return {
    ...(stabilizationWindowSeconds === undefined ? {} : { stabilizationWindowSeconds }),
    ...(selectPolicy === undefined ? {} : { selectPolicy }),
    ...(policies === undefined ? {} : { policies }),
  };
}

/** stabilizeRecommendation, without a behavior: the highest of the last five minutes. */
export function stabilizeDownscale(
  recommendations: readonly Recommendation[],
  desired: number,
  windowUs: number,
  nowUs: number,
): number {
  let highest = desired;
  for (const { replicas, atUs } of recommendations)
    if (atUs >= nowUs - windowUs && replicas > highest) highest = replicas;
  return highest;
}

/** stabilizeRecommendationWithBehaviors: as near to the present size as the windows' recommendations demand. */
export function stabilize(
  recommendations: readonly Recommendation[],
  current: number,
  desired: number,
  { up, down }: { readonly up: Rules; readonly down: Rules },
  nowUs: number,
): Decided {
  let lowest = desired;
  let highest = desired;
  for (const { replicas, atUs } of recommendations) {
    if (atUs > nowUs - up.stabilizationWindowSeconds * 1_000_000) lowest = Math.min(lowest, replicas);
    if (atUs > nowUs - down.stabilizationWindowSeconds * 1_000_000) highest = Math.max(highest, replicas);
  }
  const replicas = Math.min(Math.max(current, lowest), highest);
  return decided(replicas, desired >= current ? "ScaleUpStabilized" : "ScaleDownStabilized");
}

/** convertDesiredReplicasWithRules: without a behavior at most twice as many at once, or four. */
export function limitWithoutBehavior(current: number, desired: number, min: number, max: number): Decided {
  const fastest = Math.max(2 * current, 4);
  const highest = Math.min(max, fastest);
  if (desired < min) return decided(min, "TooFewReplicas");
  if (desired > highest) return decided(highest, max > fastest ? "ScaleUpLimit" : "TooManyReplicas");
  return decided(desired, "DesiredWithinRange");
}

export interface ScaleEvents {
  readonly up: readonly ScaleEvent[];
  readonly down: readonly ScaleEvent[];
}

/** convertDesiredReplicasWithBehaviorRate. */
export function limitWithBehavior(
  current: number,
  desired: number,
  { min, max }: { readonly min: number; readonly max: number },
  rules: { readonly up: Rules; readonly down: Rules },
  events: ScaleEvents,
  nowUs: number,
): Decided {
  if (desired > current) {
    const fastest = Math.max(current, scaleUpLimit(current, events, rules.up, nowUs));
    const highest = Math.min(max, fastest);
    if (desired > highest) return decided(highest, max > fastest ? "ScaleUpLimit" : "TooManyReplicas");
  } else if (desired < current) {
    const fastest = Math.min(current, scaleDownLimit(current, events, rules.down, nowUs));
    const lowest = Math.max(min, fastest);
    if (desired < lowest) return decided(lowest, min < fastest ? "ScaleDownLimit" : "TooFewReplicas");
  }
  return decided(desired, "DesiredWithinRange");
}

function scaleUpLimit(current: number, events: ScaleEvents, rules: Rules, nowUs: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const isMin = rules.selectPolicy === "Min";
  let limit = isMin ? INT32_MAX : -INT32_MAX - 1;
  for (const { type, value, periodSeconds } of rules.policies) {
    const atStart =
      current - changeWithin(periodSeconds, events.up, nowUs) + changeWithin(periodSeconds, events.down, nowUs);
    const proposed = type === "Pods" ? atStart + value : Math.ceil(atStart * (1 + value / 100));
    limit = isMin ? Math.min(limit, proposed) : Math.max(limit, proposed);
  }
  return limit;
}

function scaleDownLimit(current: number, events: ScaleEvents, rules: Rules, nowUs: number): number {
  if (rules.selectPolicy === "Disabled") return current;
  const isMin = rules.selectPolicy === "Min";
  let limit = isMin ? -INT32_MAX - 1 : INT32_MAX;
  for (const { type, value, periodSeconds } of rules.policies) {
    const atStart =
      current - changeWithin(periodSeconds, events.up, nowUs) + changeWithin(periodSeconds, events.down, nowUs);
    const proposed = type === "Pods" ? atStart - value : Math.trunc(atStart * (1 - value / 100));
    limit = isMin ? Math.max(limit, proposed) : Math.min(limit, proposed);
  }
  return limit;
}

function changeWithin(periodSeconds: number, events: readonly ScaleEvent[], nowUs: number): number {
  let change = 0;
  for (const event of events) if (event.atUs > nowUs - periodSeconds * 1_000_000) change += event.replicaChange;
  return change;
}

/** The longest time that any policy of `rules` looks back. */
export function longestPeriodUs(rules: Rules): number {
  return rules.policies.reduce((longest, { periodSeconds }) => Math.max(longest, periodSeconds * 1_000_000), 0);
}

/** Both directions' rules of a behavior. */
export function rulesOf(
  behavior: HpaBehavior,
  windowSeconds = DOWNSCALE_STABILIZATION_SECONDS,
): { readonly up: Rules; readonly down: Rules } {
  return { up: scaleUpRules(behavior.scaleUp), down: scaleDownRules(behavior.scaleDown, windowSeconds) };
}
