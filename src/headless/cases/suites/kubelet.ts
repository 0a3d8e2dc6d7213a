import { goDuration, parseGoDuration } from "../../../sim/api/duration.ts";
import { computeQosClass } from "../../../sim/api/pod/qos.ts";
import { type Amounts, amountsOf, computePodLimits, computePodRequests } from "../../../sim/api/pod/resources.ts";
import { isCriticalPod, isMirrorPod, isStaticPod } from "../../../sim/api/pod/status.ts";
import { containersReady, podInitialized, podReady } from "../../../sim/components/kubelet/conditions.ts";
import { preemptable, staticPodName, truncateHostname } from "../../../sim/components/kubelet/critical.ts";
import {
  type PodStats,
  rankByDisk,
  rankByMemory,
  rankByProcesses,
} from "../../../sim/components/kubelet/eviction/order.ts";
import {
  type EvictionConfig,
  type Observation,
  parseThresholds,
  type Threshold,
  type ThresholdValue,
  thresholdsMet,
} from "../../../sim/components/kubelet/eviction/thresholds.ts";
import { podActions, type RuntimePodStatus, shouldRestart } from "../../../sim/components/kubelet/pod-actions.ts";
import { podPhase } from "../../../sim/components/kubelet/pod-phase.ts";
import {
  countOutcome,
  initialProbeResult,
  outcomeOf,
  type ProbeCount,
} from "../../../sim/components/kubelet/probes/results.ts";
import { oomScoreAdj } from "../../../sim/components/kubelet/qos.ts";
import type {
  Container,
  ContainerStatus,
  Pod,
  PodCondition,
  ProbeResult,
  ProbeType,
  ResourceList,
} from "../../../sim/components/kubelet/types.ts";
import {
  expectPartly,
  expectSame,
  expectSameSet,
  fail,
  type Outcome,
  PASS,
  type RecordedCase,
  type Suite,
  skip,
} from "../suite.ts";

interface ConditionInput {
  readonly pod: Pod;
  readonly containerStatuses: readonly ContainerStatus[];
  readonly podPhase: string;
  readonly conditions?: readonly PodCondition[];
}

type Make = (input: ConditionInput, statuses: readonly ContainerStatus[] | null) => object;

/** The recording does not tell a list without statuses from one that is not there yet: either answer will do. */
function condition(input: ConditionInput, expect: unknown, make: Make): Outcome {
  const outcome = expectSame(make(input, input.containerStatuses), expect);
  if (outcome.result === "pass" || input.containerStatuses.length > 0) return outcome;
  return expectSame(make(input, null), expect);
}

interface ResourcesInput {
  readonly pod: Pod;
  readonly options: {
    readonly excludeOverhead?: boolean;
    readonly useStatusResources?: boolean;
    readonly nonMissingContainerRequests?: ResourceList;
  };
}

function podResources(
  compute: typeof computePodRequests,
  { pod, options }: ResourcesInput,
  expect: { resources: ResourceList },
): Outcome {
  const actual = compute(pod, {
    excludeOverhead: options.excludeOverhead,
    useStatus: options.useStatusResources,
    defaultRequests: amountsOf(options.nonMissingContainerRequests),
  });
  const expected: Amounts = amountsOf(expect.resources);
  for (const name of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    if ((actual[name] ?? 0) !== (expected[name] ?? 0))
      return fail(`${name} is ${actual[name]}, expected ${expected[name]}`);
  }
  return PASS;
}

interface ActionsInput {
  readonly pod: Pod;
  readonly sandboxes: readonly {
    readonly id: string;
    readonly state: number;
    readonly attempt: number;
    readonly ip: string;
  }[];
  readonly containers: readonly {
    readonly name: string;
    readonly id: string;
    readonly state: "created" | "running" | "exited" | "unknown";
    readonly exitCode: number;
    readonly specMatches?: boolean;
    readonly liveness?: string;
    readonly startup?: string;
  }[];
}

function actions(input: ActionsInput, expect: unknown): Outcome {
  const status: RuntimePodStatus = {
    sandboxes: input.sandboxes.map(({ id, state, attempt, ip }) => ({ id, ready: state === 0, attempt, ip })),
    containers: input.containers,
  };
  const of = (id: string) => input.containers.find((one) => one.id === id);
  const found = podActions(input.pod, status, {
    liveness: (id) => result(of(id)?.liveness),
    startup: (id) => result(of(id)?.startup),
    specMatches: (_container, { id }) => of(id)?.specMatches !== false,
  });
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
  return expectSame(
    {
      createSandbox: found.createSandbox,
      killPod: found.killPod,
      attempt: found.attempt,
      startContainers: names(found.startContainers),
      startInitContainers: names(found.startInitContainers),
      startEphemeral: names(found.startEphemeral),
      killContainers: names(found.killContainers).sort(),
    },
    { ...(expect as object), killContainers: [...(expect as { killContainers: string[] }).killContainers].sort() },
  );
}

