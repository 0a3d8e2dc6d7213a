// The promises about whole clusters: pods from create to Ready, idling, rewinding, memory, checkpoints.
import { createApiDoor } from "../session/doors.ts";
import { bootUntilReady } from "../session/host.ts";
import { Records } from "../session/records.ts";
import { Session } from "../session/session.ts";
import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import { scaleTopology, type Topology, topologyByName } from "../sim/cluster/topology.ts";
import { takeCheckpoint, worldHash } from "../sim/kernel/checkpoint.ts";
import type { Benchmark, BenchmarkEnvironment } from "./benchmark.ts";
import { heldBytes } from "./held-memory.ts";

const SEED = 1;
/** So high that pods are not made waiting by the clients' 20 to 100 requests a second. */
const RATE_LIMIT_FACTOR = 100;
const RAISED = `clients' rate limits raised ${RATE_LIMIT_FACTOR}-fold`;
const STEP_US = 100_000;
const LIMIT_US = 3_600_000_000;
const SECOND_US = 1_000_000;

function boot(topology: Topology, observed: boolean): Session {
  const session = new Session(CLUSTER_CODE, topology, SEED);
  if (!observed) session.world.observer = null;
  bootUntilReady(session);
  return session;
}

function deployment(name: string, replicas: number): string {
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [{ name: "web", image: "nginx:1.27", resources: { requests: { cpu: "50m", memory: "64Mi" } } }],
        },
      },
    },
  });
}

/** Creates a Deployment as kubectl does and lets time pass until all its pods are Ready. Gives virtual seconds. */
function deploy(session: Session, name: string, replicas: number): number {
  const door = createApiDoor(() => session);
  const startUs = session.nowUs;
  void door.request(
    {
      method: "POST",
      path: "/apis/apps/v1/namespaces/default/deployments",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: deployment(name, replicas),
    },
    { signal: new AbortController().signal },
  );
  const records = new Records();
  const readyReplicas = () => {
    records.refresh(session.world);
    const status = records.get(`/registry/deployments/default/${name}`)?.status as
      | { readonly readyReplicas?: number }
      | undefined;
    return status?.readyReplicas ?? 0;
  };
  while (readyReplicas() < replicas) {
    if (session.nowUs - startUs > LIMIT_US)
      throw new Error(`Only ${readyReplicas()} of ${replicas} pods became Ready.`);
    session.advance(session.nowUs + STEP_US);
  }
  return (session.nowUs - startUs) / SECOND_US;
}

interface Growth {
  readonly wallMs: number;
  readonly virtualSeconds: number;
  readonly events: number;
  readonly revisions: number;
  readonly bytesPerPod: number;
  /** Where those are, about: bytes per pod by part. */
  readonly held: ReadonlyMap<string, number>;
}

function grow({ nowMs, heapBytes }: BenchmarkEnvironment, nodes: number, pods: number): Growth {
  const session = boot(scaleTopology(nodes, 3, RATE_LIMIT_FACTOR), false);
  const records = new Records();
  records.refresh(session.world);
  const { revision } = records;
  const before = { heap: heapBytes(), events: session.world.state.handled, held: heldBytes(session.world) };
  const startMs = nowMs();
  const virtualSeconds = deploy(session, "web", pods);
  const wallMs = nowMs() - startMs;
  records.refresh(session.world);
  const revisions = records.revision - revision;
  const events = session.world.state.handled - before.events;
  session.advance(session.nowUs + 30 * SECOND_US);
  // Old checkpoints are the session's, not the pods'.
  session.branch.checkpoints = [];
  const bytesPerPod = (heapBytes() - before.heap) / pods;
  const held = new Map<string, number>();
  for (const [part, bytes] of heldBytes(session.world)) held.set(part, (bytes - (before.held.get(part) ?? 0)) / pods);
  return { wallMs, virtualSeconds, events, revisions, bytesPerPod, held };
}

function told(growth: Growth, pods: number): string {
  const perPod = (total: number) => (total / pods).toFixed(1);
  return (
    `${growth.virtualSeconds.toFixed(1)} virtual s, per pod: ${perPod(growth.wallMs * 1000)} us of wall time, ` +
    `${perPod(growth.events)} events, ${perPod(growth.revisions)} etcd revisions`
  );
}

const thousandPods: Benchmark = {
  name: "cluster: 1,000 pods on 100 nodes, create to all Ready",
  goal: "<= 1 s of wall time",
  run(environment) {
    const growth = grow(environment, 100, 1_000);
    return {
      reached: `${(growth.wallMs / 1000).toFixed(2)} s`,
      held: growth.wallMs <= 1_000,
      notes: [`3 etcd members, ${RAISED}`, told(growth, 1_000)],
    };
  },
};

