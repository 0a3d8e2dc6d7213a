import type { ApiObject } from "../../../api/object.ts";
import { referencesOf } from "../../../api/pod/references.ts";
import type { Attributes, Decision } from "./attributes.ts";
import { type PolicyRule, ruleAllows } from "./rules.ts";

/** What the node authorizer looks up: the pods that are bound to a node, and what they refer to. */
export interface NodeGraph {
  /** Pods whose `spec.nodeName` is the node. */
  podsOfNode(node: string): Iterable<ApiObject>;
  pod(namespace: string, name: string): ApiObject | undefined;
}

const NODE_PREFIX = "system:node:";

/** The node's name, or null when the user is no node. */
export function nodeOfUser(user: string, groups: readonly string[]): string | null {
  return user.startsWith(NODE_PREFIX) && groups.includes("system:nodes") ? user.slice(NODE_PREFIX.length) : null;
}

/**
 * The node authorizer of `--authorization-mode=Node`: a kubelet may read what its own pods refer to, its own Node,
 * Lease and CSINode, and whatever the fixed rules of `system:node` say. Null: no opinion (the user is no node).
 */
export function authorizeNode(
  graph: NodeGraph,
  nodeRules: readonly PolicyRule[],
  attributes: Attributes,
): Decision | null {
  const node = nodeOfUser(attributes.user, attributes.groups);
  if (node === null) return null;
  if (attributes.path === "") {
    const refusal = refusalFor(graph, node, attributes);
    if (refusal === ALLOWED) return { allowed: true, reason: "", authorizer: "Node" };
    if (refusal !== null) return { allowed: false, reason: refusal, authorizer: "" };
  }
  const allowed = nodeRules.some((rule) => ruleAllows(rule, attributes));
  return { allowed, reason: "", authorizer: allowed ? "Node" : "" };
}

/** No such text can be a reason: the graph itself says yes. */
const ALLOWED = "\u0000allowed";

/** A reason why not, `ALLOWED`, or null: ask the fixed rules. */
function refusalFor(graph: NodeGraph, node: string, attributes: Attributes): string | null {
  const { group, resource, subresource, verb } = attributes;
  switch (`${group}/${resource}`) {
    case "/secrets":
      return readOfReference(graph, node, attributes, "secret");
    case "/configmaps":
      return readOfReference(graph, node, attributes, "configmap");
    case "/persistentvolumeclaims":
      return subresource === "status" ? null : readOfReference(graph, node, attributes, "pvc");
    case "/persistentvolumes":
      return null;
    case "/serviceaccounts":
      return subresource === "token" ? tokenOfPod(graph, node, attributes) : null;
    case "/pods":
      return podOfNode(graph, node, attributes);
    case "/nodes":
      return ownNode(node, attributes);
    case "coordination.k8s.io/leases":
      return ownNamed(node, attributes, "lease", "kube-node-lease");
    case "storage.k8s.io/csinodes":
      return verb === "create" || attributes.name === node
        ? null
        : `can only access CSINode with the same name as the requesting node`;
    default:
      return null;
  }
}

function readOfReference(
  graph: NodeGraph,
  node: string,
  attributes: Attributes,
  kind: "secret" | "configmap" | "pvc",
): string {
  const { verb, subresource, name, namespace } = attributes;
  const reads = kind === "pvc" ? verb === "get" : verb === "get" || verb === "list" || verb === "watch";
  if (!reads)
    return kind === "pvc" ? "can only get individual resources of this type" : "can only read resources of this type";
  if (subresource !== "") return "cannot read subresource";
  if (name === "") return "can only read namespaced object of this type";
  for (const pod of graph.podsOfNode(node)) {
    if (pod.metadata?.namespace === namespace && referencesOf(pod).has(`${kind}/${name}`)) return ALLOWED;
  }
  return `no relationship found between node '${node}' and this object`;
}

function tokenOfPod(graph: NodeGraph, node: string, attributes: Attributes): string {
  if (attributes.verb !== "create") return "can only create tokens for individual service accounts";
  for (const pod of graph.podsOfNode(node)) {
    if (pod.metadata?.namespace !== attributes.namespace) continue;
    if (((pod.spec as { serviceAccountName?: string }).serviceAccountName ?? "default") === attributes.name)
      return ALLOWED;
  }
  return `no relationship found between node '${node}' and this object`;
}

function podOfNode(graph: NodeGraph, node: string, attributes: Attributes): string | null {
  const { verb, subresource, namespace, name } = attributes;
  if (subresource !== "") return null;
  if (verb === "get") {
    const pod = graph.pod(namespace, name);
    return (pod?.spec as { nodeName?: string } | undefined)?.nodeName === node
      ? ALLOWED
      : `no relationship found between node '${node}' and this object`;
  }
  if (verb === "list" || verb === "watch") {
    return (attributes.fieldSelector ?? "").split(",").includes(`spec.nodeName=${node}`)
      ? ALLOWED
      : "can only list/watch pods with spec.nodeName field selector";
  }
  return null;
}

function ownNode(node: string, attributes: Attributes): string | null {
  const { verb, name, subresource } = attributes;
  if (verb === "create" && name === "") return null;
  if (verb === "list" || verb === "watch") {
    const own = name === node || (attributes.fieldSelector ?? "").split(",").includes(`metadata.name=${node}`);
    return own ? ALLOWED : `node '${node}' cannot read all nodes, only its own Node object`;
  }
  if (name !== "" && name !== node && verb === "get" && subresource === "") {
    return `node '${node}' cannot read '${name}', only its own Node object`;
  }
  return null;
}

function ownNamed(node: string, attributes: Attributes, what: string, namespace: string): string | null {
  if (attributes.namespace !== namespace) return `can only access leases in the "${namespace}" system namespace`;
  if (attributes.verb === "create")
    return attributes.name === "" || attributes.name === node
      ? ALLOWED
      : `can only access node ${what} with the same name as the requesting node`;
  if (!["get", "update", "patch", "delete"].includes(attributes.verb))
    return "can only get, create, update, patch, or delete a node lease";
  return attributes.name === node ? ALLOWED : `can only access node ${what} with the same name as the requesting node`;
}
