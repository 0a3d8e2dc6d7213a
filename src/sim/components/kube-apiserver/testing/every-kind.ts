/** An object of every kind that clients make, for tests that lead all of them through the same. */

const CONDITION = {
  type: "StatusUpdate",
  status: "True",
  reason: "E2E",
  message: "m",
  lastTransitionTime: "2026-11-20T09:00:00Z",
};
const { lastTransitionTime: _, ...WITHOUT_TIME } = CONDITION;
const CONTAINERS = [{ name: "c", image: "nginx" }];
const template = (labels: object) => ({ metadata: { labels }, spec: { containers: CONTAINERS } });
const workload = (more: object = {}) => ({
  spec: { selector: { matchLabels: { a: "b" } }, template: template({ a: "b" }), ...more },
});
const job = { template: { spec: { restartPolicy: "Never", containers: CONTAINERS } } };
const scaled = { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" } } };
const webhook = {
  name: "a.example.com",
  clientConfig: { service: { namespace: "x", name: "y", path: "/z", port: 8443 } },
  rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] }],
  namespaceSelector: { matchLabels: { nobody: "here" } },
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  matchConditions: [{ name: "a", expression: "object.metadata.name != 'skip'" }],
};
const about = { namespace: "default", kind: "Pod", name: "p" };

export interface Row {
  readonly path: string;
  readonly kind: string;
  readonly body: object | ((name: string) => object);
  /** What the status subresource takes; null: there is none. */
  readonly status: object | null;
  readonly name?: (index: number) => string;
}

const NS = "namespaces/default/";

function row(path: string, kind: string, body: Row["body"] = {}, status: object | null = null): Row {
  return { path, kind, body, status };
}

const CONDITIONS = { conditions: [CONDITION] };

