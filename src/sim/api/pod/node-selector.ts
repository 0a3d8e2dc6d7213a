/** Node selectors (component-helpers `nodeaffinity`): what a required node affinity and a persistent volume say. */
export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
}

export interface NodeSelector {
  readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
}

type Labels = Readonly<Record<string, string>>;

/** Terms are alternatives; a selector without terms, like a term without requirements, matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, labels: Labels, nodeName: string): boolean {
  for (const term of selector.nodeSelectorTerms ?? []) if (matchesTerm(term, labels, nodeName)) return true;
  return false;
}

export function matchesTerm(term: NodeSelectorTerm, labels: Labels, nodeName: string): boolean {
  if (isEmptyTerm(term)) return false;
  for (const requirement of term.matchExpressions ?? []) {
    if (!matchesRequirement(requirement, labels[requirement.key])) return false;
  }
  for (const requirement of term.matchFields ?? []) {
    const value = requirement.key === "metadata.name" ? nodeName : "";
    if (!matchesRequirement(requirement, value)) return false;
  }
  return true;
}

export function isEmptyTerm({ matchExpressions, matchFields }: NodeSelectorTerm): boolean {
  return (matchExpressions?.length ?? 0) === 0 && (matchFields?.length ?? 0) === 0;
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
    case "Lt": {
      const bound = values[0];
      if (value === undefined || bound === undefined || values.length !== 1) return false;
      if (!INTEGER.test(value) || !INTEGER.test(bound)) return false;
      return operator === "Gt" ? Number(value) > Number(bound) : Number(value) < Number(bound);
    }
    default:
      return false;
  }
}

const INTEGER = /^[+-]?\d+$/;

/** The only nodes that `matchFields` leaves possible; null: any node may match. */
export function namedNodes(selector: NodeSelector): ReadonlySet<string> | null {
  const terms = selector.nodeSelectorTerms ?? [];
  const names = new Set<string>();
  for (const term of terms) {
    let ofTerm: string[] | null = null;
    for (const { key, operator, values = [] } of term.matchFields ?? []) {
      if (key !== "metadata.name" || operator !== "In") continue;
      ofTerm = ofTerm === null ? [...values] : ofTerm.filter((name) => values.includes(name));
    }
    if (ofTerm === null) return null;
    for (const name of ofTerm) names.add(name);
  }
  return terms.length === 0 ? null : names;
}
