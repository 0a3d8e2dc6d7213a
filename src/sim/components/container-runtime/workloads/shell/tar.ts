import { byteLength, indexAfterBytes } from "../../../../api/byte-text.ts";
import type { Context } from "../../../../kernel/types.ts";
import { isDirectory, listDirectory, makeDirectory, readFile, resolvePath, writeFile } from "../files.ts";
import { type Done, failed } from "./done.ts";
import type { ShellState } from "./state.ts";

const BLOCK = 512;
/** Two blocks of zeros end an archive. */
const END = "\0".repeat(2 * BLOCK);
const NAME_MAX = 100;

/** True when what has come of a standard input is a whole archive: not every client can close it. */
export function isWholeArchive(text: string): boolean {
  return text.endsWith(END);
}

interface Options {
  readonly mode: "c" | "x" | "t";
  readonly file: string;
  readonly directory: string;
  readonly verbose: boolean;
  readonly paths: readonly string[];
}

/** tar as `kubectl cp` and people call it: c, x, t, f, C, v; owners, modes and dates are nobody's here. */
export function tar(argv: readonly string[], state: ShellState, context: Context, input: string): Done {
  const options = optionsOf(argv);
  if (typeof options === "string") return failed(options);
  const directory = resolvePath(state.directory, options.directory);
  if (!isDirectory(context, state.args, directory))
    return failed(`tar: can't change directory to '${options.directory}': No such file or directory\n`);
  const at = resolvePath(state.directory, options.file);
  if (options.mode === "c") {
    const made = create(options.paths, directory, state, context);
    if (options.file === "-") return made;
    const problem = writeFile(context, state.args, at, made.out);
    return problem === null ? { ...made, out: "" } : failed(`tar: can't open '${options.file}': ${problem}\n`);
  }
  const archive = options.file === "-" ? input : readFile(context, state.args, at);
  if (archive === null) return failed(`tar: can't open '${options.file}': No such file or directory\n`);
  return extract(archive, options, directory, state, context);
}

function optionsOf(argv: readonly string[]): Options | string {
  let mode: Options["mode"] | null = null;
  let file = "-";
  let directory = ".";
  let verbose = false;
  const paths: string[] = [];
  const rest = argv.slice(1);
  for (let first = true; rest.length > 0; first = false) {
    const word = rest.shift() as string;
    if (word === "--") {
      paths.push(...rest.splice(0));
    } else if (word.startsWith("--")) {
      const [name, value] = word.slice(2).split("=", 2);
      if (name === "directory") directory = value ?? rest.shift() ?? ".";
      else if (name === "file") file = value ?? rest.shift() ?? "-";
      else if (name === "create" || name === "extract" || name === "list")
        mode = name === "extract" ? "x" : name.charAt(0) === "c" ? "c" : "t";
    } else if (word.startsWith("-") || first) {
      for (const letter of word.replace(/^-/, "")) {
        if (letter === "c" || letter === "x" || letter === "t") mode = letter;
        else if (letter === "f") file = rest.shift() ?? "-";
        else if (letter === "C") directory = rest.shift() ?? ".";
        else if (letter === "v") verbose = true;
        else if (!"mpohk".includes(letter)) return `tar: invalid option -- '${letter}'\n`;
      }
    } else paths.push(word);
  }
  if (mode === null) return "tar: must specify one of -c -x -t\n";
  return { mode, file, directory, verbose, paths };
}

function create(paths: readonly string[], directory: string, state: ShellState, context: Context): Done {
  const parts: string[] = [];
  let err = "";
  const mtime = Math.floor(context.wallUs() / 1_000_000);
  const add = (path: string, name: string, given: string): void => {
    const text = readFile(context, state.args, path);
    if (text !== null) {
      const length = byteLength(text);
      parts.push(header(name, "0", length, mtime), text, "\0".repeat((BLOCK - (length % BLOCK)) % BLOCK));
      return;
    }
    const names = listDirectory(context, state.args, path);
    if (names === null) {
      err += `tar: ${given}: No such file or directory\n`;
      return;
    }
    if (name !== "") parts.push(header(`${name}/`, "5", 0, mtime));
    for (const each of names) {
      const inner = name === "" ? each : `${name}/${each}`;
      add(path === "/" ? `/${each}` : `${path}/${each}`, inner, inner);
    }
  };
  for (const path of paths) add(resolvePath(directory, path), path.replace(/^\/+/, "").replace(/\/+$/, ""), path);
  if (err !== "") err += "tar: error exit delayed from previous errors\n";
  return { status: err === "" ? 0 : 1, out: `${parts.join("")}${END}`, err };
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

function extract(archive: string, options: Options, directory: string, state: ShellState, context: Context): Done {
  let out = "";
  let err = "";
  let longName: string | null = null;
  for (let at = 0; at < archive.length; ) {
    const head = indexAfterBytes(archive, at, BLOCK);
    if (head < 0) return failed("tar: short read\n");
    const fields = fieldsOf(archive.slice(at, head));
    if (fields.name === "" && fields.sizeBytes === 0) break;
    const end = indexAfterBytes(archive, head, fields.sizeBytes);
    const next = end < 0 ? -1 : indexAfterBytes(archive, end, (BLOCK - (fields.sizeBytes % BLOCK)) % BLOCK);
    if (next < 0 || !Number.isInteger(fields.sizeBytes)) return failed("tar: short read\n");
    const content = archive.slice(head, end);
    at = next;
    if (fields.type === "L") longName = content.replace(/\0+$/, "");
    else if (fields.type === "x") longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content)?.[1] ?? longName;
    else if (fields.type !== "g") {
      const name: string = longName ?? fields.name;
      longName = null;
      if (options.paths.length > 0 && !options.paths.some((path) => name === path || name.startsWith(`${path}/`)))
        continue;
      if (options.mode === "t" || options.verbose) out += `${name}\n`;
      if (options.mode === "x") err += store(name, fields.type, content, directory, state, context);
    }
  }
  return { status: err === "" ? 0 : 1, out, err };
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

/** What went wrong; "": nothing. */
function store(
  name: string,
  type: string,
  content: string,
  directory: string,
  state: ShellState,
  context: Context,
): string {
  const { args } = state;
  const path = resolvePath(directory, name.replace(/^\/+/, ""));
  if (type !== "0" && type !== "5") return "";
  const folder = type === "5" ? path : path.slice(0, path.lastIndexOf("/"));
  for (let end = folder.indexOf("/", 1); ; end = folder.indexOf("/", end + 1)) {
    const parent = end < 0 ? folder : folder.slice(0, end);
    if (parent !== "" && !isDirectory(context, args, parent)) makeDirectory(context, args, parent);
    if (end < 0) break;
  }
  if (type === "5") return "";
  const problem = writeFile(context, args, path, content);
  return problem === null ? "" : `tar: can't open '${name}': ${PROBLEMS[problem]}\n`;
}

const PROBLEMS = {
  EROFS: "Read-only file system",
  ENOENT: "No such file or directory",
  EISDIR: "Is a directory",
  ENOSPC: "No space left on device",
} as const;
