import type { ApiObject } from "../../../api/object.ts";
import { TOKEN_TRACKING } from "../../../api/service-account-token.ts";
import { formatDate } from "../../../api/time.ts";
import { localApiServices } from "../aggregator/local.ts";
import type { Flags } from "../flags.ts";
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from "../flowcontrol/objects.ts";
import { RBAC_DEFAULTS } from "./generated/rbac-defaults.ts";
import { objectOfDefault } from "./rbac-default.ts";

/** One object that must exist after the start, and the hook that waits for it. */
export interface BootstrapItem {
  readonly hook: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly object: ApiObject;
}

export const HOOKS: readonly string[] = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "aggregator-reload-proxy-client-cert",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration",
  "autoregister-completion",
  "apiservice-openapi-controller",
  "apiservice-openapiv3-controller",
];

const NAMESPACES = ["kube-system", "kube-public", "kube-node-lease", "default"];
const PRIORITY_CLASSES = [
  {
    name: "system-node-critical",
    value: 2_000_001_000,
    description: "Used for system critical pods that must not be moved from their current node.",
  },
  {
    name: "system-cluster-critical",
    value: 2_000_000_000,
    description:
      "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  },
];

/** Namespaces come first: others live in them. `textOf` reads the machine's files; "": there is none. */
export function bootstrapItems(flags: Flags, wallUs: number, textOf: (path: string) => string): BootstrapItem[] {
  const items: BootstrapItem[] = NAMESPACES.map((name) =>
    core("start-system-namespaces-controller", "namespaces", {
      kind: "Namespace",
      apiVersion: "v1",
      metadata: { name },
    }),
  );
  for (const entry of RBAC_DEFAULTS) {
    const resource = `${entry.kind.toLowerCase()}s`;
    const object = objectOfDefault(entry);
    items.push({ hook: "rbac/bootstrap-roles", group: "rbac.authorization.k8s.io", version: "v1", resource, object });
  }
  for (const { name, value, description } of PRIORITY_CLASSES) {
    const object = {
      kind: "PriorityClass",
      apiVersion: "scheduling.k8s.io/v1",
      metadata: { name },
      value,
      description,
      preemptionPolicy: "PreemptLowerPriority",
    };
    items.push({
      hook: "scheduling/bootstrap-system-priority-classes",
      group: "scheduling.k8s.io",
      version: "v1",
      resource: "priorityclasses",
      object,
    });
  }
  const cidr = {
    kind: "ServiceCIDR",
    apiVersion: "networking.k8s.io/v1",
    metadata: { name: "kubernetes" },
    spec: { cidrs: [flags.serviceClusterIpRange] },
  };
  items.push({
    hook: "start-kubernetes-service-cidr-controller",
    group: "networking.k8s.io",
    version: "v1",
    resource: "servicecidrs",
    object: cidr,
  });
  const flowControl = { hook: "priority-and-fairness-config-producer", group: "flowcontrol.apiserver.k8s.io" } as const;
  for (const object of PRIORITY_LEVELS)
    items.push({ ...flowControl, version: "v1", resource: "prioritylevelconfigurations", object });
  for (const object of FLOW_SCHEMAS) items.push({ ...flowControl, version: "v1", resource: "flowschemas", object });
  for (const object of localApiServices())
    items.push({
      hook: "kube-apiserver-autoregistration",
      group: "apiregistration.k8s.io",
      version: "v1",
      resource: "apiservices",
      object,
    });
  items.push(core("start-cluster-authentication-info-controller", "configmaps", authenticationInfo(flags, textOf)));
  const tracking = {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: TOKEN_TRACKING, namespace: "kube-system" },
    data: { since: formatDate(wallUs) },
  };
  items.push(core("start-legacy-token-tracking-controller", "configmaps", tracking));
  items.push(core("bootstrap-controller", "services", kubernetesService(flags)));
  return items;
}

function core(hook: string, resource: string, object: ApiObject): BootstrapItem {
  return { hook, group: "", version: "v1", resource, object };
}

/** What servers behind the aggregation layer must know to tell who asks (controlplane/controller/clusterauthenticationtrust). */
function authenticationInfo({ all }: Flags, textOf: (path: string) => string): ApiObject {
  const data: Record<string, string> = {};
  const file = (flag: string) => {
    const text = textOf(all[flag] ?? "");
    if (text !== "") data[flag] = text;
  };
  file("client-ca-file");
  if (all["requestheader-client-ca-file"] !== undefined) {
    file("requestheader-client-ca-file");
    for (const name of ["allowed-names", "extra-headers-prefix", "group-headers", "username-headers"])
      data[`requestheader-${name}`] = JSON.stringify((all[`requestheader-${name}`] ?? "").split(","));
  }
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: "extension-apiserver-authentication", namespace: "kube-system" },
    data,
  };
}

function kubernetesService(flags: Flags): ApiObject {
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      clusterIP: firstAddress(flags.serviceClusterIpRange),
      ports: [{ name: "https", protocol: "TCP", port: 443, targetPort: flags.securePort }],
      sessionAffinity: "None",
    },
  };
}

function firstAddress(range: string): string {
  const parts = range.split("/")[0]!.split(".").map(Number);
  parts[3] = parts[3]! + 1;
  return parts.join(".");
}
