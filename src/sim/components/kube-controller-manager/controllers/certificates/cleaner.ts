import { decodeBase64Text } from "../../../../api/base64.ts";
import { readCertificateText } from "../../../../api/certificates/certificate.ts";
import { parseTime } from "../../../../api/time.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest } from "../../../../machinery/requests.ts";
import { CERTIFICATE_SIGNING_REQUESTS } from "../../../../machinery/resources.ts";
import type { CertificateSigningRequest, CsrCondition } from "./csr.ts";

const HOUR_US = 3_600_000_000;
/** After this long a request has served its purpose, or never will. */
const DECIDED_US = HOUR_US;
const PENDING_US = 24 * HOUR_US;

/** pkg/controller/certificates/cleaner: looks once an hour for requests that nobody needs any more. */
export const csrCleaner: ControllerDefinition<null> = {
  name: "certificatesigningrequest-cleaner-controller",
  workers: 1,
  informers: [{ resource: CERTIFICATE_SIGNING_REQUESTS }],
  createMemory: () => null,
  started(hands) {
    hands.addAfter("pass", 0, null);
  },
  reconcile(view) {
    const names: string[] = [];
    view.store("certificatesigningrequests").objects.forEach((csr, name) => {
      if (isStale(csr as CertificateSigningRequest, view.wallUs)) names.push(name);
    });
    return {
      writes: names.map((name) => ({
        request: deleteRequest(CERTIFICATE_SIGNING_REQUESTS, "", name),
        ignore: ["NotFound"],
      })),
      requeueAfterUs: HOUR_US,
      periodic: true,
    };
  },
};

function isStale({ metadata, status }: CertificateSigningRequest, wallUs: number): boolean {
  const conditions = status?.conditions ?? [];
  const issued = status?.certificate ?? "";
  const olderThan = (time: string | undefined, ageUs: number): boolean =>
    time !== undefined && wallUs - (parseTime(time) ?? wallUs) > ageUs;
  const since = (type: string): CsrCondition | undefined => conditions.find((condition) => condition.type === type);
  if (conditions.length === 0) return olderThan(metadata?.creationTimestamp, PENDING_US);
  if (olderThan(since("Denied")?.lastUpdateTime, DECIDED_US)) return true;
  if (olderThan(since("Failed")?.lastUpdateTime, DECIDED_US)) return true;
  const approved = since("Approved");
  if (approved === undefined) return false;
  if (issued === "") return olderThan(approved.lastUpdateTime, PENDING_US);
  const certificate = readCertificateText(decodeBase64Text(issued) ?? "");
  const expired = certificate !== null && wallUs > certificate.notAfterWallUs;
  return expired || olderThan(approved.lastUpdateTime, DECIDED_US);
}