function result(text: string | undefined): ProbeResult | undefined {
  return text === undefined ? undefined : (text.toLowerCase() as ProbeResult);
}

interface ThresholdCase extends ThresholdValue {
  readonly signal: string;
  readonly operator: string;
  readonly gracePeriod: string;
  readonly minReclaim?: ThresholdValue;
}

function shown({ signal, quantity, percentage, gracePeriodUs, minReclaim }: Threshold): object {
  const value = quantity === undefined ? { percentage } : { quantity };
  return {
    signal,
    operator: "LessThan",
    ...value,
    gracePeriod: goDuration(gracePeriodUs),
    ...(minReclaim === undefined ? {} : { minReclaim }),
  };
}

function parseCase(
  input: Partial<EvictionConfig>,
  expect: { readonly error?: boolean; readonly thresholds?: readonly ThresholdCase[] },
): Outcome {
  let parsed: Threshold[];
  try {
    parsed = parseThresholds({
      enforceAllocatable: [],
      hard: {},
      soft: {},
      softGracePeriods: {},
      minReclaim: {},
      ...input,
    });
  } catch {
    return expect.error === true ? PASS : fail("was refused");
  }
  if (expect.error === true) return fail("was not refused");
  return expectSameSet(parsed.map(shown), expect.thresholds ?? []);
}

function thresholdOf({ gracePeriod, operator: _operator, ...rest }: ThresholdCase): Threshold {
  return { ...rest, gracePeriodUs: parseGoDuration(gracePeriod) ?? 0 };
}

const HANDLERS: readonly string[] = ["exec", "http", "httpGet", "tcp", "tcpSocket", "grpc"];

interface ProbeRuns {
  readonly probe: ProbeType;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly initial: ProbeResult;
  readonly results: readonly ProbeResult[];
}

function thresholdRuns({ failureThreshold, successThreshold, initial, results }: ProbeRuns): ProbeResult[] {
  let count: ProbeCount = { result: initial, run: 0, last: "unknown" };
  return results.map((outcome) => {
    count = countOutcome(count, outcome, failureThreshold, successThreshold);
    return count.result;
  });
}

function order(
  input: { readonly pods: readonly Pod[]; readonly stats: Readonly<Record<string, PodStats>> },
  rank: typeof rankByMemory,
): object {
  return {
    order: rank(input.pods, (pod) => input.stats[pod.metadata.name ?? ""]).map(({ metadata }) => metadata.name),
  };
}

/** Bytes on the node's disk: told as one figure, or by where they are. */
function diskUse(stats: PodStats): PodStats {
  if (stats.diskUsedBytes !== undefined) return stats;
  const parts = Object.entries(stats).filter(([name]) => /used|usage/i.test(name) && !/memory|inode/i.test(name));
  return parts.length === 0 ? stats : { ...stats, diskUsedBytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0) };
}

