/** base64 of UTF-8 text and of bytes, without the host's own functions (they differ between engines). */
const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function utf8Bytes(text: string): number[] {
  return asciiCodes(text) ?? encodeUtf8(text);
}

/** Most texts are ASCII, and their codes are their bytes. Null: this one is not. */
function asciiCodes(text: string): number[] | null {
  const codes = new Array<number>(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return null;
    codes[index] = code;
  }
  return codes;
}

function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return bytes;
}

/** Ill-formed sequences become U+FFFD, as Go's decoder has it. */
export function utf8Text(bytes: ArrayLike<number>): string {
  const codes: number[] = [];
  let index = 0;
  while (index < bytes.length) {
    const first = bytes[index]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    let code = length === 1 ? first : length === 0 ? -1 : first & (0xff >> (length + 1));
    for (let more = 1; more < length && code >= 0; more += 1) {
      const next = bytes[index + more];
      code = next === undefined || (next & 0xc0) !== 0x80 ? -1 : (code << 6) | (next & 63);
    }
    if (code < 0 || code > 0x10ffff) codes.push(0xfffd);
    else if (code < 0x10000) codes.push(code);
    else codes.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    index += code < 0 ? 1 : length;
  }
  return textOfCodes(codes);
}

export function encodeBase64(bytes: ArrayLike<number>): string {
  const text = encode(bytes, STANDARD);
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

/** Without padding, as in JSON Web Tokens and continue tokens. */
export function encodeBase64Url(text: string): string {
  return encode(utf8Bytes(text), URL_SAFE);
}

/** Texts are made of this many characters at a time: an engine takes only so many arguments. */
const CHUNK = 4_096;

/** Codes become a text in one piece. Grown character by character it would keep every piece for as long as it lives. */
function textOfCodes(codes: readonly number[]): string {
  if (codes.length <= CHUNK) return String.fromCharCode(...codes);
  const parts: string[] = [];
  for (let from = 0; from < codes.length; from += CHUNK) {
    parts.push(String.fromCharCode(...codes.slice(from, from + CHUNK)));
  }
  return parts.join("");
}

function encode(bytes: ArrayLike<number>, alphabet: string): string {
  const { length } = bytes;
  const codes = new Array<number>(Math.ceil((length * 4) / 3));
  let place = 0;
  for (let index = 0; index < length; index += 3) {
    const group = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    for (let shift = 18; shift >= 0 && place < codes.length; shift -= 6) {
      codes[place] = alphabet.charCodeAt((group >> shift) & 63);
      place += 1;
    }
  }
  return textOfCodes(codes);
}

export function encodeBase64Text(text: string): string {
  return encodeBase64(utf8Bytes(text));
}

const EQUALS = 61;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Character code -> its six bits, in either alphabet; -1: none. */
const VALUES: readonly number[] = Object.freeze(
  Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    return Math.max(STANDARD.indexOf(character), URL_SAFE.indexOf(character));
  }),
);

/** Either alphabet, padded or not, in lines or not; null when it is no base64. */
export function decodeBase64(text: string): number[] | null {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === EQUALS) break;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) continue;
    const value = VALUES[code] ?? -1;
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
}

export function decodeBase64Text(text: string): string | null {
  const bytes = decodeBase64(text);
  return bytes === null ? null : utf8Text(bytes);
}
