import type { ApiObject } from "../../../api/object.ts";
import { serviceAccountOf } from "../authn/user.ts";
import type { Attributes } from "../authz/attributes.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import type { WatchCache } from "../watch/cache.ts";

/**
 * Which flow schema a request falls under, as the answer's headers tell. Requests are not queued by it (see
 * "Deviations").
 */
const SCHEMAS = "flowschemas.flowcontrol.apiserver.k8s.io";
const LEVELS = "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io";

interface FlowSchema extends ApiObject {
  readonly spec: {
    readonly priorityLevelConfiguration: { readonly name: string };
    readonly matchingPrecedence: number;
    readonly rules?: readonly PolicyRules[];
  };
}

interface PolicyRules {
  readonly subjects?: readonly Subject[];
  readonly resourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly namespaces?: readonly string[];
    readonly clusterScope?: boolean;
  }[];
  readonly nonResourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
}

interface Subject {
  readonly kind: string;
  readonly user?: { readonly name: string };
  readonly group?: { readonly name: string };
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

/** Headers of the answer to whoever asks that. */
export function flowHeaders(state: ApiServerState, asked: Attributes): Readonly<Record<string, string>> {
  const cache = state.caches.get(SCHEMAS);
  if (cache === undefined) return {};
  const found = inOrder(cache).find((schema) => (schema.spec.rules ?? []).some((rules) => matches(rules, asked)));
  if (found === undefined) return {};
  const level = lookup(state, LEVELS, "", found.spec.priorityLevelConfiguration.name);
  return {
    "x-kubernetes-pf-flowschema-uid": found.metadata?.uid ?? "",
    "x-kubernetes-pf-prioritylevel-uid": level?.metadata?.uid ?? "",
  };
}

/** Cache: the schemas in the order in which they are tried, as of a revision. */
const ordered = new WeakMap<WatchCache, { readonly revision: number; readonly schemas: readonly FlowSchema[] }>();

function inOrder(cache: WatchCache): readonly FlowSchema[] {
  const known = ordered.get(cache);
  if (known?.revision === cache.revision) return known.schemas;
  const schemas = ([...cache.objects.values()] as FlowSchema[]).sort(
    (a, b) => a.spec.matchingPrecedence - b.spec.matchingPrecedence || (a.metadata!.name! < b.metadata!.name! ? -1 : 1),
  );
  ordered.set(cache, { revision: cache.revision, schemas });
  return schemas;
}

function matches(
  { subjects = [], resourceRules = [], nonResourceRules = [] }: PolicyRules,
  asked: Attributes,
): boolean {
  if (!subjects.some((subject) => isSubject(subject, asked))) return false;
  if (asked.path !== "")
    return nonResourceRules.some(
      ({ verbs, nonResourceURLs }) => has(verbs, asked.verb) && nonResourceURLs.some((url) => isUnder(url, asked.path)),
    );
  const resource = asked.subresource === "" ? asked.resource : `${asked.resource}/${asked.subresource}`;
  return resourceRules.some(
    ({ verbs, apiGroups, resources, namespaces = [], clusterScope = false }) =>
      has(verbs, asked.verb) &&
      has(apiGroups, asked.group) &&
      has(resources, resource) &&
      (asked.namespace === "" ? clusterScope : has(namespaces, asked.namespace)),
  );
}

function has(list: readonly string[], value: string): boolean {
  return list[0] === "*" || list.includes(value);
}

function isUnder(url: string, path: string): boolean {
  return url === "*" || url === path || (url.endsWith("/*") && path.startsWith(url.slice(0, -1)));
}

function isSubject({ kind, user, group, serviceAccount }: Subject, { user: name, groups }: Attributes): boolean {
  if (kind === "User") return user?.name === "*" || user?.name === name;
  if (kind === "Group") return group?.name === "*" || groups.includes(group?.name ?? "");
  const account = serviceAccountOf(name);
  if (account === null || account.namespace !== serviceAccount?.namespace) return false;
  return serviceAccount.name === "*" || serviceAccount.name === account.name;
}
