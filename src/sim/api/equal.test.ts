import { expect, it } from "vitest";
import { copyState } from "../kernel/copy.ts";
import { sharing } from "./equal.ts";
import { deepFreeze } from "./object.ts";

const before = deepFreeze({
  metadata: { name: "web", labels: { a: "b" } },
  spec: { ports: [1, 2] },
  status: { ready: 1 },
});

it("shares with the version before what did not change", () => {
  const next = sharing(copyState({ ...before, status: { ready: 2 } }), before);
  expect(next).toEqual({ ...before, status: { ready: 2 } });
  expect(next.metadata).toBe(before.metadata);
  expect(next.spec).toBe(before.spec);
});

it("is the version before when nothing changed", () => {
  expect(sharing(copyState(before), before)).toBe(before);
  expect(
    sharing(copyState({ ...before, status: undefined }), { ...before, status: undefined, more: 1 }),
  ).not.toHaveProperty("more");
});

it("copies what is frozen", () => {
  const next = deepFreeze({ ...copyState(before), spec: { ports: [1, 2, 3] } });
  const shared = sharing(next, before);
  expect(shared).toEqual(next);
  expect(shared.metadata).toBe(before.metadata);
  expect(next.metadata).not.toBe(before.metadata);
});
