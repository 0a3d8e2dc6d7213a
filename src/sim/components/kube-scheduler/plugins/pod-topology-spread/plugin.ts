import { CONTINUE, type Cycle, type PluginDefinition, SKIP } from "../../framework/plugin.ts";
import { constraintsOf, defaultingOf, type SpreadArgs } from "./constraints.ts";
import { filterNode, type HardConstraints, hardConstraints, supposePod } from "./filter.ts";
import { mayHelpByLabels, mayHelpByNode, mayHelpByPod } from "./hints.ts";
import { normalize, type SoftConstraints, scoreNode, softConstraints } from "./score.ts";

const HARD = "PodTopologySpread/filter";
const SOFT = "PodTopologySpread/score";

/** Keeps the pods of one kind evenly over zones, nodes or whatever labels say. */
export const podTopologySpread: PluginDefinition = {
  name: "PodTopologySpread",
  create(args) {
    const defaulting = defaultingOf((args ?? {}) as SpreadArgs);
    return {
      name: "PodTopologySpread",
      preFilter(cycle) {
        const constraints = constraintsOf(cycle, "DoNotSchedule", defaulting);
        if (constraints.length === 0) return SKIP;
        cycle.data.set(HARD, hardConstraints(cycle, constraints));
        return CONTINUE;
      },
      filter: ({ data }, node) => filterNode(data.get(HARD) as HardConstraints, node),
      suppose({ data }, pod, node, by) {
        const constraints = data.get(HARD) as HardConstraints | undefined;
        if (constraints !== undefined) supposePod(constraints, pod, node, by);
      },
      preScore(cycle, nodes) {
        const constraints = constraintsOf(cycle, "ScheduleAnyway", defaulting);
        if (constraints.length === 0) return false;
        const hasOwn = (cycle.pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0;
        cycle.data.set(SOFT, softConstraints(cycle, constraints, nodes, hasOwn || !defaulting.isSystem));
        return true;
      },
      score: (cycle, node) => scoreNode(softOf(cycle), node),
      normalizeScore: (scores, cycle, nodes) => normalize(softOf(cycle), scores, nodes),
      events: [
        { types: ["AssignedPod/Add", "AssignedPod/UpdateLabel", "AssignedPod/Delete"], hint: mayHelpByPod },
        { types: ["Pod/UpdateLabel"], hint: mayHelpByLabels },
        { types: ["Node/Add", "Node/Delete", "Node/UpdateLabel", "Node/UpdateTaint"], hint: mayHelpByNode },
      ],
    };
  },
};

function softOf({ data }: Cycle): SoftConstraints {
  return data.get(SOFT) as SoftConstraints;
}
