import { humanDuration, shortHumanDuration } from "../../../sim/api/duration.ts";
import { expectSame, type Suite } from "../suite.ts";

export const duration: Suite = {
  name: "duration",
  run: ({ style, nanoseconds, expect }) => {
    const durationUs = Number(nanoseconds) / 1000;
    return expectSame(style === "short" ? shortHumanDuration(durationUs) : humanDuration(durationUs), expect);
  },
};
