/** What a kustomization works on: objects that remember their names. */
import { at, type JsonObject, textOf, withAt } from "../json.ts";

export interface Resource {
  readonly object: JsonObject;
  /** Every name it has had, the first one first. */
  readonly names: readonly string[];
  /** Its name gets a hash of its content in the end. */
  readonly hashed: boolean;
}

export function kindOf({ object }: Resource): string {
  return textOf(object.kind);
}

export function nameOf({ object }: Resource): string {
  return textOf(at(object, "metadata", "name"));
}

export function namespaceOf({ object }: Resource): string {
  return textOf(at(object, "metadata", "namespace"));
}

export function newResource(object: JsonObject, hashed = false): Resource {
  return { object, names: [textOf(at(object, "metadata", "name"))], hashed };
}

export function renamed(resource: Resource, name: string): Resource {
  if (name === nameOf(resource)) return resource;
  return { ...resource, object: withAt(resource.object, ["metadata", "name"], name), names: [...resource.names, name] };
}

const clusterScoped = new Set([
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

export function isClusterScoped(kind: string): boolean {
  return clusterScoped.has(kind);
}

/** Kinds that others need come first. */
const first = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PodSecurityPolicy",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Endpoints",
  "Service",
  "LimitRange",
  "PriorityClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
];
const last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

export function inOrder(resources: readonly Resource[]): readonly Resource[] {
  const rank = (resource: Resource): number => {
    const kind = kindOf(resource);
    const early = first.indexOf(kind);
    return early >= 0 ? early - first.length : last.indexOf(kind) + 1;
  };
  const text = (resource: Resource): string =>
    [textOf(resource.object.apiVersion), kindOf(resource), namespaceOf(resource), nameOf(resource)].join("~");
  return [...resources].sort((a, b) => rank(a) - rank(b) || (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
