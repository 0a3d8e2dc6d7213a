import { describe, expect, it } from "vitest";
import type { ApiObject } from "../api/object.ts";
import { crash } from "../kernel/control.ts";
import type { Component } from "../kernel/types.ts";
import {
  createExpectations,
  creationObserved,
  deletionObserved,
  EXPECTATION_TIMEOUT_US,
  expectationsSatisfied,
  setExpectations,
} from "./expectations.ts";
import { createLeaderElection, newIdentity, startLeaderElection } from "./leader-election.ts";
import {
  clientOf,
  createMachinery,
  emitEvent,
  informerOf,
  type Machinery,
  type MachineryTimer,
  machineryStep,
  startInformers,
} from "./machinery.ts";
import { createRequest, deleteRequest, updateRequest } from "./requests.ts";
import { PODS } from "./resources.ts";
import { countByIndex } from "./store.ts";
import { ask, fakeApi, logOf, pass, smallWorld, stateOf, stored, TEST_KUBECONFIG } from "./testing/small-world.ts";
import { createTokenBucket, reserveToken, tryTakeToken } from "./token-bucket.ts";
import { addKey, createWorkQueue, finishKey, queueLength, takeKey } from "./work-queue.ts";

interface WatcherState {
  readonly machinery: Machinery;
  readonly seen: string[];
}

const watcher: Component<WatcherState, MachineryTimer> = {
  kind: "watcher",
  start(context, args) {
    const options = args as { election?: boolean };
    const machinery = createMachinery({
      kubeconfig: TEST_KUBECONFIG,
      client: { userAgent: "watcher", qps: 0, burst: 0 },
      informers: [{ resource: PODS, indexes: ["nodeName", "namespace"] }],
      recorders: [{ component: "watcher" }],
      ...(options.election
        ? { election: createLeaderElection({ name: "watcher", identity: newIdentity(context) }) }
        : {}),
    });
    startInformers(machinery, context);
    if (machinery.election !== null) startLeaderElection(machinery.election, clientOf(machinery), context);
    return { machinery, seen: [] };
  },
  step(state, message, context) {
    for (const outcome of machineryStep(state.machinery, message, context) ?? []) {
      if (outcome.type === "deltas") {
        for (const delta of outcome.deltas) {
          state.seen.push(`${delta.type} ${delta.object.metadata?.name}`);
          emitEvent(state.machinery, "watcher", context, {
            object: { apiVersion: "v1", kind: "Node", name: "n" },
            type: "Normal",
            reason: "Seen",
            message: `Saw a ${delta.type}`,
          });
        }
      } else if (outcome.type === "leaderChanged") {
        state.seen.push(`leader ${outcome.identity === state.machinery.election?.identity ? "me" : "other"}`);
      } else {
        state.seen.push(outcome.type);
        if (outcome.type === "leadershipLost") context.exit(1);
      }
    }
  },
};

const code = [watcher as unknown as Component<never, never>];

function pod(name: string, nodeName?: string): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "default", name },
    spec: nodeName ? { nodeName } : {},
  };
}

describe("informers", () => {
  it("list, then watch, and keep indexes", () => {
    const world = smallWorld({
      components: code,
      processes: [{ name: "w", kind: "watcher", args: {} }],
      objects: { pods: [pod("a", "n1"), pod("b")] },
    });
    pass(world, 1);
    const state = stateOf<WatcherState>(world, "w");
    expect(state.seen).toEqual(["added a", "added b", "synced"]);
    ask(world, createRequest(PODS, pod("c", "n1")));
    ask(world, updateRequest(PODS, pod("b", "n1")));
    ask(world, deleteRequest(PODS, "default", "a", { gracePeriodSeconds: 0 }));
    pass(world, 1);
    expect(state.seen.slice(3)).toEqual(["added c", "updated b", "deleted a"]);
    const { store } = informerOf(state.machinery, "pods");
    expect(countByIndex(store, "nodeName", "n1")).toBe(2);
    expect(countByIndex(store, "namespace", "default")).toBe(2);
  });

  it("list anew when their resource version is too old, and tell only of what changed meanwhile", () => {
    const world = smallWorld({
      components: code,
      processes: [{ name: "w", kind: "watcher", args: {} }],
      objects: { pods: [pod("a"), pod("b")] },
    });
    pass(world, 1);
    world.input("api", { expire: true });
    ask(world, deleteRequest(PODS, "default", "a"));
    ask(world, createRequest(PODS, pod("c")));
    pass(world, 5);
    const state = stateOf<WatcherState>(world, "w");
    expect(state.seen.slice(3)).toEqual(["added c", "deleted a"]);
    expect(informerOf(state.machinery, "pods").phase).toBe("watching");
  });

  it("log what failed and go on when the API server is back", () => {
    const world = smallWorld({
      components: code,
      processes: [{ name: "w", kind: "watcher", args: {} }],
      objects: { pods: [pod("a")] },
    });
    pass(world, 1);
    crash(world, "api");
    pass(world, 40);
    const state = stateOf<WatcherState>(world, "w");
    expect(state.seen).toEqual(["added a", "synced"]);
    expect(informerOf(state.machinery, "pods").phase).toBe("backingOff");
  });
});