export const ROWS: readonly Row[] = [
  row(`api/v1/${NS}configmaps`, "ConfigMap", { data: { a: "b" } }),
  row(`api/v1/${NS}secrets`, "Secret", { data: { key: "dmFsdWU=" } }),
  row(`api/v1/${NS}serviceaccounts`, "ServiceAccount"),
  row(`api/v1/${NS}pods`, "Pod", { spec: { serviceAccountName: "default", containers: CONTAINERS } }, CONDITIONS),
  row(`api/v1/${NS}podtemplates`, "PodTemplate", { template: template({}) }),
  row(`api/v1/${NS}endpoints`, "Endpoints", { subsets: [{ addresses: [{ ip: "10.0.0.24" }], ports: [{ port: 80 }] }] }),
  row(`api/v1/${NS}events`, "Event", { involvedObject: about, reason: "Test" }),
  row(
    `api/v1/${NS}services`,
    "Service",
    { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } },
    { loadBalancer: { ingress: [{ ip: "203.0.113.1" }] } },
  ),
  row(
    `api/v1/${NS}replicationcontrollers`,
    "ReplicationController",
    { spec: { selector: { a: "b" }, template: template({ a: "b" }) } },
    { replicas: 1 },
  ),
  row(`api/v1/${NS}resourcequotas`, "ResourceQuota", { spec: { hard: { pods: "50" } } }, { hard: { pods: "9" } }),
  row(`api/v1/${NS}limitranges`, "LimitRange", { spec: { limits: [{ type: "Pod", max: { cpu: "1" } }] } }),
  row(
    `api/v1/${NS}persistentvolumeclaims`,
    "PersistentVolumeClaim",
    { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    CONDITIONS,
  ),
  row(
    "api/v1/persistentvolumes",
    "PersistentVolume",
    { spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/tmp/x" } } },
    { message: "StatusPatched" },
  ),
  row(`apis/apps/v1/${NS}deployments`, "Deployment", workload(), CONDITIONS),
  row(`apis/apps/v1/${NS}replicasets`, "ReplicaSet", workload(), CONDITIONS),
  row(`apis/apps/v1/${NS}statefulsets`, "StatefulSet", workload({ serviceName: "s" }), CONDITIONS),
  row(`apis/apps/v1/${NS}daemonsets`, "DaemonSet", workload(), CONDITIONS),
  row(`apis/apps/v1/${NS}controllerrevisions`, "ControllerRevision", { data: { a: 1 }, revision: 1 }),
  row(`apis/batch/v1/${NS}jobs`, "Job", { spec: { ...job, suspend: true } }, CONDITIONS),
  row(
    `apis/batch/v1/${NS}cronjobs`,
    "CronJob",
    { spec: { schedule: "* */1 * * ?", jobTemplate: { spec: job } } },
    { lastScheduleTime: "2026-11-20T09:00:00Z" },
  ),
  row(`apis/policy/v1/${NS}poddisruptionbudgets`, "PodDisruptionBudget", { spec: { minAvailable: 1 } }, CONDITIONS),
  row(`apis/autoscaling/v1/${NS}horizontalpodautoscalers`, "HorizontalPodAutoscaler", scaled, { currentReplicas: 1 }),
  row(`apis/autoscaling/v2/${NS}horizontalpodautoscalers`, "HorizontalPodAutoscaler", scaled, CONDITIONS),
  row(
    `apis/networking.k8s.io/v1/${NS}ingresses`,
    "Ingress",
    { spec: { defaultBackend: { service: { name: "d", port: { number: 80 } } } } },
    { loadBalancer: { ingress: [{ ip: "169.1.1.1" }] } },
  ),
  row("apis/networking.k8s.io/v1/ingressclasses", "IngressClass", { spec: { controller: "example.com/c" } }),
  row(`apis/networking.k8s.io/v1/${NS}networkpolicies`, "NetworkPolicy", { spec: { podSelector: {} } }),
  row("apis/networking.k8s.io/v1/servicecidrs", "ServiceCIDR", { spec: { cidrs: ["10.100.0.0/24"] } }, CONDITIONS),
  {
    ...row("apis/networking.k8s.io/v1/ipaddresses", "IPAddress", {
      spec: { parentRef: { group: "foo", resource: "bars", name: "b", namespace: "n" } },
    }),
    name: (index) => `192.168.6.${index}`,
  },
  row(`apis/discovery.k8s.io/v1/${NS}endpointslices`, "EndpointSlice", {
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.0.0.1"] }],
  }),
  row(`apis/coordination.k8s.io/v1/${NS}leases`, "Lease", { spec: { holderIdentity: "h", leaseDurationSeconds: 30 } }),
  row(`apis/events.k8s.io/v1/${NS}events`, "Event", {
    eventTime: "2026-11-20T09:00:00.000001Z",
    reportingController: "test-controller",
    reportingInstance: "i",
    action: "Do",
    reason: "Test",
    type: "Normal",
    regarding: about,
  }),
  row(`apis/rbac.authorization.k8s.io/v1/${NS}roles`, "Role", { rules: [] }),
  row(`apis/rbac.authorization.k8s.io/v1/${NS}rolebindings`, "RoleBinding", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
  }),
  row("apis/rbac.authorization.k8s.io/v1/clusterroles", "ClusterRole", { rules: [] }),
  row("apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "ClusterRoleBinding", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
  }),
  row("apis/storage.k8s.io/v1/storageclasses", "StorageClass", { provisioner: "e2e-fake-provisioner" }),
  row("apis/storage.k8s.io/v1/csidrivers", "CSIDriver", { spec: { attachRequired: false } }),
  row("apis/storage.k8s.io/v1/csinodes", "CSINode", { spec: { drivers: [{ name: "d.example.com", nodeID: "n" }] } }),
  row(
    "apis/storage.k8s.io/v1/volumeattachments",
    "VolumeAttachment",
    { spec: { attacher: "e2e", nodeName: "node", source: { persistentVolumeName: "pv" } } },
    { attached: true },
  ),
  row(`apis/storage.k8s.io/v1/${NS}csistoragecapacities`, "CSIStorageCapacity", { storageClassName: "x" }),
  row("apis/node.k8s.io/v1/runtimeclasses", "RuntimeClass", { handler: "h" }),
  row("apis/scheduling.k8s.io/v1/priorityclasses", "PriorityClass", { value: 10 }),
  row(
    "apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
    "FlowSchema",
    {
      spec: {
        matchingPrecedence: 10_000,
        priorityLevelConfiguration: { name: "global-default" },
        distinguisherMethod: { type: "ByUser" },
        rules: [
          {
            subjects: [{ kind: "User", user: { name: "nobody" } }],
            nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
          },
        ],
      },
    },
    CONDITIONS,
  ),
  row(
    "apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
    "PriorityLevelConfiguration",
    { spec: { type: "Limited", limited: { nominalConcurrencyShares: 2, limitResponse: { type: "Reject" } } } },
    CONDITIONS,
  ),
  row("apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "ValidatingWebhookConfiguration", {
    webhooks: [webhook],
  }),
  row("apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "MutatingWebhookConfiguration", {
    webhooks: [webhook],
  }),
  row(
    "apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "ValidatingAdmissionPolicy",
    {
      spec: {
        failurePolicy: "Ignore",
        matchConstraints: {
          resourceRules: [
            { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["deployments"] },
          ],
        },
        validations: [
          { expression: "object.spec.replicas > 1", messageExpression: "'wants ' + string(object.spec.replicas)" },
        ],
      },
    },
    CONDITIONS,
  ),
  row("apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", {
    spec: { policyName: "pol", validationActions: ["Warn"] },
  }),
  {
    ...row(
      "apis/apiregistration.k8s.io/v1/apiservices",
      "APIService",
      (name) => ({
        spec: {
          group: "wardle.example.com",
          version: name.split(".")[0],
          groupPriorityMinimum: 2000,
          versionPriority: 200,
          insecureSkipTLSVerify: true,
          service: { name: "s", namespace: "default" },
        },
      }),
      CONDITIONS,
    ),
    name: (index) => `v${index}.wardle.example.com`,
  },
  {
    ...row(
      "apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      "CustomResourceDefinition",
      (name) => {
        const plural = name.split(".")[0]!;
        const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
        const versions = [{ name: "v1", served: true, storage: true, schema }];
        return { spec: { group: "crd.example.com", scope: "Namespaced", names: { plural, kind: plural }, versions } };
      },
      { conditions: [WITHOUT_TIME] },
    ),
    name: (index) => `foo${index}s.crd.example.com`,
  },
];

/** The group and version in the path, `apps/v1`. */
export function apiVersionOf({ path }: Row): string {
  return groupPathOf(path).split("/").slice(1).join("/");
}

/** `apis/apps/v1` of the path of a resource. */
export function groupPathOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("apis") ? 3 : 2)
    .join("/");
}

export function objectNamed(one: Row, name: string, labels: Readonly<Record<string, string>> = {}): object {
  const body = typeof one.body === "function" ? one.body(name) : one.body;
  return { apiVersion: apiVersionOf(one), kind: one.kind, metadata: { name, labels }, ...body };
}

/** A name that such an object may have. */
export function nameOf(one: Row, index: number): string {
  return one.name?.(index) ?? `e2e-${index}`;
}
