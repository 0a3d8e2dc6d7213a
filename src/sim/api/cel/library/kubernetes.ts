import { isFormat } from "../../custom/formats.ts";
import {
  type Cidr,
  cidrContains,
  formatCidr,
  formatIp,
  type IpAddress,
  networkOf,
  parseCidr,
  parseIp,
} from "../../ip.ts";
import {
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelValue,
  validateQualifiedName,
} from "../../names.ts";
import { parseQuantity, type Quantity, QuantityError } from "../../quantity.ts";
import {
  CelFault,
  type CelSequence,
  type CelValue,
  listValue,
  mapValue,
  NOTHING,
  type Opaque,
  optionalValue,
  type UrlParts,
} from "../values.ts";
import { intOf } from "./numbers.ts";
import { type Overload, overload } from "./overload.ts";

/** Kubernetes' own libraries: quantities, URLs, addresses, ranges, formats. */

type QuantityValue = { readonly quantity: Quantity };
type UrlValue = { readonly url: UrlParts };
type IpValue = { readonly ip: IpAddress };
type CidrValue = { readonly cidr: Cidr };

const NANO = 1_000_000_000n;
const QUANTITY = "kubernetes.Quantity";

function quantityOf(text: string): Opaque {
  try {
    return { kind: QUANTITY, quantity: parseQuantity(text) };
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new CelFault(error.message);
  }
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return false;
  }
}

function withNano({ quantity }: QuantityValue, nano: bigint): Opaque {
  return { kind: QUANTITY, quantity: { ...quantity, nano } };
}

function nanoOf(value: QuantityValue | bigint): bigint {
  return typeof value === "bigint" ? value * NANO : value.quantity.nano;
}

function sign(value: bigint): bigint {
  return value > 0n ? 1n : value < 0n ? -1n : 0n;
}

function asInteger({ quantity }: QuantityValue): bigint {
  if (quantity.nano % NANO !== 0n) throw new CelFault("cannot convert value to integer");
  return intOf(quantity.nano / NANO);
}

const QUANTITIES: readonly Overload[] = [
  overload(`quantity(string): ${QUANTITY}`, quantityOf),
  overload("isQuantity(string): bool", isQuantity),
  overload(`${QUANTITY}.sign(): int`, (a: QuantityValue) => sign(a.quantity.nano)),
  overload(`${QUANTITY}.isInteger(): bool`, ({ quantity }: QuantityValue) => quantity.nano % NANO === 0n),
  overload(`${QUANTITY}.asInteger(): int`, asInteger),
  overload(`${QUANTITY}.asApproximateFloat(): double`, (a: QuantityValue) => Number(a.quantity.nano) / 1e9),
  overload(
    `${QUANTITY}.isGreaterThan(${QUANTITY}): bool`,
    (a: QuantityValue, b: QuantityValue) => nanoOf(a) > nanoOf(b),
  ),
  overload(`${QUANTITY}.isLessThan(${QUANTITY}): bool`, (a: QuantityValue, b: QuantityValue) => nanoOf(a) < nanoOf(b)),
  overload(`${QUANTITY}.compareTo(${QUANTITY}): int`, (a: QuantityValue, b: QuantityValue) =>
    sign(nanoOf(a) - nanoOf(b)),
  ),
  ...[QUANTITY, "int"].flatMap((other) => [
    overload(`${QUANTITY}.add(${other}): ${QUANTITY}`, (a: QuantityValue, b: QuantityValue | bigint) =>
      withNano(a, nanoOf(a) + nanoOf(b)),
    ),
    overload(`${QUANTITY}.sub(${other}): ${QUANTITY}`, (a: QuantityValue, b: QuantityValue | bigint) =>
      withNano(a, nanoOf(a) - nanoOf(b)),
    ),
  ]),
];

const URL_FORM = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:[^/?#]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;

function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\x7f");
}

