import { describe, expect, it } from "vitest";
import type { ViewUpdate } from "../../../protocol/updates.ts";
import { fakeCluster, fakePod } from "../testing/fake-cluster.ts";
import { applyList, applyUpdate, emptyCluster } from "./apply-update.ts";

const all = <T>(upsert: readonly T[]) => ({ remove: [], upsert });

function begun() {
  const { machines, components, pods, links } = fakeCluster("basic");
  const update: ViewUpdate = {
    reset: true,
    stage: {
      head: { topology: "basic", seed: 1, ready: true, faults: [] },
      machines: all(machines),
      components: all(components),
      pods: all(pods),
      links: all(links),
    },
    caption: { text: "ready", tone: "good" },
  };
  return applyUpdate(emptyCluster, update);
}

describe("applying a session's update to the page's copy", () => {
  it("answers the same map when a list did not change", () => {
    const before = new Map([["a", { id: "a" }]]);
    expect(applyList(before, undefined)).toBe(before);
    expect(applyList(before, { remove: [], upsert: [] })).toBe(before);
  });

  it("removes, changes in place and appends, in this order", () => {
    const before = new Map([
      ["a", { id: "a", n: 1 }],
      ["b", { id: "b", n: 1 }],
    ]);
    const after = applyList(before, {
      remove: ["a"],
      upsert: [
        { id: "b", n: 2 },
        { id: "c", n: 1 },
      ],
    });
    expect([...after.values()]).toEqual([
      { id: "b", n: 2 },
      { id: "c", n: 1 },
    ]);
    expect(before.size).toBe(2);
  });

  it("keeps what an update does not speak of", () => {
    const before = begun();
    const after = applyUpdate(before, { reset: false, caption: { text: "later", tone: "busy" } });
    expect(after.caption.text).toBe("later");
    expect(after.machines).toBe(before.machines);
    expect(after.pods).toBe(before.pods);
  });

  it("forgets everything on a reset, and says so by a new epoch", () => {
    const before = applyUpdate(begun(), { reset: false, stage: { pods: all([fakePod("web-1", "worker-1")]) } });
    const after = applyUpdate(before, { reset: true, stage: { pods: all([fakePod("db-0", "worker-2")]) } });
    expect([...after.pods.keys()]).toEqual(["default/db-0"]);
    expect(after.machines.size).toBe(0);
    expect(after.epoch).toBe(before.epoch + 1);
  });

  it("tells an inspector that was closed from one that did not change", () => {
    const before = begun();
    expect(applyUpdate(before, { reset: false, inspector: { value: null } }).inspector).toBeNull();
    expect(applyUpdate(before, { reset: false }).inspector).toBe(before.inspector);
  });
});
