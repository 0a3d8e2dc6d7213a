/** PKCS #10: what a CertificateSigningRequest carries. Signatures are not checked, keys are not looked at. */
import { decodeBase64Text } from "../base64.ts";
import { type DerNode, der, derInteger, derOid, derText, oidOf, readDer, TAG, textOf } from "./der.ts";
import { readPem, writePem } from "./pem.ts";

/** Who a certificate speaks for. */
export interface Subject {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** All that a name says, where more than who it is counts. */
export interface SubjectDetails extends Subject {
  readonly serialNumber: string;
  readonly organizationalUnits: readonly string[];
  readonly countries: readonly string[];
  readonly localities: readonly string[];
  readonly provinces: readonly string[];
  readonly streetAddresses: readonly string[];
  readonly postalCodes: readonly string[];
}

export interface SigningRequest extends Subject {
  readonly subject: SubjectDetails;
  readonly dnsNames: readonly string[];
  /** As four or sixteen numbers with their separators: `10.0.0.1`. */
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  /** In DER, as it came. */
  readonly publicKey: readonly number[];
}

const COMMON_NAME = "2.5.4.3";
const ORGANIZATION = "2.5.4.10";
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
const SUBJECT_ALT_NAME = "2.5.29.17";
const RSA_KEY = "1.2.840.113549.1.1.1";
export const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";

/** `request` is the object's field: base64 of a PEM block. Null where there is no request in it. */
export function readSigningRequest(request: string): SigningRequest | null {
  const bytes = readPem(decodeBase64Text(request) ?? "", "CERTIFICATE REQUEST");
  const info = bytes === null ? undefined : readDer(bytes)?.children[0];
  const name = info?.children[1];
  const key = info?.children[2];
  if (info === undefined || name === undefined || key === undefined) return null;
  const names = alternativeNames(info.children.find(({ tag }) => tag === 0xa0));
  const of = (tag: number): string[] => names.filter((one) => one.tag === tag).map(textOf);
  return {
    ...readSubject(name),
    subject: readSubjectDetails(name),
    emailAddresses: of(0x81),
    dnsNames: of(0x82),
    uris: of(0x86),
    publicKey: der(key.tag, [...key.content]),
    ipAddresses: names.filter(({ tag }) => tag === 0x87).map(({ content }) => addressOf(content)),
  };
}

function attributesOf(name: DerNode, oid: string): string[] {
  return name.children
    .flatMap(({ children }) => children)
    .filter(({ children }) => oidOf(children[0]) === oid)
    .map(({ children }) => textOf(children[1]));
}

export function readSubject(name: DerNode): Subject {
  return {
    commonName: attributesOf(name, COMMON_NAME).at(-1) ?? "",
    organizations: attributesOf(name, ORGANIZATION),
  };
}

function readSubjectDetails(name: DerNode): SubjectDetails {
  return {
    ...readSubject(name),
    serialNumber: attributesOf(name, "2.5.4.5").at(-1) ?? "",
    organizationalUnits: attributesOf(name, "2.5.4.11"),
    countries: attributesOf(name, "2.5.4.6"),
    localities: attributesOf(name, "2.5.4.7"),
    provinces: attributesOf(name, "2.5.4.8"),
    streetAddresses: attributesOf(name, "2.5.4.9"),
    postalCodes: attributesOf(name, "2.5.4.17"),
  };
}

export function writeSubject({ commonName, organizations }: Subject): number[] {
  const part = (oid: string, text: string): number[] => der(TAG.set, der(TAG.sequence, [derOid(oid), derText(text)]));
  return der(TAG.sequence, [
    ...organizations.map((organization) => part(ORGANIZATION, organization)),
    part(COMMON_NAME, commonName),
  ]);
}

function alternativeNames(attributes: DerNode | undefined): readonly DerNode[] {
  const request = attributes?.children.find(({ children }) => oidOf(children[0]) === EXTENSION_REQUEST);
  const extensions = request?.children[1]?.children[0]?.children ?? [];
  const extension = extensions.find(({ children }) => oidOf(children[0]) === SUBJECT_ALT_NAME);
  const content = extension?.children.at(-1)?.content;
  return content === undefined ? [] : (readDer(content)?.children ?? []);
}

function addressOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) groups.push(((bytes[at]! << 8) | bytes[at + 1]!).toString(16));
  return groups.join(":");
}

/** A key that nobody can compute with: there is no cryptography here. */
export function derPublicKey(modulus: readonly number[]): number[] {
  const key = der(TAG.sequence, [derInteger(modulus), der(TAG.integer, [1, 0, 1])]);
  const algorithm = der(TAG.sequence, [derOid(RSA_KEY), [0x05, 0x00]]);
  return der(TAG.sequence, [algorithm, der(TAG.bitString, [0, ...key])]);
}

/** A request for a certificate in that name, in PEM. `random` fills the key. */
export function writeSigningRequest(subject: Subject, random: (bound: number) => number): string {
  const bytes = (length: number): number[] => Array.from({ length }, () => random(256));
  const modulus = bytes(256);
  modulus[0] = 0x80 | modulus[0]!;
  const info = der(TAG.sequence, [der(TAG.integer, [0]), writeSubject(subject), derPublicKey(modulus), [0xa0, 0x00]]);
  const algorithm = der(TAG.sequence, [derOid(SHA256_WITH_RSA), [0x05, 0x00]]);
  const signature = der(TAG.bitString, [0, ...bytes(256)]);
  return writePem("CERTIFICATE REQUEST", der(TAG.sequence, [info, algorithm, signature]));
}
