import type { Benchmark } from "../../headless/benchmark.ts";
import { ChaosError, runChaos } from "./testing/chaos.ts";
import { TOPOLOGY_NAMES, type Topology, topologyByName } from "./topology.ts";

/** `npm run bench -- chaos [TOPOLOGY [FIRST_SEED [COUNT [SECONDS]]]]`: a bug report is a seed. */
const chaos: Benchmark = {
  name: "chaos",
  goal: "every cluster recovers from random faults within ten virtual minutes",
  onlyByName: true,
  run({ nowMs, words }) {
    const [name, first = "1", count = "100", seconds = "120"] = words;
    const names = name === undefined ? TOPOLOGY_NAMES : [name];
    const broken: string[] = [];
    let runs = 0;
    let slowestUs = 0;
    const startMs = nowMs();
    for (const each of names) {
      const topology = topologyByName(each) as Topology;
      for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
        runs += 1;
        try {
          slowestUs = Math.max(slowestUs, runChaos(topology, seed, Number(seconds)).recoveredAfterUs);
        } catch (error) {
          if (!(error instanceof ChaosError)) throw error;
          broken.push(error.message);
        }
      }
    }
    const wallSeconds = ((nowMs() - startMs) / 1000).toFixed(1);
    return {
      reached: `${runs - broken.length} of ${runs} in ${wallSeconds} s, the slowest after ${slowestUs / 1_000_000} s`,
      held: broken.length === 0,
      notes: broken,
    };
  },
};

export default chaos;
