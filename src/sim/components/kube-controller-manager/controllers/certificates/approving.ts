import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition, Plan, View } from "../../../../machinery/controller-runtime.ts";
import { createRequest, updateRequest } from "../../../../machinery/requests.ts";
import { CERTIFICATE_SIGNING_REQUESTS, SUBJECT_ACCESS_REVIEWS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import {
  type CertificateSigningRequest,
  hasCondition,
  requestOf,
  withCondition,
  wrongWithKubeletClient,
} from "./csr.ts";

const SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

/** What the requester must be allowed to do for its request to be approved, in the order in which it is asked. */
const RECOGNIZED = [
  {
    subresource: "selfnodeclient",
    message: "Auto approving self kubelet client certificate after SubjectAccessReview.",
  },
  { subresource: "nodeclient", message: "Auto approving kubelet client certificate after SubjectAccessReview." },
] as const;

/** pkg/controller/certificates/approver: approves kubelets' requests for client certificates. */
export const csrApprovingController: ControllerDefinition<null> = {
  name: "certificatesigningrequest-approving-controller",
  workers: 1,
  informers: [{ resource: CERTIFICATE_SIGNING_REQUESTS }],
  createMemory: () => null,
  onDelta(_informer, delta, hands) {
    if (delta.type !== "deleted") hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile: (view, key) => ask(view, key, 0),
  resume(view, key, memo, results) {
    const step = memo as number;
    const result = results[0];
    if (result === undefined || !result.ok) return { error: result === undefined ? "no answer" : result.text };
    const allowed = (result.object.status as { readonly allowed?: boolean } | undefined)?.allowed === true;
    if (!allowed) return ask(view, key, step + 1);
    const csr = pending(view, key);
    if (csr === null) return {};
    const approved = withCondition(
      csr,
      { type: "Approved", reason: "AutoApproved", message: RECOGNIZED[step]!.message },
      view.wallUs,
    );
    return { writes: [{ request: updateRequest(CERTIFICATE_SIGNING_REQUESTS, deepFreeze(approved), "approval") }] };
  },
};

function pending(view: View<null>, key: string): CertificateSigningRequest | null {
  const csr = view.store("certificatesigningrequests").objects.get(key) as CertificateSigningRequest | undefined;
  if (csr === undefined || csr.status?.certificate) return null;
  return hasCondition(csr, "Approved") || hasCondition(csr, "Denied") ? null : csr;
}

/** Asks whether the requester may have what its request is for; the last answer is that nobody approves it. */
function ask(view: View<null>, key: string, from: number): Plan {
  const csr = pending(view, key);
  const request = csr === null ? null : requestOf(csr);
  if (csr === null || request === null || csr.spec?.signerName !== SIGNER) return {};
  const { usages = [], username = "", uid = "", groups = [], extra } = csr.spec;
  if (wrongWithKubeletClient(request, usages) !== "") return {};
  for (let step = from; step < RECOGNIZED.length; step++) {
    const { subresource } = RECOGNIZED[step]!;
    if (subresource === "selfnodeclient" && request.commonName !== username) continue;
    const resourceAttributes = {
      group: "certificates.k8s.io",
      resource: "certificatesigningrequests",
      verb: "create",
      subresource,
      version: "*",
    };
    const spec = { user: username, uid, groups, ...(extra === undefined ? {} : { extra }), resourceAttributes };
    const review = deepFreeze({ apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec });
    return { writes: [{ request: createRequest(SUBJECT_ACCESS_REVIEWS, review) }], memo: step };
  }
  return {};
}
