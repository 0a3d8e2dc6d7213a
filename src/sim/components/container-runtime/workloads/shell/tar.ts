import { readTar, TAR_END, type TarEntry, tarEntry } from "../../../../api/tar.ts";
import type { Context } from "../../../../kernel/types.ts";
import { isDirectory, listDirectory, makeDirectory, readFile, resolvePath, writeFile } from "../files.ts";
import { type Done, failed } from "./done.ts";
import { ERRORS } from "./permissions.ts";
import type { ShellState } from "./state.ts";

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
    return problem === null ? { ...made, out: "" } : failed(`tar: can't open '${options.file}': ${ERRORS[problem]}\n`);
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
      parts.push(tarEntry(name, "file", text, mtime));
      return;
    }
    const names = listDirectory(context, state.args, path);
    if (names === null) {
      err += `tar: ${given}: No such file or directory\n`;
      return;
    }
    if (name !== "") parts.push(tarEntry(`${name}/`, "folder", "", mtime));
    for (const each of names) {
      const inner = name === "" ? each : `${name}/${each}`;
      add(path === "/" ? `/${each}` : `${path}/${each}`, inner, inner);
    }
  };
  for (const path of paths) add(resolvePath(directory, path), path.replace(/^\/+/, "").replace(/\/+$/, ""), path);
  if (err !== "") err += "tar: error exit delayed from previous errors\n";
  return { status: err === "" ? 0 : 1, out: `${parts.join("")}${TAR_END}`, err };
}

function extract(archive: string, options: Options, directory: string, state: ShellState, context: Context): Done {
  const entries = readTar(archive);
  if (entries === null) return failed("tar: short read\n");
  let out = "";
  let err = "";
  for (const { name, type, text } of entries) {
    if (options.paths.length > 0 && !options.paths.some((path) => name === path || name.startsWith(`${path}/`)))
      continue;
    if (options.mode === "t" || options.verbose) out += `${name}\n`;
    if (options.mode === "x") err += store(name, type, text, directory, state, context);
  }
  return { status: err === "" ? 0 : 1, out, err };
}

/** What went wrong; "": nothing. */
function store(
  name: string,
  type: TarEntry["type"],
  content: string,
  directory: string,
  state: ShellState,
  context: Context,
): string {
  const { args } = state;
  const path = resolvePath(directory, name.replace(/^\/+/, ""));
  if (type === "other") return "";
  const folder = type === "folder" ? path : path.slice(0, path.lastIndexOf("/"));
  for (let end = folder.indexOf("/", 1); ; end = folder.indexOf("/", end + 1)) {
    const parent = end < 0 ? folder : folder.slice(0, end);
    if (parent !== "" && !isDirectory(context, args, parent)) makeDirectory(context, args, parent);
    if (end < 0) break;
  }
  if (type === "folder") return "";
  const problem = writeFile(context, args, path, content);
  return problem === null ? "" : `tar: can't open '${name}': ${ERRORS[problem]}\n`;
}
