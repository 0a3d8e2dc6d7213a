import { FieldSelectorError, parseFieldSelector } from "../../../api/fields.ts";
import type { Kind } from "../../../api/kinds.ts";
import { parseSelector, SelectorError } from "../../../api/labels.ts";
import { deepFreeze, type Status } from "../../../api/object.ts";
import { badRequest } from "../../../api/status-errors.ts";
import type { ResourceRequest } from "../messages.ts";
import { selectableField } from "../watch/selectable-fields.ts";
import { type Selection, selectionOf } from "../watch/selection.ts";

/** What a list, watch or deletecollection asks for; a name in the path (`watch` of one object) selects by name. */
export function selectionOfRequest(kind: Kind, request: ResourceRequest): Selection | Status {
  const { labelSelector = "", fieldSelector = "" } = request.options;
  try {
    const labels = parseSelector(labelSelector);
    const parsed = parseFieldSelector(fieldSelector);
    const requirements = [];
    for (const requirement of parsed.requirements) {
      const field = selectableField(kind, requirement.field);
      if (field === null) return badRequest(`field label not supported: ${requirement.field}`);
      requirements.push(field === requirement.field ? requirement : { ...requirement, field });
    }
    if (request.name !== "") requirements.push({ field: "metadata.name", operator: "=" as const, value: request.name });
    const indexesNode = kind.resource === "pods" && kind.group === "";
    return deepFreeze(selectionOf(request.namespace, labels, { requirements }, indexesNode));
  } catch (error) {
    if (error instanceof SelectorError)
      return badRequest(
        `unable to parse requirement: ${error.message}`.replace(/^unable to parse requirement: unable/, "unable"),
      );
    if (error instanceof FieldSelectorError) return badRequest(error.message);
    throw error;
  }
}
