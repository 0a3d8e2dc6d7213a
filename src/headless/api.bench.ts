// The promises about the API server: writes through the whole chain, long lists, many watchers. Requests come as people
// send them, as HTTP from the laptop, so reading and writing of JSON is in the figures.
import { KUBECONFIG } from "../session/doors.ts";
import { bootUntilReady } from "../session/host.ts";
import { Session } from "../session/session.ts";
import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import { layOut } from "../sim/cluster/layout.ts";
import { scaleTopology } from "../sim/cluster/topology.ts";
import type { Benchmark } from "./benchmark.ts";

const SEED = 1;
const STEP_US = 1_000;
const REQUEST_TIMEOUT_US = 60_000_000;

interface Cluster {
  readonly session: Session;
  readonly endpoint: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function boot(etcdMembers: 1 | 3): Cluster {
  const topology = scaleTopology(1, etcdMembers, 1);
  const session = new Session(CLUSTER_CODE, topology, SEED);
  session.world.observer = null;
  bootUntilReady(session);
  return { session, endpoint: layOut(topology).endpoint };
}

function send(
  { session, endpoint }: Cluster,
  method: string,
  path: string,
  body: string,
  accept: string,
  answered: (answer: Answer) => void,
): void {
  const headers = Object.freeze({ "content-type": "application/json", accept });
  session.open(
    "laptop",
    {
      type: "request",
      to: endpoint,
      body: Object.freeze({ type: "http", method, path, headers, body }),
      timeoutUs: REQUEST_TIMEOUT_US,
      certificate: KUBECONFIG,
      label: "",
    },
    {
      answer: (answer) => answered(answer as Answer),
      end: (error) => {
        throw new Error(`${method} ${path}: ${error?.text ?? "no answer"}`);
      },
    },
  );
}

/** Lets time pass until `done`; what a session remembers of its inputs is not the world's to pay for. */
function until(session: Session, done: () => boolean): void {
  while (!done()) session.advance(session.nowUs + STEP_US);
}

interface Object {
  readonly path: string;
  readonly body: string;
}

function configMap(index: number): Object {
  return {
    path: "/api/v1/namespaces/default/configmaps",
    body: JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `settings-${index}`, labels: { app: "web" } },
      data: { "log-level": "info", index: String(index) },
    }),
  };
}

/** A pod that no scheduler takes. */
function podOfNobody(index: number): Object {
  return {
    path: "/api/v1/namespaces/default/pods",
    body: JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `web-${index}`, labels: { app: "web" } },
      spec: { schedulerName: "nobody", containers: [{ name: "web", image: "nginx:1.27" }] },
    }),
  };
}

/** Creates objects with numbers `from` to `to`, so many at a time. Gives each request's virtual time, in order of answer. */
function create(
  cluster: Cluster,
  make: (index: number) => Object,
  from: number,
  to: number,
  inFlight: number,
): number[] {
  const { session } = cluster;
  const tookUs: number[] = [];
  let next = from;
  const one = () => {
    const { path, body } = make(next);
    next += 1;
    const sentAtUs = session.nowUs;
    send(cluster, "POST", path, body, "application/json", ({ status, body: text }) => {
      if (status !== 201) throw new Error(text);
      tookUs.push(session.nowUs - sentAtUs);
      if (next < to) one();
    });
  };
  while (next < Math.min(to, from + inFlight)) one();
  until(session, () => tookUs.length === to - from);
  return tookUs;
}

function percentile(sorted: readonly number[], share: number): string {
  return `${((sorted[Math.floor(sorted.length * share)] ?? 0) / 1000).toFixed(1)} ms`;
}

const WRITES = 10_000;
const IN_FLIGHT = 100;

