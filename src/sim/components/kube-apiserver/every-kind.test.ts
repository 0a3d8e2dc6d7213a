import { beforeAll, describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import type { HttpChunk, HttpResponse } from "./messages.ts";
import { createHarness, type Harness } from "./testing/harness.ts";

/**
 * What a client does with objects of any kind, as conformance tests do it: discovery, create, read, list, patch in four
 * ways, update, status, tables, watch, delete one and a collection.
 */

let harness: Harness;

beforeAll(() => {
  harness = createHarness();
  harness.http("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
});

const JSON_TYPE = { "content-type": "application/json" };
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

interface Row {
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

const ROWS: readonly Row[] = [
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

const PATCHES: Readonly<Record<string, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

type Answer = Pick<ApiObject, "kind" | "apiVersion" | "metadata"> & {
  readonly items?: readonly ApiObject[];
  readonly rows?: readonly unknown[];
  readonly resources?: readonly { readonly name: string; readonly kind: string }[];
  readonly status?: Readonly<Record<string, unknown>>;
};

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): [number, Answer] {
  const { status, body: text } = harness.http(method, `/${path}`, body, { ...JSON_TYPE, ...headers });
  return [status, JSON.parse(text) as Answer];
}

function patch(path: string, type: string, body: unknown): [number, Answer] {
  return call("PATCH", path, body, { "content-type": PATCHES[type]! });
}

/** `ADDED name` for each line of a watch. */
function told(frames: readonly (HttpResponse | HttpChunk)[]): string[] {
  const text = frames.map((frame) => (frame.type === "chunk" ? frame.data : "")).join("");
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    const { type, object } = JSON.parse(line) as { type: string; object: ApiObject };
    return type === "BOOKMARK" ? [] : [`${type} ${object.metadata?.name}`];
  });
}

describe.each(ROWS)("$path", ({ path, kind, body, status, name }) => {
  const gv = path.split("/").slice(0, path.startsWith("apis") ? 3 : 2);
  const apiVersion = gv.slice(1).join("/");
  const resource = path.split("/").at(-1)!;
  const names = [1, 2, 3].map((index) => name?.(index) ?? `e2e-${index}`);
  const labels = { e2e: resource };
  const selected = `${path}?labelSelector=e2e%3D${resource}`;
  const objectNamed = (own: string) => ({
    apiVersion,
    kind,
    metadata: { name: own, labels },
    ...(typeof body === "function" ? body(own) : body),
  });
  const [first = "", second = ""] = names;

  it("lives through what clients do", () => {
    const [, discovered] = call("GET", gv.join("/"));
    const subresources = status === null ? [] : [{ name: `${resource}/status` }];
    expect(discovered.resources).toEqual(
      expect.arrayContaining([{ name: resource, kind }, ...subresources].map((one) => expect.objectContaining(one))),
    );
    const { resourceVersion } = call("GET", selected)[1].metadata!;
    const watch = harness.stream(`/${selected}&watch=1&resourceVersion=${resourceVersion}`);
    for (const own of names) expect(call("POST", path, objectNamed(own))[0]).toBe(201);
    expect(call("POST", path, objectNamed(first))[1]).toMatchObject({ code: 409, reason: "AlreadyExists" });
    const [, list] = call("GET", selected);
    expect([list.kind, list.items?.length]).toEqual([`${kind}List`, 3]);

    const one = `${path}/${first}`;
    expect(call("GET", one)[1]).toMatchObject({ apiVersion, kind, metadata: { name: first, labels } });
    expect(patch(one, "merge", { metadata: { annotations: { a: "1" } } })[0]).toBe(200);
    expect(patch(one, "strategic", { metadata: { annotations: { b: "2" } } })[0]).toBe(200);
    const [, patched] = patch(one, "json", [{ op: "add", path: "/metadata/annotations/c", value: "3" }]);
    expect(patched.metadata?.annotations).toMatchObject({ a: "1", b: "2", c: "3" });
    const [code, updated] = call("PUT", one, {
      ...patched,
      metadata: { ...patched.metadata, annotations: { d: "4" } },
    });
    expect([code, updated.metadata?.annotations?.d, updated.metadata?.annotations?.a]).toEqual([200, "4", undefined]);
    expect(call("PUT", one, patched)[1]).toMatchObject({ code: 409, reason: "Conflict" });
    const [, applied] = patch(`${path}/${second}?fieldManager=e2e&force=true`, "apply", objectNamed(second));
    const managers = applied.metadata?.managedFields as { manager: string; operation: string }[];
    expect(managers).toContainEqual(expect.objectContaining({ manager: "e2e", operation: "Apply" }));

    if (status !== null) {
      const [, changed] = patch(`${one}/status`, "merge", { metadata: { annotations: { e: "5" } }, status });
      expect(changed.status).toMatchObject(status);
      expect(changed.metadata?.annotations).toMatchObject({ e: "5" });
      expect(call("PUT", `${one}/status`, call("GET", `${one}/status`)[1])[0]).toBe(200);
      expect(patch(one, "merge", { status: { ...status, message: "not here" } })[1].status?.message).not.toBe(
        "not here",
      );
    }

    const as = (shape: string) => ({ accept: `application/json;as=${shape};g=meta.k8s.io;v=v1` });
    expect(call("GET", selected, undefined, as("Table"))[1].rows).toHaveLength(3);
    expect(call("GET", selected, undefined, as("PartialObjectMetadataList"))[1].items?.[0]).toMatchObject({
      kind: "PartialObjectMetadata",
    });

    expect(call("DELETE", `${one}?gracePeriodSeconds=0`)[0]).toBe(200);
    expect(call("DELETE", `${selected}&gracePeriodSeconds=0`)[0]).toBe(200);
    harness.run(2_000_000);
    // What a finalizer holds is the business of controllers, which are not here.
    for (const left of call("GET", selected)[1].items ?? [])
      patch(`${path}/${left.metadata?.name}`, "merge", { metadata: { finalizers: null } });
    expect(call("GET", selected)[1].items).toEqual([]);
    harness.run(1_000_000);
    const events = told(watch.frames);
    expect(events.filter((event) => event.startsWith("ADDED"))).toEqual(names.map((own) => `ADDED ${own}`));
    expect(events).toContain(`MODIFIED ${first}`);
    expect(events.filter((event) => event.startsWith("DELETED")).sort()).toEqual(names.map((own) => `DELETED ${own}`));
  });
});
