import { formatSelector, type Labels, matchesSelector, parseSelector } from "../../../sim/api/labels.ts";
import { expectSame, type Suite } from "../suite.ts";
import { answerOrError } from "./answer-or-error.ts";

export const labelSelector: Suite = {
  name: "label-selector",
  run: (recorded) =>
    answerOrError(recorded, () => {
      const selector = parseSelector(recorded.selector as string);
      if (recorded.op === "parse") return expectSame(formatSelector(selector), recorded.canonical);
      return expectSame(matchesSelector(selector, recorded.labels as Labels), recorded.expect);
    }),
};
