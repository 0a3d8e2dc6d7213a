import type { CaseFile, Outcome, RecordedCase, Suite } from "./suite.ts";
import { SUITES } from "./suites.ts";

export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly outcome: Outcome;
}

/** Puts every case of a file to its suite. Cases of a suite that the product does not have are skipped. */
export function runCases(file: CaseFile, suites: readonly Suite[] = SUITES): CaseResult[] {
  const suite = suites.find(({ name }) => name === file.suite);
  return file.cases.map((recorded) => ({
    suite: file.suite,
    name: recorded.name,
    outcome: suite ? runCase(suite, recorded) : { result: "skip", reason: `no suite "${file.suite}"` },
  }));
}

function runCase(suite: Suite, recorded: RecordedCase): Outcome {
  try {
    return suite.run(recorded);
  } catch (error) {
    return { result: "fail", difference: `threw ${error instanceof Error ? (error.stack ?? error.message) : error}` };
  }
}
