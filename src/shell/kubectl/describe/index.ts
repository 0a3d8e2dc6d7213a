/** Descriptions by kind. */
import { type JsonObject, textOf } from "../json.ts";
import { alignTabs, describeTabs } from "../tabwriter.ts";
import type { DescribeContext, Describer } from "./describer.ts";
import { describeGeneric } from "./generic.ts";
import { describeNode } from "./node.ts";
import { describePod } from "./pod.ts";
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
import {
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
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
