import type { Benchmark } from "../../../headless/benchmark.ts";
import { deepFreeze } from "../../api/object.ts";
import { addNode, assumePod, createCache, refreshOrder } from "./cache/cache.ts";
import { objectsOf } from "./cluster-objects.ts";
import { schedulerConfig } from "./config.ts";
import { frameworkOf } from "./framework/profile.ts";
import { schedulePod } from "./framework/run.ts";
import type { Node, Pod } from "./objects.ts";
import { podInfoOf } from "./pod-info.ts";

function node(index: number): Node {
  const labels = { "topology.kubernetes.io/zone": `zone-${index % 3}` };
  const allocatable = { cpu: "16", memory: "64Gi", pods: "110" };
  return deepFreeze({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node-${index}`, labels },
    status: { allocatable },
  });
}

function pod(index: number): Pod {
  const containers = [{ name: "web", image: "nginx", resources: { requests: { cpu: "100m", memory: "64Mi" } } }];
  const metadata = { name: `web-${index}`, namespace: "default", uid: `uid-${index}` };
  return deepFreeze({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers } });
}

const NO_OBJECTS = objectsOf(() => undefined);

function decisionsPerSecond(nodes: number, decisions: number, nowMs: () => number): number {
  const cache = createCache();
  for (let index = 0; index < nodes; index += 1) addNode(cache, node(index));
  refreshOrder(cache);
  const framework = frameworkOf(schedulerConfig().profiles[0]!);
  let startIndex = 0;
  let dice = 1;
  const randomInt = (bound: number) => {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 1;
    return dice % bound;
  };
  const startMs = nowMs();
  for (let index = 0; index < decisions; index += 1) {
    const next = pod(index);
    const verdict = schedulePod(framework, cache, NO_OBJECTS, podInfoOf(next), {
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

const benchmarks: readonly Benchmark[] = SIZES.map(([nodes, decisions]) => ({
  name: `kube-scheduler: plain decisions at ${nodes} nodes`,
  goal: ">= 20,000 decisions/s",
  run({ nowMs }) {
    const perSecond = decisionsPerSecond(nodes, decisions, nowMs);
    return { reached: `${perSecond} decisions/s`, held: perSecond >= 20_000 };
  },
}));

export default benchmarks;
