/** chmod, chown, stat and what `ls -l` shows: whose files are, and who may do what with them. */
import type { Context } from "../../../../kernel/types.ts";
import { changeFile, type FileError, type FileStat, listDirectory, resolvePath, statFile } from "../files.ts";
import { type Done, done, failed } from "./done.ts";
import type { ShellState } from "./state.ts";

export const ERRORS: Readonly<Record<FileError, string>> = {
  EROFS: "Read-only file system",
  ENOENT: "No such file or directory",
  EISDIR: "Is a directory",
  ENOSPC: "No space left on device",
  EACCES: "Permission denied",
};

/** `-rw-r--r--`; Go's `FileMode` prints the same, but for the sticky bit. */
export function modeText({ mode, isDirectory }: Pick<FileStat, "mode" | "isDirectory">): string {
  const three = (bits: number): string => `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
  const text = `${isDirectory ? "d" : "-"}${three(mode >> 6)}${three(mode >> 3)}${three(mode)}`;
  return mode & 0o1000 ? `${text.slice(0, -1)}${text.endsWith("x") ? "t" : "T"}` : text;
}

export function nameOfId(id: number): string {
  return id === 0 ? "root" : String(id);
}

export function chmod(argv: readonly string[], state: ShellState, context: Context): Done {
  const [spec = "", ...paths] = argv.slice(1).filter((one) => !/^-[Rvcf]+$/.test(one));
  return change("chmod", argv, paths, state, context, (stat) => {
    const mode = modeOf(spec, stat);
    return mode === null ? null : { mode };
  });
}

/** `0640`, `u+x,g-w`, `a=r`; null: it is none. */
function modeOf(spec: string, { mode }: FileStat): number | null {
  if (/^[0-7]{1,4}$/.test(spec)) return Number.parseInt(spec, 8);
  let result = mode;
  for (const clause of spec.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (match === null) return null;
    const [, who = "", operator, rights = ""] = match;
    const bits = (rights.includes("r") ? 4 : 0) | (rights.includes("w") ? 2 : 0) | (/[xX]/.test(rights) ? 1 : 0);
    for (const [letter, shift] of [
      ["u", 6],
      ["g", 3],
      ["o", 0],
    ] as const) {
      if (who !== "" && !who.includes("a") && !who.includes(letter)) continue;
      if (operator === "-") result &= ~(bits << shift);
      else result = (operator === "=" ? result & ~(7 << shift) : result) | (bits << shift);
    }
  }
  return result;
}

export function chown(argv: readonly string[], state: ShellState, context: Context): Done {
  const [spec = "", ...paths] = argv.slice(1).filter((one) => !/^-[Rvcfh]+$/.test(one));
  const [user = "", group = ""] = spec.split(/[:.]/);
  const ids = argv[0]?.endsWith("chgrp") === true ? { gid: idOf(user) } : { uid: idOf(user), gid: idOf(group) };
  const wanted = Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== null));
  return change(argv[0]?.split("/").at(-1) ?? "chown", argv, paths, state, context, () => wanted);
}

function idOf(text: string): number | null {
  return text === "root" ? 0 : /^\d+$/.test(text) ? Number(text) : null;
}

function change(
  tool: string,
  argv: readonly string[],
  paths: readonly string[],
  state: ShellState,
  context: Context,
  to: (stat: FileStat) => Partial<Pick<FileStat, "mode" | "uid" | "gid">> | null,
): Done {
  const recursive = argv.some((one) => /^-[a-zA-Z]*R/.test(one));
  let err = "";
  const one = (path: string, full: string): void => {
    const stat = statFile(context, state.args, full);
    const wanted = stat === null ? {} : to(stat);
    const problem = wanted === null ? "invalid mode" : changeFile(context, state.args, full, wanted);
    if (problem !== null) {
      const why = problem === "EACCES" ? "Operation not permitted" : (ERRORS[problem as FileError] ?? problem);
      err += `${tool}: ${path}: ${why}\n`;
      return;
    }
    if (recursive && stat?.isDirectory === true)
      for (const name of listDirectory(context, state.args, full) ?? []) one(`${path}/${name}`, `${full}/${name}`);
  };
  for (const path of paths) one(path, resolvePath(state.directory, path));
  return { status: err === "" ? 0 : 1, out: "", err };
}

/** `stat FILE`, `stat -c FORMAT FILE`. */
export function stat(argv: readonly string[], state: ShellState, context: Context): Done {
  const at = argv.findIndex((one) => one === "-c" || one === "--format");
  const format = at > 0 ? argv[at + 1] : argv.find((one) => /^-c./.test(one))?.slice(2);
  const paths = argv.slice(1).filter((one, index) => !one.startsWith("-") && index !== at);
  let out = "";
  for (const path of paths) {
    const found = statFile(context, state.args, resolvePath(state.directory, path));
    if (found === null) return failed(`stat: can't stat '${path}': No such file or directory\n`);
    const fields = fieldsOf(path, found);
    out +=
      format === undefined
        ? `  File: ${path}\n  Size: ${found.sizeBytes}\t\tBlocks: 8          IO Block: 4096   ${fields.F}\nAccess: (0${fields.a}/${fields.A})  Uid: (${found.uid}/${fields.U})   Gid: (${found.gid}/${fields.G})\n`
        : `${format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole)}\n`;
  }
  return done(out);
}

function fieldsOf(path: string, found: FileStat): Readonly<Record<string, string>> {
  return {
    n: path,
    a: found.mode.toString(8),
    A: modeText(found),
    u: String(found.uid),
    g: String(found.gid),
    U: nameOfId(found.uid),
    G: nameOfId(found.gid),
    s: String(found.sizeBytes),
    F: found.isDirectory ? "directory" : "regular file",
    T: found.tmpfs ? "tmpfs" : "ext2/ext3",
  };
}
