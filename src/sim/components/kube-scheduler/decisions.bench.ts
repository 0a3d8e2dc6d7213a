import type { Benchmark, BenchmarkEnvironment, Measurement } from "../../../headless/benchmark.ts";
import { type ApiObject, deepFreeze } from "../../api/object.ts";
import { assumePod } from "./cache/cache.ts";
import { schedulerConfig } from "./config.ts";
import { frameworkOf } from "./framework/profile.ts";
import { schedulePod } from "./framework/run.ts";
import type { Node, Pod, PodSpec } from "./objects.ts";
import { podInfoOf } from "./pod-info.ts";
import { snapshotOf } from "./snapshot.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";
const APPS = 100;

function node(index: number): Node {
  const labels = { [ZONE]: `zone-${index % 3}`, [HOST]: `node-${index}` };
  const allocatable = { cpu: "16", memory: "64Gi", pods: "110" };
  return deepFreeze({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node-${index}`, labels },
    status: { allocatable },
  });
}

function pod(index: number, spec: PodSpec, owner?: string): Pod {
  const containers = [{ name: "web", image: "nginx", resources: { requests: { cpu: "100m", memory: "64Mi" } } }];
  const app = `app-${index % APPS}`;
  const ownerReferences = [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: app, uid: app, controller: true }];
  const metadata = {
    name: `web-${index}`,
    namespace: "default",
    uid: `uid-${index}`,
    labels: { app },
    ...(owner === undefined ? {} : { ownerReferences }),
  };
  return deepFreeze({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers, ...spec } });
}

const labelSelector = (index: number) => ({ matchLabels: { app: `app-${index % APPS}` } });

function antiAffinity(index: number): PodSpec {
  const term = { topologyKey: HOST, labelSelector: labelSelector(index) };
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

function spread(index: number): PodSpec {
  const whenUnsatisfiable = "DoNotSchedule";
  return {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable, labelSelector: labelSelector(index) },
      { maxSkew: 3, topologyKey: HOST, whenUnsatisfiable, labelSelector: labelSelector(index) },
    ],
  };
}

/** Each makes the pod of an index. */
const KINDS = {
  plain: (index: number) => pod(index, {}),
  "of ReplicaSets": (index: number) => pod(index, {}, "ReplicaSet"),
  spread: (index: number) => pod(index, spread(index)),
  "anti-affinity": (index: number) => pod(index, antiAffinity(index)),
  "half plain, half anti-affinity": (index: number) => pod(index, index % 2 === 0 ? {} : antiAffinity(index + 1)),
} as const;

type KindName = keyof typeof KINDS;

function replicaSets(): ApiObject[] {
  return Array.from({ length: APPS }, (_, index) =>
    deepFreeze({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: `app-${index}`, namespace: "default" },
      spec: { selector: labelSelector(index) },
    }),
  );
}

function decisionsPerSecond(nodes: number, decisions: number, kind: KindName, nowMs: () => number): number {
  const { cache, objects } = snapshotOf([
    ...Array.from({ length: nodes }, (_, index) => node(index)),
    ...replicaSets(),
  ]);
  const framework = frameworkOf(schedulerConfig().profiles[0]!);
  let startIndex = 0;
  let dice = 1;
  const randomInt = (bound: number) => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 1;
    return dice % bound;
  };
  const startMs = nowMs();
  for (let index = 0; index < decisions; index += 1) {
    const next = KINDS[kind](index);
    const verdict = schedulePod(framework, cache, objects, podInfoOf(next), {
      startIndex,
      percentageOfNodesToScore: null,
      randomInt,
    });
    startIndex = (startIndex + verdict.evaluated) % nodes;
    assumePod(cache, next, verdict.chosen!);
  }
  return Math.round((decisions / (nowMs() - startMs)) * 1_000);
}

/** So many pods that the nodes are never full. */
const SIZES = [
  [100, 5_000],
  [1_000, 20_000],
  [5_000, 20_000],
] as const;

const plain: readonly Benchmark[] = SIZES.map(([nodes, decisions]) => ({
  name: `kube-scheduler: plain decisions at ${nodes} nodes`,
  goal: ">= 20,000 decisions/s",
  run({ nowMs }) {
    const perSecond = decisionsPerSecond(nodes, decisions, "plain", nowMs);
    return { reached: `${perSecond} decisions/s`, held: perSecond >= 20_000 };
  },
}));

/** How many times as long as a plain pod's a decision may take: for as many nodes again something is asked and scored. */
const TIMES_PLAIN_MAX = 4;

function compareKinds(nodes: number, decisions: number, { nowMs }: BenchmarkEnvironment): Measurement {
  const base = decisionsPerSecond(nodes, decisions, "plain", nowMs);
  let worst = 0;
  const notes = Object.keys(KINDS).map((name) => {
    const perSecond = name === "plain" ? base : decisionsPerSecond(nodes, decisions, name as KindName, nowMs);
    worst = Math.max(worst, base / perSecond);
    return `${name}: ${perSecond} decisions/s, ${(base / perSecond).toFixed(2)} times plain`;
  });
  return { reached: `${worst.toFixed(2)} times plain`, held: worst <= TIMES_PLAIN_MAX, notes };
}

const others: readonly Benchmark[] = SIZES.map(([nodes, decisions]) => ({
  name: `kube-scheduler: spread and affinity at ${nodes} nodes`,
  goal: `<= ${TIMES_PLAIN_MAX} times plain`,
  run: (environment) => compareKinds(nodes, decisions, environment),
}));

/** Ten times the nodes and pods, where as many nodes are looked at: a decision must cost the same. */
const growth: Benchmark = {
  name: "kube-scheduler: spread and affinity, ten times the cluster",
  goal: "<= 3 times per decision",
  run({ nowMs }) {
    let worst = 0;
    const notes = (["spread", "anti-affinity"] as const).map((kind) => {
      const small = decisionsPerSecond(500, 2_000, kind, nowMs);
      const large = decisionsPerSecond(5_000, 20_000, kind, nowMs);
      worst = Math.max(worst, small / large);
      return `${kind}: ${small} decisions/s at 500 nodes, ${large} at 5,000, ratio ${(small / large).toFixed(2)}`;
    });
    return { reached: `${worst.toFixed(2)} times`, held: worst <= 3, notes };
  },
};

const benchmarks: readonly Benchmark[] = [...plain, ...others, growth];

export default benchmarks;
