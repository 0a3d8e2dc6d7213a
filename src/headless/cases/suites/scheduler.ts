import { type ApiObject, deepFreeze } from "../../../sim/api/object.ts";
import type { NodeInfo } from "../../../sim/components/kube-scheduler/cache/node-info.ts";
import { schedulerConfig } from "../../../sim/components/kube-scheduler/config.ts";
import {
  type Cycle,
  createCycle,
  type Plugin,
  type Rejection,
} from "../../../sim/components/kube-scheduler/framework/plugin.ts";
import { frameworkOf } from "../../../sim/components/kube-scheduler/framework/profile.ts";
import { schedulePod } from "../../../sim/components/kube-scheduler/framework/run.ts";
import type { Pod } from "../../../sim/components/kube-scheduler/objects.ts";
import { DEFAULT_PLUGINS } from "../../../sim/components/kube-scheduler/plugins/registry.ts";
import { podInfoOf } from "../../../sim/components/kube-scheduler/pod-info.ts";
import type { Candidate } from "../../../sim/components/kube-scheduler/preemption/pick.ts";
import { addPodToQueue, createQueue, popPod } from "../../../sim/components/kube-scheduler/queue/scheduling-queue.ts";
import { snapshotOf } from "../../../sim/components/kube-scheduler/snapshot.ts";
import { allOf, expectSame, expectSameSet, fail, type Outcome, PASS, type RecordedCase, type Suite } from "../suite.ts";

type Answer = string | { readonly reason: string; readonly unresolvable?: boolean } | null;

interface PluginCase extends RecordedCase {
  readonly plugin: string;
  readonly args?: unknown;
  readonly objects: readonly ApiObject[];
  readonly pod: Pod;
  readonly prefilter?: Answer;
  readonly prefilterNodes?: readonly string[];
  readonly filter?: Readonly<Record<string, Answer>>;
  readonly score?: Readonly<Record<string, number>> | null;
  readonly rawScore?: Readonly<Record<string, number>>;
  readonly candidates?: readonly string[];
  readonly enqueuedAt?: Readonly<Record<string, number>>;
  readonly order?: readonly string[];
  readonly preempt?: PreemptAnswer;
}

interface PreemptAnswer {
  readonly nominatedNode?: string;
  readonly nominatedNodeAnyOf?: readonly string[];
  readonly victims?: readonly string[];
  readonly candidates?: Readonly<
    Record<string, { readonly victims: readonly string[]; readonly pdbViolations: number }>
  >;
  readonly message?: string;
}

/** One plugin of the scheduler, judged alone. */
export const scheduler: Suite = {
  name: "scheduler",
  run(recorded) {
    const asked = recorded as PluginCase;
    if (asked.plugin === "PrioritySort") return runQueue(asked);
    const definition = DEFAULT_PLUGINS.find(([{ name }]) => name === asked.plugin)?.[0];
    if (definition === undefined) return fail(`no such plugin: ${asked.plugin}`);
    if (asked.preempt !== undefined) return runPreemption(asked, asked.preempt);
    const plugin = definition.create(asked.args);
    const { cache, objects } = snapshotOf(asked.objects.map((object) => deepFreeze(object)));
    const cycle = createCycle(podInfoOf(deepFreeze(asked.pod)), cache, objects);
    return allOf(judgeFilter(asked, plugin, cycle), judgeScore(asked, plugin, cycle));
  },
};

function judgeFilter(asked: PluginCase, plugin: Plugin, cycle: Cycle): Outcome {
  if (asked.prefilter === undefined) return PASS;
  const verdict = plugin.preFilter?.(cycle) ?? { type: "continue" };
  if (verdict.type === "reject") return expectSame(answerOf(verdict.rejection), unfold(asked.prefilter));
  const before = allOf(
    expectSame(null, asked.prefilter),
    asked.prefilterNodes === undefined
      ? PASS
      : expectSame(verdict.type === "nodes" ? [...verdict.names].sort() : null, [...asked.prefilterNodes].sort()),
  );
  const answers = Object.keys(asked.filter ?? {}).map((name) => {
    const node = cycle.snapshot.nodes[cycle.snapshot.positions.get(name)!]!;
    const refused = verdict.type === "skip" ? null : (plugin.filter?.(cycle, node) ?? null);
    return [name, refused === null ? null : answerOf(refused)];
  });
  const expected = Object.entries(asked.filter ?? {}).map(([name, answer]) => [name, unfold(answer)]);
  return allOf(before, expectSame(answers, expected));
}

