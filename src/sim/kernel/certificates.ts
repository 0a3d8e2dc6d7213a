import { utcText } from "./calendar.ts";
import type { Certificate } from "./types.ts";

/** Why a certificate is not valid at `wallUs`, in the words of Go's crypto/x509; null when it is. */
export function certificateProblem(certificate: Certificate, wallUs: number): string | null {
  if (wallUs < certificate.notBeforeWallUs) {
    return `x509: certificate has expired or is not yet valid: current time ${utcText(wallUs)} is before ${utcText(certificate.notBeforeWallUs)}`;
  }
  if (wallUs > certificate.notAfterWallUs) {
    return `x509: certificate has expired or is not yet valid: current time ${utcText(wallUs)} is after ${utcText(certificate.notAfterWallUs)}`;
  }
  return null;
}
