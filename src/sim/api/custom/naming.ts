/**
 * Which names a definition may have, and whether it is established: what apiextensions-apiserver's naming and
 * establishing controllers write into its status.
 */
import { equalJson } from "../equal.ts";
import type { Definition, DefinitionCondition, Names } from "./definition.ts";
import { conditionOf, isTrue } from "./definition.ts";
import { withDefinitionCondition } from "./definition-defaults.ts";

type Status = NonNullable<Definition["status"]>;

/** Names that are taken in a group, and by which definition. */
interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

const NO_NAMES: Names = Object.freeze({ plural: "", kind: "" });

function takenByOthers(definition: Definition, all: Iterable<Definition>): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of all) {
    if (other.spec.group !== definition.spec.group || other.metadata!.name === definition.metadata!.name) continue;
    const names = other.status?.acceptedNames ?? NO_NAMES;
    for (const name of [names.plural, names.singular ?? "", ...(names.shortNames ?? [])]) resources.add(name);
    kinds.add(names.kind).add(names.listKind ?? "");
  }
  return { resources, kinds };
}

/** The naming controller's pass: null if its part of the status stands. `now`: as in `lastTransitionTime`. */
export function namedStatus(definition: Definition, all: Iterable<Definition>, now: string): Status | null {
  const { names } = definition.spec;
  const before = definition.status?.acceptedNames ?? NO_NAMES;
  const { resources, kinds } = takenByOthers(definition, all);
  const accepted: Record<string, unknown> = { ...before };
  let conflict: readonly [reason: string, message: string] | null = null;
  const claim = (field: keyof Names, taken: ReadonlySet<string>, reason: string): void => {
    const name = (names[field] ?? "") as string;
    if (taken.has(name) && name !== "") conflict = [reason, `${JSON.stringify(name)} is already in use`];
    else accepted[field] = name;
  };
  claim("plural", resources, "PluralConflict");
  claim("singular", resources, "SingularConflict");
  const short = (names.shortNames ?? []).filter((name) => resources.has(name));
  if (short.length > 0) {
    const messages = short.map((name) => `${JSON.stringify(name)} is already in use`);
    conflict = ["ShortNamesConflict", messages.length === 1 ? messages[0]! : `[${messages.join(", ")}]`];
  } else accepted.shortNames = names.shortNames;
  claim("kind", kinds, "KindConflict");
  claim("listKind", kinds, "ListKindConflict");
  accepted.categories = names.categories;
  const acceptedNames = Object.fromEntries(
    Object.entries(accepted).filter(([, value]) => value !== undefined),
  ) as unknown as Names;
  const naming: DefinitionCondition =
    conflict === null
      ? {
          type: "NamesAccepted",
          status: "True",
          lastTransitionTime: now,
          reason: "NoConflicts",
          message: "no conflicts found",
        }
      : { type: "NamesAccepted", status: "False", lastTransitionTime: now, reason: conflict[0], message: conflict[1] };
  if (equalJson(before, acceptedNames) && isEquivalent(naming, conditionOf(definition, "NamesAccepted"))) return null;
  const named = { ...definition, status: { ...definition.status, acceptedNames } };
  const conditions = withDefinitionCondition(named, naming);
  const established = establishedAfterNaming(definition, conflict === null, now);
  return {
    ...named.status,
    conditions: withDefinitionCondition({ ...named, status: { ...named.status, conditions } }, established),
  };
}

function establishedAfterNaming(definition: Definition, accepted: boolean, now: string): DefinitionCondition {
  const known = conditionOf(definition, "Established");
  if (known?.status === "True") return known;
  return accepted
    ? {
        type: "Established",
        status: "False",
        lastTransitionTime: now,
        reason: "Installing",
        message: "the initial names have been accepted",
      }
    : {
        type: "Established",
        status: "False",
        lastTransitionTime: now,
        reason: "NotAccepted",
        message: "not all names are accepted",
      };
}

function isEquivalent(a: DefinitionCondition, b: DefinitionCondition | undefined): boolean {
  return b !== undefined && a.status === b.status && a.reason === b.reason && a.message === b.message;
}

/** The establishing controller's pass: null if there is nothing to establish. */
export function establishedStatus(definition: Definition, now: string): Status | null {
  if (isTrue(definition, "Established") || !isTrue(definition, "NamesAccepted")) return null;
  const condition: DefinitionCondition = {
    type: "Established",
    status: "True",
    lastTransitionTime: now,
    reason: "InitialNamesAccepted",
    message: "the initial names have been accepted",
  };
  return { ...definition.status, conditions: withDefinitionCondition(definition, condition) };
}
