import { encodeBase64Text } from "../api/base64.ts";

/** A PEM block around a text of ASCII characters. */
export function pemBlock(type: string, text: string): string {
  const lines = encodeBase64Text(text).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}
