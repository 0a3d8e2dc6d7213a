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

/** RFC 3339 in UTC, whole seconds. The proleptic Gregorian calendar by Howard Hinnant's `civil_from_days`. */
export function utcText(wallUs: number): string {
  const seconds = Math.floor(wallUs / 1_000_000);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number) => (value < 10 ? `0${value}` : `${value}`);
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(rest / 3_600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}
