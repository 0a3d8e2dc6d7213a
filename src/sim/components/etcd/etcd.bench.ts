import type { Benchmark } from "../../../headless/benchmark.ts";
import { createStore } from "./mvcc/store.ts";
import { applyOperation } from "./mvcc/txn.ts";

const PUTS = 300_000;
const GOAL_PER_SECOND = 150_000;
const header = { clusterId: "0", memberId: "0", revision: 0, raftTerm: 0 };

const puts: Benchmark = {
  name: "etcd-store-puts",
  goal: ">= 150,000 puts/s",
  run({ nowMs }) {
    const store = createStore();
    const value = Object.freeze({ data: "x", sizeBytes: 1_000 });
    const startedMs = nowMs();
    for (let number = 0; number < PUTS; number += 1) {
      const key = `/registry/pods/default/web-${number % 20_000}`;
      applyOperation(
        store,
        {
          op: "txn",
          compare: [{ key, target: "MOD", result: "GREATER", operand: -1 }],
          success: [{ op: "put", key, value }],
          failure: [],
        },
        () => header,
        null,
      );
    }
    const perSecond = Math.round((PUTS * 1000) / (nowMs() - startedMs));
    return { reached: `${perSecond.toLocaleString("en")} puts/s`, held: perSecond >= GOAL_PER_SECOND };
  },
};

export default puts;
