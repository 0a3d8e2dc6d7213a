import { type LabelSelector, matchesSelector, selectorFromObject } from "../../../../api/labels.ts";
import { pairOf, textOf } from "../../affinity-terms.ts";
import type { PodQuery } from "../../cache/pod-index.ts";
import type { Topology } from "../../cache/topology.ts";
import type { Cycle } from "../../framework/plugin.ts";
import type { Pod, TopologySpreadConstraint } from "../../objects.ts";
import type { PodInfo } from "../../pod-info.ts";
import { matchesNodeOf } from "../node-affinity/required.ts";
import { untoleratedTaint } from "../tolerations.ts";
import { defaultSelector } from "./default-selector.ts";

export const HOSTNAME = "kubernetes.io/hostname";

/** PodTopologySpreadArgs. */
export interface SpreadArgs {
  readonly defaultConstraints?: readonly TopologySpreadConstraint[];
  readonly defaultingType?: string;
}

/** What the plugin does for pods without constraints. */
export interface Defaulting {
  readonly constraints: readonly TopologySpreadConstraint[];
  /** The system's own: nodes without one of the labels count too. */
  readonly isSystem: boolean;
}

const SYSTEM_CONSTRAINTS: readonly TopologySpreadConstraint[] = Object.freeze([
  { topologyKey: HOSTNAME, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 3 },
  { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway", maxSkew: 5 },
]);

export function defaultingOf({ defaultingType, defaultConstraints = [] }: SpreadArgs): Defaulting {
  if (defaultingType === "List") return { constraints: defaultConstraints, isSystem: false };
  return { constraints: SYSTEM_CONSTRAINTS, isSystem: true };
}

/** One constraint, ready to be asked. */
export interface Constraint {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topologyKey: string;
  /** Null: it selects nothing. */
  readonly selector: LabelSelector | null;
  readonly query: PodQuery;
  readonly topology: Topology;
}

/** The pod's constraints of one kind, or the defaults of that kind. */
export function constraintsOf(
  { pod, objects }: Cycle,
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway",
  { constraints: defaults, isSystem }: Defaulting,
): Constraint[] {
  const own = pod.pod.spec.topologySpreadConstraints ?? [];
  const chosen = (own.length > 0 ? own : defaults).filter((one) => one.whenUnsatisfiable === whenUnsatisfiable);
  if (chosen.length === 0) return [];
  const fallback = own.length > 0 ? null : defaultSelector(pod.pod, objects);
  if (own.length === 0 && fallback === null) return [];
  const required = own.length > 0 || !isSystem ? chosen.map(({ topologyKey }) => topologyKey).sort() : [];
  return chosen.map((constraint) => {
    const selector = fallback ?? selectorOf(constraint, pod.pod);
    return {
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      topologyKey: constraint.topologyKey,
      selector,
      query: queryOf(selector, pod.pod.metadata.namespace ?? ""),
      topology: topologyOf(constraint, pod, required),
    };
  });
}

/** With the pod's own values of `matchLabelKeys`, which do without a selector too. Null: nothing. */
function selectorOf(
  { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint,
  { metadata }: Pod,
): LabelSelector | null {
  const selector = selectorFromObject(labelSelector);
  const requirements = [...(selector?.requirements ?? [])];
  for (const key of matchLabelKeys) {
    const value = metadata.labels?.[key];
    if (value !== undefined) requirements.push({ key, operator: "in", values: [value] });
  }
  return selector === null && requirements.length === 0 ? null : { requirements };
}

/** Pods of the namespace that the selector matches and that are not on their way out. An empty one counts none. */
function queryOf(selector: LabelSelector | null, namespace: string): PodQuery {
  const isEmpty = selector === null || selector.requirements.length === 0;
  return {
    key: `${namespace} ${selector === null ? "-" : textOf(selector)}`,
    pair: selector === null ? null : pairOf(selector),
    matches: ({ metadata }) =>
      !isEmpty &&
      metadata.deletionTimestamp === undefined &&
      metadata.namespace === namespace &&
      matchesSelector(selector, metadata.labels),
  };
}

/** Domains are made of the nodes that have all `required` labels and, as the policies say, would take the pod. */
function topologyOf(
  { topologyKey, nodeAffinityPolicy = "Honor", nodeTaintsPolicy = "Ignore" }: TopologySpreadConstraint,
  pod: PodInfo,
  required: readonly string[],
): Topology {
  const honorsAffinity = nodeAffinityPolicy === "Honor" && (pod.nodeSelector !== null || pod.requiredAffinity !== null);
  const honorsTaints = nodeTaintsPolicy === "Honor";
  const affinity = honorsAffinity ? JSON.stringify([pod.nodeSelector, pod.requiredAffinity]) : "";
  const tolerations = honorsTaints ? JSON.stringify(pod.tolerations) : "";
  return {
    key: `spread ${topologyKey} ${required.join()} ${affinity} ${honorsTaints} ${tolerations}`,
    domainOf(node) {
      for (const key of required) if (node.labels[key] === undefined) return undefined;
      if (honorsAffinity && !matchesNodeOf(pod, node.labels, node.name)) return undefined;
      if (honorsTaints && untoleratedTaint(node.taints, pod.tolerations) !== undefined) return undefined;
      return node.labels[topologyKey] ?? "";
    },
  };
}
