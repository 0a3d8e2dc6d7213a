/** Archives of tar (ustar, with GNU's and POSIX' long names when reading), as bytes in text (`byte-text.ts`). */
import { byteLength, indexAfterBytes } from "./byte-text.ts";

const BLOCK = 512;
const NAME_MAX = 100;

/** Two blocks of zeros end an archive. */
export const TAR_END = "\0".repeat(2 * BLOCK);

export interface TarEntry {
  readonly name: string;
  /** `other`: links, devices. */
  readonly type: "file" | "folder" | "other";
  readonly text: string;
}

/** True when what has come of a stream is a whole archive: not every client can close it. */
export function isWholeArchive(text: string): boolean {
  return text.endsWith(TAR_END);
}

/** One entry; folders' names end in a slash. `mtime`: seconds since 1970. */
export function tarEntry(name: string, type: "file" | "folder", text: string, mtime: number): string {
  if (type === "folder") return header(name, "5", 0, mtime);
  const length = byteLength(text);
  return `${header(name, "0", length, mtime)}${text}${"\0".repeat((BLOCK - (length % BLOCK)) % BLOCK)}`;
}

/** Null: it ends too soon. */
export function readTar(archive: string): readonly TarEntry[] | null {
  const entries: TarEntry[] = [];
  let longName: string | null = null;
  for (let at = 0; at < archive.length; ) {
    const head = indexAfterBytes(archive, at, BLOCK);
    if (head < 0) return null;
    const fields = fieldsOf(archive.slice(at, head));
    if (fields.name === "" && fields.sizeBytes === 0) break;
    const end = indexAfterBytes(archive, head, fields.sizeBytes);
    const next = end < 0 ? -1 : indexAfterBytes(archive, end, (BLOCK - (fields.sizeBytes % BLOCK)) % BLOCK);
    if (next < 0 || !Number.isInteger(fields.sizeBytes)) return null;
    const text = archive.slice(head, end);
    at = next;
    if (fields.type === "L") longName = text.replace(/\0+$/, "");
    else if (fields.type === "x") longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? longName;
    else if (fields.type !== "g") {
      const type = fields.type === "0" ? "file" : fields.type === "5" ? "folder" : "other";
      entries.push({ name: longName ?? fields.name, type, text });
      longName = null;
    }
  }
  return entries;
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

function header(name: string, type: string, sizeBytes: number, mtime: number): string {
  const length = byteLength(name);
  // GNU's way for long names: an entry whose content is the next one's name.
  const long =
    length <= NAME_MAX
      ? ""
      : `${plainHeader("././@LongLink", "L", length + 1, 0)}${name}${"\0".repeat(BLOCK - (length % BLOCK))}`;
  return long + plainHeader(long === "" ? name : name.slice(0, indexWithin(name, NAME_MAX)), type, sizeBytes, mtime);
}

/** The most characters that fit into so many bytes. */
function indexWithin(text: string, bytes: number): number {
  let end = 0;
  for (const character of text) {
    if (byteLength(text.slice(0, end + character.length)) > bytes) break;
    end += character.length;
  }
  return end;
}

function plainHeader(name: string, type: string, sizeBytes: number, mtime: number): string {
  const before = `${pad(name, NAME_MAX)}${octal(type === "5" ? 0o755 : 0o644, 8)}${octal(0, 8)}${octal(0, 8)}${octal(sizeBytes, 12)}${octal(mtime, 12)}`;
  const after = `${type}${pad("", 100)}ustar\0${"00"}${pad("root", 32)}${pad("root", 32)}${octal(0, 8)}${octal(0, 8)}${pad("", 155)}${pad("", 12)}`;
  let sum = 8 * 32;
  for (const text of [before, after]) sum += byteSum(text);
  return `${before}${sum.toString(8).padStart(6, "0")}\0 ${after}`;
}

function byteSum(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) sum += unit;
    else if (unit < 0x800) sum += (0xc0 | (unit >> 6)) + (0x80 | (unit & 63));
    else if (unit >= 0xdc80 && unit <= 0xdcff && !isHighSurrogate(text.charCodeAt(at - 1))) sum += unit & 0xff;
    else if (isHighSurrogate(unit)) {
      const point = text.codePointAt(at) as number;
      sum +=
        (0xf0 | (point >> 18)) + (0x80 | ((point >> 12) & 63)) + (0x80 | ((point >> 6) & 63)) + (0x80 | (point & 63));
      at += 1;
    } else sum += (0xe0 | (unit >> 12)) + (0x80 | ((unit >> 6) & 63)) + (0x80 | (unit & 63));
  }
  return sum;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function pad(text: string, length: number): string {
  return text + "\0".repeat(Math.max(0, length - byteLength(text)));
}

function fieldsOf(block: string): { readonly name: string; readonly sizeBytes: number; readonly type: string } {
  const field = (from: number, length: number): string => {
    const start = indexAfterBytes(block, 0, from);
    return (block.slice(start, indexAfterBytes(block, start, length)).split("\0")[0] ?? "").trim();
  };
  const prefix = field(257, 5) === "ustar" ? field(345, 155) : "";
  const name = field(0, NAME_MAX);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    sizeBytes: Number.parseInt(field(124, 12) || "0", 8),
    type: field(156, 1) || "0",
  };
}
