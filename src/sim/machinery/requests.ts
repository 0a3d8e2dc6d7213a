import type { ApiObject } from "../api/object.ts";
import type {
  PatchType,
  RequestOptionsOfVerb,
  ResourceRequest,
  ResourceResponse,
} from "../components/kube-apiserver/messages.ts";
import { withFields } from "../kernel/records.ts";
import type { NetworkError } from "../kernel/types.ts";
import type { Resource } from "./resources.ts";

/** A request before the client adds who asks: give it to `call`. */
export type ApiRequest = Omit<ResourceRequest, "type" | "credentials" | "userAgent">;

const NO_OPTIONS: RequestOptionsOfVerb = Object.freeze({});

function request(
  verb: ResourceRequest["verb"],
  resource: Resource,
  namespace: string,
  name: string,
  subresource: string,
  options: RequestOptionsOfVerb = NO_OPTIONS,
): ApiRequest {
  return {
    verb,
    group: resource.group,
    version: resource.version,
    resource: resource.resource,
    subresource,
    namespace,
    name,
    options,
  };
}

export function getRequest(
  resource: Resource,
  namespace: string,
  name: string,
  options?: RequestOptionsOfVerb,
): ApiRequest {
  return request("get", resource, namespace, name, "", options);
}

/** `namespace` "" lists all namespaces. */
export function listRequest(resource: Resource, namespace: string, options?: RequestOptionsOfVerb): ApiRequest {
  return request("list", resource, namespace, "", "", options);
}

export function watchRequest(resource: Resource, namespace: string, options?: RequestOptionsOfVerb): ApiRequest {
  return request("watch", resource, namespace, "", "", options);
}

export function createRequest(resource: Resource, object: ApiObject, options?: RequestOptionsOfVerb): ApiRequest {
  const namespace = object.metadata?.namespace ?? "";
  return withFields(request("create", resource, namespace, object.metadata?.name ?? "", "", options), { body: object });
}

/** Create on a subresource: `pods/binding`, `pods/eviction`, `serviceaccounts/token`. */
export function createSubresourceRequest(
  resource: Resource,
  namespace: string,
  name: string,
  subresource: string,
  body: unknown,
  options?: RequestOptionsOfVerb,
): ApiRequest {
  return withFields(request("create", resource, namespace, name, subresource, options), { body });
}

/** PUT of the whole object; its `metadata.resourceVersion` guards against lost updates. `subresource`: `status`, `finalize`, `scale`. */
export function updateRequest(resource: Resource, object: ApiObject, subresource = ""): ApiRequest {
  const namespace = object.metadata?.namespace ?? "";
  return withFields(request("update", resource, namespace, object.metadata?.name ?? "", subresource), { body: object });
}

export function updateStatusRequest(resource: Resource, object: ApiObject): ApiRequest {
  return updateRequest(resource, object, "status");
}

export function patchRequest(
  resource: Resource,
  namespace: string,
  name: string,
  patchType: PatchType,
  body: unknown,
  subresource = "",
  options?: RequestOptionsOfVerb,
): ApiRequest {
  return withFields(request("patch", resource, namespace, name, subresource, options), { body, patchType });
}

export function deleteRequest(
  resource: Resource,
  namespace: string,
  name: string,
  options?: RequestOptionsOfVerb,
): ApiRequest {
  return request("delete", resource, namespace, name, "", options);
}

export function deleteCollectionRequest(
  resource: Resource,
  namespace: string,
  options?: RequestOptionsOfVerb,
): ApiRequest {
  return request("deletecollection", resource, namespace, "", "", options);
}

const METHODS: Readonly<Record<ResourceRequest["verb"], string>> = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETE",
};

export function methodOf(ask: ApiRequest): string {
  return METHODS[ask.verb];
}

/** URL path without query: `/apis/apps/v1/namespaces/default/deployments/web/status`. */
export function pathOf(ask: ApiRequest): string {
  const root = ask.group === "" ? `/api/${ask.version}` : `/apis/${ask.group}/${ask.version}`;
  const space = ask.namespace === "" ? "" : `/namespaces/${ask.namespace}`;
  const named = ask.name !== "" && (ask.verb !== "create" || ask.subresource !== "");
  const name = named ? `/${ask.name}` : "";
  return `${root}${space}/${ask.resource}${name}${ask.subresource === "" ? "" : `/${ask.subresource}`}`;
}

/** What came of a call, whichever way it ended. `text` is the error as client-go words it. */
export type CallResult =
  | { readonly ok: true; readonly code: number; readonly object: ApiObject }
  | {
      readonly ok: false;
      readonly code: number;
      readonly reason: string;
      readonly text: string;
      readonly status: ApiObject | null;
      readonly network: NetworkError | null;
    };

type Answer =
  | { readonly type: "response"; readonly body: unknown }
  | { readonly type: "requestFailed"; readonly error: NetworkError };

/** Reads the kernel's `response` or `requestFailed` to a call. `ask` (optional) words network errors with method and URL. */
export function resultOf(message: Answer, ask?: ApiRequest, server = ""): CallResult {
  if (message.type === "requestFailed") {
    const text = ask === undefined ? message.error.text : transportErrorText(ask, server, message.error);
    return { ok: false, code: 0, reason: "", text, status: null, network: message.error };
  }
  const response = message.body as ResourceResponse;
  if (response.code >= 200 && response.code < 300) return { ok: true, code: response.code, object: response.object };
  const status = response.object;
  const reason = typeof status.reason === "string" ? status.reason : "";
  const text = typeof status.message === "string" ? status.message : `the server returned code ${response.code}`;
  return { ok: false, code: response.code, reason, text, status, network: null };
}

/** `Get "https://10.0.0.5:6443/api/v1/pods": dial tcp 10.0.0.5:6443: connect: connection refused`. */
export function transportErrorText(ask: ApiRequest, server: string, error: NetworkError): string {
  const method = METHODS[ask.verb];
  const verb = `${method.slice(0, 1)}${method.slice(1).toLowerCase()}`;
  return `${verb} "https://${server}${pathOf(ask)}": ${error.text}`;
}

/** The `Status.reason` of a refused answer, "" when it was not refused. */
export function reasonOf(response: ResourceResponse): string {
  if (response.code < 400) return "";
  return typeof response.object.reason === "string" ? response.object.reason : "";
}

export function isNotFound(answer: ResourceResponse | CallResult): boolean {
  return refusedWith(answer, 404, "NotFound");
}

export function isAlreadyExists(answer: ResourceResponse | CallResult): boolean {
  return refusedWith(answer, 409, "AlreadyExists");
}

/** 410: the resource version is too old (`Expired`, formerly `Gone`). */
export function isExpired(answer: ResourceResponse | CallResult): boolean {
  return refusedWith(answer, 410, "Expired") || refusedWith(answer, 410, "Gone");
}

/** Forbidden because the namespace is being deleted (`NamespaceTerminating` among the causes). */
export function isNamespaceTerminating(answer: CallResult): boolean {
  if (answer.ok || answer.code !== 403) return false;
  const details = answer.status?.details as { causes?: readonly { reason?: string }[] } | undefined;
  return details?.causes?.some((cause) => cause.reason === "NamespaceTerminating") ?? false;
}

function refusedWith(answer: ResourceResponse | CallResult, code: number, reason: string): boolean {
  if (answer.code !== code) return false;
  const found = "ok" in answer ? (answer.ok ? "" : answer.reason) : reasonOf(answer);
  return found === reason;
}
