import { MANDATORY_FLOW_SCHEMAS, MANDATORY_PRIORITY_LEVELS } from "../../../api/flow-control.ts";
import type { ApiObject } from "../../../api/object.ts";

/**
 * The priority levels and flow schemas that every API server of 1.33 makes sure of
 * (apiserver's `pkg/apis/flowcontrol/bootstrap`): the mandatory ones and those that are suggested.
 */
const API_VERSION = "flowcontrol.apiserver.k8s.io/v1";
const AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

interface Level {
  readonly name: string;
  readonly shares: number;
  readonly lendablePercent: number;
  readonly queues: readonly [queues: number, handSize: number];
}

const LEVELS: readonly Level[] = [
  { name: "system", shares: 30, lendablePercent: 33, queues: [64, 6] },
  { name: "node-high", shares: 40, lendablePercent: 25, queues: [64, 6] },
  { name: "leader-election", shares: 10, lendablePercent: 0, queues: [16, 4] },
  { name: "workload-high", shares: 40, lendablePercent: 50, queues: [128, 6] },
  { name: "workload-low", shares: 100, lendablePercent: 90, queues: [128, 6] },
  { name: "global-default", shares: 20, lendablePercent: 50, queues: [128, 6] },
];

type Subject = Readonly<Record<string, unknown>>;

interface Rule {
  readonly subjects: readonly Subject[];
  readonly resourceRules?: readonly Readonly<Record<string, unknown>>[];
  readonly nonResourceRules?: readonly Readonly<Record<string, unknown>>[];
}

interface Schema {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly distinguisher: "" | "ByUser" | "ByNamespace";
  readonly rule: Rule;
}

const ALL = ["*"];
const everybody = groups("system:unauthenticated", "system:authenticated");
const leaders = [
  resources(["get", "create", "update"], [""], ["endpoints", "configmaps"], ["kube-system"]),
  resources(["get", "create", "update"], ["coordination.k8s.io"], ["leases"], ALL),
];
const leadersAnywhere = [
  resources(["get", "create", "update"], [""], ["endpoints", "configmaps"], ALL),
  resources(["get", "create", "update"], ["coordination.k8s.io"], ["leases"], ALL),
];
const managerAndScheduler = users("system:kube-controller-manager", "system:kube-scheduler");

const SCHEMAS: readonly Schema[] = [
  schema("system-nodes", "system", 500, "ByUser", everything(groups("system:nodes"))),
  schema("system-node-high", "node-high", 400, "ByUser", {
    subjects: groups("system:nodes"),
    resourceRules: [
      { ...resources(ALL, [""], ["nodes", "nodes/status"], ALL), clusterScope: true },
      resources(ALL, ["coordination.k8s.io"], ["leases"], ALL),
    ],
  }),
  schema("probes", "exempt", 2, "", {
    subjects: everybody,
    nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }],
  }),
  schema("system-leader-election", "leader-election", 100, "ByUser", {
    subjects: [...managerAndScheduler, ...accounts("*")],
    resourceRules: leaders,
  }),
  schema("endpoint-controller", "workload-high", 150, "ByUser", {
    subjects: [
      ...users("system:kube-controller-manager"),
      ...accounts("endpoint-controller", "endpointslicemirroring-controller"),
    ],
    resourceRules: [resources(["get", "create", "update"], [""], ["endpoints"], ALL)],
  }),
  schema("workload-leader-election", "leader-election", 200, "ByUser", {
    subjects: accounts("*"),
    resourceRules: leadersAnywhere,
  }),
  schema(
    "kube-controller-manager",
    "workload-high",
    800,
    "ByNamespace",
    everything(users("system:kube-controller-manager")),
  ),
  schema("kube-scheduler", "workload-high", 800, "ByNamespace", everything(users("system:kube-scheduler"))),
  schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", everything(accounts("*"))),
  schema("service-accounts", "workload-low", 9000, "ByUser", everything(groups("system:serviceaccounts"))),
  schema("global-default", "global-default", 9900, "ByUser", everything(everybody)),
];

export const FLOW_SCHEMAS: readonly ApiObject[] = [
  ...Object.entries(MANDATORY_FLOW_SCHEMAS).map(([name, spec]) => flowControlObject("FlowSchema", name, spec)),
  ...SCHEMAS.map(flowSchema),
];
export const PRIORITY_LEVELS: readonly ApiObject[] = [
  ...Object.entries(MANDATORY_PRIORITY_LEVELS).map(([name, spec]) => priorityLevel(name, spec)),
  ...LEVELS.map(limitedLevel),
];

function schema(
  name: string,
  level: string,
  precedence: number,
  distinguisher: Schema["distinguisher"],
  rule: Rule,
): Schema {
  return { name, level, precedence, distinguisher, rule };
}

function groups(...names: string[]): Subject[] {
  return names.map((name) => ({ kind: "Group", group: { name } }));
}

function users(...names: string[]): Subject[] {
  return names.map((name) => ({ kind: "User", user: { name } }));
}

function accounts(...names: string[]): Subject[] {
  return names.map((name) => ({ kind: "ServiceAccount", serviceAccount: { namespace: "kube-system", name } }));
}

function resources(
  verbs: readonly string[],
  apiGroups: readonly string[],
  names: readonly string[],
  namespaces: readonly string[],
): Readonly<Record<string, unknown>> {
  return { verbs, apiGroups, resources: names, namespaces };
}

function everything(subjects: readonly Subject[]): Rule {
  return {
    subjects,
    resourceRules: [{ ...resources(ALL, ALL, ALL, ALL), clusterScope: true }],
    nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
  };
}

function flowControlObject(kind: string, name: string, spec: Readonly<Record<string, unknown>>): ApiObject {
  return { kind, apiVersion: API_VERSION, metadata: { name, annotations: { [AUTO_UPDATE]: "true" } }, spec };
}

function flowSchema({ name, level, precedence, distinguisher, rule }: Schema): ApiObject {
  return flowControlObject("FlowSchema", name, {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(distinguisher === "" ? {} : { distinguisherMethod: { type: distinguisher } }),
    rules: [rule],
  });
}

function priorityLevel(name: string, spec: Readonly<Record<string, unknown>>): ApiObject {
  return flowControlObject("PriorityLevelConfiguration", name, spec);
}

function limitedLevel({ name, shares, lendablePercent, queues: [queues, handSize] }: Level): ApiObject {
  const limitResponse = { type: "Queue", queuing: { queues, handSize, queueLengthLimit: 50 } };
  return priorityLevel(name, {
    type: "Limited",
    limited: { nominalConcurrencyShares: shares, lendablePercent, limitResponse },
  });
}
