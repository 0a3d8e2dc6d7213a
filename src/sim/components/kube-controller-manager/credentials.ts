import { deepFreeze } from "../../api/object.ts";
import { parseTime } from "../../api/time.ts";
import type { Context, KernelMessage } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, type Machinery } from "../../machinery/machinery.ts";
import { createRequest, createSubresourceRequest, isNotFound, resultOf } from "../../machinery/requests.ts";
import { SERVICE_ACCOUNTS } from "../../machinery/resources.ts";

/**
 * `--use-service-account-credentials`: every controller asks for a token of its own service account in kube-system
 * (which it creates if need be) and acts with it; before the token has lived four fifths of its life it asks again.
 */
export interface CredentialTag {
  readonly credentials: "token" | "account";
  readonly controller: string;
  readonly serviceAccount: string;
}

export interface CredentialTimer {
  readonly type: "controller-manager/credentials";
  readonly controller: string;
  readonly serviceAccount: string;
}

const NAMESPACE = "kube-system";
const TOKEN_SECONDS = 3600;
const RETRY_US = 1_000_000;

export function requestToken(machinery: Machinery, controller: string, serviceAccount: string, context: Context): void {
  const body = deepFreeze({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: { name: serviceAccount, namespace: NAMESPACE },
    spec: { expirationSeconds: TOKEN_SECONDS },
  });
  const request = createSubresourceRequest(SERVICE_ACCOUNTS, NAMESPACE, serviceAccount, "token", body);
  const tag: CredentialTag = { credentials: "token", controller, serviceAccount };
  call(clientOf(machinery), context, request, tag);
}

export function isCredentialTag(tag: unknown): tag is CredentialTag {
  return typeof tag === "object" && tag !== null && "credentials" in tag;
}

/** True: the controller's client has its token now. */
export function handleCredentialAnswer(
  machinery: Machinery,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): boolean {
  const tag = message.tag as CredentialTag;
  const { controller, serviceAccount } = tag;
  const result = resultOf(message);
  if (tag.credentials === "account") {
    if (result.ok || result.reason === "AlreadyExists") requestToken(machinery, controller, serviceAccount, context);
    else retry(tag, result.text, context);
    return false;
  }
  if (!result.ok) {
    if (isNotFound(result)) createAccount(machinery, tag, context);
    else retry(tag, result.text, context);
    return false;
  }
  const status = (result.object.status ?? {}) as { readonly token?: string; readonly expirationTimestamp?: string };
  const client = clientOf(machinery, controller);
  client.credentials = Object.freeze({ token: status.token ?? "" });
  client.certificate = undefined;
  const expiresUs = status.expirationTimestamp === undefined ? null : parseTime(status.expirationTimestamp);
  if (expiresUs !== null) {
    const timer: CredentialTimer = { type: "controller-manager/credentials", controller, serviceAccount };
    context.setTimer(Math.max(RETRY_US, Math.floor((expiresUs - context.wallUs()) * 0.8)), timer);
  }
  return true;
}

function createAccount(machinery: Machinery, { controller, serviceAccount }: CredentialTag, context: Context): void {
  const metadata = { name: serviceAccount, namespace: NAMESPACE };
  const account = deepFreeze({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  const tag: CredentialTag = { credentials: "account", controller, serviceAccount };
  call(clientOf(machinery), context, createRequest(SERVICE_ACCOUNTS, account), tag);
}

function retry({ controller, serviceAccount }: CredentialTag, error: string, context: Context): void {
  const text = `"Get service account failed" err=${quote(error)} serviceAccount=${quote(`${NAMESPACE}/${serviceAccount}`)}`;
  klog(context, "E", "client_builder_dynamic.go:144", text);
  const timer: CredentialTimer = { type: "controller-manager/credentials", controller, serviceAccount };
  context.setTimer(RETRY_US, timer);
}
