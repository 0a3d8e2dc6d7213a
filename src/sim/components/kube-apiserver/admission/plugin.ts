import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject, Status } from "../../../api/object.ts";
import type { UserInfo } from "../authn/user.ts";
import type { Attributes } from "../authz/attributes.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";

export interface AdmissionRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly kind: Kind;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: UserInfo;
  /** Null for DELETE. */
  readonly object: ApiObject | null;
  /** Null for CREATE. */
  readonly old: ApiObject | null;
  readonly options: RequestOptionsOfVerb;
}

/** What plugins look up: the watch caches. */
export interface AdmissionView {
  /** `lookup("serviceaccounts", "default", "default")`: from the watch cache. */
  lookup(resource: string, namespace: string, name: string): ApiObject | undefined;
  list(resource: string): Iterable<ApiObject>;
  /** Those of one namespace, by name. */
  inNamespace(resource: string, namespace: string): readonly ApiObject[];
  /** Whether `user` may do that. */
  allows(user: UserInfo, attributes: Partial<Attributes>): boolean;
  /** Integer in [0, bound). */
  random(bound: number): number;
  /** A plugin changed or refused something: it is seen in the trace. */
  note(plugin: string, effect: string): void;
  /** A note for the audit log: it is seen in the trace. */
  annotate(key: string, text: string): void;
  /** A `Warning:` for the client. */
  warn(text: string): void;
}

/**
 * One admission plugin. `admit` may give another object in the mutating pass; both passes may refuse with a Status.
 * Null: nothing to say.
 */
export interface AdmissionPlugin {
  readonly name: string;
  readonly enabledByDefault: boolean;
  /** The only resources that it looks at: `pods`, `ingresses.networking.k8s.io`. Absent: it is asked about all. */
  readonly resources?: readonly string[];
  admit?(request: AdmissionRequest, view: AdmissionView): ApiObject | Status | null;
  validate?(request: AdmissionRequest, view: AdmissionView): Status | null;
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly volumes?: readonly PodVolume[];
  readonly containers?: readonly PodContainer[];
  readonly initContainers?: readonly PodContainer[];
  readonly ephemeralContainers?: readonly PodContainer[];
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName?: string;
  readonly priority?: number;
  readonly preemptionPolicy?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface PodVolume {
  readonly name: string;
  readonly [source: string]: unknown;
}

export interface PodContainer {
  readonly name: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly [field: string]: unknown;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** A pod itself (not one of its subresources) is being created. */
export function createsPod(request: AdmissionRequest): boolean {
  return (
    request.operation === "CREATE" &&
    request.kind.resource === "pods" &&
    request.kind.group === "" &&
    request.subresource === ""
  );
}
