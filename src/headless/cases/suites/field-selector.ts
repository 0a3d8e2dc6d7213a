import { formatFieldSelector, matchesFields, parseFieldSelector } from "../../../sim/api/fields.ts";
import { expectSame, type Suite } from "../suite.ts";
import { answerOrError } from "./answer-or-error.ts";

export const fieldSelector: Suite = {
  name: "field-selector",
  run: (recorded) =>
    answerOrError(recorded, () => {
      const selector = parseFieldSelector(recorded.selector as string);
      if (recorded.op === "parse") return expectSame(formatFieldSelector(selector), recorded.canonical);
      const fields = recorded.fields as Readonly<Record<string, string>>;
      return expectSame(
        matchesFields(selector, (name) => fields[name]),
        recorded.expect,
      );
    }),
};
