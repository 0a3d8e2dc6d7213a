import { expect, it } from "vitest";
import type { BranchView } from "../../../protocol/views.ts";
import { branchRows, shareOfTime, spanOf, timeOfShare } from "./timeline-scale.ts";

const branch = (id: string, parent: string | null, current = false): BranchView => ({
  id,
  name: id,
  parent,
  forkedAtUs: 0,
  endUs: 50_000_000,
  current,
});

it("spans from the ready cluster to past the furthest known moment, growing in leaps", () => {
  const time = { nowUs: 30_000_000, readyUs: 10_000_000, branches: [], skips: [] };
  const span = spanOf(time);
  expect(span.startUs).toBe(10_000_000);
  expect(span.endUs).toBeGreaterThan(30_000_000);
  expect(spanOf({ ...time, nowUs: 30_500_000 })).toEqual(span);
});

it("share and time lead to each other", () => {
  const span = { startUs: 10, endUs: 110 };
  expect(timeOfShare(span, shareOfTime(span, 60))).toBe(60);
  expect(shareOfTime(span, 0)).toBe(0);
  expect(shareOfTime(span, 1000)).toBe(1);
});

it("draws branches under their parents, the current one being the line itself", () => {
  const rows = branchRows([branch("main", null), branch("b", "main", true), branch("c", "main"), branch("d", "b")]);
  expect(rows.map(({ id }) => id)).toEqual(["main", "d", "c"]);
});
