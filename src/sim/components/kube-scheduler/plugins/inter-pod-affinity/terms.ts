import { matchesSelector } from "../../../../api/labels.ts";
import { type AffinityTerm, matchesTerm, pairOf, textOf } from "../../affinity-terms.ts";
import type { PodQuery } from "../../cache/pod-index.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import type { Pod } from "../../objects.ts";

type Labels = Readonly<Record<string, string>>;

export function namespaceLabels(objects: ClusterObjects, namespace: string): Labels | undefined {
  return objects.get("namespaces", namespace)?.metadata?.labels;
}

/** Finds the namespaces that the term's selector means now, so that pods can be asked without theirs. */
export function withNamespaces(term: AffinityTerm, objects: ClusterObjects): AffinityTerm {
  const selector = term.namespaceSelector;
  if (selector === null || selector.requirements.length === 0) return term;
  const namespaces = new Set(term.namespaces);
  for (const { metadata } of objects.all("namespaces")) {
    if (matchesSelector(selector, metadata?.labels)) namespaces.add(metadata?.name ?? "");
  }
  return { ...term, namespaces, namespaceSelector: null };
}

/** The pods that all `terms` (of `withNamespaces`) match. */
export function queryOf(terms: readonly AffinityTerm[]): PodQuery {
  const selectors = terms.map(({ selector }) => selector);
  return {
    key: terms.map(keyOf).join("; "),
    pair: selectors.map((selector) => selector && pairOf(selector)).find((pair) => pair !== null) ?? null,
    matches: (pod) => matchesAll(terms, pod),
  };
}

function keyOf({ namespaces, namespaceSelector, selector }: AffinityTerm): string {
  const everywhere = namespaceSelector === null ? "" : "*";
  return `${[...namespaces].sort().join()}${everywhere} ${selector === null ? "-" : textOf(selector)}`;
}

export function matchesAll(terms: readonly AffinityTerm[], pod: Pod): boolean {
  for (const term of terms) if (!matchesTerm(term, pod, undefined)) return false;
  return terms.length > 0;
}
