/** X.509 certificates as the cluster's signer issues them: real in form, with a keyed hash for a signature. */
import { encodeBase64, utf8Bytes } from "../base64.ts";
import { keyedHash } from "../keyed-hash.ts";
import { formatTime, parseTime } from "../time.ts";
import { type DerNode, der, derInteger, derOid, derText, readDer, TAG, textOf } from "./der.ts";
import { readPem, writePem } from "./pem.ts";
import { readSubject, SHA256_WITH_RSA, type SigningRequest, type Subject, writeSubject } from "./request.ts";

/** Stands for the authority's key where the machine has no file of it. */
export const DEFAULT_CA_KEY = "cluster-signing-key";

const KEY_USAGE = "2.5.29.15";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const BASIC_CONSTRAINTS = "2.5.29.19";
const SUBJECT_ALT_NAME = "2.5.29.17";

/** What a key may do: the bit of each usage, the first bit the most significant. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  "digital signature": 0,
  "content commitment": 1,
  "key encipherment": 2,
  "data encipherment": 3,
  "key agreement": 4,
  "cert sign": 5,
  "crl sign": 6,
  "encipher only": 7,
  "decipher only": 8,
};

/** What it is for, in the order in which Go's crypto/x509 numbers them. */
const PURPOSES: Readonly<Record<string, string>> = {
  any: "2.5.29.37.0",
  "server auth": "1.3.6.1.5.5.7.3.1",
  "client auth": "1.3.6.1.5.5.7.3.2",
  "code signing": "1.3.6.1.5.5.7.3.3",
  "email protection": "1.3.6.1.5.5.7.3.4",
  "s/mime": "1.3.6.1.5.5.7.3.4",
  "ipsec end system": "1.3.6.1.5.5.7.3.5",
  "ipsec tunnel": "1.3.6.1.5.5.7.3.6",
  "ipsec user": "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  "ocsp signing": "1.3.6.1.5.5.7.3.9",
  "microsoft sgc": "1.3.6.1.4.1.311.10.3.3",
  "netscape sgc": "2.16.840.1.113730.4.1",
};

export interface IssuedCertificate extends Subject {
  readonly notBeforeWallUs: number;
  readonly notAfterWallUs: number;
  /** Common name of the authority. */
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serial: string;
}

export interface Issue {
  readonly notBeforeWallUs: number;
  readonly notAfterWallUs: number;
  /** Whole bytes. */
  readonly serial: readonly number[];
  readonly usages: readonly string[];
  /** Common name of the authority. */
  readonly issuer: string;
  readonly key: string;
}

/** The certificate that answers a request, in PEM. */
export function issueCertificate(request: SigningRequest, issue: Issue): string {
  const algorithm = der(TAG.sequence, [derOid(SHA256_WITH_RSA), [0x05, 0x00]]);
  const body = der(TAG.sequence, [
    der(0xa0, der(TAG.integer, [2])),
    derInteger(issue.serial),
    algorithm,
    writeSubject({ commonName: issue.issuer, organizations: [] }),
    der(TAG.sequence, [derTime(issue.notBeforeWallUs), derTime(issue.notAfterWallUs)]),
    writeSubject(request),
    [...request.publicKey],
    der(0xa3, der(TAG.sequence, extensionsOf(request, issue.usages))),
  ]);
  const signature = der(TAG.bitString, [0, ...utf8Bytes(signatureOf(body, issue.key))]);
  return writePem("CERTIFICATE", der(TAG.sequence, [body, algorithm, signature]));
}

/** Those of the request are dropped, but for the names in it; no authority is made. */
function extensionsOf(request: SigningRequest, usages: readonly string[]): number[][] {
  const bits = keyUsageBits(usages);
  const purposes = new Set(Object.keys(PURPOSES).flatMap((name) => (usages.includes(name) ? [PURPOSES[name]!] : [])));
  const names = [
    ...request.dnsNames.map((name) => derText(name, 0x82)),
    ...request.emailAddresses.map((address) => derText(address, 0x81)),
    ...request.ipAddresses.filter((ip) => ip.includes(".")).map((ip) => der(0x87, ip.split(".").map(Number))),
    ...request.uris.map((uri) => derText(uri, 0x86)),
  ];
  return [
    ...(bits === null ? [] : [extension(KEY_USAGE, bits, true)]),
    ...(purposes.size === 0 ? [] : [extension(EXTENDED_KEY_USAGE, der(TAG.sequence, [...purposes].map(derOid)))]),
    extension(BASIC_CONSTRAINTS, der(TAG.sequence, []), true),
    ...(names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, der(TAG.sequence, names))]),
  ];
}

/** A bit string without its zeros at the end; null: no usage is one of a key. */
function keyUsageBits(usages: readonly string[]): number[] | null {
  const bits = usages.flatMap((usage) => KEY_USAGES[usage] ?? []);
  if (bits.length === 0) return null;
  const bytes = new Array<number>((Math.max(...bits) >> 3) + 1).fill(0);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return der(TAG.bitString, [7 - (Math.max(...bits) & 7), ...bytes]);
}

function extension(oid: string, content: readonly number[], critical = false): number[] {
  const mark = critical ? [der(TAG.boolean, [0xff])] : [];
  return der(TAG.sequence, [derOid(oid), ...mark, der(TAG.octetString, content)]);
}

function signatureOf(body: readonly number[], key: string): string {
  return keyedHash(encodeBase64(body), key);
}

/** Null: no certificate, or not signed with that key. */
export function readCertificate(pem: string, key: string): IssuedCertificate | null {
  const parts = partsOf(pem);
  if (parts === null) return null;
  const { body, signature } = parts;
  if (textOf(signature).slice(1) !== signatureOf(der(body.tag, [...body.content]), key)) return null;
  return readBody(body);
}

/** Whoever signed it. */
export function readCertificateText(pem: string): IssuedCertificate | null {
  const parts = partsOf(pem);
  return parts === null ? null : readBody(parts.body);
}

function partsOf(pem: string): { readonly body: DerNode; readonly signature: DerNode } | null {
  const bytes = readPem(pem, "CERTIFICATE");
  const [body, , signature] = (bytes === null ? undefined : readDer(bytes)?.children) ?? [];
  return body === undefined || signature === undefined || body.children.length < 7 ? null : { body, signature };
}

function readBody({ children }: DerNode): IssuedCertificate {
  const [, serial, , issuer, validity, subject] = children as [DerNode, DerNode, DerNode, DerNode, DerNode, DerNode];
  const [from, to] = validity.children.map(timeOf);
  return {
    ...readSubject(subject),
    issuer: readSubject(issuer).commonName,
    notBeforeWallUs: from ?? 0,
    notAfterWallUs: to ?? 0,
    serial: [...serial.content.subarray(serial.content[0] === 0 ? 1 : 0)]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(""),
  };
}

/** `261120090000Z`; from 2050 on with four digits for the year. */
function derTime(wallUs: number): number[] {
  const digits = formatTime(wallUs).replace(/[-:T]/g, "");
  return digits < "2050" ? derText(digits.slice(2), TAG.utcTime) : derText(digits, TAG.generalizedTime);
}

function timeOf(node: DerNode): number {
  const digits = node.tag === TAG.utcTime ? `20${textOf(node)}` : textOf(node);
  return parseTime(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z")) ?? 0;
}
