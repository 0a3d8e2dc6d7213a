/** What the terminal shows, in blocks of lines so that only the last block is drawn anew. */
export type Kind = "out" | "err" | "input";

export interface Block {
  readonly id: number;
  readonly lines: number;
  readonly segments: readonly { readonly kind: Kind; readonly text: string }[];
}

export interface Buffer {
  readonly blocks: readonly Block[];
  readonly lines: number;
  readonly nextId: number;
}

export const mostLines = 5000;
const blockLines = 100;

export const emptyBuffer: Buffer = { blocks: [], lines: 0, nextId: 1 };

const escapeCode = String.fromCharCode(27);
const clearScreen = `${escapeCode}[2J`;
const colours = new RegExp(`${escapeCode}\\[[0-9;?]*[A-Za-z]`, "g");

/** Adds text; the oldest blocks go once there are more than 5,000 lines. A clear-screen code empties it first. */
export function append(buffer: Buffer, kind: Kind, text: string): Buffer {
  const cleared = text.lastIndexOf(clearScreen);
  if (cleared >= 0) return append(emptyWith(buffer), kind, text.slice(cleared + clearScreen.length));
  const plain = text.replace(colours, "").replaceAll("\r\n", "\n");
  if (plain === "") return buffer;
  const blocks = [...buffer.blocks];
  let { lines, nextId } = buffer;
  for (const piece of pieces(plain, blocks.at(-1))) {
    const last = blocks.at(-1);
    const count = countLines(piece);
    lines += count;
    if (!last || last.lines >= blockLines) {
      blocks.push({ id: nextId, lines: count, segments: [{ kind, text: piece }] });
      nextId += 1;
      continue;
    }
    const tail = last.segments.at(-1);
    const segments =
      tail?.kind === kind
        ? [...last.segments.slice(0, -1), { kind, text: tail.text + piece }]
        : [...last.segments, { kind, text: piece }];
    blocks[blocks.length - 1] = { ...last, lines: last.lines + count, segments };
  }
  let dropped = 0;
  while (lines > mostLines && dropped < blocks.length - 1) {
    lines -= blocks[dropped]!.lines;
    dropped += 1;
  }
  return { blocks: blocks.slice(dropped), lines, nextId };
}

export function emptyWith(buffer: Buffer): Buffer {
  return { ...emptyBuffer, nextId: buffer.nextId };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Cuts at line ends so that each piece fills up a block and no more. A flood keeps only its end. */
function pieces(text: string, last: Block | undefined): string[] {
  const total = countLines(text);
  let at = 0;
  if (total > mostLines) {
    for (let skip = total - mostLines; skip > 0; skip--) at = text.indexOf("\n", at) + 1;
  }
  const found: string[] = [];
  let room = last && last.lines < blockLines ? blockLines - last.lines : blockLines;
  while (at < text.length) {
    let end = at;
    for (let count = 0; count < room; count++) {
      const next = text.indexOf("\n", end);
      if (next < 0) {
        end = text.length;
        break;
      }
      end = next + 1;
    }
    found.push(text.slice(at, end));
    at = end;
    room = blockLines;
  }
  return found;
}
