/** Default values, as the API server fills them in while it decodes (pkg/apis/<group>/<version>/defaults.go). */
import { defaultDefinition } from "../custom/definition-defaults.ts";
import type { ApiObject } from "../object.ts";
import { roundAmounts } from "./amounts.ts";
import { each, type Fields, fill, fillNil, fillZero, isFields, set, steps, within, withinOrNew } from "./fill.ts";
import { defaultPod, defaultPodTemplate, defaultVolumeSource } from "./pod.ts";
import {
  defaultClaim,
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultHorizontalPodAutoscaler,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from "./workloads.ts";

type Defaulter = (object: Fields) => Fields;

const EMPTY: Fields = Object.freeze({});

/** Empty structs that Go's encoder writes out. */
const NODE_STATUS: Fields = Object.freeze({
  daemonEndpoints: Object.freeze({ kubeletEndpoint: Object.freeze({ Port: 0 }) }),
  nodeInfo: Object.freeze({
    machineID: "",
    systemUUID: "",
    bootID: "",
    kernelVersion: "",
    osImage: "",
    containerRuntimeVersion: "",
    kubeletVersion: "",
    kubeProxyVersion: "",
    operatingSystem: "",
    architecture: "",
  }),
});

function defaultNode(object: Fields): Fields {
  return withinOrNew(object, "status", (status) => {
    const filled = roundAmounts(fill(status, NODE_STATUS), "capacity", "allocatable");
    return isFields(filled.capacity) ? fill(filled, { allocatable: filled.capacity }) : filled;
  });
}

function defaultNamespace(object: Fields): Fields {
  const metadata = isFields(object.metadata) ? object.metadata : EMPTY;
  const labelled =
    typeof metadata.name === "string" && metadata.name !== ""
      ? withinOrNew(object, "metadata", (one) =>
          withinOrNew(one, "labels", (labels) => set(labels, "kubernetes.io/metadata.name", metadata.name)),
        )
      : object;
  return withinOrNew(labelled, "status", (status) => fill(status, { phase: "Active" }));
}

const SERVICE_TYPES_WITH_NODE_PORTS: readonly unknown[] = ["NodePort", "LoadBalancer"];

function defaultService(object: Fields): Fields {
  const result = withinOrNew(object, "spec", (spec) =>
    steps(
      spec,
      (one) => fill(one, { sessionAffinity: "None", type: "ClusterIP" }),
      defaultSessionAffinity,
      (one) => each(one, "ports", defaultServicePort),
      defaultTrafficPolicies,
    ),
  );
  if ((result.spec as Fields).type !== "LoadBalancer") return result;
  return within(result, "status", (status) =>
    within(status, "loadBalancer", (balancer) =>
      each(balancer, "ingress", (ingress) => (ingress.ip ? fill(ingress, { ipMode: "VIP" }) : ingress)),
    ),
  );
}

function defaultSessionAffinity(spec: Fields): Fields {
  if (spec.sessionAffinity === "None") return set(spec, "sessionAffinityConfig", undefined);
  if (spec.sessionAffinity !== "ClientIP") return spec;
  return withinOrNew(spec, "sessionAffinityConfig", (config) =>
    withinOrNew(config, "clientIP", (clientIp) => fill(clientIp, { timeoutSeconds: 10_800 })),
  );
}

function defaultServicePort(port: Fields): Fields {
  return fillZero(fill(port, { protocol: "TCP" }), { targetPort: port.port });
}

function defaultTrafficPolicies(spec: Fields): Fields {
  const external =
    SERVICE_TYPES_WITH_NODE_PORTS.includes(spec.type) || (spec.type === "ClusterIP" && hasItems(spec.externalIPs));
  return fill(spec, {
    ...(external ? { externalTrafficPolicy: "Cluster" } : {}),
    ...(spec.type === "ExternalName" ? {} : { internalTrafficPolicy: "Cluster" }),
    ...(spec.type === "LoadBalancer" ? { allocateLoadBalancerNodePorts: true } : {}),
  });
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function defaultNetworkPolicy(object: Fields): Fields {
  return withinOrNew(object, "spec", (given) => {
    const spec = each(each(given, "ingress", defaultPolicyPorts), "egress", defaultPolicyPorts);
    return hasItems(spec.policyTypes)
      ? spec
      : { ...spec, policyTypes: hasItems(spec.egress) ? ["Ingress", "Egress"] : ["Ingress"] };
  });
}

function defaultPolicyPorts(rule: Fields): Fields {
  return each(rule, "ports", (port) => fillNil(port, "protocol", "TCP"));
}

function defaultPersistentVolume(object: Fields): Fields {
  const volume = withinOrNew(object, "spec", (spec) => {
    let result = fillNil(fill(spec, { persistentVolumeReclaimPolicy: "Retain" }), "volumeMode", "Filesystem");
    for (const key in spec) result = defaultVolumeSource(result, key);
    return roundAmounts(result, "capacity");
  });
  return withinOrNew(volume, "status", (status) => fill(status, { phase: "Pending" }));
}

const CSI_DRIVER: Fields = Object.freeze({
  attachRequired: true,
  podInfoOnMount: false,
  storageCapacity: false,
  fsGroupPolicy: "ReadWriteOnceWithFSType",
  requiresRepublish: false,
  seLinuxMount: false,
});

function defaultCsiDriver(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) => {
    const filled = fill(spec, CSI_DRIVER);
    return hasItems(filled.volumeLifecycleModes) ? filled : set(filled, "volumeLifecycleModes", ["Persistent"]);
  });
}

