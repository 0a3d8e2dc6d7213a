import type { StructType } from "./schema.ts";

/** Fields that hold one of some words: by struct and field, the words as OpenAPI lists them. */
const PROTOCOL = ["SCTP", "TCP", "UDP"];
const PULL = ["Always", "IfNotPresent", "Never"];
const EFFECT = ["NoExecute", "NoSchedule", "PreferNoSchedule"];
const TRAFFIC = ["Cluster", "Local"];
const PROFILE = ["Localhost", "RuntimeDefault", "Unconfined"];
const VOLUME_MODE = ["Block", "Filesystem"];
const HONOR = ["Honor", "Ignore"];
const PREEMPTION = ["Never", "PreemptLowerPriority"];
const FAILURE_POLICY = ["Fail", "Ignore"];
const MATCH_POLICY = ["Equivalent", "Exact"];
const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

const ENUMS: Readonly<Record<string, readonly string[]>> = {
  "AppArmorProfile.type": PROFILE,
  "Container.imagePullPolicy": PULL,
  "Container.terminationMessagePolicy": ["FallbackToLogsOnError", "File"],
  "ContainerPort.protocol": PROTOCOL,
  "CronJobSpec.concurrencyPolicy": ["Allow", "Forbid", "Replace"],
  "DaemonSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "DeploymentStrategy.type": ["Recreate", "RollingUpdate"],
  "EndpointSlice.addressType": ["FQDN", "IPv4", "IPv6"],
  "EndpointPort.protocol": PROTOCOL,
  "EphemeralContainer.imagePullPolicy": PULL,
  "EphemeralContainer.terminationMessagePolicy": ["FallbackToLogsOnError", "File"],
  "HTTPGetAction.scheme": ["HTTP", "HTTPS"],
  "HTTPIngressPath.pathType": ["Exact", "ImplementationSpecific", "Prefix"],
  "HostPathVolumeSource.type": [
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
  ],
  "JobSpec.completionMode": ["Indexed", "NonIndexed"],
  "JobSpec.podReplacementPolicy": ["Failed", "TerminatingOrFailed"],
  "MutatingWebhook.failurePolicy": FAILURE_POLICY,
  "MutatingWebhook.matchPolicy": MATCH_POLICY,
  "MutatingWebhook.reinvocationPolicy": ["IfNeeded", "Never"],
  "NamespaceStatus.phase": ["Active", "Terminating"],
  "NetworkPolicyPort.protocol": PROTOCOL,
  "NetworkPolicySpec.policyTypes": ["Egress", "Ingress"],
  "NodeSelectorRequirement.operator": ["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"],
  "NodeStatus.phase": ["Pending", "Running", "Terminated"],
  "PersistentVolumeClaimSpec.accessModes": ACCESS_MODES,
  "PersistentVolumeClaimSpec.volumeMode": VOLUME_MODE,
  "PersistentVolumeClaimStatus.phase": ["Bound", "Lost", "Pending"],
  "PersistentVolumeSpec.accessModes": ACCESS_MODES,
  "PersistentVolumeSpec.persistentVolumeReclaimPolicy": ["Delete", "Recycle", "Retain"],
  "PersistentVolumeSpec.volumeMode": VOLUME_MODE,
  "PersistentVolumeStatus.phase": ["Available", "Bound", "Failed", "Pending", "Released"],
  "PodFailurePolicyOnExitCodesRequirement.operator": ["In", "NotIn"],
  "PodFailurePolicyRule.action": ["Count", "FailIndex", "FailJob", "Ignore"],
  "PodSecurityContext.fsGroupChangePolicy": ["Always", "OnRootMismatch"],
  "PodSecurityContext.supplementalGroupsPolicy": ["Merge", "Strict"],
  "PodSpec.dnsPolicy": ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
  "PodSpec.preemptionPolicy": PREEMPTION,
  "PodSpec.restartPolicy": ["Always", "Never", "OnFailure"],
  "PodStatus.phase": ["Failed", "Pending", "Running", "Succeeded", "Unknown"],
  "PodStatus.qosClass": ["BestEffort", "Burstable", "Guaranteed"],
  "PriorityClass.preemptionPolicy": PREEMPTION,
  "ScopedResourceSelectorRequirement.operator": ["DoesNotExist", "Exists", "In", "NotIn"],
  "ScopedResourceSelectorRequirement.scopeName": [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
  ],
  "SeccompProfile.type": PROFILE,
  "SecurityContext.procMount": ["Default", "Unmasked"],
  "ServicePort.protocol": PROTOCOL,
  "ServiceSpec.externalTrafficPolicy": TRAFFIC,
  "ServiceSpec.internalTrafficPolicy": TRAFFIC,
  "ServiceSpec.ipFamilyPolicy": ["PreferDualStack", "RequireDualStack", "SingleStack"],
  "ServiceSpec.sessionAffinity": ["ClientIP", "None"],
  "ServiceSpec.type": ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
  "StatefulSetSpec.podManagementPolicy": ["OrderedReady", "Parallel"],
  "StatefulSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "StorageClass.reclaimPolicy": ["Delete", "Recycle", "Retain"],
  "StorageClass.volumeBindingMode": ["Immediate", "WaitForFirstConsumer"],
  "Taint.effect": EFFECT,
  "Toleration.effect": EFFECT,
  "Toleration.operator": ["Equal", "Exists"],
  "TopologySpreadConstraint.nodeAffinityPolicy": HONOR,
  "TopologySpreadConstraint.nodeTaintsPolicy": HONOR,
  "TopologySpreadConstraint.whenUnsatisfiable": ["DoNotSchedule", "ScheduleAnyway"],
  "ValidatingWebhook.failurePolicy": FAILURE_POLICY,
  "ValidatingWebhook.matchPolicy": MATCH_POLICY,
};

/** Undefined: any text will do, as far as the schema says. Of a list: of its items. */
export function enumOf(struct: StructType, field: string): readonly string[] | undefined {
  // Structs that are no built-in ones have other names.
  if (struct.index < 0) return undefined;
  const name = `${struct.name}.${field}`;
  return Object.hasOwn(ENUMS, name) ? ENUMS[name] : undefined;
}
