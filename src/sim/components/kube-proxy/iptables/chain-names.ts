import { sha256Base32 } from "../../../api/sha256.ts";

/** Chain names as kube-proxy makes them: a prefix and 16 letters of a SHA-256 in base 32. */

export function servicePortChain(
  prefix: "KUBE-SVC-" | "KUBE-SVL-" | "KUBE-FW-" | "KUBE-EXT-",
  port: string,
  protocol: string,
): string {
  return prefix + shortHash(port + protocol);
}

export function endpointChain(port: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${shortHash(port + protocol + endpoint)}`;
}

function shortHash(text: string): string {
  return sha256Base32(text, 80);
}
