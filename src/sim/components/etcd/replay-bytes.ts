/**
 * Keys and values as recordings have them: text, or `{b64}` for bytes that are no UTF-8. Here they are text throughout;
 * a byte that belongs to no character stands as U+DC80 + (byte - 0x80), which no text contains otherwise.
 */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function textOfBytes(recorded: unknown): string {
  if (typeof recorded !== "object" || recorded === null) return String(recorded ?? "");
  return decodeUtf8(fromBase64(String((recorded as { readonly b64: unknown }).b64)));
}

export function recordedText(text: string): unknown {
  return /[\udc80-\udcff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""))
    ? { b64: toBase64(bytesOf(text)) }
    : text;
}

export function bytesOf(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

function decodeUtf8(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    const first = bytes[at] as number;
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + first);
      at += 1;
      continue;
    }
    let code = length === 1 ? first : first & (0x7f >> length);
    for (let next = 1; next < length; next += 1) code = (code << 6) | ((bytes[at + next] as number) & 63);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** Bytes of the character that begins here; 0: none does. */
function characterLength(bytes: readonly number[], at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  for (let next = 1; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function fromBase64(text: string): number[] {
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const digit of text.replace(/=+$/, "")) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
  }
  return bytes;
}

function toBase64(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(word >> shift) & 63]);
    text += digits
      .slice(0, Math.min(4, bytes.length - at + 1))
      .join("")
      .padEnd(4, "=");
  }
  return text;
}
