/** Blocks of equal size in an IPv4 range. */
export interface Ipv4Range {
  readonly base: number;
  readonly maskSize: number;
  readonly blocks: number;
}

/** Null: not an IPv4 CIDR, or smaller than a block. */
export function createRange(cidr: string, maskSize: number): Ipv4Range | null {
  const [address = "", bits = ""] = cidr.split("/");
  const base = parseAddress(address);
  const size = Number(bits);
  if (base === null || !Number.isInteger(size)) return null;
  return { base, maskSize, blocks: maskSize < size ? 1 : powerOfTwo(maskSize - size) };
}

export function blockAt(range: Ipv4Range, index: number): string {
  return `${formatAddress(range.base + index * blockSize(range))}/${range.maskSize}`;
}

export function indexOfBlock(range: Ipv4Range, cidr: string): number | null {
  const [address = ""] = cidr.split("/");
  const value = parseAddress(address);
  if (value === null || value < range.base) return null;
  const index = Math.floor((value - range.base) / blockSize(range));
  return index < range.blocks ? index : null;
}

function blockSize(range: Ipv4Range): number {
  return powerOfTwo(32 - range.maskSize);
}

function parseAddress(text: string): number | null {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

function formatAddress(value: number): string {
  return [16_777_216, 65_536, 256, 1].map((unit) => Math.floor(value / unit) % 256).join(".");
}

/** Exact up to 2^32, where shifts are not. */
function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}
