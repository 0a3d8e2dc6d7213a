import { type FieldSelector, matchesFields, requiredValue } from "../../../api/fields.ts";
import { type LabelSelector, matchesSelector } from "../../../api/labels.ts";
import type { ApiObject } from "../../../api/object.ts";
import { fieldOf } from "./selectable-fields.ts";

/** What a list or a watch asks for. Frozen; parsed once. */
export interface Selection {
  /** "": all namespaces. */
  readonly namespace: string;
  readonly labels: LabelSelector;
  /** Without what `name`, `namespace` and `node` say already. */
  readonly fields: FieldSelector;
  /** From `metadata.name=`; "" when any. */
  readonly name: string;
  /** From `spec.nodeName=` of pods; null when any. */
  readonly node: string | null;
}

export function selectionOf(
  namespace: string,
  labels: LabelSelector,
  fields: FieldSelector,
  indexesNode: boolean,
): Selection {
  const name = requiredValue(fields, "metadata.name") ?? "";
  const node = indexesNode ? (requiredValue(fields, "spec.nodeName") ?? null) : null;
  const rest = fields.requirements.filter(
    ({ field, operator, value }) =>
      operator !== "=" ||
      !((field === "metadata.name" && value === name) || (field === "spec.nodeName" && value === node)),
  );
  return { namespace, labels, fields: { requirements: rest }, name, node };
}

export function matchesSelection(selection: Selection, object: ApiObject): boolean {
  const { namespace, labels, fields, name, node } = selection;
  const metadata = object.metadata!;
  if (namespace !== "" && metadata.namespace !== namespace) return false;
  if (name !== "" && metadata.name !== name) return false;
  if (node !== null && ((object.spec as { nodeName?: string } | undefined)?.nodeName ?? "") !== node) return false;
  if (labels.requirements.length > 0 && !matchesSelector(labels, metadata.labels)) return false;
  return fields.requirements.length === 0 || matchesFields(fields, (field) => fieldOf(object, field));
}

/** True when it asks for everything in its namespace. */
export function selectsAll(selection: Selection): boolean {
  return (
    selection.name === "" &&
    selection.node === null &&
    selection.labels.requirements.length === 0 &&
    selection.fields.requirements.length === 0
  );
}

/** Which events a watcher has to be asked about: the narrowest bucket that its selection allows. */
export function bucketOf(selection: Selection): string {
  if (selection.node !== null) return `node ${selection.node}`;
  if (selection.name !== "") return `name ${selection.name}`;
  return selection.namespace === "" ? "" : `namespace ${selection.namespace}`;
}
