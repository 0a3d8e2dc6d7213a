/** Certificates as they lie in files: issued ones, and those of the cluster's own PKI, which carry a description. */
import { type IssuedCertificate, readCertificateText } from "../../sim/api/certificates/certificate.ts";
import { parseTime } from "../../sim/api/time.ts";

export type ReadableCertificate = Pick<
  IssuedCertificate,
  "commonName" | "organizations" | "issuer" | "notBeforeWallUs" | "notAfterWallUs" | "serial"
>;

export function readAnyCertificate(text: string): ReadableCertificate | null {
  return readDescribed(text) ?? readCertificateText(text);
}

function readDescribed(text: string): ReadableCertificate | null {
  if (!text.startsWith("Certificate:")) return null;
  const field = (name: string): string => new RegExp(`^ *${name} *:? (.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  const [notBefore, notAfter] = [parseTime(field("Not Before:?")), parseTime(field("Not After *:?"))];
  if (notBefore === null || notAfter === null) return null;
  const parts = field("Subject:?")
    .split(", ")
    .map((part) => part.split(" = "));
  const of = (key: string): readonly string[] => parts.filter(([name]) => name === key).map(([, value = ""]) => value);
  return {
    commonName: of("CN")[0] ?? "",
    organizations: of("O"),
    issuer: field("Issuer:?").replace(/^CN = /, ""),
    notBeforeWallUs: notBefore,
    notAfterWallUs: notAfter,
    serial: field("Serial Number:?"),
  };
}
