import { CHECKERS } from "../../sim/checkers/list.ts";
import { type LabCommand, print } from "./command.ts";

export const checkCommand: LabCommand = {
  name: "check",
  usage: "lab check",
  run({ session }) {
    const violations = CHECKERS.flatMap((checker) =>
      checker.check(session.world).map((text) => `${checker.name}: ${text}`),
    );
    return violations.length === 0 ? print("") : print(violations.join("\n"), 1);
  },
};
