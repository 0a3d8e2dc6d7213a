import { parseGoDuration } from "../../../sim/api/duration.ts";
import { milliValue } from "../../../sim/api/quantity.ts";
import { formatTime, parseTime } from "../../../sim/api/time.ts";
import {
  type AutoscalerMemory,
  autoscale,
} from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/autoscale.ts";
import {
  type Decided,
  limitWithBehavior,
  limitWithoutBehavior,
  rulesOf,
  stabilize,
  stabilizeDownscale,
} from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/behavior.ts";
import {
  groupPods,
  podRequestsOf,
} from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/pod-groups.ts";
import {
  type Calculation,
  replicasForAverage,
  replicasForShare,
  replicasForTotal,
  replicasForUtilization,
  type Tolerances,
  type UsageProposal,
} from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/replica-calculator.ts";
import { metricsFromApi } from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/sources.ts";
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricsSource,
  PodMetric,
  PodMetrics,
  ScalingRules,
} from "../../../sim/components/kube-controller-manager/controllers/horizontal-pod-autoscaler/types.ts";
import type { Condition, Pod } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import type { CallResult } from "../../../sim/machinery/requests.ts";
import { allOf, expectPartly, expectSame, expectSameSet, type Outcome, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

const NOW_WALL_US = parseTime("2026-11-20T11:00:00Z") ?? 0;
/** Time of the world; far enough from 0 for every age in the cases. */
const NOW_US = 100_000_000_000;
const WINDOW_US = 60_000_000;
const TIMES = { nowWallUs: NOW_WALL_US, cpuInitializationUs: 120_000_000, initialReadinessDelayUs: 10_000_000 };
const AUTOSCALE_TIMES = { ...TIMES, cpuInitializationUs: 300_000_000, initialReadinessDelayUs: 30_000_000 };
const TOLERANCES: Tolerances = { scaleUp: 0.1, scaleDown: 0.1 };

interface Ages {
  readonly podReadiness?: readonly string[];
  readonly podPhase?: readonly string[];
  readonly podAgeSeconds?: readonly number[];
  readonly podDeleting?: readonly boolean[];
}

function ago(seconds: number | undefined): string {
  return seconds === undefined ? "0001-01-01T00:00:00Z" : formatTime(NOW_WALL_US - seconds * 1_000_000);
}

/** The pods of a table: two containers each, as in upstream's tests. */
function tablePods(
  count: number,
  { podReadiness, podPhase, podAgeSeconds, podDeleting }: Ages,
  requests: (index: number, container: number) => Readonly<Record<string, string>> | undefined,
): Pod[] {
  return Array.from({ length: count }, (_none, index): Pod => {
    const startTime = ago(podAgeSeconds?.[index]);
    const container = (position: number) => {
      const resources = requests(index, position);
      const name = `container${position + 1}`;
      return resources === undefined ? { name } : { name, resources: { requests: resources } };
    };
    return {
      metadata: {
        name: `pod-${index}`,
        namespace: "default",
        ...(podDeleting?.[index] ? { deletionTimestamp: ago(1) } : {}),
      },
      spec: { containers: [container(0), container(1)] },
      status: {
        phase: podPhase?.[index] ?? "Running",
        startTime,
        conditions: [{ type: "Ready", status: podReadiness?.[index] ?? "True", lastTransitionTime: startTime }],
      },
    };
  });
}

function metric(value: number): PodMetric {
  return { value, timestampWallUs: NOW_WALL_US, windowUs: WINDOW_US };
}

interface ReplicaInput extends Ages {
  readonly currentReplicas: number;
  readonly tolerance?: Tolerances;
  readonly container?: string;
  readonly resource?: {
    readonly name: string;
    readonly requests?: readonly string[];
    /** Per pod, per container. */
    readonly levels?: readonly (readonly number[])[];
    readonly podNames?: readonly string[];
    readonly targetUtilization?: number;
    readonly targetUsage?: number;
  };
  readonly metric?: {
    readonly name: string;
    readonly levels?: readonly number[];
    readonly metricType: string;
    readonly targetUsage?: number;
    readonly perPodTargetUsage?: number;
  };
}

function calculate(input: ReplicaInput): Record<string, unknown> {
  const { currentReplicas, tolerance = TOLERANCES, resource, container = "" } = input;
  // Pods beyond the replicas, such as failed ones, stand in the list of phases.
  const count = Math.max(currentReplicas, input.podPhase?.length ?? 0);
  const pods = tablePods(count, input, (index) => {
    const request = resource?.requests?.[index];
    return resource === undefined || request === undefined ? undefined : { [resource.name]: request };
  });
  const calculation: Calculation = { namespace: "default", pods, tolerances: tolerance, times: TIMES };
  if (input.metric !== undefined) return calculateMetric(input.metric, calculation, currentReplicas);
  if (resource === undefined) throw new Error("the case asks for no metric");
  const source = resourceMetrics(
    (resource.levels ?? []).map((levels, index) => [resource.podNames?.[index] ?? `pod-${index}`, levels]),
    resource.name,
  );
  const metrics = source.resource(resource.name, container);
  const { targetUtilization = 0, targetUsage = 0, name } = resource;
  if (targetUsage > 0) {
    const { replicas, usage } = replicasForAverage(calculation, currentReplicas, targetUsage, name, metrics);
    return { replicas, averageValue: usage };
  }
  const { replicas, utilization, averageValue } = replicasForUtilization(
    calculation,
    currentReplicas,
    targetUtilization,
    name,
    container,
    metrics,
  );
  return { replicas, utilization, averageValue };
}

/** What metrics-server says of pods whose containers use so much. */
function resourceMetrics(pods: readonly (readonly [name: string, levels: readonly number[]])[], resource: string) {
  const items = pods.map(([name, levels]) => ({
    metadata: { name, namespace: "default" },
    timestamp: formatTime(NOW_WALL_US),
    window: "60s",
    containers: levels.map((level, index) => ({ name: `container${index + 1}`, usage: { [resource]: `${level}m` } })),
  }));
  return metricsFromApi({ ok: true, object: { items } } as unknown as CallResult);
}

function calculateMetric(
  asked: NonNullable<ReplicaInput["metric"]>,
  calculation: Calculation,
  currentReplicas: number,
): Record<string, unknown> {
  const levels = asked.levels ?? [];
  const total = levels.reduce((sum, level) => sum + level, 0);
  const { targetUsage = 0, perPodTargetUsage = 0 } = asked;
  const proposals: Readonly<Record<string, () => UsageProposal>> = {
    pods: () => {
      const metrics: PodMetrics = new Map(levels.map((level, index) => [`pod-${index}`, metric(level)]));
      return replicasForAverage(calculation, currentReplicas, targetUsage, "", metrics);
    },
    object: () => replicasForTotal(calculation, currentReplicas, targetUsage, levels[0] ?? 0),
    external: () => replicasForTotal(calculation, currentReplicas, targetUsage, total),
    objectPerPod: () => replicasForShare(calculation, currentReplicas, perPodTargetUsage, levels[0] ?? 0),
    externalPerPod: () => replicasForShare(calculation, currentReplicas, perPodTargetUsage, total),
  };
  const propose = proposals[asked.metricType];
  if (propose === undefined) throw new Error(`no metric type ${asked.metricType}`);
  return { ...propose() };
}

interface AutoscaleInput {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly CPUTarget: number;
  readonly reportedLevels?: readonly number[];
  readonly reportedCPURequests?: readonly string[];
  readonly reportedPodReadiness?: readonly string[];
  readonly reportedPodPhase?: readonly string[];
  readonly reportedPodDeletionTimestamp?: readonly boolean[];
  readonly podDeleting?: readonly boolean[];
  readonly podAgeSeconds?: readonly number[];
  readonly useMetricsAPI?: boolean;
  readonly metricsTarget?: readonly MetricSpec[];
  readonly scaleUpRules?: ScalingRules;
  readonly scaleDownRules?: ScalingRules;
  readonly recommendations?: readonly Aged[];
  readonly lastScaleAgeSeconds?: number;
}

interface Aged {
  readonly replicas: number;
  readonly ageSeconds: number;
}

function aged(list: readonly Aged[] | undefined) {
  return (list ?? []).map(({ replicas, ageSeconds }) => ({ replicas, atUs: NOW_US - ageSeconds * 1_000_000 }));
}

function runAutoscale(input: AutoscaleInput, expected: Readonly<Record<string, unknown>>): Outcome {
  const { CPUTarget, metricsTarget = [], reportedLevels = [], scaleUpRules, scaleDownRules } = input;
  const ages: Ages = {
    ...(input.reportedPodReadiness === undefined ? {} : { podReadiness: input.reportedPodReadiness }),
    ...(input.reportedPodPhase === undefined ? {} : { podPhase: input.reportedPodPhase }),
    ...(input.podAgeSeconds === undefined ? {} : { podAgeSeconds: input.podAgeSeconds }),
    podDeleting: input.podDeleting ?? input.reportedPodDeletionTimestamp ?? [],
  };
  // Upstream's test shares each pod's request and use out among its two containers.
  const count = input.reportedCPURequests?.length ?? input.statusReplicas;
  const pods = tablePods(count, ages, (index) => {
    const half = Math.trunc(milliValue(input.reportedCPURequests?.[index] ?? "1") / 2);
    return { cpu: `${half}m` };
  });
  const cpu: MetricSpec = {
    type: "Resource",
    resource: {
      name: "cpu",
      ...(CPUTarget > 0 ? { target: { type: "Utilization", averageUtilization: CPUTarget } } : {}),
    },
  };
  const hpa: HorizontalPodAutoscaler = {
    metadata: { name: "test-hpa", namespace: "test-namespace" },
    spec: {
      scaleTargetRef: { apiVersion: "v1", kind: "ReplicationController", name: "test-rc" },
      minReplicas: input.minReplicas,
      maxReplicas: input.maxReplicas,
      metrics: [...(CPUTarget > 0 || metricsTarget.length === 0 ? [cpu] : []), ...metricsTarget],
      ...(scaleUpRules === undefined && scaleDownRules === undefined
        ? {}
        : {
            behavior: {
              ...(scaleUpRules === undefined ? {} : { scaleUp: scaleUpRules }),
              ...(scaleDownRules === undefined ? {} : { scaleDown: scaleDownRules }),
            },
          }),
    },
  };
  const memory: AutoscalerMemory = {
    recommendations: input.recommendations === undefined ? null : aged(input.recommendations),
    scaleUps: [],
    scaleDowns: [],
  };
  const outcome = autoscale(
    {
      hpa,
      scale: { specReplicas: input.specReplicas, statusReplicas: input.statusReplicas, selector: "name=test-pod" },
      pods,
      selecting: [],
      source: tableSource(reportedLevels),
      tolerances: TOLERANCES,
      times: AUTOSCALE_TIMES,
      downscaleStabilizationUs: 300_000_000,
      nowUs: NOW_US,
    },
    memory,
  );
  const rescaled = outcome.rescaleReason !== null;
  const conditions = rescaled
    ? outcome.conditions.map((held) => (held.type === "AbleToScale" ? { ...held, reason: "SucceededRescale" } : held))
    : outcome.conditions;
  const told = (list: readonly Condition[]) => list.map(({ type, status, reason }) => ({ type, status, reason }));
  return allOf(
    expectSame(outcome.desiredReplicas ?? input.specReplicas, expected.desiredReplicas),
    expected.conditions === undefined
      ? expectSame(0, 0)
      : expectSameSet(told(conditions), told(expected.conditions as Condition[])),
  );
}

function tableSource(levels: readonly number[]): MetricsSource {
  const perPod = (): PodMetrics => new Map(levels.map((level, index) => [`pod-${index}`, metric(level)]));
  return {
    resource: (name, container) => {
      const halves = levels.map((level, index) => [`pod-${index}`, Array(2).fill(Math.trunc(level / 2))] as const);
      return resourceMetrics(halves, name).resource(name, container);
    },
    pods: perPod,
    object: () => levels[0] ?? 0,
    external: () => levels,
  };
}

interface LimitInput {
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
  readonly scaleUpEvents?: readonly ScaleEventInput[];
  readonly scaleDownEvents?: readonly ScaleEventInput[];
}

interface ScaleEventInput {
  readonly replicaChange: number;
  readonly ageSeconds: number;
}

function events(list: readonly ScaleEventInput[] | undefined) {
  return (list ?? []).map(({ replicaChange, ageSeconds }) => ({
    replicaChange,
    atUs: NOW_US - ageSeconds * 1_000_000,
  }));
}

function behaviorOf({ scaleUp, scaleDown }: Pick<LimitInput, "scaleUp" | "scaleDown">) {
  return rulesOf({
    ...(scaleUp === undefined ? {} : { scaleUp }),
    ...(scaleDown === undefined ? {} : { scaleDown }),
  });
}

function told({ replicas, reason }: Decided): Record<string, unknown> {
  return { replicas, reason };
}

interface StabilizeInput {
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly recommendations?: readonly Aged[];
  readonly scaleUpWindowSeconds?: number;
  readonly scaleDownWindowSeconds?: number;
  readonly windowSeconds?: number;
}

interface PodsInput {
  readonly pods: readonly Pod[];
  readonly container: string;
  readonly resource: string;
  readonly metrics: Readonly<
    Record<string, { readonly Value: number; readonly Window?: string; readonly Timestamp?: string }>
  >;
  readonly cpuInitializationPeriod: string;
  readonly initialReadinessDelay: string;
  readonly now: string;
}

type Input = ReplicaInput & AutoscaleInput & LimitInput & StabilizeInput & PodsInput;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "replica-calculation": (input, expected) => expectPartly(calculate(input), expected),
  autoscale: runAutoscale,
  "limit-without-behavior": ({ currentReplicas, desiredReplicas, minReplicas, maxReplicas }, expected) =>
    expectSame(told(limitWithoutBehavior(currentReplicas, desiredReplicas, minReplicas, maxReplicas)), expected),
  "limit-with-behavior": (input, expected) =>
    expectSame(
      told(
        limitWithBehavior(
          input.currentReplicas,
          input.desiredReplicas,
          { min: input.minReplicas, max: input.maxReplicas },
          behaviorOf(input),
          { up: events(input.scaleUpEvents), down: events(input.scaleDownEvents) },
          NOW_US,
        ),
      ),
      expected,
    ),
  "stabilize-with-behavior": (input, expected) => {
    const rules = behaviorOf({
      scaleUp: { stabilizationWindowSeconds: input.scaleUpWindowSeconds ?? 0 },
      scaleDown: { stabilizationWindowSeconds: input.scaleDownWindowSeconds ?? 0 },
    });
    const { currentReplicas, desiredReplicas } = input;
    const { replicas } = stabilize(aged(input.recommendations), currentReplicas, desiredReplicas, rules, NOW_US);
    return expectSame({ replicas }, expected);
  },
  "stabilize-downscale": ({ desiredReplicas, recommendations, windowSeconds = 0 }, expected) => {
    const windowUs = windowSeconds * 1_000_000;
    const replicas = stabilizeDownscale(aged(recommendations), desiredReplicas, windowUs, NOW_US);
    return expectSame({ replicas }, expected);
  },
  "group-pods": (input, expected) => {
    const metrics: PodMetrics = new Map(
      Object.entries(input.metrics ?? {}).map(([name, { Value, Window = "0s", Timestamp }]) => [
        name,
        {
          value: Value,
          windowUs: microseconds(Window),
          timestampWallUs: Timestamp === undefined ? 0 : (parseTime(Timestamp) ?? 0),
        },
      ]),
    );
    const { readyCount, unready, missing, ignored } = groupPods(input.pods ?? [], metrics, input.resource, {
      nowWallUs: parseTime(input.now) ?? 0,
      cpuInitializationUs: microseconds(input.cpuInitializationPeriod),
      initialReadinessDelayUs: microseconds(input.initialReadinessDelay),
    });
    return allOf(
      expectSame(readyCount, expected.readyCount),
      expectSameSet([...unready], expected.unready as string[]),
      expectSameSet([...missing], expected.missing as string[]),
      expectSameSet([...ignored], expected.ignored as string[]),
    );
  },
  "pod-requests": ({ pods, container, resource }, expected) =>
    expectSame({ requests: Object.fromEntries(podRequestsOf(pods ?? [], container, resource)) }, expected),
};

function microseconds(duration: string): number {
  return parseGoDuration(duration) ?? 0;
}

/** What the horizontal pod autoscaler makes of its figures. */
export const hpa: Suite = { name: "hpa", run: (recorded) => ask(ANSWERS, recorded) };
