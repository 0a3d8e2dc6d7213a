import { describe, expect, it } from "vitest";
import { deepFreeze } from "../../../api/object.ts";
import { copyState } from "../../../kernel/copy.ts";
import type { Node, Pod } from "../objects.ts";
import { snapshotOf } from "../snapshot.ts";
import { addNode, addPod, removeNode, removePod, type SchedulerCache, updateNode, updatePod } from "./cache.ts";
import { counterOf, countsIn, type PodQuery, podIndexOf, termsAbout } from "./pod-index.ts";
import { fewestPods, labelTopology } from "./topology.ts";

const ZONE = "zone";

function node(index: number, zone: string | undefined): Node {
  const labels: Record<string, string> = zone === undefined ? {} : { [ZONE]: zone };
  return deepFreeze({ apiVersion: "v1", kind: "Node", metadata: { name: `node-${index}`, labels } });
}

function pod(index: number, nodeIndex: number, app: string, hates: string | null): Pod {
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: ZONE, labelSelector: { matchLabels: { app: hates ?? "" } } },
    ],
  };
  const metadata = { name: `pod-${index}`, namespace: "default", uid: `uid-${index}`, labels: { app } };
  const spec = { nodeName: `node-${nodeIndex}`, ...(hates === null ? {} : { affinity: { podAntiAffinity } }) };
  return deepFreeze({ apiVersion: "v1", kind: "Pod", metadata, spec });
}

const queryOf = (app: string): PodQuery => ({
  key: app,
  pair: `app=${app}`,
  matches: ({ metadata }) => metadata.labels?.app === app,
});

const APPS = ["a", "b", "c"];
const ZONES = ["x", "y", "z", undefined];

/** All that the index says of one content of the cache. */
function answers(cache: SchedulerCache): unknown {
  const index = podIndexOf(cache);
  return APPS.map((app) => {
    const counter = counterOf(index, cache, queryOf(app));
    const counts = countsIn(index, counter, labelTopology(ZONE));
    const about = termsAbout(index, pod(0, 0, app, null)).map(({ kind, term, pods }) => [kind, term.key, sorted(pods)]);
    return {
      pods: sorted(counter.pods),
      zones: sorted(counts.pods),
      domains: sorted(counts.domains.nodes),
      fewest: fewestPods(counts, undefined),
      about: about.sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    };
  });
}

function sorted(map: ReadonlyMap<string, number>): unknown {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The same content in a cache that was never changed: its index is made at once. */
function fresh(cache: SchedulerCache): SchedulerCache {
  const pods: Pod[] = [];
  cache.pods.forEach((one) => {
    pods.push(one);
  });
  return snapshotOf([...cache.nodes.map((info) => info.node), ...pods]).cache;
}

/** A change drawn from `dice`. */
function change(cache: SchedulerCache, live: Map<number, Pod>, dice: (bound: number) => number): void {
  const at = dice(12);
  switch (dice(6)) {
    case 0:
      addNode(cache, node(dice(6), ZONES[dice(4)]));
      return;
    case 1:
      updateNode(cache, node(dice(6), ZONES[dice(4)]));
      return;
    case 2:
      removeNode(cache, `node-${dice(6)}`);
      return;
    case 3: {
      const known = live.get(at);
      if (known === undefined) return;
      live.delete(at);
      removePod(cache, known);
      return;
    }
    case 4: {
      const known = live.get(at);
      if (known === undefined) return;
      const labels = { app: APPS[dice(3)]! };
      const relabelled = deepFreeze({ ...known, metadata: { ...known.metadata, labels } });
      live.set(at, relabelled);
      updatePod(cache, relabelled);
      return;
    }
    default: {
      if (live.has(at)) return;
      const hates = dice(2) === 0 ? null : APPS[dice(3)]!;
      const added = pod(at, dice(6), APPS[dice(3)]!, hates);
      live.set(at, added);
      addPod(cache, added);
    }
  }
}

function diceOf(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

describe("the index over pods", () => {
  it("says after any changes what one that was made anew says", () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const dice = diceOf(seed);
      const { cache } = snapshotOf([]);
      const live = new Map<number, Pod>();
      for (let step = 0; step < 120; step += 1) {
        change(cache, live, dice);
        if (dice(3) === 0) expect(answers(cache)).toEqual(answers(fresh(cache)));
      }
    }
  });

  it("is right on both sides when time went back and took another way", () => {
    const dice = diceOf(7);
    const { cache } = snapshotOf([]);
    const live = new Map<number, Pod>();
    for (let step = 0; step < 60; step += 1) change(cache, live, dice);
    const earlier = copyState(cache);
    const liveEarlier = new Map(live);
    answers(cache);
    for (let step = 0; step < 40; step += 1) change(cache, live, dice);
    expect(answers(cache)).toEqual(answers(fresh(cache)));
    for (let step = 0; step < 40; step += 1) change(earlier, liveEarlier, dice);
    expect(answers(earlier)).toEqual(answers(fresh(earlier)));
    expect(answers(cache)).toEqual(answers(fresh(cache)));
  });
});
