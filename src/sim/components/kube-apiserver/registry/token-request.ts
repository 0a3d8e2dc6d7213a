import { invalid as invalidField } from "../../../api/field-errors.ts";
import { randomUid } from "../../../api/hash.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { signToken, type TokenClaims } from "../../../api/service-account-token.ts";
import { conflict, invalid, notFound, storageError } from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import { withFields } from "../../../kernel/records.ts";
import type { Context } from "../../../kernel/types.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { objectOf } from "../watch/decorate.ts";
import { askFor, type EtcdAnswer, rangeOf } from "./etcd-client.ts";
import { keyOf, lookup } from "./lookup.ts";

interface TokenSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
/** Pods' own tokens (3607 s) live a year, and warn after the time that was asked for: old clients do not reload them. */
const EXTENDED_FROM_SECONDS = 3_607;
const EXTENDED_SECONDS = 365 * 24 * 3_600;

/** POST serviceaccounts/NAME/token. An account that was made a moment ago counts: what the cache lacks is read from etcd. */
export function beginTokenRequest(state: ApiServerState, exchange: Exchange, context: Context): void {
  const account = lookup(state, "serviceaccounts", exchange.request.namespace, exchange.name);
  if (account !== undefined) {
    issueToken(state, exchange, context, account);
    return;
  }
  exchange.phase = "read";
  askFor(state, exchange, context, { op: "range", key: keyOf(exchange) });
}

export function resumeTokenRequest(
  state: ApiServerState,
  exchange: Exchange,
  context: Context,
  from: EtcdAnswer,
): void {
  if (!from.ok) {
    refuse(state, exchange, context, storageError(from.text));
    return;
  }
  const pair = rangeOf(from.body).kvs[0];
  const account = pair === undefined ? null : objectOf(pair);
  if (account === null) refuse(state, exchange, context, notFound(exchange.kind, exchange.name));
  else issueToken(state, exchange, context, account);
}

function issueToken(state: ApiServerState, exchange: Exchange, context: Context, account: ApiObject): void {
  const { request, name } = exchange;
  const spec = ((request.body as ApiObject | undefined)?.spec ?? {}) as TokenSpec;
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  if (seconds < MIN_SECONDS) {
    const error = invalidField("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
    refuse(state, exchange, context, invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, name, [error]));
    return;
  }
  const bound = boundTo(state, request.namespace, spec);
  if (bound === null) {
    refuse(state, exchange, context, notFound({ group: "", resource: "pods" }, spec.boundObjectRef?.name ?? ""));
    return;
  }
  if (bound.pod !== undefined && spec.boundObjectRef?.uid !== undefined && spec.boundObjectRef.uid !== bound.pod.uid) {
    const why = `the UID in the bound object reference (${spec.boundObjectRef.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    refuse(state, exchange, context, conflict({ group: "", resource: "pods" }, spec.boundObjectRef.name ?? "", why));
    return;
  }
  const audiences =
    spec.audiences !== undefined && spec.audiences.length > 0 ? spec.audiences : [state.flags.serviceAccountIssuer];
  const now = Math.floor(context.wallUs() / 1_000_000);
  const extended = seconds === EXTENDED_FROM_SECONDS && bound.pod !== undefined;
  const claims: TokenClaims = {
    aud: audiences,
    exp: now + (extended ? EXTENDED_SECONDS : seconds),
    iat: now,
    iss: state.flags.serviceAccountIssuer,
    jti: randomUid((limit) => context.random.int(limit)),
    "kubernetes.io": {
      namespace: request.namespace,
      ...bound,
      serviceaccount: { name, uid: account.metadata!.uid! },
      ...(extended ? { warnafter: now + seconds } : {}),
    },
    nbf: now,
    sub: `system:serviceaccount:${request.namespace}:${name}`,
  };
  const object: ApiObject = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace: request.namespace, creationTimestamp: formatTime(context.wallUs()) },
    spec: {
      audiences,
      expirationSeconds: seconds,
      boundObjectRef: spec.boundObjectRef === undefined ? null : spec.boundObjectRef,
    },
    status: { token: signToken(claims, state.tokenKey), expirationTimestamp: formatTime((now + seconds) * 1_000_000) },
  };
  answer(state, exchange, context, 201, deepFreeze(object));
}

type Bound = Pick<TokenClaims["kubernetes.io"], "pod" | "node" | "secret">;

/** Null: what the token is to be bound to is not there. */
function boundTo(state: ApiServerState, namespace: string, { boundObjectRef: ref }: TokenSpec): Bound | null {
  if (ref === undefined || ref === null || !ref.name) return {};
  if (ref.kind === "Pod") {
    const pod = lookup(state, "pods", namespace, ref.name);
    if (pod === undefined) return null;
    const nodeName = (pod.spec as { nodeName?: string }).nodeName;
    const node = nodeName ? lookup(state, "nodes", "", nodeName) : undefined;
    const at = nodeName ? { node: { name: nodeName, uid: node?.metadata?.uid ?? "" } } : {};
    return withFields(at, { pod: { name: ref.name, uid: pod.metadata!.uid! } });
  }
  const resource = ref.kind === "Secret" ? "secrets" : "nodes";
  const object = lookup(state, resource, ref.kind === "Secret" ? namespace : "", ref.name);
  if (object === undefined) return null;
  const named = { name: ref.name, uid: object.metadata!.uid! };
  return ref.kind === "Secret" ? { secret: named } : { node: named };
}
