import type { ApiObject } from "../../../api/object.ts";
import { withFields } from "../../../kernel/records.ts";
import { serviceAccountOf, type UserInfo } from "../authn/user.ts";
import { type Attributes, NO_ATTRIBUTES } from "../authz/attributes.ts";
import type { RequestInfo } from "../http/path.ts";
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

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = Object.freeze({});

/** Headers of the answer to whoever asks that. */
export function flowHeaders(state: ApiServerState, user: UserInfo, info: RequestInfo): Headers {
  const schemas = state.caches.get(SCHEMAS);
  const levels = state.caches.get(LEVELS);
  if (schemas === undefined || levels === undefined) return NONE;
  const { inOrder, answered } = configurationOf(schemas, levels);
  const last = answered.get(info);
  if (last?.user === user) return last.headers;
  const headers = classify(state, inOrder, attributesOf(user, info));
  answered.set(info, { user, headers });
  return headers;
}

/** What flow schemas look at. */
function attributesOf({ name, groups }: UserInfo, info: RequestInfo): Attributes {
  const asks = withFields(NO_ATTRIBUTES, { user: name, groups, verb: info.verb });
  if (!info.isResource) return { ...asks, path: info.path };
  const { group, resource, subresource, namespace } = info;
  return { ...asks, group, resource, subresource, namespace };
}

function classify(state: ApiServerState, schemas: readonly FlowSchema[], asked: Attributes): Headers {
  const found = schemas.find((schema) => (schema.spec.rules ?? []).some((rules) => matches(rules, asked)));
  if (found === undefined) return NONE;
  const level = lookup(state, LEVELS, "", found.spec.priorityLevelConfiguration.name);
  return Object.freeze({
    "x-kubernetes-pf-flowschema-uid": found.metadata?.uid ?? "",
    "x-kubernetes-pf-prioritylevel-uid": level?.metadata?.uid ?? "",
  });
}

/** What follows from schemas and levels as they are at two revisions. */
interface Configuration {
  readonly schemas: number;
  readonly levels: number;
  readonly inOrder: readonly FlowSchema[];
  /** The last that asked for something, and what they were told. */
  readonly answered: WeakMap<RequestInfo, { readonly user: UserInfo; readonly headers: Headers }>;
}

/** Cache, by the cache of the schemas. */
const configurations = new WeakMap<WatchCache, Configuration>();

function configurationOf(schemas: WatchCache, levels: WatchCache): Configuration {
  const known = configurations.get(schemas);
  if (known?.schemas === schemas.revision && known.levels === levels.revision) return known;
  const inOrder = ([...schemas.objects.values()] as FlowSchema[]).sort(
    (a, b) => a.spec.matchingPrecedence - b.spec.matchingPrecedence || (a.metadata!.name! < b.metadata!.name! ? -1 : 1),
  );
  const made = { schemas: schemas.revision, levels: levels.revision, inOrder, answered: new WeakMap() };
  configurations.set(schemas, made);
  return made;
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
