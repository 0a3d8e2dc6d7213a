/** Addresses and ranges that are read, but not written as they should be (apimachinery's `validation/ip.go`). */
import { formatCidr, formatIp, networkOf, parseCidr, parseIp } from "../ip.ts";

export function addressWarnings(field: string, value: string): string[] {
  const ip = parseIp(value);
  if (ip === null) return [];
  const form = formatIp(ip);
  if (ip.leadingZeros || ip.mapped)
    return [
      `${field}: non-standard IP address ${JSON.stringify(value)} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(form)}`,
    ];
  if (ip.version === 4 || form === value) return [];
  return [
    `${field}: IPv6 address ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(form)})`,
  ];
}

export function rangeWarnings(field: string, value: string): string[] {
  const cidr = parseCidr(value);
  if (cidr === null) return [];
  const shown = JSON.stringify(value);
  const network = networkOf(cidr);
  const whole = formatCidr({ ...cidr, address: network });
  const warnings: string[] = [];
  if (formatIp(network) !== formatIp(cidr.address)) {
    const single = `${formatIp(cidr.address)}/${cidr.address.version === 4 ? 32 : 128}`;
    warnings.push(
      `${field}: CIDR value ${shown} is ambiguous in this context (should be ${JSON.stringify(whole)} or ${JSON.stringify(single)}?)`,
    );
  }
  if (cidr.leadingZeros || cidr.address.leadingZeros || cidr.address.mapped)
    warnings.push(
      `${field}: non-standard CIDR value ${shown} will be considered invalid in a future Kubernetes release: use ${JSON.stringify(whole)}`,
    );
  if (warnings.length === 0 && cidr.address.version === 6 && formatCidr(cidr) !== value)
    warnings.push(
      `${field}: IPv6 CIDR value ${shown} should be in RFC 5952 canonical format (${JSON.stringify(formatCidr(cidr))})`,
    );
  return warnings;
}