describe("events", () => {
  it("count up instead of piling up, and stop after a burst of 25", () => {
    const world = smallWorld({ components: code, processes: [{ name: "w", kind: "watcher", args: {} }] });
    pass(world, 1);
    for (let i = 0; i < 30; i++) ask(world, createRequest(PODS, pod(`p${i}`)));
    pass(world, 1);
    const events = [...stored(world, "events").values()];
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      count: 25,
      reason: "Seen",
      message: "Saw a added",
      source: { component: "watcher" },
    });
    expect(events[0]?.metadata?.name).toMatch(/^n\.[0-9a-f]{16}$/);
  });
});

describe("leader election", () => {
  const processes = [
    { name: "one", kind: "watcher", args: { election: true } },
    { name: "two", kind: "watcher", args: { election: true } },
  ];

  it("has one leader, and a standby that takes over 15 seconds after the last renewal that it saw", () => {
    const world = smallWorld({ components: code, processes });
    pass(world, 10);
    const one = stateOf<WatcherState>(world, "one");
    const two = stateOf<WatcherState>(world, "two");
    const roles = [one, two].map((state) => state.machinery.election?.role).sort();
    expect(roles).toEqual(["candidate", "leader"]);
    const leader = one.machinery.election?.role === "leader" ? "one" : "two";
    const standby = leader === "one" ? two : one;
    crash(world, leader);
    pass(world, 12);
    expect(standby.machinery.election?.role).toBe("candidate");
    pass(world, 9);
    expect(standby.machinery.election?.role).toBe("leader");
    const lease = stored(world, "coordination.k8s.io/leases").get("kube-system/watcher");
    expect(lease?.spec).toMatchObject({ leaseTransitions: 1, holderIdentity: standby.machinery.election?.identity });
  });

  it("ends the leader that cannot renew for 10 seconds", () => {
    const world = smallWorld({ components: code, processes: processes.slice(0, 1) });
    pass(world, 5);
    fakeApi(world).refusals.set("PUT leases", { code: 500, reason: "InternalError", message: "etcdserver: no leader" });
    pass(world, 13);
    expect(world.state.names.has("one")).toBe(false);
    const log = logOf(world, "one");
    expect(log.some((line) => line.endsWith("successfully acquired lease kube-system/watcher"))).toBe(true);
    expect(log.at(-1)).toMatch(/^I1120 09:00:1\d\.\d{6} {7}1 leaderelection.go:297\] failed to renew lease/);
  });
});

describe("the rate limit", () => {
  it("lets a burst pass at once and then one token every interval", () => {
    const bucket = createTokenBucket(20, 3);
    const waits = [0, 1, 2, 3, 4].map(() => reserveToken(bucket, 1_000_000));
    expect(waits).toEqual([0, 0, 0, 50_000, 100_000]);
    expect(reserveToken(bucket, 10_000_000)).toBe(0);
  });

  it("refuses without a reservation when the bucket is empty", () => {
    const bucket = createTokenBucket(1 / 300, 2);
    expect([1, 2, 3].map(() => tryTakeToken(bucket, 5))).toEqual([true, true, false]);
    expect(tryTakeToken(bucket, 300_000_005)).toBe(true);
  });
});

describe("expectations", () => {
  it("hold a key until creations and deletions were seen, each deletion once, or 5 minutes passed", () => {
    const expectations = createExpectations();
    expect(expectationsSatisfied(expectations, "k", 0)).toBe(true);
    setExpectations(expectations, "k", 1, ["a", "b"], 0);
    creationObserved(expectations, "k");
    deletionObserved(expectations, "k", "a");
    deletionObserved(expectations, "k", "a");
    expect(expectationsSatisfied(expectations, "k", 1)).toBe(false);
    expect(expectationsSatisfied(expectations, "k", EXPECTATION_TIMEOUT_US + 1)).toBe(true);
    deletionObserved(expectations, "k", "b");
    expect(expectationsSatisfied(expectations, "k", 1)).toBe(true);
  });
});

describe("the work queue", () => {
  const cause = { trace: 1, span: 1 };

  it("holds a key once, and gives it out again when it was added while being worked on", () => {
    const queue = createWorkQueue("q");
    addKey(queue, "a", cause);
    addKey(queue, "a", { trace: 2, span: 3 });
    addKey(queue, "b", cause);
    expect(takeKey(queue)).toEqual({ key: "a", causes: [cause, { trace: 2, span: 3 }] });
    addKey(queue, "a", cause);
    expect(takeKey(queue)?.key).toBe("b");
    expect(takeKey(queue)).toBeNull();
    finishKey(queue, "a");
    expect(takeKey(queue)?.key).toBe("a");
  });

  it("keeps the order of thousands of keys", () => {
    const queue = createWorkQueue("q");
    for (let i = 0; i < 5000; i++) addKey(queue, `k${i}`, cause);
    for (let i = 0; i < 5000; i++) {
      expect(takeKey(queue)?.key).toBe(`k${i}`);
      finishKey(queue, `k${i}`);
    }
    expect(queueLength(queue)).toBe(0);
  });
});
