import { type Outcome, PASS, type RecordedCase, skip } from "../suite.ts";

/** How one question of a suite is put to the product. */
export type Answer<Input> = (input: Input, expected: Readonly<Record<string, unknown>>) => Outcome;

/** Finds the case's question among `answers`; `expect.error` means that the input must be refused, in whatever words. */
export function ask<Input>(answers: Readonly<Record<string, Answer<Input>>>, recorded: RecordedCase): Outcome {
  const found = answers[String(recorded.ask)];
  if (found === undefined) return skip(`question "${String(recorded.ask)}"`);
  const expected = recorded.expect as Readonly<Record<string, unknown>>;
  if (expected.error !== true) return found(recorded.input as Input, expected);
  try {
    found(recorded.input as Input, expected);
  } catch {
    return PASS;
  }
  return { result: "fail", difference: "was not refused" };
}
