import { AUTHORIZERS } from "./authorizer.ts";
import { COMPARISONS } from "./comparisons.ts";
import { KUBERNETES } from "./kubernetes.ts";
import { LISTS, OPTIONALS, SETS } from "./lists.ts";
import { ARITHMETIC, CONVERSIONS } from "./numbers.ts";
import { type Overload, overload } from "./overload.ts";
import { STRINGS } from "./strings.ts";
import { TIMES } from "./times.ts";

/** Logic and selection have their own ways of being evaluated: here they only have types. */
function untaken(): never {
  throw new Error("The evaluator knows this operator itself.");
}

const OPERATORS: readonly Overload[] = [
  "_&&_(bool, bool): bool",
  "_||_(bool, bool): bool",
  "!_(bool): bool",
  "_?_:_(bool, A, A): A",
  "_[_](list(A), int): A",
  "_[_](map(A, B), A): B",
  "_[_](optional_type(list(A)), int): optional_type(A)",
  "_[_](optional_type(map(A, B)), A): optional_type(B)",
  "_[?_](list(A), int): optional_type(A)",
  "_[?_](map(A, B), A): optional_type(B)",
  "_[?_](optional_type(list(A)), int): optional_type(A)",
  "_[?_](optional_type(map(A, B)), A): optional_type(B)",
].map((signature) => overload(signature, untaken));

const ALL: readonly Overload[] = [
  ...OPERATORS,
  ...COMPARISONS,
  ...ARITHMETIC,
  ...CONVERSIONS,
  ...STRINGS,
  ...TIMES,
  ...LISTS,
  ...SETS,
  ...OPTIONALS,
  ...KUBERNETES,
  ...AUTHORIZERS,
];

const BY_NAME: ReadonlyMap<string, readonly Overload[]> = byName();

function byName(): Map<string, Overload[]> {
  const found = new Map<string, Overload[]>();
  for (const each of ALL) found.set(each.name, [...(found.get(each.name) ?? []), each]);
  return found;
}

/** All ways of calling a function of that name; none: there is no such function. */
export function overloadsOf(name: string): readonly Overload[] {
  return BY_NAME.get(name) ?? [];
}
