import { validateLabelValue, validateQualifiedName } from "../names.ts";

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

/** A term with a requirement that is not valid matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, labels: Labels, nodeName: string): boolean {
  if (isEmptyTerm(term) || !isValidTerm(term)) return false;
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

const validity = new WeakMap<NodeSelectorTerm, boolean>();

function isValidTerm(term: NodeSelectorTerm): boolean {
  const known = validity.get(term);
  if (known !== undefined) return known;
  const { matchExpressions = [], matchFields = [] } = term;
  const isValid = matchExpressions.every(isValidExpression) && matchFields.every(isValidField);
  if (Object.isFrozen(term)) validity.set(term, isValid);
  return isValid;
}

function isValidExpression({ key, operator, values = [] }: NodeSelectorRequirement): boolean {
  if (validateQualifiedName(key).length > 0) return false;
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 && values.every((value) => validateLabelValue(value).length === 0);
    case "Exists":
    case "DoesNotExist":
      return values.length === 0;
    case "Gt":
    case "Lt":
      return values.length === 1 && INTEGER.test(values[0]!);
    default:
      return false;
  }
}

/** Fields are compared with one value. */
function isValidField({ operator, values = [] }: NodeSelectorRequirement): boolean {
  return (operator === "In" || operator === "NotIn") && values.length === 1;
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
      if (value === undefined || !INTEGER.test(value)) return false;
      return operator === "Gt" ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
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
