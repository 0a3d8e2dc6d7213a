import { readSigningRequest } from "../../../api/certificates/request.ts";
import { equalJson } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import type { AdmissionPlugin, AdmissionRequest, AdmissionView } from "./plugin.ts";

const RESOURCES = ["certificatesigningrequests.certificates.k8s.io"];
const CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";

interface Spec {
  readonly signerName?: string;
  readonly request?: string;
}

interface CertificateStatus {
  readonly certificate?: string;
  readonly conditions?: readonly { readonly type: string }[];
}

function signerOf(object: ApiObject | null): string {
  return ((object?.spec ?? {}) as Spec).signerName ?? "";
}

function statusOf(object: ApiObject | null): CertificateStatus {
  return (object?.status ?? {}) as CertificateStatus;
}

/** The right to `verb` a signer: by its name, or all of its domain. */
function may(request: AdmissionRequest, view: AdmissionView, verb: string): boolean {
  const signer = signerOf(request.old);
  const asked = (name: string) =>
    view.allows(request.user, { verb, group: "certificates.k8s.io", resource: "signers", name });
  return asked(signer) || asked(`${signer.split("/")[0]}/*`);
}

export const certificateApproval: AdmissionPlugin = {
  name: "CertificateApproval",
  enabledByDefault: true,
  resources: RESOURCES,
  validate(request, view) {
    if (request.operation !== "UPDATE" || request.subresource !== "approval") return null;
    if (may(request, view, "approve")) return null;
    const why = `user not permitted to approve requests with signerName ${JSON.stringify(signerOf(request.old))}`;
    return forbidden(request.kind, request.name, why);
  },
};

export const certificateSigning: AdmissionPlugin = {
  name: "CertificateSigning",
  enabledByDefault: true,
  resources: RESOURCES,
  validate(request, view) {
    if (request.operation !== "UPDATE" || request.subresource !== "status") return null;
    const [now, before] = [statusOf(request.object), statusOf(request.old)];
    const unchanged =
      (now.certificate ?? "") === (before.certificate ?? "") &&
      equalJson(now.conditions ?? null, before.conditions ?? null);
    if (unchanged || may(request, view, "sign")) return null;
    const why = `user not permitted to sign requests with signerName ${JSON.stringify(signerOf(request.old))}`;
    return forbidden(request.kind, request.name, why);
  },
};

/** Nobody becomes master of the cluster by a certificate request. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: "CertificateSubjectRestriction",
  enabledByDefault: true,
  resources: RESOURCES,
  validate(request) {
    const { operation, subresource, object } = request;
    if (operation !== "CREATE" || subresource !== "" || signerOf(object) !== CLIENT_SIGNER) return null;
    const asked = readSigningRequest(((object!.spec ?? {}) as Spec).request ?? "");
    if (asked === null || !asked.organizations.includes("system:masters")) return null;
    const why = `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`;
    return forbidden(request.kind, request.name, why);
  },
};
