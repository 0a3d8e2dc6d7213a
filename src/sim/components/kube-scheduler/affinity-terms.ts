import { type LabelSelector, type LabelSelectorObject, matchesSelector, selectorFromObject } from "../../api/labels.ts";
import type { Pod, PodAffinityTerm, PodAffinityTerms, PodSpec } from "./objects.ts";

type Labels = Readonly<Record<string, string>>;

/** One term of a pod's affinity to, or dislike of, other pods. */
export interface AffinityTerm {
  /** The same text for terms that mean the same. */
  readonly key: string;
  readonly namespaces: ReadonlySet<string>;
  /** Null: no namespaces beside those named. */
  readonly namespaceSelector: LabelSelector | null;
  readonly selector: LabelSelector | null;
  readonly topologyKey: string;
  /** Of a preferred term: 1..100, negative for dislike. A required one: 0. */
  readonly weight: number;
}

/** What `spec.affinity` says about other pods. */
export interface PodAffinity {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  /** Dislikes with a negative weight. */
  readonly preferred: readonly AffinityTerm[];
}

/** Null: the pod does not care where other pods are. */
export function podAffinityOf(spec: PodSpec, namespace: string): PodAffinity | null {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return null;
  const affinity = {
    requiredAffinity: required(podAffinity, namespace),
    requiredAntiAffinity: required(podAntiAffinity, namespace),
    preferred: [...preferred(podAffinity, namespace, 1), ...preferred(podAntiAffinity, namespace, -1)],
  };
  const { requiredAffinity, requiredAntiAffinity, preferred: soft } = affinity;
  return requiredAffinity.length + requiredAntiAffinity.length + soft.length === 0 ? null : Object.freeze(affinity);
}

function required(terms: PodAffinityTerms | undefined, namespace: string): AffinityTerm[] {
  return (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => termOf(term, namespace, 0));
}

function preferred(terms: PodAffinityTerms | undefined, namespace: string, sign: 1 | -1): AffinityTerm[] {
  return (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight = 0, podAffinityTerm = {} }) =>
    termOf(podAffinityTerm, namespace, sign * weight),
  );
}

function termOf(term: PodAffinityTerm, namespace: string, weight: number): AffinityTerm {
  const { namespaces = [], namespaceSelector, labelSelector, topologyKey = "" } = term;
  const named = namespaces.length === 0 && namespaceSelector === undefined ? [namespace] : [...namespaces].sort();
  return Object.freeze({
    key: `${named.join()} ${selectorKey(namespaceSelector)} ${selectorKey(labelSelector)} ${topologyKey} ${weight}`,
    namespaces: new Set(named),
    namespaceSelector: selectorFromObject(namespaceSelector),
    selector: selectorFromObject(labelSelector),
    topologyKey,
    weight,
  });
}

function selectorKey(object: LabelSelectorObject | undefined): string {
  const selector = selectorFromObject(object);
  return selector === null ? "-" : textOf(selector);
}

/** The same text for selectors with the same requirements. */
export function textOf({ requirements }: LabelSelector): string {
  return JSON.stringify(requirements);
}

/** `namespaceLabels`: of the pod's namespace. */
export function matchesTerm(term: AffinityTerm, pod: Pod, namespaceLabels: Labels | undefined): boolean {
  if (term.selector === null) return false;
  const { namespace = "", labels } = pod.metadata;
  const { namespaceSelector } = term;
  if (
    !term.namespaces.has(namespace) &&
    (namespaceSelector === null || !matchesSelector(namespaceSelector, namespaceLabels))
  ) {
    return false;
  }
  return matchesSelector(term.selector, labels);
}

/**
 * `key=value`: a label that every object which the selector matches must have, if it names one. Indexes are made of
 * them: an object asks only for what its own labels can match.
 */
export function pairOf(selector: LabelSelector): string | null {
  for (const { key, operator, values } of selector.requirements) {
    if ((operator === "=" || operator === "==" || operator === "in") && values.length === 1)
      return `${key}=${values[0]!}`;
  }
  return null;
}
