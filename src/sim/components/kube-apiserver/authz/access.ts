import type { Context } from "../../../kernel/types.ts";
import type { ApiServerState } from "../state.ts";
import { type Attributes, denialText } from "./attributes.ts";
import { authorize } from "./authorize.ts";
import { formatRule } from "./rules.ts";

/** Null: allowed; otherwise the "why" of the 403. A refusal tells the trace which rule would have allowed it. */
export function checkAccess(state: ApiServerState, context: Context, attributes: Attributes): string | null {
  const decision = authorize(state, attributes);
  if (context.observed) {
    const { allowed, reason, authorizer } = decision;
    context.note("authorization", {
      decision: allowed ? "allow" : "deny",
      reason,
      authorizer,
      verb: attributes.verb,
      resource: attributes.resource,
      ...(allowed ? {} : { missing: missingRule(attributes) }),
    });
  }
  return decision.allowed ? null : denialText(attributes, decision.reason);
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["list"]} in the namespace "default"`. */
function missingRule({ verb, group, resource, subresource, namespace, path }: Attributes): string {
  if (path !== "") return formatRule({ nonResourceURLs: [path], verbs: [verb] });
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  const rule = formatRule({ apiGroups: [group], resources: [full], verbs: [verb] });
  return namespace === "" ? `${rule} at the cluster scope` : `${rule} in the namespace "${namespace}"`;
}
