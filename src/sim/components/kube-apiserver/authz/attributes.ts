/** What is asked of an authorizer. For paths outside of the API (`/healthz`), only `verb` and `path` count. */
export interface Attributes {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** "" for resource requests. */
  readonly path: string;
  readonly fieldSelector?: string;
}

/** Nobody asks for nothing: to be filled in. */
export const NO_ATTRIBUTES: Attributes = Object.freeze({
  user: "",
  groups: Object.freeze([]),
  verb: "",
  group: "",
  resource: "",
  subresource: "",
  namespace: "",
  name: "",
  path: "",
});

export interface Decision {
  readonly allowed: boolean;
  /** As in the audit log: `RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to User "z"`. */
  readonly reason: string;
  readonly authorizer: "AlwaysAllow" | "Node" | "RBAC" | "system:masters" | "";
}

/** The "why" of a 403, after `<resource> is forbidden: `. */
export function denialText(attributes: Attributes, reason: string): string {
  const { user, verb, path, group, resource, subresource, namespace } = attributes;
  let text = `User "${escapeHtml(user)}" cannot ${verb}`;
  if (path !== "") text += ` path "${escapeHtml(path)}"`;
  else {
    const full = subresource === "" ? resource : `${resource}/${subresource}`;
    text += ` resource "${full}" in API group "${group}"`;
    text += namespace === "" ? " at the cluster scope" : ` in the namespace "${namespace}"`;
  }
  return reason === "" ? text : `${text}: ${reason}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => (character === "&" ? "&amp;" : character === "<" ? "&lt;" : "&gt;"));
}