function defaultResourceQuota(object: Fields): Fields {
  const quota = within(object, "spec", (spec) => roundAmounts(spec, "hard"));
  return within(quota, "status", (status) => roundAmounts(status, "hard", "used"));
}

function defaultWebhooks(more: Fields): Defaulter {
  const defaults: Fields = {
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    namespaceSelector: EMPTY,
    objectSelector: EMPTY,
    timeoutSeconds: 10,
    ...more,
  };
  return (object) =>
    each(object, "webhooks", (webhook) =>
      steps(
        fill(webhook, defaults),
        (one) => each(one, "rules", (rule) => fill(rule, { scope: "*" })),
        (one) =>
          within(one, "clientConfig", (config) => within(config, "service", (service) => fill(service, { port: 443 }))),
      ),
    );
}

const MATCH_RESOURCES: Fields = Object.freeze({
  namespaceSelector: EMPTY,
  objectSelector: EMPTY,
  matchPolicy: "Equivalent",
});

function defaultMatch(resources: Fields): Fields {
  return steps(
    fill(resources, MATCH_RESOURCES),
    (one) => each(one, "resourceRules", (rule) => fill(rule, { scope: "*" })),
    (one) => each(one, "excludeResourceRules", (rule) => fill(rule, { scope: "*" })),
  );
}

/** Role references and subjects name their group. */
function defaultBinding(object: Fields): Fields {
  const referenced = within(object, "roleRef", (reference) =>
    fill(reference, { apiGroup: "rbac.authorization.k8s.io" }),
  );
  return each(referenced, "subjects", (subject) =>
    subject.kind === "User" || subject.kind === "Group"
      ? fill(subject, { apiGroup: "rbac.authorization.k8s.io" })
      : subject,
  );
}

const LIMIT_PARTS = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;

function defaultLimitRange(object: Fields): Fields {
  return within(object, "spec", (spec) =>
    each(spec, "limits", (given) => {
      const limit = roundAmounts(given, ...LIMIT_PARTS);
      if (limit.type !== "Container") return limit;
      const fields = (name: string): Fields => (isFields(limit[name]) ? (limit[name] as Fields) : EMPTY);
      const limits = fill(fields("default"), fields("max"));
      const requests = fill(fill(fields("defaultRequest"), limits), fields("min"));
      return {
        ...limit,
        ...(Object.keys(limits).length > 0 ? { default: limits } : {}),
        ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}),
      };
    }),
  );
}

const QUEUES = { queues: 64, handSize: 8, queueLengthLimit: 50 };

