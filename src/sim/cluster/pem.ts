const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A PEM block around a text of ASCII characters. */
export function pemBlock(type: string, text: string): string {
  const lines = encode(text).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}

function encode(text: string): string {
  let encoded = "";
  for (let index = 0; index < text.length; index += 3) {
    const left = text.length - index;
    const byte = (offset: number) => (offset < left ? text.charCodeAt(index + offset) : 0);
    const bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
    for (let part = 0; part < 4; part += 1) encoded += part <= left ? ALPHABET[(bits >> (18 - 6 * part)) & 63] : "=";
  }
  return encoded;
}
