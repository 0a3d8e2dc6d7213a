import { expect, test } from "vitest";
import { runSwarm } from "./swarm.ts";

test("Raft's promises hold over 500 clusters under random faults", () => {
  const result = runSwarm(Array.from({ length: 500 }, (_none, index) => index + 1));
  expect(result.elections).toBeGreaterThan(500);
  expect(result.committed).toBeGreaterThan(10_000);
  expect(result.snapshots).toBeGreaterThan(100);
  expect(result.changes).toBeGreaterThan(2_000);
  expect(result.reads).toBeGreaterThan(10_000);
});
