/** Descriptions by kind. */
import { type JsonObject, textOf } from "../json.ts";
import { alignTabs, describeTabs } from "../tabwriter.ts";
import { describeIpAddress, describeServiceCidr } from "./addresses.ts";
import { describeAutoscaler } from "./autoscaling.ts";
import { describeSigningRequest } from "./certificates.ts";
import type { DescribeContext, Describer } from "./describer.ts";
import { describeGeneric } from "./generic.ts";
import { describeIngress, describeIngressClass } from "./ingress.ts";
import { describeNode } from "./node.ts";
import { describePod } from "./pod.ts";
import {
  describeDisruptionBudget,
  describeLimitRange,
  describeNetworkPolicy,
  describePriorityClass,
  describeResourceQuota,
} from "./policies.ts";
import { describeService } from "./service.ts";
import {
  describeConfigMap,
  describeEndpointSlice,
  describeEndpoints,
  describeNamespace,
  describeRole,
  describeRoleBinding,
  describeSecret,
  describeServiceAccount,
} from "./simple.ts";
import { describeCsiNode, describeStorageClass, describeVolume, describeVolumeClaim } from "./storage.ts";
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from "./workloads.ts";
import { Lines } from "./writer.ts";

const describers: Readonly<Record<string, Describer>> = {
  "v1/Pod": describePod,
  "v1/Node": describeNode,
  "v1/Service": describeService,
  "v1/Namespace": describeNamespace,
  "v1/ConfigMap": describeConfigMap,
  "v1/Secret": describeSecret,
  "v1/ServiceAccount": describeServiceAccount,
  "v1/Endpoints": describeEndpoints,
  "discovery.k8s.io/v1/EndpointSlice": describeEndpointSlice,
  "apps/v1/Deployment": describeDeployment,
  "apps/v1/ReplicaSet": describeReplicaSet,
  "apps/v1/DaemonSet": describeDaemonSet,
  "apps/v1/StatefulSet": describeStatefulSet,
  "batch/v1/Job": describeJob,
  "batch/v1/CronJob": describeCronJob,
  "v1/ReplicationController": describeReplicationController,
  "v1/ResourceQuota": describeResourceQuota,
  "v1/LimitRange": describeLimitRange,
  "v1/PersistentVolume": describeVolume,
  "v1/PersistentVolumeClaim": describeVolumeClaim,
  "storage.k8s.io/v1/StorageClass": describeStorageClass,
  "policy/v1/PodDisruptionBudget": describeDisruptionBudget,
  "networking.k8s.io/v1/Ingress": describeIngress,
  "networking.k8s.io/v1/IngressClass": describeIngressClass,
  "networking.k8s.io/v1/NetworkPolicy": describeNetworkPolicy,
  "autoscaling/v2/HorizontalPodAutoscaler": describeAutoscaler,
  "networking.k8s.io/v1/ServiceCIDR": describeServiceCidr,
  "networking.k8s.io/v1/IPAddress": describeIpAddress,
  "certificates.k8s.io/v1/CertificateSigningRequest": describeSigningRequest,
  "storage.k8s.io/v1/CSINode": describeCsiNode,
  "scheduling.k8s.io/v1/PriorityClass": describePriorityClass,
  "rbac.authorization.k8s.io/v1/Role": describeRole,
  "rbac.authorization.k8s.io/v1/ClusterRole": describeRole,
  "rbac.authorization.k8s.io/v1/RoleBinding": describeRoleBinding,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": describeRoleBinding,
};

export async function describeObject(object: JsonObject, context: DescribeContext): Promise<string> {
  const lines = new Lines();
  const describe = describers[`${textOf(object.apiVersion)}/${textOf(object.kind)}`] ?? describeGeneric;
  await describe(lines, object, context);
  return alignTabs(lines.text(), describeTabs);
}
