import { expect, it } from "vitest";
import { sharing } from "./equal.ts";
import { deepFreeze } from "./object.ts";

const before = deepFreeze({
  metadata: { name: "web", labels: { a: "b" } },
  spec: { ports: [1, 2] },
  status: { ready: 1 },
});

/** The same again, nothing of it shared. */
function another<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

it("shares with the version before what did not change", () => {
  const next = sharing(another({ ...before, status: { ready: 2 } }), before);
  expect(next).toEqual({ ...before, status: { ready: 2 } });
  expect(next.metadata).toBe(before.metadata);
  expect(next.spec).toBe(before.spec);
});

it("is the version before when nothing changed", () => {
  expect(sharing(another(before), before)).toBe(before);
  expect(
    sharing(another({ ...before, status: undefined }), { ...before, status: undefined, more: 1 }),
  ).not.toHaveProperty("more");
});

it("copies what is frozen", () => {
  const next = deepFreeze({ ...another(before), spec: { ports: [1, 2, 3] } });
  const shared = sharing(next, before);
  expect(shared).toEqual(next);
  expect(shared.metadata).toBe(before.metadata);
  expect(next.metadata).not.toBe(before.metadata);
});

it("minds the order of fields where that is asked for", () => {
  const next = { a: { c: 2, b: 1 }, d: [{ e: 1 }] };
  const other = deepFreeze({ a: { b: 1, c: 2 }, d: [{ e: 1 }] });
  const shared = sharing(another(next), other, "in order");
  expect(JSON.stringify(shared)).toBe(JSON.stringify(next));
  expect(shared.d).toBe(other.d);
  expect(sharing(another(next), other)).toBe(other);
});
