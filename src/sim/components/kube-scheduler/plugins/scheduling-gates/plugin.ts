import type { PluginDefinition } from "../../framework/plugin.ts";

/** Keeps a pod out of the active queue while it has gates. */
export const schedulingGates: PluginDefinition = {
  name: "SchedulingGates",
  create: () => ({
    name: "SchedulingGates",
    preEnqueue({ pod }) {
      const gates = pod.spec.schedulingGates;
      if (gates === undefined || gates.length === 0) return null;
      return `waiting for scheduling gates: [${gates.map(({ name }) => name).join(" ")}]`;
    },
    events: [{ types: ["Pod/UpdateSchedulingGatesEliminated"] }],
  }),
};
