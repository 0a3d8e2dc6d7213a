import { type IntOrString, parseIntOrString, readIntOrPercent, scaledValue } from "../../../sim/api/intstr.ts";
import { allOf, expectSame, type Outcome, type RecordedCase, type Suite } from "../suite.ts";
import { answerOrError } from "./answer-or-error.ts";

function read(recorded: RecordedCase): Outcome {
  const { value, percent } = readIntOrPercent(recorded.value as IntOrString);
  return allOf(expectSame(value, recorded.expect), expectSame(percent, recorded.percent));
}

function scale(recorded: RecordedCase): Outcome {
  const { value, total, roundUp } = recorded as unknown as { value: IntOrString; total: number; roundUp: boolean };
  return expectSame(scaledValue(value, total, roundUp), recorded.expect);
}

export const intstr: Suite = {
  name: "intstr",
  run: (recorded) =>
    answerOrError(recorded, () => {
      if (recorded.op === "read") return read(recorded);
      if (recorded.op === "scale") return scale(recorded);
      return expectSame(parseIntOrString(recorded.input as string), recorded.expect);
    }),
};
