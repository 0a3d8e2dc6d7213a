/** `kubectl describe csr` */

import { readSigningRequest, type SubjectDetails } from "../../../sim/api/certificates/request.ts";
import { humanDuration } from "../../../sim/api/duration.ts";
import { at, type JsonObject, numberOf, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { type Lines, longTime, orNone } from "./writer.ts";

const SUBJECT: readonly (readonly [title: string, part: keyof SubjectDetails])[] = [
  ["Organization", "organizations"],
  ["Organizational Unit", "organizationalUnits"],
  ["Country", "countries"],
  ["Locality", "localities"],
  ["Province", "provinces"],
  ["StreetAddress", "streetAddresses"],
  ["PostalCode", "postalCodes"],
];

export const describeSigningRequest: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const request = readSigningRequest(textOf(spec.request));
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Labels:", setText(objectOf(labels)));
  lines.line(0, "Annotations:", setText(objectOf(annotations)));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  lines.line(0, "Requesting User:", textOf(spec.username));
  if (textOf(spec.signerName) !== "") lines.line(0, "Signer:", textOf(spec.signerName));
  if (spec.expirationSeconds !== undefined)
    lines.line(0, "Requested Duration:", humanDuration(numberOf(spec.expirationSeconds) * 1_000_000));
  lines.line(0, "Status:", statusOf(object));
  if (request !== null) {
    const { subject } = request;
    lines.line(0, "Subject:");
    lines.line(0, "", "Common Name:", subject.commonName);
    lines.line(0, "", "Serial Number:", subject.serialNumber);
    for (const [title, part] of SUBJECT) listLines(lines, title, subject[part] as readonly string[]);
    const { dnsNames, emailAddresses, uris, ipAddresses } = request;
    if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length > 0) {
      lines.line(0, "Subject Alternative Names:");
      listLines(lines, "DNS Names", dnsNames);
      listLines(lines, "Email Addresses", emailAddresses);
      listLines(lines, "URIs", uris);
      listLines(lines, "IP Addresses", ipAddresses);
    }
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "CertificateSigningRequest"), nowUs);
};

/** In one line, annotations that others hide among them. */
function setText(values: JsonObject): string {
  return orNone(
    sortedKeys(values)
      .map((key) => `${key}=${textOf(values[key])}`)
      .join(","),
  );
}

function listLines(lines: Lines, title: string, values: readonly string[]): void {
  if (values.length > 0) lines.raw(`\t${title}:\t${values.join("\n\t\t")}\n`);
}

function statusOf(object: JsonObject): string {
  const types = objectsOf(at(object, "status", "conditions")).map(({ type }) => textOf(type));
  const words = ["Approved", "Denied", "Failed"].filter((word) => types.includes(word));
  const status = words.length === 0 ? "Pending" : words.join(",");
  return textOf(at(object, "status", "certificate")) === "" ? status : `${status},Issued`;
}
