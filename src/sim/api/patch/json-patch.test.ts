import { expect, it } from "vitest";
import { applyJsonPatch, type JsonPatchOperation } from "./json-patch.ts";

const POD = {
  metadata: { name: "p", labels: { "a/b": "1", "t~x": "2" }, finalizers: ["f", "g"] },
  spec: { containers: [{ name: "c", env: [] }] },
};

const patch = (...operations: JsonPatchOperation[]) => applyJsonPatch(POD, operations) as typeof POD;

/** Answers of the real library, asked by `kubectl patch --local --type=json`. */
it.each<[JsonPatchOperation, string]>([
  [{ op: "replace", path: "", value: {} }, "replace operation does not apply: doc is missing path: : missing value"],
  [
    { op: "add", path: "/spec/x/y", value: 1 },
    'add operation does not apply: doc is missing path: "/spec/x/y": missing value',
  ],
  [
    { op: "add", path: "/metadata/finalizers/x", value: 1 },
    `error in add for path: '/metadata/finalizers/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    { op: "replace", path: "/metadata/finalizers/9", value: 1 },
    "replace operation does not apply: doc is missing key: /metadata/finalizers/9: missing value",
  ],
  [
    { op: "move", from: "/metadata/labels/z", path: "/metadata/labels/y" },
    "error in move for path: 'z': Unable to remove nonexistent key: z: missing value",
  ],
  [
    { op: "move", from: "/metadata/name", path: "/spec/x/y" },
    "move operation does not apply: doc is missing destination path: /spec/x/y: missing value",
  ],
  [
    { op: "copy", from: "/metadata/finalizers/nope", path: "/metadata/labels/y" },
    `error in copy for from: '/metadata/finalizers/nope': strconv.Atoi: parsing "nope": invalid syntax`,
  ],
  [
    { op: "copy", from: "/metadata/name/deeper", path: "/metadata/labels/y" },
    "copy operation does not apply: doc is missing from path: /metadata/name/deeper: missing value",
  ],
  [
    { op: "test", path: "/metadata/finalizers/9", value: null },
    "error in test for path: '/metadata/finalizers/9': Unable to access invalid index: 9: invalid index referenced",
  ],
  [{ op: "frobnicate", path: "/spec" }, "Unexpected kind: frobnicate"],
])("refuses %j", (operation, text) => {
  expect(() => patch(operation)).toThrow(new Error(text));
});

it("replaces what a record lacks, and counts from the end", () => {
  const patched = patch(
    { op: "replace", path: "/metadata/labels/new", value: "3" },
    { op: "replace", path: "/metadata/finalizers/-1", value: "h" },
    { op: "remove", path: "/metadata/labels/t~0x" },
  );
  expect(patched.metadata).toEqual({ name: "p", labels: { "a/b": "1", new: "3" }, finalizers: ["f", "h"] });
});

it("a copy is a thing of its own", () => {
  const patched = patch(
    { op: "copy", from: "/spec/containers/0", path: "/spec/containers/-" },
    { op: "replace", path: "/spec/containers/1/name", value: "d" },
    { op: "add", path: "/spec/containers/0/env/-", value: "e" },
  );
  expect(patched.spec.containers).toEqual([
    { name: "c", env: ["e"] },
    { name: "d", env: [] },
  ]);
  expect(POD.spec.containers).toEqual([{ name: "c", env: [] }]);
});

it("copies that double what is there forty times end at a limit", () => {
  const double = Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "/spec", path: `/spec/${index}` }));
  expect(() => patch(...double)).toThrow(
    /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  );
});
