import { describe, expect, it } from "vitest";
import { unifiedDiff } from "./unified-diff.ts";

const lines = (...all: readonly string[]) => `${all.join("\n")}\n`;
const letters = "abcdefghijklmnopqrstuvwxyz".split("");

describe("unifiedDiff prints what diff -u prints", () => {
  it.each([
    ["equal texts: nothing", lines("a"), lines("a"), null],
    ["a new file", "", lines("a", "b"), "@@ -0,0 +1,2 @@\n+a\n+b\n"],
    [
      "one line of many",
      lines(...letters),
      lines(...letters.with(9, "J")),
      "@@ -7,7 +7,7 @@\n g\n h\n i\n-j\n+J\n k\n l\n m\n",
    ],
    [
      "changes far apart: two hunks",
      lines(...letters),
      lines(...letters.with(0, "A").with(25, "Z")),
      "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -23,4 +23,4 @@\n w\n x\n y\n-z\n+Z\n",
    ],
    [
      "what goes stands before what comes",
      lines("a", "b", "c"),
      lines("x", "y", "c"),
      "@@ -1,3 +1,3 @@\n-a\n-b\n+x\n+y\n c\n",
    ],
    ["a line in between", lines("a", "c"), lines("a", "b", "c"), "@@ -1,2 +1,3 @@\n a\n+b\n c\n"],
    ["a single line", lines("a"), lines("b"), "@@ -1 +1 @@\n-a\n+b\n"],
  ])("%s", (_name, before, after, wanted) => {
    const head = "--- LIVE\n+++ MERGED\n";
    expect(unifiedDiff(before, after, ["LIVE", "MERGED"])).toBe(wanted === null ? null : `${head}${wanted}`);
  });
});
