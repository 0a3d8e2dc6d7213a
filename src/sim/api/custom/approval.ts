/** Groups of the community's own (`*.k8s.io`) want a word of who approved their definitions. */
import { conditionOf, type Definition, type DefinitionCondition } from "./definition.ts";
import { withDefinitionCondition } from "./definition-defaults.ts";

const PROTECTED = /(^|\.)(k8s|kubernetes)\.io$/;
export const APPROVAL = "api-approved.kubernetes.io";
const SEE = "see https://github.com/kubernetes/enhancements/pull/1111";

export interface Approval {
  readonly state: "Missing" | "Unapproved" | "Approved" | "Invalid";
  readonly message: string;
}

/** `GetAPIApprovalState`; null: the group is nobody's. */
export function approvalOf({ spec, metadata }: Definition): Approval | null {
  if (!PROTECTED.test(spec.group)) return null;
  const annotation = metadata?.annotations?.[APPROVAL] ?? "";
  const must = `protected groups must have approval annotation ${JSON.stringify(APPROVAL)}`;
  if (annotation === "") return { state: "Missing", message: `${must}, ${SEE}` };
  if (annotation.startsWith("unapproved"))
    return { state: "Unapproved", message: `not approved: ${JSON.stringify(annotation)}` };
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(annotation))
    return { state: "Approved", message: `approved in ${annotation}` };
  return { state: "Invalid", message: `${must} with either a URL or a reason starting with "unapproved", ${SEE}` };
}

/** The api-approval controller's pass: null if its condition stands, or if there is none to set. */
export function approvedStatus(definition: Definition, now: string): NonNullable<Definition["status"]> | null {
  const approval = approvalOf(definition);
  if (approval === null) return null;
  const condition: DefinitionCondition = {
    type: "KubernetesAPIApprovalPolicyConformant",
    status: approval.state === "Approved" ? "True" : "False",
    lastTransitionTime: now,
    reason: `${approval.state}Annotation`,
    message: approval.message,
  };
  const known = conditionOf(definition, condition.type);
  if (known?.status === condition.status && known.message === condition.message) return null;
  return { ...definition.status, conditions: withDefinitionCondition(definition, condition) };
}