/** What Go's `url.ParseRequestURI` takes: an absolute address or an absolute path. */
function parseUrl(text: string): UrlParts | null {
  if (text === "" || hasControl(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return null;
  const match = URL_FORM.exec(text);
  if (match === null) return null;
  const [, scheme = "", host = "", path = "", query = ""] = match;
  if (scheme === "" && !text.startsWith("/")) return null;
  if (scheme !== "" && host === "" && !path.startsWith("/")) return null;
  if (/[ <>"{}|\\^`]/.test(host)) return null;
  if (!/^(?:\[[^\]]*\]|[^:]*)(?::\d*)?$/.test(host)) return null;
  return { scheme: scheme.toLowerCase(), host, path, query };
}

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function queryOf({ url }: UrlValue): CelValue {
  const found = new Map<string, string[]>();
  for (const part of url.query.split("&")) {
    if (part === "") continue;
    const [name = "", ...rest] = part.split("=");
    const key = decodeQuery(name);
    const value = decodeQuery(rest.join("="));
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return mapValue([...found].map(([key, values]) => [key, listValue(values)]));
}

function hostnameOf({ url }: UrlValue): string {
  const bracketed = /^\[([^\]]*)\]/.exec(url.host);
  return bracketed === null ? (url.host.split(":")[0] ?? "") : bracketed[1]!;
}

function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/g, (character) => encodeURIComponent(character));
}

const URLS: readonly Overload[] = [
  overload("url(string): kubernetes.URL", (text: string): CelValue => {
    const url = parseUrl(text);
    if (url === null)
      throw new CelFault(
        `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
      );
    return { kind: "kubernetes.URL", url };
  }),
  overload("isURL(string): bool", (text: string) => parseUrl(text) !== null),
  overload("kubernetes.URL.getScheme(): string", ({ url }: UrlValue) => url.scheme),
  overload("kubernetes.URL.getHost(): string", ({ url }: UrlValue) => url.host),
  overload("kubernetes.URL.getHostname(): string", hostnameOf),
  overload("kubernetes.URL.getPort(): string", ({ url }: UrlValue) => /:(\d*)$/.exec(url.host)?.[1] ?? ""),
  overload("kubernetes.URL.getEscapedPath(): string", ({ url }: UrlValue) => escapedPath(url.path)),
  overload("kubernetes.URL.getQuery(): map(string, list(string))", queryOf),
];

/** Kubernetes reads no mapped addresses, no zones and no leading zeros here. */
function readIp(text: string): IpAddress | string {
  const ip = text.includes("%") ? null : parseIp(text);
  if (ip === null || ip.leadingZeros)
    return `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`;
  if (ip.mapped) return `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`;
  return ip;
}

function groupsOf({ ip }: IpValue): readonly number[] {
  return ip.groups;
}

function firstOctet(value: IpValue): number {
  return (groupsOf(value)[6] ?? 0) >> 8;
}

function secondOctet(value: IpValue): number {
  return (groupsOf(value)[6] ?? 0) & 0xff;
}

function thirdOctet(value: IpValue): number {
  return (groupsOf(value)[7] ?? 0) >> 8;
}

function isV4(value: IpValue): boolean {
  return value.ip.version === 4;
}

function isUnspecified(value: IpValue): boolean {
  const groups = groupsOf(value);
  return isV4(value) ? groups[6] === 0 && groups[7] === 0 : groups.every((group) => group === 0);
}

function isLoopback(value: IpValue): boolean {
  const groups = groupsOf(value);
  return isV4(value) ? firstOctet(value) === 127 : groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1;
}

function isMulticast(value: IpValue): boolean {
  return isV4(value) ? firstOctet(value) >> 4 === 14 : groupsOf(value)[0]! >> 8 === 0xff;
}

function isLinkLocalUnicast(value: IpValue): boolean {
  return isV4(value)
    ? firstOctet(value) === 169 && secondOctet(value) === 254
    : (groupsOf(value)[0]! & 0xffc0) === 0xfe80;
}

function isLinkLocalMulticast(value: IpValue): boolean {
  if (isV4(value)) return firstOctet(value) === 224 && secondOctet(value) === 0 && thirdOctet(value) === 0;
  return (groupsOf(value)[0]! & 0xff0f) === 0xff02;
}

function isGlobalUnicast(value: IpValue): boolean {
  const isBroadcast = isV4(value) && groupsOf(value)[6] === 0xffff && groupsOf(value)[7] === 0xffff;
  return (
    !isUnspecified(value) && !isLoopback(value) && !isMulticast(value) && !isLinkLocalUnicast(value) && !isBroadcast
  );
}

function ipValue(text: string): CelValue {
  const ip = readIp(text);
  if (typeof ip === "string") throw new CelFault(ip);
  return { kind: "net.IP", ip };
}

function readCidr(text: string): Cidr | null {
  const cidr = text.includes("%") ? null : parseCidr(text);
  return cidr === null || cidr.leadingZeros || cidr.address.mapped || cidr.address.leadingZeros ? null : cidr;
}

function cidrValue(text: string): CelValue {
  const cidr = readCidr(text);
  if (cidr === null)
    throw new CelFault(
      `network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): invalid CIDR`,
    );
  return { kind: "net.CIDR", cidr };
}

function ipOf(value: IpValue | string): IpAddress {
  return typeof value === "string" ? (ipValue(value) as IpValue).ip : value.ip;
}

function cidrOf(value: CidrValue | string): Cidr {
  return typeof value === "string" ? (cidrValue(value) as CidrValue).cidr : value.cidr;
}

function containsIp({ cidr }: CidrValue, other: IpValue | string): boolean {
  const ip = ipOf(other);
  return ip.version === cidr.address.version && cidrContains(cidr, ip);
}

function containsCidr({ cidr }: CidrValue, other: CidrValue | string): boolean {
  const inner = cidrOf(other);
  return (
    inner.address.version === cidr.address.version &&
    inner.prefix >= cidr.prefix &&
    cidrContains(cidr, networkOf(inner))
  );
}

const ADDRESSES: readonly Overload[] = [
  overload("ip(string): net.IP", ipValue),
  overload("isIP(string): bool", (text: string) => typeof readIp(text) !== "string"),
  overload("ip.isCanonical(string): bool", (text: string) => formatIp(ipOf(text)) === text),
  overload("net.IP.family(): int", ({ ip }: IpValue) => BigInt(ip.version)),
  overload("net.IP.isUnspecified(): bool", isUnspecified),
  overload("net.IP.isLoopback(): bool", isLoopback),
  overload("net.IP.isLinkLocalMulticast(): bool", isLinkLocalMulticast),
  overload("net.IP.isLinkLocalUnicast(): bool", isLinkLocalUnicast),
  overload("net.IP.isGlobalUnicast(): bool", isGlobalUnicast),
  overload("string(net.IP): string", ({ ip }: IpValue) => formatIp(ip)),
  overload("cidr(string): net.CIDR", cidrValue),
  overload("isCIDR(string): bool", (text: string) => readCidr(text) !== null),
  overload("net.CIDR.containsIP(string): bool", containsIp),
  overload("net.CIDR.containsIP(net.IP): bool", containsIp),
  overload("net.CIDR.containsCIDR(string): bool", containsCidr),
  overload("net.CIDR.containsCIDR(net.CIDR): bool", containsCidr),
  overload("net.CIDR.ip(): net.IP", ({ cidr }: CidrValue): CelValue => ({ kind: "net.IP", ip: cidr.address })),
  overload(
    "net.CIDR.masked(): net.CIDR",
    ({ cidr }: CidrValue): CelValue => ({
      kind: "net.CIDR",
      cidr: { ...cidr, address: networkOf(cidr) },
    }),
  ),
  overload("net.CIDR.prefixLength(): int", ({ cidr }: CidrValue) => BigInt(cidr.prefix)),
  overload("string(net.CIDR): string", ({ cidr }: CidrValue) => formatCidr(cidr)),
];

type Check = (text: string) => readonly string[];

const prefix =
  (check: Check): Check =>
  (text) =>
    check(text.endsWith("-") && text.length > 1 ? `${text.slice(0, -1)}a` : text);
const formatted =
  (format: string, why: string): Check =>
  (text) =>
    isFormat(format, text) ? [] : [why];

const FORMATS: Readonly<Record<string, Check>> = {
  dns1123Label: validateDns1123Label,
  dns1123Subdomain: validateDns1123Subdomain,
  dns1035Label: validateDns1035Label,
  qualifiedName: validateQualifiedName,
  dns1123LabelPrefix: prefix(validateDns1123Label),
  dns1123SubdomainPrefix: prefix(validateDns1123Subdomain),
  dns1035LabelPrefix: prefix(validateDns1035Label),
  labelValue: validateLabelValue,
  uri: (text) => (parseUrl(text) === null ? [`parse ${JSON.stringify(text)}: invalid URI for request`] : []),
  uuid: formatted("uuid", "does not match the UUID format"),
  byte: formatted("byte", "invalid base64"),
  date: formatted("date", "invalid date"),
  datetime: formatted("date-time", "invalid datetime"),
};

type Named = { readonly name: string };

function validate({ name }: Named, text: string): CelValue {
  const problems = FORMATS[name]!(text);
  return problems.length === 0 ? NOTHING : optionalValue(listValue(problems) as CelSequence);
}

const NAMED_FORMATS: readonly Overload[] = [
  overload(
    "format.named(string): optional_type(kubernetes.NamedFormat)",
    (name: string): CelValue =>
      Object.hasOwn(FORMATS, name) ? optionalValue({ kind: "kubernetes.NamedFormat", name }) : NOTHING,
  ),
  overload("kubernetes.NamedFormat.validate(string): optional_type(list(string))", validate),
  ...Object.keys(FORMATS).map((name) =>
    overload(`format.${name}(): kubernetes.NamedFormat`, (): CelValue => ({ kind: "kubernetes.NamedFormat", name })),
  ),
];

export const KUBERNETES: readonly Overload[] = [...QUANTITIES, ...URLS, ...ADDRESSES, ...NAMED_FORMATS];