function writes(etcdMembers: 1 | 3, goal: number): Benchmark {
  return {
    name: `kube-apiserver: object writes with ${etcdMembers} etcd member${etcdMembers > 1 ? "s" : ""}`,
    goal: `>= ${goal.toLocaleString("en")} writes/s of wall time through the whole chain`,
    run({ nowMs }) {
      const cluster = boot(etcdMembers);
      create(cluster, configMap, 0, WRITES, IN_FLIGHT);
      const measure = (from: number) => {
        const startMs = nowMs();
        const tookUs = create(cluster, configMap, from, from + WRITES, IN_FLIGHT).sort((a, b) => a - b);
        return { perSecond: (WRITES / (nowMs() - startMs)) * 1000, tookUs };
      };
      const { perSecond, tookUs } = measure(WRITES);
      create(cluster, configMap, 2 * WRITES, 10 * WRITES, IN_FLIGHT);
      const later = measure(10 * WRITES);
      return {
        reached: `${Math.round(perSecond).toLocaleString("en")} writes/s`,
        held: perSecond >= goal,
        notes: [
          `${IN_FLIGHT} requests at a time, virtual time of one: p50 ${percentile(tookUs, 0.5)}, p99 ${percentile(tookUs, 0.99)}`,
          `a write with ten times as many objects stored takes ${(perSecond / later.perSecond).toFixed(2)} times as long`,
        ],
      };
    },
  };
}

const longList: Benchmark = {
  name: "kube-apiserver: list of 10,000 pods as a Table",
  goal: "<= 60 ms",
  run({ nowMs }) {
    const cluster = boot(1);
    const { session } = cluster;
    const list = () => {
      let answer: Answer | null = null;
      const path = "/api/v1/namespaces/default/pods";
      const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
      const startMs = nowMs();
      send(cluster, "GET", path, "", accept, (given) => {
        answer = given;
      });
      until(session, () => answer !== null);
      return { tookMs: nowMs() - startMs, bytes: (answer as Answer | null)?.body.length ?? 0 };
    };
    const best = () => [0, 1, 2, 3, 4].map(list).sort((a, b) => a.tookMs - b.tookMs)[0]!;
    create(cluster, podOfNobody, 0, 1_000, IN_FLIGHT);
    const short = best();
    create(cluster, podOfNobody, 1_000, 10_000, IN_FLIGHT);
    const long = best();
    return {
      reached: `${long.tookMs.toFixed(1)} ms`,
      held: long.tookMs <= 60,
      notes: [
        `${(long.bytes / 1e6).toFixed(1)} MB of JSON; best of 5`,
        `${(long.tookMs / short.tookMs).toFixed(1)} times as long as a list of 1,000 (${short.tookMs.toFixed(1)} ms)`,
      ],
    };
  },
};

const fanOut: Benchmark = {
  name: "kube-apiserver: watch events to 1,000 watchers",
  goal: "per event no dearer than 1.5 times that with 100 watchers",
  run({ nowMs }) {
    const perEvent = (watchers: number, objects: number) => {
      const cluster = boot(1);
      const { session, endpoint } = cluster;
      let frames = 0;
      const path = "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=0";
      const body = Object.freeze({
        type: "http",
        method: "GET",
        path,
        headers: Object.freeze({ accept: "application/json" }),
        body: "",
      });
      for (let index = 0; index < watchers; index += 1) {
        session.open(
          "laptop",
          { type: "stream", to: endpoint, body, timeoutUs: REQUEST_TIMEOUT_US, certificate: KUBECONFIG, label: "" },
          { frame: () => (frames += 1), end: () => undefined },
        );
      }
      session.advance(session.nowUs + 1_000_000);
      frames = 0;
      const startMs = nowMs();
      create(cluster, configMap, 0, objects, 1);
      until(session, () => frames >= watchers * objects);
      return ((nowMs() - startMs) / (watchers * objects)) * 1000;
    };
    perEvent(100, 500);
    const [few, many] = [perEvent(100, 1_000), perEvent(1_000, 100)];
    return {
      reached: `${(1_000_000 / many).toFixed(0)} events/s delivered`,
      held: many <= 1.5 * few,
      notes: [`${many.toFixed(2)} us an event, ${(many / few).toFixed(2)} times that with 100 watchers`],
    };
  },
};

export default [writes(1, 20_000), writes(3, 8_000), longList, fanOut];
