import { expect, it } from "vitest";
import { excessTerminated } from "./doomed.ts";

const PODS = ["Failed", "Succeeded", "Running", "Failed"].map((phase, index) => ({
  metadata: { name: `${index}`, creationTimestamp: `2026-11-20T09:0${index}:00Z` },
  status: { phase, ...(index === 3 ? { reason: "Evicted" } : {}) },
}));

it.each([
  [0, []],
  [1, ["3", "0"]],
  [2, ["3"]],
  [3, []],
])("with a threshold of %i the finished pods %j are too many", (threshold, names) => {
  expect(excessTerminated(PODS, threshold).map(({ metadata }) => metadata?.name)).toEqual(names);
});