type Answer = (input: never, expect: never) => Outcome;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "pod-phase": (
    input: { pod: Pod; containerStatuses: ContainerStatus[]; podIsTerminal: boolean; sandboxInitialized: boolean },
    expect: unknown,
  ) =>
    expectSame(
      { phase: podPhase(input.pod, input.containerStatuses, input.podIsTerminal, input.sandboxInitialized) },
      expect,
    ),
  "containers-ready": (input: ConditionInput, expect: unknown) =>
    condition(input, expect, (given, statuses) => containersReady(given.pod, statuses, given.podPhase)),
  "pod-ready": (input: ConditionInput, expect: unknown) =>
    condition(input, expect, (given, statuses) =>
      podReady(given.pod, given.conditions ?? [], statuses, given.podPhase),
    ),
  "pod-initialized": (input: ConditionInput, expect: unknown) =>
    condition(input, expect, (given, statuses) => podInitialized(given.pod, statuses, given.podPhase)),
  "qos-class": (input: { pod: Pod }, expect: unknown) => expectSame({ qosClass: computeQosClass(input.pod) }, expect),
  "oom-score": (input: { pod: Pod; container: string; memoryCapacity: number }, expect: unknown) => {
    const all = [...(input.pod.spec.initContainers ?? []), ...input.pod.spec.containers];
    return expectSame(
      {
        oomScoreAdj: oomScoreAdj(
          input.pod,
          all.find(({ name }) => name === input.container) as Container,
          input.memoryCapacity,
        ),
      },
      expect,
    );
  },
  "should-restart": (
    input: { container: string; restartPolicy: string; podDeleting: boolean; statuses: RuntimePodStatus["containers"] },
    expect: unknown,
  ) => {
    const pod: Pod = {
      metadata: input.podDeleting ? { deletionTimestamp: "2026-11-20T09:00:00Z" } : {},
      spec: { containers: [], restartPolicy: input.restartPolicy },
    };
    return expectSame(
      { restart: shouldRestart({ name: input.container }, pod, { sandboxes: [], containers: input.statuses }) },
      expect,
    );
  },
  "pod-actions": actions,
  "eviction-order-memory": (input: Parameters<typeof order>[0], expect: unknown) =>
    expectSame(order(input, rankByMemory), expect),
  "eviction-order-disk": (input: Parameters<typeof order>[0], expect: unknown) => {
    const stats = Object.fromEntries(Object.entries(input.stats).map(([name, one]) => [name, diskUse(one)]));
    return expectSame(order({ ...input, stats }, rankByDisk), expect);
  },
  "eviction-order-pid": (input: Parameters<typeof order>[0], expect: unknown) =>
    expectSame(order(input, rankByProcesses), expect),
  "threshold-parse": parseCase,
  "thresholds-met": (
    input: { thresholds: ThresholdCase[]; observations: Record<string, Observation>; enforceMinReclaim: boolean },
    expect: unknown,
  ) =>
    expectSame(
      {
        met: thresholdsMet(input.thresholds.map(thresholdOf), input.observations, input.enforceMinReclaim).map(
          ({ signal }) => signal,
        ),
      },
      expect,
    ),
  "static-pod-name": (input: { podName: string; nodeName: string; overwrite?: string }, expect: unknown) => {
    const name =
      input.overwrite === undefined
        ? staticPodName(input.podName, input.nodeName)
        : staticPodName(input.overwrite, "") === null
          ? null
          : input.overwrite;
    const valid =
      input.overwrite === undefined ? name : input.overwrite === input.overwrite.toLowerCase() ? name : null;
    return expectSame(valid === null ? { error: true } : { name: valid }, expect);
  },
  "pod-requests": (input: ResourcesInput, expect: { resources: ResourceList }) =>
    podResources(computePodRequests, input, expect),
  "pod-limits": (input: ResourcesInput, expect: { resources: ResourceList }) =>
    podResources(computePodLimits, input, expect),
  "critical-pod": (input: { pod: Pod }, expect: unknown) => expectSame({ result: isCriticalPod(input.pod) }, expect),
  "static-pod": (input: { pod: Pod }, expect: unknown) => expectSame({ result: isStaticPod(input.pod) }, expect),
  "mirror-pod": (input: { pod: Pod }, expect: unknown) => expectSame({ result: isMirrorPod(input.pod) }, expect),
  preemptable: (input: { preemptor: Pod; preemptee: Pod }, expect: unknown) =>
    expectSame({ result: preemptable(input.preemptor, input.preemptee) }, expect),
  "hostname-limit": (input: { hostname: string }, expect: unknown) => {
    const hostname = truncateHostname(input.hostname);
    return expectPartly(hostname === null ? { error: true } : { hostname }, expect);
  },
  "probe-result": (
    input: {
      handler?: string | null;
      execOutcome?: "success" | "warning" | "failure" | "unknown";
      execError: boolean;
    },
    expect: unknown,
  ) => {
    const { handler, execOutcome = "unknown", execError } = input;
    // A probe that does not say what to do cannot be run; where there is no probe at all, nothing is wrong.
    const error = execError || (handler !== undefined && !HANDLERS.includes(handler ?? ""));
    return expectSame({ result: outcomeOf(handler === undefined ? null : execOutcome, error), error }, expect);
  },
  "probe-threshold": (input: ProbeRuns, expect: unknown) => expectSame({ after: thresholdRuns(input) }, expect),
  "probe-initial-result": (
    input: { probe: ProbeType; initialDelaySeconds?: number; elapsedSeconds?: number },
    expect: unknown,
  ) => {
    const initial = initialProbeResult(input.probe);
    if ((input.elapsedSeconds ?? 0) < (input.initialDelaySeconds ?? 0)) return expectSame({ result: initial }, expect);
    // The delay is over: the first run, which succeeds.
    const { result } = countOutcome({ result: initial, run: 0, last: "unknown" }, "success", 3, 1);
    return expectSame({ result }, expect);
  },
};

/** Recorded pods leave out what their question does not need. */
function whole(pod: Partial<Pod>): Pod {
  return { ...pod, metadata: pod.metadata ?? {}, spec: { ...pod.spec, containers: pod.spec?.containers ?? [] } };
}

export const kubelet: Suite = {
  name: "kubelet",
  run(recorded: RecordedCase): Outcome {
    const answer = ANSWERS[String(recorded.ask)];
    if (answer === undefined) return skip(`asks ${recorded.ask}`);
    const input = recorded.input as { readonly pod?: Partial<Pod> };
    return answer(
      (input.pod === undefined ? input : { ...input, pod: whole(input.pod) }) as never,
      recorded.expect as never,
    );
  },
};
