import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/** Fields that a field selector may name, by resource; every kind has `metadata.name` and, if namespaced, `metadata.namespace`. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  services: ["spec.clusterIP", "spec.type"],
  events: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  nodes: ["spec.unschedulable"],
  secrets: ["type"],
  namespaces: ["status.phase"],
  "jobs.batch": ["status.successful"],
  "replicasets.apps": ["status.replicas"],
  replicationcontrollers: ["status.replicas"],
  "certificatesigningrequests.certificates.k8s.io": ["spec.signerName"],
};

/** Old names that are still understood. */
const ALIASES: Readonly<Record<string, string>> = { "spec.host": "spec.nodeName" };

/** `events.k8s.io` names the same things by its own fields. */
const NEW_EVENT_ALIASES: Readonly<Record<string, string>> = {
  "regarding.kind": "involvedObject.kind",
  "regarding.namespace": "involvedObject.namespace",
  "regarding.name": "involvedObject.name",
  "regarding.uid": "involvedObject.uid",
  "regarding.apiVersion": "involvedObject.apiVersion",
  "regarding.resourceVersion": "involvedObject.resourceVersion",
  "regarding.fieldPath": "involvedObject.fieldPath",
  reportingController: "reportingComponent",
};

/** The field's own name for the kind, or null: `field label not supported`. */
export function selectableField(kind: Kind, field: string): string | null {
  if (field === "metadata.name" || (field === "metadata.namespace" && kind.namespaced)) return field;
  if (kind.custom !== null) return kind.custom.selectableFields.includes(field) ? field : null;
  if (kind.resource === "events" && kind.group !== "") {
    const own = NEW_EVENT_ALIASES[field] ?? field;
    return FIELDS.events!.includes(own) ? own : null;
  }
  const key = kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
  const name = kind.resource === "pods" ? (ALIASES[field] ?? field) : field;
  return FIELDS[key]?.includes(name) ? name : null;
}

export function fieldOf(object: ApiObject, field: string): string | undefined {
  switch (field) {
    case "metadata.name":
      return object.metadata?.name;
    case "metadata.namespace":
      return object.metadata?.namespace ?? "";
    case "spec.nodeName":
      return (object.spec as { nodeName?: string } | undefined)?.nodeName ?? "";
    case "status.podIPs":
      return ((object.status as { podIPs?: readonly { ip: string }[] } | undefined)?.podIPs ?? [])
        .map(({ ip }) => ip)
        .join(",");
    case "source": {
      const source = (object.source as { component?: string } | undefined)?.component;
      return source || (object.reportingComponent as string | undefined) || "";
    }
    case "status.successful":
      return String((object.status as { succeeded?: number } | undefined)?.succeeded ?? 0);
    case "spec.hostNetwork":
    case "spec.unschedulable":
      return String((object.spec as Record<string, unknown> | undefined)?.[field.slice(5)] === true);
    default:
      return plainField(object, field);
  }
}

function plainField(object: ApiObject, field: string): string {
  let value: unknown = object;
  for (const part of field.split(".")) value = (value as Record<string, unknown> | null | undefined)?.[part];
  if (value === undefined || value === null) return field === "status.replicas" ? "0" : "";
  return String(value);
}
