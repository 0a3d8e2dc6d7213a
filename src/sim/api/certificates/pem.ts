import { decodeBase64, encodeBase64 } from "../base64.ts";

/** The bytes of the first PEM block of that kind in `text`; null where there is none. */
export function readPem(text: string, kind: string): Uint8Array | null {
  const block = new RegExp(`-----BEGIN ${kind}-----\\s+([\\s\\S]*?)-----END ${kind}-----`).exec(text);
  const bytes = block === null ? null : decodeBase64(block[1]!.replace(/\s/g, ""));
  return bytes === null ? null : Uint8Array.from(bytes);
}

/** 64 characters a line, with a line end behind the last. */
export function writePem(kind: string, bytes: readonly number[]): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ""].join("\n");
}
