import type { ApiObject } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import { userOfToken } from "../authn/authenticate.ts";
import type { UserInfo } from "../authn/user.ts";
import { authorize, rbacIndex } from "../authz/authorize.ts";
import { visitGrants } from "../authz/rbac.ts";
import type { ApiServerState, Exchange } from "../state.ts";

export interface AccessSpec {
  readonly resourceAttributes?: {
    readonly namespace?: string;
    readonly verb?: string;
    readonly group?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly namespace?: string;
  readonly token?: string;
  readonly audiences?: readonly string[];
}

/** Questions that are answered, not stored: who am I, may I, what may I, whose token is this. */
export function review(state: ApiServerState, exchange: Exchange, context: Context): ApiObject {
  const { kind, request, user } = exchange;
  const body = (request.body ?? {}) as ApiObject;
  const spec = (body.spec ?? {}) as AccessSpec;
  const metadata = { creationTimestamp: null, ...body.metadata } as NonNullable<ApiObject["metadata"]>;
  const base = { kind: kind.kind, apiVersion: `${kind.group}/${kind.version}`, metadata };
  switch (kind.kind) {
    case "SelfSubjectReview":
      return {
        ...base,
        metadata: { creationTimestamp: formatTime(context.wallUs()) },
        status: { userInfo: userInfoOf(user) },
      };
    case "TokenReview":
      return { ...base, spec, status: tokenStatus(state, spec, context.wallUs()) };
    case "SelfSubjectRulesReview":
      return { ...base, spec, status: rulesOf(state, user, spec.namespace ?? "") };
    case "SelfSubjectAccessReview":
      return { ...base, spec, status: accessOf(state, user.name, user.groups, spec) };
    default:
      return { ...base, spec, status: accessOf(state, spec.user ?? "", spec.groups ?? [], spec) };
  }
}

export function userInfoOf(user: UserInfo): Readonly<Record<string, unknown>> {
  return {
    username: user.name,
    ...(user.uid === "" ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
  };
}

function tokenStatus(state: ApiServerState, spec: AccessSpec, wallUs: number): Readonly<Record<string, unknown>> {
  const found = userOfToken(state, spec.token ?? "", wallUs);
  if (found === null) return { user: {}, error: "invalid bearer token" };
  const audiences = spec.audiences ?? [state.flags.serviceAccountIssuer];
  const common = audiences.filter((audience) => found.audiences.includes(audience));
  if (common.length === 0) {
    const why = `token audiences ${listed(found.audiences)} is invalid for the target audiences ${listed(audiences)}`;
    return { user: {}, error: `[invalid bearer token, ${why}]` };
  }
  return { authenticated: true, user: userInfoOf(found.user), audiences: common };
}

/** A list of texts as Go's `%q` prints it. */
function listed(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(" ")}]`;
}

function accessOf(
  state: ApiServerState,
  user: string,
  groups: readonly string[],
  spec: AccessSpec,
): Readonly<Record<string, unknown>> {
  const { resourceAttributes: of, nonResourceAttributes: path } = spec;
  const decision = authorize(state, {
    user,
    groups,
    verb: of?.verb ?? path?.verb ?? "",
    group: of?.group ?? "",
    resource: of?.resource ?? "",
    subresource: of?.subresource ?? "",
    namespace: of?.namespace ?? "",
    name: of?.name ?? "",
    path: path?.path ?? "",
  });
  return { allowed: decision.allowed, ...(decision.reason === "" ? {} : { reason: decision.reason }) };
}

function rulesOf(state: ApiServerState, user: UserInfo, namespace: string): Readonly<Record<string, unknown>> {
  const resourceRules: unknown[] = [];
  const nonResourceRules: unknown[] = [];
  if (user.groups.includes("system:masters")) {
    resourceRules.push({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] });
    nonResourceRules.push({ verbs: ["*"], nonResourceURLs: ["*"] });
  }
  visitGrants(rbacIndex(state), user.name, user.groups, namespace, (grant) => {
    for (const { nonResourceURLs, ...rule } of grant.rules) {
      if ((rule.resources ?? []).length > 0) resourceRules.push(rule);
      if ((nonResourceURLs ?? []).length > 0) nonResourceRules.push({ verbs: rule.verbs, nonResourceURLs });
    }
    return true;
  });
  return { resourceRules, nonResourceRules, incomplete: false };
}
