import { describe, expect, it } from "vitest";
import { runChaos } from "./testing/chaos.ts";
import { type Topology, topologyByName } from "./topology.ts";

const SECONDS = 120;

describe("A cluster under random faults keeps its promises and recovers", () => {
  it.each([
    ["single", [1, 2, 3, 4]],
    ["basic", [5, 6, 7, 8, 9, 10, 11, 12]],
    ["ha", [13, 14, 15, 16, 17, 18, 19, 20]],
  ])(
    "%s",
    (name, seeds) => {
      for (const seed of seeds) {
        const { story } = runChaos(topologyByName(name) as Topology, seed, SECONDS);
        expect(story.length).toBeGreaterThan(10);
      }
    },
    120_000,
  );
});
