import type { Benchmark } from "../../../headless/benchmark.ts";
import { deepFreeze } from "../../api/object.ts";
import { addNode, assumePod, createCache, refreshOrder } from "./cache/cache.ts";
import { schedulerConfig } from "./config.ts";
import { frameworkOf } from "./framework/profile.ts";
import { schedulePod } from "./framework/run.ts";
import type { Node, Pod } from "./objects.ts";
import { podInfoOf } from "./pod-info.ts";

const NODES = 5_000;
const DECISIONS = 20_000;

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

const decisions: Benchmark = {
  name: "kube-scheduler: plain decisions at 5,000 nodes",
  goal: ">= 20,000 decisions/s",
  run({ nowMs }) {
    const cache = createCache();
    for (let index = 0; index < NODES; index += 1) addNode(cache, node(index));
    refreshOrder(cache);
    const framework = frameworkOf(schedulerConfig().profiles[0]!);
    let startIndex = 0;
    let dice = 1;
    const randomInt = (bound: number) => {
      dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 1;
      return dice % bound;
    };
    const startMs = nowMs();
    for (let index = 0; index < DECISIONS; index += 1) {
      const next = pod(index);
      const verdict = schedulePod(framework, cache, podInfoOf(next), {
        startIndex,
        percentageOfNodesToScore: null,
        randomInt,
      });
      startIndex = (startIndex + verdict.evaluated) % NODES;
      assumePod(cache, next, verdict.chosen!);
    }
    const perSecond = Math.round((DECISIONS / (nowMs() - startMs)) * 1_000);
    return { reached: `${perSecond} decisions/s`, held: perSecond >= 20_000 };
  },
};

export default decisions;
