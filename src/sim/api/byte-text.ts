/**
 * Bytes as text: UTF-8 where it is UTF-8, and each byte that is not as a lone surrogate U+DC80..U+DCFF, so that what
 * goes in as bytes comes out as the same bytes (Python's "surrogateescape"). Streams and files of containers are such
 * text: readable where it is text, and lossless where it is not.
 */

const ESCAPE = 0xdc00;

/** How many bytes a well-formed sequence at `at` has; 0: none begins there; -1: it may begin, but the bytes end too soon. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length =
    first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  for (let index = 1; index < length; index += 1) {
    const next = bytes[at + index];
    if (next === undefined) return -1;
    let low = 0x80;
    let high = 0xbf;
    if (index === 1) {
      // No overlong forms, no surrogates, nothing beyond U+10FFFF.
      if (first === 0xe0) low = 0xa0;
      else if (first === 0xed) high = 0x9f;
      else if (first === 0xf0) low = 0x90;
      else if (first === 0xf4) high = 0x8f;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] as number;
  if (length === 1) return first;
  let point = first & (0xff >> (length + 1));
  for (let index = 1; index < length; index += 1) point = (point << 6) | ((bytes[at + index] as number) & 0x3f);
  return point;
}

/** Whole bytes as text. */
export function textOfBytes(bytes: Uint8Array): string {
  const decoder = new ByteDecoder();
  return decoder.write(bytes) + decoder.end();
}

/** Bytes that come in pieces: a character may be cut by the end of one. */
export class ByteDecoder {
  private rest: Uint8Array = new Uint8Array(0);

  write(piece: Uint8Array): string {
    let bytes = piece;
    if (this.rest.length > 0) {
      bytes = new Uint8Array(this.rest.length + piece.length);
      bytes.set(this.rest);
      bytes.set(piece, this.rest.length);
    }
    const units: number[] = [];
    let text = "";
    let at = 0;
    while (at < bytes.length) {
      const length = sequenceLength(bytes, at);
      if (length < 0) break;
      if (length === 0) units.push(ESCAPE + (bytes[at] as number));
      else pushPoint(units, codePoint(bytes, at, length));
      at += Math.max(1, length);
      if (units.length > 8_000) text += String.fromCharCode(...units.splice(0));
    }
    this.rest = bytes.slice(at);
    return text + String.fromCharCode(...units);
  }

  /** What never became a character. */
  end(): string {
    const text = String.fromCharCode(...Array.from(this.rest, (byte) => ESCAPE + byte));
    this.rest = new Uint8Array(0);
    return text;
  }
}

function pushPoint(units: number[], point: number): void {
  if (point < 0x10000) units.push(point);
  else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
}

/** How many bytes the character at `at` is, and how many code units: `[bytes, units]`. */
function sizeAt(text: string, at: number): readonly [number, number] {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return ONE_OF_ONE;
  if (unit < 0x800) return TWO_OF_ONE;
  if (unit >= 0xd800 && unit < 0xdc00) {
    const next = text.charCodeAt(at + 1);
    if (next >= 0xdc00 && next < 0xe000) return FOUR_OF_TWO;
  }
  return isEscape(unit) ? ONE_OF_ONE : THREE_OF_ONE;
}

const ONE_OF_ONE = [1, 1] as const;
const TWO_OF_ONE = [2, 1] as const;
const THREE_OF_ONE = [3, 1] as const;
const FOUR_OF_TWO = [4, 2] as const;

function isEscape(unit: number): boolean {
  return unit >= ESCAPE + 0x80 && unit <= ESCAPE + 0xff;
}

/** How many bytes a text stands for. */
export function byteLength(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const [bytes, units] = sizeAt(text, at);
    count += bytes;
    at += units;
  }
  return count;
}

/** Where, in code units from `from` on, `count` bytes are over; -1: there are not so many. */
export function indexAfterBytes(text: string, from: number, count: number): number {
  let at = from;
  for (let left = count; left > 0; ) {
    if (at >= text.length) return -1;
    const [bytes, units] = sizeAt(text, at);
    left -= bytes;
    at += units;
  }
  return at;
}

/** The bytes again. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let out = 0;
  for (let at = 0; at < text.length; ) {
    const [length, units] = sizeAt(text, at);
    const unit = text.charCodeAt(at);
    if (length === 1) bytes[out] = unit & 0xff;
    else {
      const point = text.codePointAt(at) as number;
      for (let index = length - 1; index > 0; index -= 1)
        bytes[out + index] = 0x80 | ((point >> (6 * (length - 1 - index))) & 0x3f);
      bytes[out] = ((0xff00 >> length) & 0xff) | (point >> (6 * (length - 1)));
    }
    out += length;
    at += units;
  }
  return bytes;
}
