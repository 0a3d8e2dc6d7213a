import type { NodeInfo } from "../cache/node-info.ts";
import { filterNode, suppose } from "../framework/filters.ts";
import { type Cycle, type Plugin, podsOnNode, type Rejection, rejection } from "../framework/plugin.ts";
import type { Pod } from "../objects.ts";
import { splitByBudgets } from "./budgets.ts";
import { byImportance, priorityOf } from "./importance.ts";
import type { Candidate } from "./pick.ts";

const NO_VICTIMS = rejection("No preemption victims found for incoming pod", true);

/** Which pods of lower priority would have to leave the node so that the pod fits: as few and as unimportant as can be. */
export function victimsOn(filters: readonly Plugin[], cycle: Cycle, node: NodeInfo): Candidate | Rejection {
  const lower = podsOnNode(cycle, node.name).filter((pod) => priorityOf(pod) < cycle.pod.priority);
  if (lower.length === 0) return NO_VICTIMS;
  let info = node;
  for (const pod of lower) info = suppose(filters, cycle, pod, info, -1);
  const refused = filterNode(filters, cycle, info);
  const victims: Pod[] = [];
  /** Puts a pod back if there is room for both. */
  const isReprieved = (pod: Pod): boolean => {
    const together = suppose(filters, cycle, pod, info, 1);
    if (filterNode(filters, cycle, together) === null) {
      info = together;
      return true;
    }
    info = suppose(filters, cycle, pod, together, -1);
    victims.push(pod);
    return false;
  };
  let pdbViolations = 0;
  if (refused === null) {
    const { violating, others } = splitByBudgets(lower.sort(byImportance), cycle.objects);
    for (const pod of violating) if (!isReprieved(pod)) pdbViolations += 1;
    for (const pod of others) isReprieved(pod);
    victims.sort(byImportance);
  }
  // All is as it was.
  for (const pod of refused === null ? victims : lower) info = suppose(filters, cycle, pod, info, 1);
  return refused === null ? { node: node.name, victims, pdbViolations } : refused.rejection;
}
