/** Subcommands of the test suite's image `agnhost` that come to an end by themselves. */
import type { Context } from "../../../../kernel/types.ts";
import { flagOf, numberFlag } from "../agnhost/flags.ts";
import { readFile, resolvePath, statFile, writeFile } from "../files.ts";
import { type Done, done } from "./done.ts";
import { modeText } from "./permissions.ts";
import type { ShellState } from "./state.ts";

const NEW_FILE = "mount-tester new file\n";
const EXT4 = 61_267;
const RETRY_SECONDS = 180;

/** `mounttest --file_content_in_loop`: a file that is read again and again. */
export interface WatchedFile {
  readonly path: string;
  readonly untilUs: number;
  readonly untilExpected: boolean;
}

export interface AgnhostCall extends Done {
  readonly watch?: WatchedFile;
}

/** Null: it is none of these. */
export function runAgnhost(argv: readonly string[], state: ShellState, context: Context): AgnhostCall | null {
  const { args } = state;
  switch (argv[1]) {
    case "mounttest":
      return mountTest(argv, state, context);
    case "entrypoint-tester":
      return done(`[${argv.join(" ")}]\n`);
    case "etc-hosts":
      return done(readFile(context, args, "/etc/hosts") ?? "");
    case "dns-suffix":
      return done(`${args.container.dns.searches.join(",")}\n`);
    case "dns-server-list":
      return done(`${args.container.dns.nameservers.join(",")}\n`);
    case undefined:
    case "help":
    case "--help":
      return done("Usage:\n  app [command]\n");
    case "--version":
      return done("agnhost version 2.53\n");
    default:
      return null;
  }
}

/** In the order of the flags' own meaning, whatever theirs on the command line. */
function mountTest(argv: readonly string[], state: ShellState, context: Context): AgnhostCall {
  const said: string[] = [];
  let failed = false;
  const say = (text: string, isProblem = false): void => {
    said.push(`${text}\n`);
    failed ||= isProblem;
  };
  const at = (name: string, act: (path: string, shown: string) => void): void => {
    const path = flagOf({ argv }, name);
    if (path !== "") act(path, JSON.stringify(path));
  };
  const stat = (path: string) => statFile(context, state.args, resolvePath(state.directory, path));
  const noSuch = (call: string, shown: string): void =>
    say(`error from ${call}(${shown}): stat ${shown.slice(1, -1)}: no such file or directory`, true);
  const content = (path: string, shown: string): void => {
    const text = readFile(context, state.args, resolvePath(state.directory, path));
    if (text === null) say(`error reading file content for ${shown}: open ${path}: no such file or directory`, true);
    else say(`content of file ${shown}: ${text}`);
  };
  at("fs_type", (path, shown) => {
    const found = stat(path);
    if (found === null) say(`error from statfs(${shown}): no such file or directory`, true);
    else say(`mount type of ${shown}: ${found.tmpfs ? "tmpfs" : EXT4}`);
  });
  for (const mode of ["0644", "0666", "0660", "0777"]) {
    at(`new_file_${mode}`, (path, shown) => {
      const full = resolvePath(state.directory, path);
      const problem = writeFile(context, state.args, full, NEW_FILE, Number.parseInt(mode, 8));
      if (problem === null) content(path, shown);
      else say(`error writing new file ${shown}: open ${path}: ${GO_ERRORS[problem]}`, true);
    });
  }
  at("file_mode", (path, shown) => {
    const found = stat(path);
    if (found === null) noSuch("Stat", shown);
    else say(`mode of file ${shown}: ${goMode(found)}`);
  });
  at("file_perm", (path, shown) => {
    const found = stat(path);
    if (found === null) noSuch("Stat", shown);
    else say(`perms of file ${shown}: ${modeText({ mode: found.mode & 0o777, isDirectory: false })}`);
  });
  at("file_owner", (path, shown) => {
    const found = stat(path);
    if (found === null) noSuch("stat", shown);
    else {
      say(`owner UID of ${shown}: ${found.uid}`);
      say(`owner GID of ${shown}: ${found.gid}`);
    }
  });
  at("file_content", content);
  const result = { status: failed ? 1 : 0, out: said.join(""), err: "" };
  const path = flagOf({ argv }, "file_content_in_loop");
  if (path === "") return result;
  const untilUs = context.nowUs + numberFlag({ argv }, "retry_time", RETRY_SECONDS) * 1_000_000;
  return {
    ...result,
    watch: { path, untilUs, untilExpected: flagOf({ argv }, "break_on_expected_content") !== "false" },
  };
}

const GO_ERRORS = {
  EROFS: "read-only file system",
  ENOENT: "no such file or directory",
  EISDIR: "is a directory",
  ENOSPC: "no space left on device",
  EACCES: "permission denied",
} as const;

/** `-rw-r--r--`, `drwxrwxrwx`, `dtrwxrwxrwx`. */
function goMode({ mode, isDirectory }: { readonly mode: number; readonly isDirectory: boolean }): string {
  const bits = modeText({ mode: mode & 0o777, isDirectory: false }).slice(1);
  const kind = `${isDirectory ? "d" : ""}${mode & 0o1000 ? "t" : ""}`;
  return `${kind === "" ? "-" : kind}${bits}`;
}

/** One look at a watched file: what is said, and whether that was the last. */
export function lookAtFile(watch: WatchedFile, state: ShellState, context: Context): { out: string; over: boolean } {
  const { path, untilExpected } = watch;
  const text = readFile(context, state.args, resolvePath(state.directory, path));
  const over = context.nowUs >= watch.untilUs;
  if (text === null)
    return { out: `Error reading file ${path}: open ${path}: no such file or directory, retrying\n`, over };
  const said = `content of file ${JSON.stringify(path)}: ${text}\n`;
  if (!untilExpected) return { out: said, over };
  if (text === NEW_FILE) return { out: said, over: true };
  return { out: `${said}Unexpected content. Expected: ${NEW_FILE}. Retrying`, over };
}
