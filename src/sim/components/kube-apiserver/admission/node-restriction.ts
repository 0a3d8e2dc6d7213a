import { equalJson } from "../../../api/equal.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { nodeOfUser } from "../authz/node.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionView, PodSpec } from "./plugin.ts";

const MIRROR = "kubernetes.io/config.mirror";

/** A kubelet touches its own Node and the pods on it, nothing else. */
export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  enabledByDefault: false,
  admit(request, view) {
    const node = nodeOfUser(request.user.name, request.user.groups);
    if (node === null || request.kind.group !== "") {
      return node !== null && request.kind.resource === "leases" ? ownLease(request, node) : null;
    }
    switch (request.kind.resource) {
      case "pods":
        return admitPod(request, node, view);
      case "nodes":
        return admitNode(request, node);
      default:
        return null;
    }
  },
};

function refuse(request: AdmissionRequest, why: string): Status {
  return forbidden(request.kind, request.name, why);
}

function admitPod(request: AdmissionRequest, node: string, view: AdmissionView): Status | null {
  const { operation, subresource, object, namespace, name } = request;
  if (subresource === "" && operation === "CREATE") return createPod(request, node, object!);
  if (subresource === "" && operation === "DELETE") {
    const pod = request.old ?? view.lookup("pods", namespace, name);
    return pod !== undefined && nodeOf(pod) !== node
      ? refuse(request, `node "${node}" can only delete pods with spec.nodeName set to itself`)
      : null;
  }
  if (subresource === "status") {
    const { old } = request;
    if (old !== null && nodeOf(old) !== node) {
      return refuse(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
    }
    if (old !== null && object !== null && !equalJson(old.metadata?.labels, object.metadata?.labels)) {
      return refuse(request, `node "${node}" cannot update labels through pod status`);
    }
    return null;
  }
  if (subresource === "eviction") {
    const pod = view.lookup("pods", namespace, name);
    return pod !== undefined && nodeOf(pod) !== node
      ? refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`)
      : null;
  }
  return refuse(request, `unexpected operation "${operation}"`);
}

function createPod(request: AdmissionRequest, node: string, pod: ApiObject): Status | null {
  if (pod.metadata?.annotations?.[MIRROR] === undefined) {
    return refuse(request, `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`);
  }
  if (nodeOf(pod) !== node)
    return refuse(request, `node "${node}" can only create pods with spec.nodeName set to itself`);
  const owners = pod.metadata.ownerReferences ?? [];
  if (owners.length !== 1 || owners[0]!.apiVersion !== "v1" || owners[0]!.kind !== "Node" || owners[0]!.name !== node) {
    return refuse(request, `node "${node}" can only create pods with an owner reference set to itself`);
  }
  const spec = pod.spec as PodSpec;
  if (spec.serviceAccountName)
    return refuse(request, `node "${node}" can not create pods that reference a service account`);
  return null;
}

function admitNode(request: AdmissionRequest, node: string): Status | null {
  const name = request.operation === "CREATE" ? (request.object?.metadata?.name ?? request.name) : request.name;
  if (name !== node) return refuse(request, `node "${node}" is not allowed to modify node "${name}"`);
  if (request.object !== null && request.subresource === "") {
    const labels = restrictedLabels(request.object, request.old);
    if (labels.length > 0) {
      const what = request.operation === "CREATE" ? "set the following labels" : "modify labels";
      return refuse(request, `is not allowed to ${what}: ${labels.join(", ")}`);
    }
  }
  if (request.operation !== "UPDATE" || request.old === null || request.object === null || request.subresource !== "")
    return null;
  const taints = (object: ApiObject) => (object.spec as { taints?: unknown } | undefined)?.taints;
  if (!equalJson(taints(request.object), taints(request.old)))
    return refuse(request, `node "${node}" is not allowed to modify taints`);
  return null;
}

/** What kubelets may say of themselves among the labels that are Kubernetes' own. */
const KUBELET_LABELS: readonly string[] = [
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "node.kubernetes.io/instance-type",
  "beta.kubernetes.io/instance-type",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
];

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}

/** Labels that the write changes and that are none of a kubelet's business, by name. */
function restrictedLabels(object: ApiObject, old: ApiObject | null): string[] {
  const [now, before] = [object.metadata?.labels ?? {}, old?.metadata?.labels ?? {}];
  if (now === before) return [];
  return [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .filter((label) => now[label] !== before[label])
    .filter((label) => {
      const slash = label.indexOf("/");
      const domain = slash < 0 ? "" : label.slice(0, slash);
      if (isWithin(domain, "node-restriction.kubernetes.io")) return true;
      if (!isWithin(domain, "kubernetes.io") && !isWithin(domain, "k8s.io")) return false;
      const own = isWithin(domain, "kubelet.kubernetes.io") || isWithin(domain, "node.kubernetes.io");
      return !own && !KUBELET_LABELS.includes(label);
    })
    .sort();
}

function ownLease(request: AdmissionRequest, node: string): Status | null {
  if (request.operation === "CREATE" || request.operation === "UPDATE") {
    const name = request.object?.metadata?.name ?? request.name;
    if (request.namespace !== "kube-node-lease")
      return refuse(request, `can only access leases in the "kube-node-lease" system namespace`);
    if (name !== node) return refuse(request, `can only access node lease with the same name as the requesting node`);
  }
  return null;
}

function nodeOf(pod: ApiObject): string {
  return (pod.spec as PodSpec | undefined)?.nodeName ?? "";
}
