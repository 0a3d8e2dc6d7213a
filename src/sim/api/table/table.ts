/** Tables as `kubectl get` asks for them (pkg/printers/internalversion): columns and cells by kind. */
import type { ApiObject } from "../object.ts";
import * as core from "./core.ts";
import * as others from "./others.ts";
import { podPrinter } from "./pod.ts";
import { type Cell, type Column, nameOf, type Printer, record, text } from "./printer.ts";
import * as workloads from "./workloads.ts";

export type { Cell, Column, Printer } from "./printer.ts";

const PRINTERS: Readonly<Record<string, Printer>> = {
  "/Pod": podPrinter,
  "/PodTemplate": workloads.podTemplatePrinter,
  "/ReplicationController": workloads.replicationControllerPrinter,
  "/Node": core.nodePrinter,
  "/Service": core.servicePrinter,
  "/Endpoints": core.endpointsPrinter,
  "/Event": core.eventPrinter,
  "events.k8s.io/Event": core.eventPrinter,
  "/Namespace": core.namespacePrinter,
  "/ConfigMap": core.configMapPrinter,
  "/Secret": core.secretPrinter,
  "/ServiceAccount": core.serviceAccountPrinter,
  "/ComponentStatus": core.componentStatusPrinter,
  "/ResourceQuota": core.resourceQuotaPrinter,
  "/PersistentVolume": others.persistentVolumePrinter,
  "/PersistentVolumeClaim": others.persistentVolumeClaimPrinter,
  "apps/Deployment": workloads.deploymentPrinter,
  "apps/ReplicaSet": workloads.replicaSetPrinter,
  "apps/DaemonSet": workloads.daemonSetPrinter,
  "apps/StatefulSet": workloads.statefulSetPrinter,
  "apps/ControllerRevision": workloads.controllerRevisionPrinter,
  "batch/Job": workloads.jobPrinter,
  "batch/CronJob": workloads.cronJobPrinter,
  "autoscaling/HorizontalPodAutoscaler": workloads.horizontalPodAutoscalerPrinter,
  "autoscaling/Scale": workloads.scalePrinter,
  "policy/PodDisruptionBudget": workloads.podDisruptionBudgetPrinter,
  "discovery.k8s.io/EndpointSlice": core.endpointSlicePrinter,
  "coordination.k8s.io/Lease": others.leasePrinter,
  "scheduling.k8s.io/PriorityClass": others.priorityClassPrinter,
  "node.k8s.io/RuntimeClass": others.runtimeClassPrinter,
  "rbac.authorization.k8s.io/RoleBinding": others.bindingPrinter,
  "rbac.authorization.k8s.io/ClusterRoleBinding": others.bindingPrinter,
  "networking.k8s.io/Ingress": others.ingressPrinter,
  "networking.k8s.io/IngressClass": others.ingressClassPrinter,
  "networking.k8s.io/NetworkPolicy": others.networkPolicyPrinter,
  "networking.k8s.io/ServiceCIDR": others.serviceCidrPrinter,
  "networking.k8s.io/IPAddress": others.ipAddressPrinter,
  "storage.k8s.io/StorageClass": others.storageClassPrinter,
  "storage.k8s.io/CSINode": others.csiNodePrinter,
  "storage.k8s.io/CSIDriver": others.csiDriverPrinter,
  "storage.k8s.io/CSIStorageCapacity": others.csiStorageCapacityPrinter,
  "storage.k8s.io/VolumeAttachment": others.volumeAttachmentPrinter,
  "certificates.k8s.io/CertificateSigningRequest": others.certificateSigningRequestPrinter,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": others.webhookConfigurationPrinter,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": others.webhookConfigurationPrinter,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": others.admissionPolicyPrinter,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": others.admissionPolicyBindingPrinter,
  "apiregistration.k8s.io/APIService": others.apiServicePrinter,
  "flowcontrol.apiserver.k8s.io/FlowSchema": others.flowSchemaPrinter,
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": others.priorityLevelPrinter,
};

/** For kinds without a printer of their own: name, and when it was made. */
const DEFAULT_PRINTER: Printer = {
  columns: [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: "Name must be unique within a namespace.",
      priority: 0,
    },
    {
      name: "Created At",
      type: "date",
      format: "",
      description: "When the object was created, by the server's clock.",
      priority: 0,
    },
  ],
  cells: (object) => [nameOf(object), text(record(object.metadata).creationTimestamp)],
};

/** The printer of a kind; `group` is "" for the core group. */
export function printerOf(group: string, kind: string): Printer {
  return PRINTERS[`${group}/${kind}`] ?? DEFAULT_PRINTER;
}

export interface TablePart {
  readonly columns: readonly Column[];
  readonly cells: readonly Cell[];
}

/**
 * One object's columns and cells. Without `wide` those of priority 0 only; the API server always gives all of them and
 * leaves the choice to kubectl.
 */
export function tableRow(object: ApiObject, nowWallUs: number, wide: boolean): TablePart {
  const apiVersion = object.apiVersion ?? "";
  const slash = apiVersion.indexOf("/");
  const printer = printerOf(slash < 0 ? "" : apiVersion.slice(0, slash), object.kind ?? "");
  const cells = printer.cells(object, { nowWallUs, wide });
  if (wide) return { columns: printer.columns, cells };
  return {
    columns: printer.columns.filter(({ priority }) => priority === 0),
    cells: cells.filter((_cell, index) => printer.columns[index]!.priority === 0),
  };
}
