import { applyDefaults } from "../../../sim/api/defaulting/defaulting.ts";
import { type ApiObject, deepFreeze } from "../../../sim/api/object.ts";
import { allOf, expectPartly, expectSame, PASS, type Suite } from "../suite.ts";

export const defaulting: Suite = {
  name: "defaulting",
  run: ({ object, expect, unchanged }) => {
    const defaulted = applyDefaults(deepFreeze(object as ApiObject));
    return allOf(expectPartly(defaulted, expect), unchanged === true ? expectSame(defaulted, object) : PASS);
  },
};
