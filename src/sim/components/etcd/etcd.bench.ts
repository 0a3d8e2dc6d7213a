import type { Benchmark } from "../../../headless/benchmark.ts";
import { createStore } from "./mvcc/store.ts";
import { applyOperation } from "./mvcc/txn.ts";
import { runSwarm } from "./raft/swarm.ts";
import { createEtcdWorld } from "./test-world.ts";

const PUTS = 300_000;
const STORE_GOAL = 150_000;
const header = { clusterId: "0", memberId: "0", revision: 0, raftTerm: 0 };

const store: Benchmark = {
  name: "etcd-store-puts",
  goal: ">= 150,000 puts/s",
  run({ nowMs }) {
    const filled = createStore();
    const value = Object.freeze({ data: "x", sizeBytes: 1_000 });
    const startedMs = nowMs();
    for (let number = 0; number < PUTS; number += 1) {
      const key = `/registry/pods/default/web-${number % 20_000}`;
      applyOperation(
        filled,
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
    return { reached: `${perSecond} puts/s`, held: perSecond >= STORE_GOAL };
  },
};

const IDLE_SECONDS = 2_000;
const IDLE_GOAL = 10_000;

const idle: Benchmark = {
  name: "etcd-idle",
  goal: ">= 10,000 virtual seconds/s, three members",
  run({ nowMs }) {
    const { world } = createEtcdWorld(3);
    world.advance(5_000_000);
    const startedMs = nowMs();
    world.advance(5_000_000 + IDLE_SECONDS * 1_000_000);
    const perSecond = Math.round((IDLE_SECONDS * 1000) / (nowMs() - startedMs));
    return { reached: `${perSecond} virtual seconds/s`, held: perSecond >= IDLE_GOAL };
  },
};

const WRITES = 30_000;
const WRITE_GOAL = 20_000;

const writes: Benchmark = {
  name: "etcd-cluster-writes",
  goal: ">= 20,000 writes/s of wall time through three members",
  run({ nowMs }) {
    const etcd = createEtcdWorld(3);
    etcd.world.advance(5_000_000);
    const startedMs = nowMs();
    for (let number = 0; number < WRITES; number += 1) {
      const machine = `m${1 + (number % 3)}`;
      const value = Object.freeze({ data: "x", sizeBytes: 1_000 });
      etcd.ask(machine, { op: "put", key: `/registry/pods/default/web-${number}`, value }, "bench");
      if (number % 50 === 0) etcd.advance(10_000);
    }
    etcd.advance(2_000_000);
    const perSecond = Math.round((WRITES * 1000) / (nowMs() - startedMs));
    const revision = etcd.stateOf("m1")?.store.revision ?? 0;
    return {
      reached: `${perSecond} writes/s`,
      held: perSecond >= WRITE_GOAL && revision === WRITES + 1,
    };
  },
};

const SWARM_SEEDS = 5_000;

const swarm: Benchmark = {
  name: "swarm",
  goal: "Raft's promises hold over 5,000 random clusters",
  onlyByName: true,
  run({ words }) {
    const first = Number(words[0] ?? 10_000);
    const result = runSwarm(Array.from({ length: SWARM_SEEDS }, (_none, index) => first + index));
    return { reached: `${result.seeds} seeds, ${result.elections} elections, ${result.committed} entries`, held: true };
  },
};

export default [store, idle, writes, swarm];
