import { describe, expect, it } from "vitest";
import { equalJson, semanticEqual } from "./equal.ts";

describe("equality of plain data", () => {
  it.each<[string, unknown, unknown, boolean, boolean]>([
    ["the order of keys does not count", { a: 1, b: 2 }, { b: 2, a: 1 }, true, true],
    ["undefined counts as absent", { a: 1, b: undefined }, { a: 1 }, true, true],
    ["absent on the left, too", { a: 1 }, { a: 1, b: undefined }, true, true],
    ["null is absent to the semantic one only", { a: null }, {}, false, true],
    ["a field more", { a: 1 }, { a: 1, b: 2 }, false, false],
    ["a list is no record", [], {}, false, false],
    ["a record is no list", {}, [], false, false],
    ["the order of a list counts", [1, 2], [2, 1], false, false],
    ["a list that goes on", [1], [1, 2], false, false],
    ["deep inside", { a: [{ b: "x" }] }, { a: [{ b: "y" }] }, false, false],
    ["text is no number", "1", 1, false, false],
  ])("%s", (_, a, b, json, semantic) => {
    expect(equalJson(a, b)).toBe(json);
    expect(semanticEqual(a, b)).toBe(semantic);
  });
});
