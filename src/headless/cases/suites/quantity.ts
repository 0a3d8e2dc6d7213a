import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  subtractQuantities,
} from "../../../sim/api/quantity.ts";
import { allOf, expectSame, type Suite } from "../suite.ts";
import { answerOrError } from "./answer-or-error.ts";

export const quantity: Suite = {
  name: "quantity",
  run: (recorded) =>
    answerOrError(recorded, () => {
      const { op, input, a, b, canonical } = recorded as unknown as Record<string, string>;
      if (op === "parse") {
        const printed = formatQuantity(parseQuantity(input!));
        return allOf(expectSame(printed, canonical), expectSame(canonicalQuantity(input!), canonical));
      }
      if (op === "compare") return expectSame(compareQuantities(a!, b!), recorded.expect);
      return expectSame(op === "add" ? addQuantities(a!, b!) : subtractQuantities(a!, b!), canonical);
    }),
};