function answerOf({ reasons, unresolvable }: Rejection): unknown {
  return { reason: reasons.join(", "), unresolvable };
}

function unfold(answer: Answer): unknown {
  if (answer === null) return null;
  if (typeof answer === "string") return { reason: answer, unresolvable: false };
  return { reason: answer.reason, unresolvable: answer.unresolvable ?? false };
}

function judgeScore(asked: PluginCase, plugin: Plugin, cycle: Cycle): Outcome {
  if (asked.score === undefined) return PASS;
  const { nodes } = cycle.snapshot;
  const candidates = asked.candidates;
  const scored = candidates === undefined ? nodes : nodes.filter(({ name }) => candidates.includes(name));
  if (plugin.preScore !== undefined && !plugin.preScore(cycle, scored)) return expectSame(null, asked.score);
  const raw = scored.map((node) => plugin.score!(cycle, node));
  const scores = raw.slice();
  plugin.normalizeScore?.(scores, cycle, scored);
  return allOf(
    asked.rawScore === undefined ? PASS : expectSame(byName(scored, raw), asked.rawScore),
    expectSame(byName(scored, scores), asked.score),
  );
}

function byName(nodes: readonly NodeInfo[], values: readonly number[]): unknown {
  return Object.fromEntries(nodes.map(({ name }, index) => [name, values[index]]));
}

function runQueue(asked: PluginCase): Outcome {
  const queue = createQueue(1, 10);
  const framework = frameworkOf(schedulerConfig().profiles[0]!);
  for (const pod of asked.objects as readonly Pod[]) {
    const atUs = (asked.enqueuedAt?.[pod.metadata.name!] ?? 0) * 1_000_000;
    addPodToQueue(queue, framework, deepFreeze(pod), atUs, { trace: 0, span: 0 });
  }
  const order: string[] = [];
  for (let queued = popPod(queue); queued !== null; queued = popPod(queue)) order.push(queued.pod.metadata.name!);
  return expectSame(order, asked.order);
}

/** All default plugins filter; no node fits. */
function runPreemption(asked: PluginCase, expected: PreemptAnswer): Outcome {
  const { cache, objects } = snapshotOf(asked.objects.map((object) => deepFreeze(object)));
  const profile = deepFreeze({ ...schedulerConfig().profiles[0]!, args: { [asked.plugin]: asked.args } });
  const { preemption } = schedulePod(frameworkOf(profile), cache, objects, podInfoOf(deepFreeze(asked.pod)), {
    startIndex: 0,
    percentageOfNodesToScore: null,
    randomInt: () => 0,
  });
  if (preemption === null) return fail("a node fits the pod");
  const { candidates, pick, message } = preemption;
  const node = pick?.candidate.node ?? "";
  return allOf(
    expected.nominatedNodeAnyOf === undefined
      ? expectSame(node, expected.nominatedNode)
      : expectSame(expected.nominatedNodeAnyOf.includes(node), true),
    expected.victims === undefined ? PASS : expectSameSet(namesOf(pick?.candidate), expected.victims),
    ...(expected.candidates === undefined ? [] : [judgeCandidates(candidates, expected.candidates)]),
    expected.message === undefined ? PASS : expectSame(message, expected.message),
  );
}

function namesOf(candidate: Candidate | undefined): string[] {
  return (candidate?.victims ?? []).map(({ metadata }) => metadata.name ?? "");
}

function judgeCandidates(found: readonly Candidate[], expected: NonNullable<PreemptAnswer["candidates"]>): Outcome {
  const sorted = (names: readonly string[]) => [...names].sort();
  return expectSame(
    Object.fromEntries(
      found.map((one) => [one.node, { victims: sorted(namesOf(one)), pdbViolations: one.pdbViolations }]),
    ),
    Object.fromEntries(
      Object.entries(expected).map(([node, { victims, pdbViolations }]) => [
        node,
        { victims: sorted(victims), pdbViolations },
      ]),
    ),
  );
}
