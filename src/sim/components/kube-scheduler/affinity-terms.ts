import {
  type LabelSelector,
  type LabelSelectorObject,
  matchesSelector,
  selectorFromObject,
  selectorProblem,
} from "../../api/labels.ts";
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
  /** Terms that cannot be read, in upstream's words; their lists are empty then. Null: all can be. */
  readonly problem: string | null;
}

/** Null: the pod does not care where other pods are. */
export function podAffinityOf(spec: PodSpec, namespace: string): PodAffinity | null {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return null;
  const problems: string[] = [];
  const read = (name: string, terms: readonly WeightedTerm[]): AffinityTerm[] => {
    const problem = problemOf(terms);
    if (problem === null) return terms.map(({ term, weight }) => termOf(term, namespace, weight));
    problems.push(`${name}: ${problem}`);
    return [];
  };
  const requiredAffinity = read("requiredAffinityTerms", required(podAffinity));
  const requiredAntiAffinity = read("requiredAntiAffinityTerms", required(podAntiAffinity));
  const preferences = [
    ...read("preferredAffinityTerms", preferred(podAffinity, 1)),
    ...read("preferredAntiAffinityTerms", preferred(podAntiAffinity, -1)),
  ];
  if (problems.length + requiredAffinity.length + requiredAntiAffinity.length + preferences.length === 0) return null;
  const problem = problems.length > 1 ? `[${problems.join(", ")}]` : (problems[0] ?? null);
  return Object.freeze({ requiredAffinity, requiredAntiAffinity, preferred: preferences, problem });
}

interface WeightedTerm {
  readonly term: PodAffinityTerm;
  readonly weight: number;
}

function required(terms: PodAffinityTerms | undefined): WeightedTerm[] {
  return (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({ term, weight: 0 }));
}

function preferred(terms: PodAffinityTerms | undefined, sign: 1 | -1): WeightedTerm[] {
  return (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ weight = 0, podAffinityTerm: term = {} }) => ({ term, weight: sign * weight }),
  );
}

/** The first term that is wrong speaks. */
function problemOf(terms: readonly WeightedTerm[]): string | null {
  for (const { term } of terms) {
    const problem = selectorProblem(term.labelSelector) ?? selectorProblem(term.namespaceSelector);
    if (problem !== null) return problem;
  }
  return null;
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
