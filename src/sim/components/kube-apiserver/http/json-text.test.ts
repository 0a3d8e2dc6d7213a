import { expect, it } from "vitest";
import { deepFreeze } from "../../../api/object.ts";
import { jsonText } from "./json-text.ts";

const metadata = deepFreeze({ name: "a", labels: { 'odd"key': "\u2028" }, gone: undefined });
const partial = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };

it.each([
  ["nothing", null],
  ["a plain object", { kind: "Pod", metadata }],
  ["an empty table", { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata: {}, columnDefinitions: [], rows: [] }],
  [
    "a table",
    { kind: "Table", columnDefinitions: [{ name: "Name" }], rows: [{ cells: ["a", 1, null], object: partial }] },
  ],
  ["a table of the same again", { kind: "Table", columnDefinitions: [], rows: [{ cells: ["b"], object: partial }] }],
  ["a table without objects", { kind: "Table", columnDefinitions: [], rows: [{ cells: ["a"] }] }],
  [
    "a table of whole objects",
    { kind: "Table", columnDefinitions: [], rows: [{ cells: ["a"], object: { kind: "Pod", metadata } }] },
  ],
])("writes %s as JSON.stringify does", (_name, answer) => {
  expect(jsonText(answer)).toBe(JSON.stringify(answer));
});
