import { expect, test } from "vitest";
import { fieldsOfNew } from "../managed-fields/new-object.ts";
import { type StructType, schemaOf } from "../schema/schema.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { applyStrategicPatch } from "./strategic.ts";
import { createTwoWayStrategicPatch } from "./three-way.ts";

/** A request may be 3 MiB long: what it costs grows with its length, not with the square of it. */
const COUNT = 40_000;
const QUICK = { timeout: 4_000 };
const SCHEMA = schemaOf("v1", "Pod") as StructType;

function podWith(env: readonly unknown[]) {
  return { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a", env }] } };
}

const variables = (from: number) =>
  Array.from({ length: COUNT }, (_, index) => ({ name: `V${from + index}`, value: `${from}` }));

function envOf(pod: unknown): readonly { readonly name: string; readonly value: string }[] {
  return (pod as ReturnType<typeof podWith>).spec.containers[0]!.env as ReturnType<typeof envOf>;
}

test("a strategic patch of a long keyed list", QUICK, () => {
  const merged = applyStrategicPatch(podWith(variables(0)), podWith(variables(COUNT / 2)), SCHEMA);
  expect(envOf(merged)).toHaveLength(COUNT * 1.5);
  const deletions = variables(0).map(({ name }) => ({ name, $patch: "delete" }));
  expect(envOf(applyStrategicPatch(merged, podWith(deletions), SCHEMA))).toHaveLength(COUNT / 2);
});

test("what differs between long keyed lists", QUICK, () => {
  const [before, after] = [podWith(variables(0)), podWith(variables(COUNT / 2))];
  const patch = createTwoWayStrategicPatch(before, after, SCHEMA);
  expect(envOf(applyStrategicPatch(before, patch, SCHEMA))).toEqual(envOf(after));
});

test("many operations on a long list, copies among them", QUICK, () => {
  const operations = Array.from({ length: 10_000 }, (_, index) =>
    index % 2 === 0
      ? { op: "copy", from: "/list/0", path: "/list/1" }
      : { op: "replace", path: "/list/2", value: index },
  );
  const list = Array.from({ length: 200_000 }, () => 0);
  const patched = applyJsonPatch({ list }, operations) as { readonly list: readonly number[] };
  expect(patched.list).toHaveLength(205_000);
});

test("copies of what is changed afterwards are apart", QUICK, () => {
  const operations = [
    { op: "add", path: "/a/b/c", value: 1 },
    { op: "copy", from: "/a", path: "/d" },
    { op: "add", path: "/a/b/c", value: 2 },
    { op: "add", path: "/d/b/e", value: 3 },
  ];
  expect(applyJsonPatch({ a: { b: {} } }, operations)).toEqual({ a: { b: { c: 2 } }, d: { b: { c: 1, e: 3 } } });
});

test("the fields of a new object with a long list", QUICK, () => {
  const fields = fieldsOfNew(podWith(variables(0)), SCHEMA);
  expect(JSON.stringify(fields)).toContain(`k:{\\"name\\":\\"V${COUNT - 1}\\"}`);
});

test("copies into themselves get no deeper than can be read", () => {
  const operations = Array.from({ length: 12 }, (_, index) => ({
    op: "copy",
    from: "/a",
    path: `${"/a".repeat(1 << index)}/a`,
  }));
  expect(() => applyJsonPatch({ a: {} }, operations)).toThrow("exceeded max depth");
});
