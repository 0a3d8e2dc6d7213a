/**
 * Validation by kind: what the API server refuses with 422, after defaulting and `strategy.ts`. The errors are the
 * causes of the Invalid status, in upstream's order.
 */

import { validateDefinition, validateDefinitionUpdate } from "../custom/validate-definition.ts";
import { type FieldError, forbidden } from "../field-errors.ts";
import { kindOfObject } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import { validateValidatingAdmissionPolicy, validateValidatingAdmissionPolicyBinding } from "./admission-policies.ts";
import { validateApiService } from "./api-services.ts";
import { validateHorizontalPodAutoscaler } from "./autoscalers.ts";
import { validateCertificateSigningRequest, validateCertificateSigningRequestUpdate } from "./certificates.ts";
import { child, type Errors, type Fields, item, list, record } from "./common.ts";
import {
  type Validate,
  validateConfigMap,
  validateLease,
  validateMetadata,
  validateNamespace,
  validateNode,
  validatePriorityClass,
  validateSecret,
  validateServiceAccount,
} from "./core.ts";
import { validateCronJob, validateCronJobUpdate } from "./cron-jobs.ts";
import { validateEvent, validateNewEvent } from "./events.ts";
import { validateFlowSchema, validatePriorityLevelConfiguration } from "./flow-control.ts";
import { validateJob, validateJobUpdate } from "./jobs.ts";
import { checkGenericObjectMetaUpdate } from "./metadata.ts";
import { validateIngress, validateIngressClass, validateNetworkPolicy } from "./networking.ts";
import {
  validatePersistentVolume,
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimUpdate,
  validatePersistentVolumeUpdate,
} from "./persistent-volumes.ts";
import { validatePod, validatePodTemplate } from "./pod.ts";
import { validatePodUpdate } from "./pod-update.ts";
import {
  validateLimitRange,
  validatePodDisruptionBudget,
  validateResourceQuota,
  validateRuntimeClass,
} from "./policy.ts";
import { validateClusterRole, validateClusterRoleBinding, validateRole, validateRoleBinding } from "./rbac.ts";
import { hasHostProcess } from "./security.ts";
import { validateEndpointSlice, validateEndpoints, validateService, validateServiceUpdate } from "./service.ts";
import { validateIpAddress, validateServiceCidr } from "./service-cidrs.ts";
import {
  validateCsiDriver,
  validateCsiNode,
  validateCsiStorageCapacity,
  validateStorageClass,
  validateVolumeAttachment,
} from "./storage.ts";
import { validateMutatingWebhookConfiguration, validateValidatingWebhookConfiguration } from "./webhooks.ts";
import {
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateDaemonSet,
  validateDaemonSetUpdate,
  validateDeployment,
  validateDeploymentUpdate,
  validateReplicaSet,
  validateReplicaSetUpdate,
  validateReplicationController,
  validateReplicationControllerUpdate,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from "./workloads.ts";

type ValidateNew = (errors: Errors, object: ApiObject) => void;
type ValidateChange = (errors: Errors, object: ApiObject, old: ApiObject, subresource: string) => void;

function pair(create: ValidateNew, update: ValidateChange): Validate {
  return (errors, object, old, subresource = "") => {
    if (old) update(errors, object, old, subresource);
    else create(errors, object);
  };
}

/** By group and kind. */
const VALIDATIONS: Readonly<Record<string, Validate>> = {
  "/Pod": pair(validatePod, validatePodUpdate),
  "/Service": pair(validateService, validateServiceUpdate),
  "/Endpoints": validateEndpoints,
  "/Node": validateNode,
  "/Namespace": validateNamespace,
  "/ConfigMap": validateConfigMap,
  "/Secret": validateSecret,
  "/ServiceAccount": validateServiceAccount,
  "/Event": validateEvent,
  "/ReplicationController": pair(validateReplicationController, validateReplicationControllerUpdate),
  "events.k8s.io/Event": validateNewEvent,
  "apps/Deployment": pair(validateDeployment, validateDeploymentUpdate),
  "apps/ReplicaSet": pair(validateReplicaSet, validateReplicaSetUpdate),
  "apps/DaemonSet": pair(validateDaemonSet, validateDaemonSetUpdate),
  "apps/StatefulSet": pair(validateStatefulSet, validateStatefulSetUpdate),
  "apps/ControllerRevision": pair(validateControllerRevision, validateControllerRevisionUpdate),
  "/PersistentVolume": pair(validatePersistentVolume, validatePersistentVolumeUpdate),
  "/PersistentVolumeClaim": pair(validatePersistentVolumeClaim, validatePersistentVolumeClaimUpdate),
  "/PodTemplate": validatePodTemplate,
  "batch/Job": pair(validateJob, validateJobUpdate),
  "batch/CronJob": pair(validateCronJob, validateCronJobUpdate),
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": validateMutatingWebhookConfiguration,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": validateValidatingWebhookConfiguration,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": validateValidatingAdmissionPolicy,
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": validateValidatingAdmissionPolicyBinding,
  "flowcontrol.apiserver.k8s.io/FlowSchema": validateFlowSchema,
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": validatePriorityLevelConfiguration,
  "networking.k8s.io/ServiceCIDR": validateServiceCidr,
  "networking.k8s.io/IPAddress": validateIpAddress,
  "apiregistration.k8s.io/APIService": validateApiService,
  "certificates.k8s.io/CertificateSigningRequest": pair(
    validateCertificateSigningRequest,
    validateCertificateSigningRequestUpdate,
  ),
  "discovery.k8s.io/EndpointSlice": validateEndpointSlice,
  "coordination.k8s.io/Lease": validateLease,
  "scheduling.k8s.io/PriorityClass": validatePriorityClass,
  "/ResourceQuota": validateResourceQuota,
  "policy/PodDisruptionBudget": validatePodDisruptionBudget,
  "autoscaling/HorizontalPodAutoscaler": validateHorizontalPodAutoscaler,
  "networking.k8s.io/NetworkPolicy": validateNetworkPolicy,
  "networking.k8s.io/Ingress": validateIngress,
  "networking.k8s.io/IngressClass": validateIngressClass,
  "node.k8s.io/RuntimeClass": validateRuntimeClass,
  "storage.k8s.io/StorageClass": validateStorageClass,
  "/LimitRange": validateLimitRange,
  "storage.k8s.io/CSINode": validateCsiNode,
  "storage.k8s.io/CSIDriver": validateCsiDriver,
  "storage.k8s.io/VolumeAttachment": validateVolumeAttachment,
  "storage.k8s.io/CSIStorageCapacity": validateCsiStorageCapacity,
  "apiextensions.k8s.io/CustomResourceDefinition": pair(
    (errors, object) => errors.push(...validateDefinition(object)),
    (errors, object, old, subresource) => errors.push(...validateDefinitionUpdate(object, old, subresource)),
  ),
  "rbac.authorization.k8s.io/Role": validateRole,
  "rbac.authorization.k8s.io/ClusterRole": validateClusterRole,
  "rbac.authorization.k8s.io/RoleBinding": validateRoleBinding,
  "rbac.authorization.k8s.io/ClusterRoleBinding": validateClusterRoleBinding,
};

/** Whether the kind's own fields are looked at; of the others only metadata is. */
export function hasOwnValidation(group: string, kind: string): boolean {
  return VALIDATIONS[`${group}/${kind}`] !== undefined;
}

const NAMESPACED_METADATA = validateMetadata(true);
const CLUSTER_METADATA = validateMetadata(false);

function validationOf(object: ApiObject): Validate {
  const kind = kindOfObject(object.apiVersion, object.kind);
  const known = kind && VALIDATIONS[`${kind.group}/${kind.kind}`];
  return known ?? (kind && !kind.namespaced ? CLUSTER_METADATA : NAMESPACED_METADATA);
}

/** Kinds that an update has to satisfy as a creation would, too. */
const CREATION_AT_UPDATE: readonly string[] = [
  "Node",
  "Namespace",
  "ReplicationController",
  "ReplicaSet",
  "DaemonSet",
  "Job",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "StorageClass",
  "CSIDriver",
  "CSINode",
  "CSIStorageCapacity",
  "VolumeAttachment",
  "RuntimeClass",
];

export interface ValidationOptions {
  /** kube-apiserver's `--allow-privileged`; default true, as kubeadm sets it. */
  readonly allowPrivileged?: boolean;
}

/** What is wrong with an object that is to be created. It has its defaults, and its namespace if it needs one. */
export function validateCreate(object: ApiObject, options: ValidationOptions = {}): readonly FieldError[] {
  const errors: FieldError[] = [];
  validationOf(object)(errors, object);
  if (options.allowPrivileged === false) checkPrivileged(errors, object);
  return errors;
}

const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: "spec",
  PodTemplate: "template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};

function checkPrivileged(errors: Errors, object: ApiObject): void {
  const field = POD_SPECS[object.kind ?? ""] ?? "spec.template.spec";
  let spec: Fields = object;
  for (const name of field.split(".")) spec = record(spec[name]);
  for (const kind of ["initContainers", "containers"]) {
    list(spec[kind]).forEach((container, index) => {
      if (record(record(container).securityContext).privileged !== true) return;
      const path = child(item(child(field, kind), index), "securityContext.privileged");
      errors.push(forbidden(path, "disallowed by cluster policy"));
    });
  }
  if (hasHostProcess(spec)) {
    errors.push(forbidden(field, "hostProcess containers are disallowed by cluster policy"));
  }
}

/** What is wrong with a change of `old` into `object`; `subresource` is "" for the object itself, or `status`. */
export function validateUpdate(object: ApiObject, old: ApiObject, subresource = ""): readonly FieldError[] {
  const errors: FieldError[] = [];
  // The registry looks at metadata before the kind's own validation does: causes come twice, messages once.
  checkGenericObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  const validate = validationOf(object);
  if (subresource === "" && CREATION_AT_UPDATE.includes(object.kind ?? "")) validate(errors, object);
  validate(errors, object, old, subresource);
  return errors;
}
