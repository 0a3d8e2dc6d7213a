import { expectSame, fail, type Outcome, type RecordedCase } from "../suite.ts";

/** Runs a case that either has an answer or names the text of the `error` that must come. */
export function answerOrError(recorded: RecordedCase, answer: () => Outcome): Outcome {
  if (recorded.error === undefined) return answer();
  try {
    answer();
  } catch (error) {
    return expectSame((error as Error).message, recorded.error);
  }
  return fail(`it was accepted, expected the error ${recorded.error}`);
}
