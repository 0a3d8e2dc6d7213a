/** IP addresses and CIDR ranges as text and as eight 16-bit groups (an IPv4 address is `::ffff:a.b.c.d`, as in Go). */

export interface IpAddress {
  readonly version: 4 | 6;
  /** Eight 16-bit groups; of an IPv4 address the last two count. */
  readonly groups: readonly number[];
  /** Written as an IPv4-mapped IPv6 address (`::ffff:1.2.3.4`). */
  readonly mapped: boolean;
  /** Has octets with leading zeros. */
  readonly leadingZeros: boolean;
}

function parseIpv4(text: string): { readonly octets: readonly number[]; readonly leadingZeros: boolean } | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  const octets: number[] = [];
  let leadingZeros = false;
  for (const part of parts) {
    if (!/^\d{1,}$/.test(part)) return null;
    if (part.length > 1 && part.startsWith("0")) leadingZeros = true;
    const octet = Number(part);
    if (octet > 255) return null;
    octets.push(octet);
  }
  return { octets, leadingZeros };
}

function groupsOfOctets(octets: readonly number[]): [number, number] {
  return [octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!];
}

/** Leading zeros in IPv4 octets are read as decimal, as Kubernetes does for old fields; `leadingZeros` tells. */
export function parseIp(text: string): IpAddress | null {
  if (!text.includes(":")) {
    const v4 = parseIpv4(text);
    if (!v4) return null;
    const groups = [0, 0, 0, 0, 0, 0xffff, ...groupsOfOctets(v4.octets)];
    return { version: 4, groups, mapped: false, leadingZeros: v4.leadingZeros };
  }
  return parseIpv6(text);
}

function parseIpv6(text: string): IpAddress | null {
  let rest = text;
  let tail: number[] = [];
  let leadingZeros = false;
  const lastColon = rest.lastIndexOf(":");
  if (rest.slice(lastColon + 1).includes(".")) {
    const v4 = parseIpv4(rest.slice(lastColon + 1));
    if (!v4) return null;
    tail = groupsOfOctets(v4.octets);
    leadingZeros = v4.leadingZeros;
    rest = rest.slice(0, lastColon);
    if (rest.endsWith(":")) rest += ":";
    if (rest === ":") rest = "::";
  }
  const halves = rest.split("::");
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0]!);
  const back = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !back) return null;
  const given = head.length + back.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return null;
  const groups = [...head, ...new Array<number>(8 - given).fill(0), ...back, ...tail];
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return { version: mapped ? 4 : 6, groups, mapped, leadingZeros };
}

function groupsOf(text: string): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  for (const part of text.split(":")) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/** Canonical text (RFC 5952): shortest, lower case; mapped addresses as plain IPv4. */
export function formatIp({ version, groups }: Pick<IpAddress, "version" | "groups">): string {
  if (version === 4) {
    const [high, low] = [groups[6]!, groups[7]!];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

export interface Cidr {
  readonly address: IpAddress;
  /** Bits of the network part, of 32 or 128. */
  readonly prefix: number;
  /** Prefix length written with leading zeros. */
  readonly leadingZeros: boolean;
}

export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf("/");
  if (slash < 0) return null;
  const address = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address || !/^\d{1,4}$/.test(length)) return null;
  const prefix = Number(length);
  const written = address.mapped ? 6 : address.version;
  if (prefix > (written === 4 ? 32 : 128)) return null;
  return { address, prefix, leadingZeros: address.leadingZeros || (length.length > 1 && length.startsWith("0")) };
}

/** Where the network part ends among the 128 bits of `groups`. */
function networkBits({ address, prefix }: Cidr): number {
  return address.version === 4 && !address.mapped ? 96 + prefix : prefix;
}

/** The network's first address. */
export function networkOf(cidr: Cidr): IpAddress {
  const bits = networkBits(cidr);
  const groups = cidr.address.groups.map((group, index) => {
    const kept = Math.max(0, Math.min(16, bits - index * 16));
    return group & (0xffff << (16 - kept)) & 0xffff;
  });
  return { ...cidr.address, groups };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp(networkOf(cidr))}/${cidr.prefix}`;
}

export function cidrContains(cidr: Cidr, ip: IpAddress): boolean {
  if (ip.version !== cidr.address.version) return false;
  const masked = networkOf({ ...cidr, address: { ...cidr.address, groups: ip.groups } });
  const network = networkOf(cidr);
  return masked.groups.every((group, index) => group === network.groups[index]);
}
