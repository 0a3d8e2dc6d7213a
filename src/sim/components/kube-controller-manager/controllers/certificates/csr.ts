import { readSigningRequest, type SigningRequest } from "../../../../api/certificates/request.ts";
import type { ApiObject } from "../../../../api/object.ts";
import { formatTime } from "../../../../api/time.ts";

export interface CsrCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

export interface CertificateSigningRequest extends ApiObject {
  readonly spec?: {
    readonly request?: string;
    readonly signerName?: string;
    readonly usages?: readonly string[];
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
    readonly expirationSeconds?: number;
  };
  readonly status?: { readonly conditions?: readonly CsrCondition[]; readonly certificate?: string };
}

export function hasCondition(csr: CertificateSigningRequest, type: string): boolean {
  return (csr.status?.conditions ?? []).some((condition) => condition.type === type);
}

/** The object with one condition more. */
export function withCondition(
  csr: CertificateSigningRequest,
  condition: { readonly type: string; readonly reason: string; readonly message: string },
  wallUs: number,
): CertificateSigningRequest {
  const now = formatTime(wallUs);
  const whole = { ...condition, status: "True", lastUpdateTime: now, lastTransitionTime: now };
  return { ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), whole] } };
}

export function requestOf(csr: CertificateSigningRequest): SigningRequest | null {
  return readSigningRequest(csr.spec?.request ?? "");
}

const NODES_GROUP = "system:nodes";
const NODE_PREFIX = "system:node:";

/** Why it is no request of a kubelet for its client certificate; "" if it is one (`ValidateKubeletClientCSR`). */
export function wrongWithKubeletClient(request: SigningRequest, usages: readonly string[]): string {
  if (request.organizations.length !== 1 || request.organizations[0] !== NODES_GROUP) {
    return "subject organization is not system:nodes";
  }
  if (request.dnsNames.length > 0) return "DNS subjectAltNames are not allowed";
  if (request.emailAddresses.length > 0) return "Email subjectAltNames are not allowed";
  if (request.ipAddresses.length > 0) return "IP subjectAltNames are not allowed";
  if (request.uris.length > 0) return "URI subjectAltNames are not allowed";
  if (!request.commonName.startsWith(NODE_PREFIX)) return "subject common name does not begin with system:node: ";
  return wrongUsages(usages, ["digital signature", "client auth"]);
}

/** The same for the certificate that a kubelet shows to its clients. */
export function wrongWithKubeletServing(request: SigningRequest, usages: readonly string[]): string {
  if (request.organizations.length !== 1 || request.organizations[0] !== NODES_GROUP) {
    return "subject organization is not system:nodes";
  }
  if (request.emailAddresses.length > 0) return "Email subjectAltNames are not allowed";
  if (request.uris.length > 0) return "URI subjectAltNames are not allowed";
  if (request.dnsNames.length + request.ipAddresses.length === 0) return "DNS or IP subjectAltName is required";
  if (!request.commonName.startsWith(NODE_PREFIX)) return "subject common name does not begin with system:node: ";
  return wrongUsages(usages, ["digital signature", "server auth"]);
}

function wrongUsages(usages: readonly string[], wanted: readonly string[]): string {
  const rest = usages.filter((usage) => usage !== "key encipherment");
  const fits = rest.length === wanted.length && wanted.every((usage) => rest.includes(usage));
  return fits ? "" : `usages did not match [${["key encipherment", ...wanted].sort().join(" ")}]`;
}
