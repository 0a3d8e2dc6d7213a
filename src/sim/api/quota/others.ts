/** What services, claims and all other objects take of a quota (pkg/quota/v1/evaluator/core, quota/v1/generic). */
import { type Kind, qualifiedResource } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import type { ResourceList } from "../pod/types.ts";
import { compareQuantities, formatQuantity, parseQuantity } from "../quantity.ts";
import type { Evaluator } from "./evaluator.ts";

const NOTHING_MISSING = (): string => "";
/** Scopes are about pods: a quota with one never counts anything else. */
const NO_SCOPE = (): boolean => false;

interface Service extends ApiObject {
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly { readonly nodePort?: number }[];
    readonly allocateLoadBalancerNodePorts?: boolean;
  };
}

const SERVICE_RESOURCES = ["count/services", "services", "services.nodeports", "services.loadbalancers"];

export const serviceEvaluator: Evaluator = {
  handles: (_operation, subresource) => subresource === "",
  countsResource: (name) => SERVICE_RESOURCES.includes(name),
  usage: ({ spec }: Service) => ({
    "count/services": "1",
    services: "1",
    "services.loadbalancers": spec?.type === "LoadBalancer" ? "1" : "0",
    "services.nodeports": String(nodePortsOf(spec)),
  }),
  missing: NOTHING_MISSING,
  matchesScope: NO_SCOPE,
};

function nodePortsOf(spec: Service["spec"]): number {
  const ports = spec?.ports ?? [];
  if (spec?.type === "NodePort") return ports.length;
  if (spec?.type !== "LoadBalancer") return 0;
  if (spec.allocateLoadBalancerNodePorts !== false) return ports.length;
  return ports.filter(({ nodePort }) => (nodePort ?? 0) !== 0).length;
}

interface Claim extends ApiObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: ResourceList };
  };
  readonly status?: { readonly allocatedResources?: ResourceList };
}

const BY_CLASS = ".storageclass.storage.k8s.io/";
const CLAIM_RESOURCES = ["persistentvolumeclaims", "requests.storage"];

export const claimEvaluator: Evaluator = {
  handles: (_operation, subresource) => subresource === "",
  countsResource: (name) =>
    name === "count/persistentvolumeclaims" ||
    CLAIM_RESOURCES.some((resource) => name === resource || name.endsWith(BY_CLASS + resource)),
  usage: claimUsage,
  missing: NOTHING_MISSING,
  matchesScope: NO_SCOPE,
};

function claimUsage(claim: Claim): ResourceList {
  const className =
    claim.metadata?.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? claim.spec?.storageClassName ?? "";
  const usage: Record<string, string> = { persistentvolumeclaims: "1", "count/persistentvolumeclaims": "1" };
  if (className !== "") usage[`${className}${BY_CLASS}persistentvolumeclaims`] = "1";
  const storage = storageOf(claim);
  if (storage === undefined) return usage;
  usage["requests.storage"] = storage;
  if (className !== "") usage[`${className}${BY_CLASS}requests.storage`] = storage;
  return usage;
}

/** What is asked for, or what an expansion that is under way has allocated already, in whole bytes. */
function storageOf({ spec, status }: Claim): string | undefined {
  const asked = spec?.resources?.requests?.storage;
  if (asked === undefined) return undefined;
  const allocated = status?.allocatedResources?.storage;
  const greater = allocated !== undefined && compareQuantities(allocated, asked) > 0 ? allocated : asked;
  const { nano, format } = parseQuantity(greater);
  const whole = nano % 1_000_000_000n === 0n ? nano : (nano / 1_000_000_000n + 1n) * 1_000_000_000n;
  return formatQuantity({ nano: whole, format });
}

/** Core kinds that quotas knew before there was `count/`. */
const OLD_NAMES = ["configmaps", "resourcequotas", "replicationcontrollers", "secrets"];

/** Counts the objects of any kind: `count/deployments.apps`. */
export function countEvaluator({ group, resource }: Pick<Kind, "group" | "resource">): Evaluator {
  const names = [`count/${qualifiedResource(group, resource)}`];
  if (group === "" && OLD_NAMES.includes(resource)) names.push(resource);
  const usage: ResourceList = Object.freeze(Object.fromEntries(names.map((name) => [name, "1"])));
  return {
    handles: (operation, subresource) => operation === "CREATE" && subresource === "",
    countsResource: (name) => names.includes(name),
    usage: () => usage,
    missing: NOTHING_MISSING,
    matchesScope: NO_SCOPE,
  };
}
