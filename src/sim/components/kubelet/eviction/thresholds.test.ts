import { describe, expect, it } from "vitest";
import { type EvictionConfig, parseThresholds } from "./thresholds.ts";

const SIGNAL = "memory.available";
const NOTHING: EvictionConfig = { enforceAllocatable: [], hard: {}, soft: {}, softGracePeriods: {}, minReclaim: {} };

const hard = (text: string) => parseThresholds({ ...NOTHING, hard: { [SIGNAL]: text } }).length;
const reclaim = (text: string) =>
  parseThresholds({ ...NOTHING, hard: { [SIGNAL]: "10%" }, minReclaim: { [SIGNAL]: text } })[0]?.minReclaim;

describe("thresholds of eviction", () => {
  it("are of something, or off", () => {
    expect(["10%", "99.5%", "1Gi", "0%", "100%"].map(hard)).toEqual([1, 1, 1, 0, 0]);
    for (const wrong of ["-1%", "101%", "0", "-1Gi", "x%"]) expect(() => hard(wrong), wrong).toThrow();
  });

  it("ask something back, all of it too", () => {
    expect(["10%", "100%", "1Gi", "0"].map(reclaim)).toEqual([
      { percentage: 0.1 },
      { percentage: 1 },
      { quantity: "1Gi" },
      { quantity: "0" },
    ]);
    for (const wrong of ["0%", "-1%", "-1Gi"]) expect(() => reclaim(wrong), wrong).toThrow();
  });
});
