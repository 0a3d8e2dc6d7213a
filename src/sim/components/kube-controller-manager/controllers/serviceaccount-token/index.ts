import { encodeBase64Text } from "../../../../api/base64.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { signToken } from "../../../../api/service-account-token.ts";
import type { ControllerDefinition, PlannedWrite, View } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest, updateRequest } from "../../../../machinery/requests.ts";
import { SECRETS, SERVICE_ACCOUNTS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import { ACCOUNT_NAME, ACCOUNT_UID, type Account, TOKENS, TOKENS_INFORMER } from "../../lib/token-secrets.ts";
import type { ControllerOptions } from "../../options.ts";

interface Memory {
  readonly key: string;
  readonly rootCa: string;
}

interface Secret extends ApiObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Key of an account that may still mention a Secret that is gone: `mention:NAMESPACE/ACCOUNT/SECRET`. */
const MENTION = "mention:";

/**
 * pkg/controller/serviceaccount/tokens_controller.go: fills in Secrets of the type `service-account-token`, and takes
 * away those whose account is gone, and an account's mention of one that is gone. Nobody gets such a Secret by itself any
 * more. Keys are Secrets, or mentions of them.
 */
export const serviceAccountTokenController: ControllerDefinition<Memory> = {
  name: "serviceaccount-token-controller",
  workers: 5,
  informers: [{ resource: SERVICE_ACCOUNTS }, TOKENS_INFORMER],
  createMemory: (options) => {
    const { tokenKey, rootCa } = options as ControllerOptions;
    return { key: tokenKey, rootCa };
  },
  onDelta(informer, delta, hands) {
    if (informer === TOKENS) {
      const { namespace = "", name = "", annotations } = delta.object.metadata ?? {};
      const account = annotations?.[ACCOUNT_NAME] ?? "";
      if (delta.type !== "deleted") hands.add(keyOf(delta.object), delta.trace);
      else hands.add(`${MENTION}${namespace}/${account}/${name}`, delta.trace);
      return;
    }
    if (delta.type === "updated") return;
    const { name = "", namespace = "" } = delta.object.metadata ?? {};
    hands.store(TOKENS).objects.range(`${namespace}/`, `${namespace}0`, (key, secret) => {
      if (secret.metadata?.annotations?.[ACCOUNT_NAME] === name) hands.add(key, delta.trace);
    });
  },
  reconcile(view, key) {
    if (key.startsWith(MENTION)) return { writes: withoutMention(view, key.slice(MENTION.length)) };
    const secret = view.store(TOKENS).objects.get(key) as Secret | undefined;
    if (secret === undefined || view.memory.key === "") return {};
    const { namespace = "", name = "", annotations = {}, resourceVersion, uid } = secret.metadata ?? {};
    const accountName = annotations[ACCOUNT_NAME] ?? "";
    const account = view.store("serviceaccounts").objects.get(`${namespace}/${accountName}`);
    const known = annotations[ACCOUNT_UID];
    if (account === undefined || (known !== undefined && known !== account.metadata!.uid)) {
      const preconditions = { uid: uid!, resourceVersion: resourceVersion! };
      const request = deleteRequest(SECRETS, namespace, name, { preconditions });
      return { writes: [{ request, ignore: ["NotFound", "Conflict"] }] };
    }
    const next = filled(secret, account, view.memory);
    return next === null ? {} : { writes: [{ request: updateRequest(SECRETS, next) }] };
  },
};

/** removeReferenceFromServiceAccount. */
function withoutMention(view: View<Memory>, mention: string): PlannedWrite[] {
  const [namespace = "", accountName = "", secret = ""] = mention.split("/");
  const account = view.store("serviceaccounts").objects.get(`${namespace}/${accountName}`) as Account | undefined;
  const isThereAgain = view.store(TOKENS).objects.get(`${namespace}/${secret}`) !== undefined;
  if (isThereAgain || !account?.secrets?.some(({ name }) => name === secret)) return [];
  const { secrets, ...rest } = account;
  const left = secrets!.filter(({ name }) => name !== secret);
  const next = deepFreeze(left.length === 0 ? rest : { ...rest, secrets: left });
  return [{ request: updateRequest(SERVICE_ACCOUNTS, next), ignore: ["NotFound"] }];
}

/** Null: it has all that it needs. */
function filled(secret: Secret, account: ApiObject, { key, rootCa }: Memory): Secret | null {
  const { data = {} } = secret;
  const { namespace = "", name = "", annotations = {} } = secret.metadata ?? {};
  const ca = encodeBase64Text(rootCa);
  const accountUid = account.metadata!.uid!;
  const complete =
    data.token && data["ca.crt"] === ca && data.namespace !== undefined && annotations[ACCOUNT_UID] === accountUid;
  if (complete) return null;
  const accountName = account.metadata!.name!;
  const token = signToken(
    {
      iss: "kubernetes/serviceaccount",
      "kubernetes.io/serviceaccount/namespace": namespace,
      "kubernetes.io/serviceaccount/secret.name": name,
      "kubernetes.io/serviceaccount/service-account.name": accountName,
      "kubernetes.io/serviceaccount/service-account.uid": accountUid,
      sub: `system:serviceaccount:${namespace}:${accountName}`,
    },
    key,
  );
  return deepFreeze({
    ...secret,
    metadata: { ...secret.metadata, annotations: { ...annotations, [ACCOUNT_UID]: accountUid } },
    data: {
      ...data,
      "ca.crt": ca,
      namespace: data.namespace ?? encodeBase64Text(namespace),
      token: data.token || encodeBase64Text(token),
    },
  });
}