function defaultPriorityLevel(object: Fields): Fields {
  return within(object, "spec", (spec) =>
    within(
      within(spec, "limited", (limited) =>
        within(
          fillNil(fillNil(limited, "nominalConcurrencyShares", 30), "lendablePercent", 0),
          "limitResponse",
          (response) => within(response, "queuing", (queuing) => fillZero(queuing, QUEUES)),
        ),
      ),
      "exempt",
      (exempt) => fillNil(fillNil(exempt, "nominalConcurrencyShares", 0), "lendablePercent", 0),
    ),
  );
}

/** By group and kind. */
const DEFAULTERS: Readonly<Record<string, Defaulter>> = {
  "/Pod": defaultPod,
  "/PodTemplate": (object) => withinOrNew(object, "template", defaultPodTemplate),
  "/ReplicationController": defaultReplicationController,
  "/Service": defaultService,
  "/Node": defaultNode,
  "/Namespace": defaultNamespace,
  "/Secret": (object) => fill(object, { type: "Opaque" }),
  "/Endpoints": (object) =>
    each(object, "subsets", (subset) => each(subset, "ports", (port) => fill(port, { protocol: "TCP" }))),
  "/PersistentVolume": defaultPersistentVolume,
  "/ResourceQuota": defaultResourceQuota,
  "/PersistentVolumeClaim": defaultClaim,
  "/LimitRange": defaultLimitRange,
  "apps/Deployment": defaultDeployment,
  "apps/ReplicaSet": defaultReplicaSet,
  "apps/DaemonSet": defaultDaemonSet,
  "apps/StatefulSet": defaultStatefulSet,
  "batch/Job": defaultJob,
  "batch/CronJob": defaultCronJob,
  "autoscaling/HorizontalPodAutoscaler": defaultHorizontalPodAutoscaler,
  "networking.k8s.io/NetworkPolicy": defaultNetworkPolicy,
  "networking.k8s.io/IngressClass": (object) =>
    within(object, "spec", (spec) =>
      within(spec, "parameters", (parameters) => fill(parameters, { scope: "Cluster" })),
    ),
  "storage.k8s.io/StorageClass": (object) => fill(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "storage.k8s.io/CSIDriver": defaultCsiDriver,
  "node.k8s.io/RuntimeClass": (object) => within(object, "overhead", (overhead) => roundAmounts(overhead, "podFixed")),
  "scheduling.k8s.io/PriorityClass": (object) => fill(object, { preemptionPolicy: "PreemptLowerPriority" }),
  "apiextensions.k8s.io/CustomResourceDefinition": (object) => defaultDefinition(object as ApiObject) as Fields,
  "discovery.k8s.io/EndpointSlice": (object) =>
    each(object, "ports", (port) =>
      fill(port.name === undefined || port.name === null ? { ...port, name: "" } : port, { protocol: "TCP" }),
    ),
  "rbac.authorization.k8s.io/RoleBinding": defaultBinding,
  "rbac.authorization.k8s.io/ClusterRoleBinding": defaultBinding,
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration": defaultWebhooks({}),
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": defaultWebhooks({ reinvocationPolicy: "Never" }),
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": (object) =>
    withinOrNew(object, "spec", (spec) =>
      within(fill(spec, { failurePolicy: "Fail" }), "matchConstraints", defaultMatch),
    ),
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": (object) =>
    within(object, "spec", (spec) => within(spec, "matchResources", defaultMatch)),
  "flowcontrol.apiserver.k8s.io/FlowSchema": (object) =>
    withinOrNew(object, "spec", (spec) => fillZero(spec, { matchingPrecedence: 1000 })),
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration": defaultPriorityLevel,
  "apiregistration.k8s.io/APIService": (object) =>
    within(object, "spec", (spec) => within(spec, "service", (service) => fillNil(service, "port", 443))),
};

/** The object with its defaults: itself when it has them all; what does not change is shared. */
export function applyDefaults(object: ApiObject): ApiObject {
  const { apiVersion = "", kind = "" } = object;
  const slash = apiVersion.indexOf("/");
  const defaulter = DEFAULTERS[`${slash < 0 ? "" : apiVersion.slice(0, slash)}/${kind}`];
  return defaulter ? (defaulter(object) as ApiObject) : object;
}
