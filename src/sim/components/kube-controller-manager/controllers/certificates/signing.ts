import { encodeBase64Text } from "../../../../api/base64.ts";
import { issueCertificate } from "../../../../api/certificates/certificate.ts";
import type { SigningRequest } from "../../../../api/certificates/request.ts";
import { digestHex } from "../../../../api/hash.ts";
import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { updateStatusRequest } from "../../../../machinery/requests.ts";
import { CERTIFICATE_SIGNING_REQUESTS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import type { ControllerOptions } from "../../options.ts";
import {
  type CertificateSigningRequest,
  hasCondition,
  requestOf,
  withCondition,
  wrongWithKubeletClient,
  wrongWithKubeletServing,
} from "./csr.ts";

interface Memory {
  readonly key: string;
  readonly durationUs: number;
}

/** Certificates count from a little before now: clocks differ. It is taken off their time unless that is short. */
const BACKDATE_US = 300_000_000;
const SHORT_US = 8 * 3_600_000_000;
const DURATION_US_MIN = 600_000_000;
const COMMON_NAME = "kubernetes";

/** pkg/controller/certificates/signer: signs what is approved, for the four signers that are the cluster's own. */
export const csrSigningController: ControllerDefinition<Memory> = {
  name: "certificatesigningrequest-signing-controller",
  workers: 1,
  informers: [{ resource: CERTIFICATE_SIGNING_REQUESTS }],
  createMemory: (options) => {
    const { caKey, clusterSigningDurationUs } = options as ControllerOptions;
    return { key: caKey, durationUs: clusterSigningDurationUs };
  },
  onDelta(_informer, delta, hands) {
    if (delta.type !== "deleted") hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const csr = view.store("certificatesigningrequests").objects.get(key) as CertificateSigningRequest | undefined;
    if (csr === undefined || view.memory.key === "") return {};
    const wrong = WRONG_BY_SIGNER[csr.spec?.signerName ?? ""];
    if (wrong === undefined || csr.status?.certificate || hasCondition(csr, "Failed")) return {};
    if (!hasCondition(csr, "Approved") || hasCondition(csr, "Denied")) return {};
    const request = requestOf(csr);
    const why = request === null ? "unable to parse csr" : wrong(request, csr.spec?.usages ?? []);
    const next =
      request === null || why !== ""
        ? withCondition(csr, { type: "Failed", reason: "SignerValidationFailure", message: why }, view.wallUs)
        : { ...csr, status: { ...csr.status, certificate: signed(csr, request, view.memory, view.wallUs) } };
    return { writes: [{ request: updateStatusRequest(CERTIFICATE_SIGNING_REQUESTS, deepFreeze(next)) }] };
  },
};

function signed(csr: CertificateSigningRequest, request: SigningRequest, memory: Memory, wallUs: number): string {
  const durationUs = durationOf(csr, memory.durationUs);
  const nowUs = Math.floor(wallUs / 1_000_000) * 1_000_000;
  const serial = digestHex(`certificate ${csr.metadata!.uid}`, 16)
    .match(/../g)!
    .map((byte) => Number.parseInt(byte, 16));
  const pem = issueCertificate(request, {
    notBeforeWallUs: nowUs - BACKDATE_US,
    notAfterWallUs: nowUs + durationUs - (durationUs < SHORT_US ? 0 : BACKDATE_US),
    serial,
    usages: csr.spec?.usages ?? [],
    issuer: COMMON_NAME,
    key: memory.key,
  });
  return encodeBase64Text(pem);
}

function durationOf({ spec }: CertificateSigningRequest, mostUs: number): number {
  if (spec?.expirationSeconds === undefined) return mostUs;
  return Math.min(Math.max(spec.expirationSeconds * 1_000_000, DURATION_US_MIN), mostUs);
}

const CLIENT_USAGES: readonly string[] = ["key encipherment", "digital signature", "client auth"];

const WRONG_BY_SIGNER: Readonly<Record<string, (request: SigningRequest, usages: readonly string[]) => string>> = {
  "kubernetes.io/kube-apiserver-client": (_, usages) => {
    const other = usages.find((usage) => !CLIENT_USAGES.includes(usage));
    if (other !== undefined) return `invalid usage for client certificate: ${other}`;
    return usages.includes("client auth") ? "" : "missing required usage for client certificate: client auth";
  },
  "kubernetes.io/kube-apiserver-client-kubelet": wrongWithKubeletClient,
  "kubernetes.io/kubelet-serving": wrongWithKubeletServing,
  "kubernetes.io/legacy-unknown": () => "",
};
