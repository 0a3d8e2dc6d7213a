import { podIndexOf } from "../../cache/pod-index.ts";
import { CONTINUE, type Cycle, type PluginDefinition, rejection, SKIP } from "../../framework/plugin.ts";
import { type AffinityState, affinityState, filterNode, hasNothingToSay, supposePod } from "./filter.ts";
import { mayHelpByNode, mayHelpByPod } from "./hints.ts";
import { type AffinityArgs, type Attraction, attractionsOf, normalize, scoreNode } from "./score.ts";

const FILTER = "InterPodAffinity/filter";
const SCORE = "InterPodAffinity/score";

/** Which pods want to be near which others, and which do not, both ways. */
export const interPodAffinity: PluginDefinition = {
  name: "InterPodAffinity",
  create(given) {
    const args = (given ?? {}) as AffinityArgs;
    return {
      name: "InterPodAffinity",
      preFilter(cycle) {
        const problem = cycle.pod.affinity?.problem ?? null;
        if (problem !== null) return { type: "reject", rejection: rejection(`parsing pod: ${problem}`, true) };
        if (nobodyCares(cycle)) return SKIP;
        const state = affinityState(cycle);
        if (hasNothingToSay(state)) return SKIP;
        cycle.data.set(FILTER, state);
        return CONTINUE;
      },
      filter: ({ data, pod }, node) => filterNode(data.get(FILTER) as AffinityState, pod.pod, node),
      suppose({ data, pod }, other, node, by) {
        const state = data.get(FILTER) as AffinityState | undefined;
        if (state !== undefined) supposePod(state, pod.pod, other, node, by);
      },
      preScore(cycle) {
        if (nobodyCares(cycle)) return false;
        const attractions = attractionsOf(cycle, args);
        cycle.data.set(SCORE, attractions);
        return attractions.length > 0;
      },
      score: ({ data }, node) => scoreNode(data.get(SCORE) as readonly Attraction[], node),
      normalizeScore: normalize,
      events: [
        { types: ["AssignedPod/Add", "AssignedPod/UpdateLabel", "AssignedPod/Delete"], hint: mayHelpByPod },
        { types: ["Node/Add", "Node/UpdateLabel"], hint: mayHelpByNode },
      ],
    };
  },
};

/** Neither the pod nor any that is placed says anything about others: most clusters' pods pay no more than this. */
function nobodyCares({ pod, snapshot }: Cycle): boolean {
  return pod.affinity === null && podIndexOf(snapshot).terms.size === 0;
}