const linearGrowth: Benchmark = {
  name: "cluster: growth to 10,000 pods on 1,000 nodes",
  goal: "time per pod <= 1.5 times that of 1,000 pods on 100 nodes",
  run(environment) {
    const sizes = [1_000, 2_000, 5_000, 10_000];
    // The first run is not counted: the engine still compiles the code.
    const [, ...growths] = [1_000, ...sizes].map((pods) => grow(environment, pods / 10, pods));
    const perPod = growths.map((growth, index) => growth.wallMs / (sizes[index] as number));
    const ratio = (perPod.at(-1) as number) / (perPod[0] as number);
    return {
      reached: `${ratio.toFixed(2)} times`,
      held: ratio <= 1.5,
      notes: [
        `3 etcd members, ${RAISED}`,
        ...growths.map((growth, index) => {
          const pods = sizes[index] as number;
          return `${pods} pods on ${pods / 10} nodes: ${(growth.wallMs / 1000).toFixed(2)} s; ${told(growth, pods)}`;
        }),
      ],
    };
  },
};

const memory: Benchmark = {
  name: "cluster: memory per pod at rest, 10,000 pods on 100 nodes",
  goal: "<= 10 KB",
  run(environment) {
    const growth = grow(environment, 100, 10_000);
    return {
      reached: `${(growth.bytesPerPod / 1000).toFixed(1)} KB`,
      held: growth.bytesPerPod <= 10_000,
      notes: [
        "growth of the heap per pod, 30 virtual seconds after the last became Ready; events of the pods are in it",
        `about: ${[...growth.held].map(([part, bytes]) => `${part} ${(bytes / 1000).toFixed(1)} KB`).join(", ")}`,
        `3 etcd members, ${RAISED}, ${told(growth, 10_000)}`,
      ],
    };
  },
};

function idle(observed: boolean): Benchmark {
  return {
    name: `cluster: idle ha cluster, ${observed ? "observed" : "unobserved"}`,
    goal: ">= 2,000 virtual seconds per wall second",
    run({ nowMs }) {
      const session = boot(topologyByName("ha") as Topology, observed);
      session.advance(session.nowUs + 600 * SECOND_US);
      const seconds = 3_600;
      const { handled } = session.world.state;
      const startMs = nowMs();
      session.world.advance(session.nowUs + seconds * SECOND_US);
      const perSecond = Math.round((seconds / (nowMs() - startMs)) * 1000);
      return {
        reached: `${perSecond.toLocaleString("en")} virtual s/s`,
        held: perSecond >= 2_000,
        notes: [`${((session.world.state.handled - handled) / seconds).toFixed(1)} events per virtual second`],
      };
    },
  };
}

const rewind: Benchmark = {
  name: "session: rewind to any moment of the last hour of a teaching cluster",
  goal: "<= 200 ms",
  run({ nowMs }) {
    const session = boot(topologyByName("ha") as Topology, true);
    const liveUntil = (atUs: number) => {
      while (session.nowUs < atUs) session.advance(Math.min(atUs, session.nowUs + STEP_US));
    };
    const bornUs = session.nowUs;
    for (let index = 1; index <= 4; index += 1) {
      deploy(session, `web-${index}`, 3 * index);
      liveUntil(bornUs + index * 900 * SECOND_US);
    }
    const endUs = session.nowUs;
    const tookMs: number[] = [];
    for (let index = 0; index < 24; index += 1) {
      const atUs = endUs - ((index * 7_919_000_003) % (3_600 * SECOND_US));
      const startMs = nowMs();
      session.rewindTo(atUs, false);
      tookMs.push(nowMs() - startMs);
    }
    tookMs.sort((a, b) => a - b);
    const worst = tookMs.at(-1) as number;
    return {
      reached: `${worst.toFixed(0)} ms at worst`,
      held: worst <= 200,
      notes: [
        `24 moments, half of them within ${(tookMs[12] as number).toFixed(0)} ms; ` +
          `${session.branch.checkpoints.length} checkpoints, ${session.branch.end.handled} events lived`,
      ],
    };
  },
};

const checkpoints: Benchmark = {
  name: "kernel: checkpoint and hash of an ha cluster",
  goal: "for information",
  run({ nowMs }) {
    const session = boot(topologyByName("ha") as Topology, false);
    const { world } = session;
    const timed = (work: () => void) => {
      const startMs = nowMs();
      work();
      return (nowMs() - startMs).toFixed(1);
    };
    let last = takeCheckpoint(world);
    const whole = timed(() => {
      last = takeCheckpoint(world);
    });
    session.advance(session.nowUs + SECOND_US);
    const next = timed(() => takeCheckpoint(world, last));
    const firstHash = timed(() => worldHash(world));
    session.advance(session.nowUs + SECOND_US);
    const nextHash = timed(() => worldHash(world));
    return {
      reached: `checkpoint ${whole} ms, one second after another ${next} ms; hash ${firstHash} ms, again ${nextHash} ms`,
      held: true,
    };
  },
};

export default [thousandPods, linearGrowth, memory, idle(false), idle(true), rewind, checkpoints];
