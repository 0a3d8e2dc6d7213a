import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCaseFile } from "./read-case-file.ts";
import { runCases } from "./run-cases.ts";

const folder = join(import.meta.dirname, "testdata");

describe("recorded cases", () => {
  for (const file of readdirSync(folder).sort()) {
    it(`of ${file.replace(/\.json(\.gz)?$/, "")} give the recorded answers`, () => {
      const failures = runCases(readCaseFile(join(folder, file))).flatMap(({ name, outcome }) =>
        outcome.result === "fail" ? [`${name}: ${outcome.difference}`] : [],
      );
      expect(failures).toEqual([]);
    });
  }
});
