/**
 * A set of fields in the form of `fieldsV1`: a record of path elements (`f:NAME`, `k:{"name":"a"}`, `v:"x"`), each with
 * what is below it. An element without anything below it is in the set itself; one with something below it is only if
 * it holds ".".
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const NOTHING: FieldSet = Object.freeze({});
/** Below an element: just the element. */
export const LEAF: FieldSet = Object.freeze({});
const SELF = ".";

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

export function isMember(below: FieldSet): boolean {
  return isEmptySet(below) || below[SELF] !== undefined;
}

/** Path elements below, without the mark for the element itself. */
export function elementsOf(set: FieldSet): readonly string[] {
  return Object.keys(set).filter((element) => element !== SELF);
}

/** The element itself (`member`) and what is below; undefined: neither. */
export function below(member: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmptySet(children)) return member ? LEAF : undefined;
  return member ? { [SELF]: LEAF, ...children } : children;
}

function childrenOf(set: FieldSet): FieldSet {
  if (set[SELF] === undefined) return set;
  const { [SELF]: _, ...children } = set;
  return children;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  const result: Record<string, FieldSet> = { ...a };
  for (const element in b) {
    const [one, other] = [a[element], b[element] as FieldSet];
    result[element] =
      one === undefined
        ? other
        : (below(isMember(one) || isMember(other), union(childrenOf(one), childrenOf(other))) as FieldSet);
  }
  return result;
}

/** What is in `a` and not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && inB);
}

function combine(a: FieldSet, b: FieldSet, keeps: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in a) {
    if (element === SELF) continue;
    const one = a[element] as FieldSet;
    const other = b[element];
    const children = combine(childrenOf(one), other === undefined ? NOTHING : childrenOf(other), keeps);
    const left = below(keeps(isMember(one), other !== undefined && isMember(other)), children);
    if (left !== undefined) result[element] = left;
  }
  return result;
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  const elements = Object.keys(a);
  if (elements.length !== Object.keys(b).length) return false;
  return elements.every((each) => b[each] !== undefined && equalSets(a[each] as FieldSet, b[each] as FieldSet));
}

/** As in conflicts: `.spec.containers[name="a"].image`. In order. */
export function pathsOf(set: FieldSet, prefix = ""): string[] {
  return [...elementsOf(set)].sort().flatMap((element) => {
    const path = prefix + textOf(element);
    const inner = set[element] as FieldSet;
    return isMember(inner) ? [path, ...pathsOf(inner, path)] : pathsOf(inner, path);
  });
}

function textOf(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}
