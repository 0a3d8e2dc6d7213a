import { byteLength, bytesOfText } from "../../../../api/byte-text.ts";
import { formatRfc1123z, formatTime } from "../../../../api/time.ts";
import type { Context } from "../../../../kernel/types.ts";
import {
  isDirectory,
  listDirectory,
  makeDirectory,
  readFile,
  removeDirectory,
  removeFile,
  resolvePath,
  statFile,
  userOf as userOfProgram,
  writeFile,
} from "../files.ts";
import { awk } from "./awk.ts";
import { bounded, OutOfMemory, padded } from "./bounds.ts";
import { type Done, done, failed } from "./done.ts";
import { filesText } from "./input.ts";
import { runPerl } from "./perl.ts";
import { chmod, chown, ERRORS, modeText, nameOfId, stat } from "./permissions.ts";
import { compileRegex, type Regex } from "./regex.ts";
import type { ShellState } from "./state.ts";
import { tar } from "./tar.ts";

type Run = (argv: readonly string[], state: ShellState, context: Context, input: string) => Done;

/** Small programs as busybox has them. Those that wait (sleep, wget, read) are elsewhere. */
export const COMMANDS: Readonly<Record<string, Run>> = {
  ":": () => done(""),
  true: () => done(""),
  false: () => done("", 1),
  sync: () => done(""),
  chmod,
  chown,
  chgrp: chown,
  stat,
  ln: () => done(""),
  wait: () => done(""),
  ulimit: () => done(""),
  umask: (argv) => done(argv.length === 1 ? "0022\n" : ""),
  echo,
  printf,
  date,
  hostname: (argv, { args }) => {
    const { hostname, fqdn = hostname } = args.container;
    const [flag] = argv.slice(1);
    return done(`${flag === "-f" ? fqdn : flag === "-i" || flag === "-I" ? args.podIp : hostname}\n`);
  },
  whoami: (_argv, state) => {
    const user = userOf(state);
    return /^\d+$/.test(user) ? failed(`whoami: unknown uid ${user}\n`) : done(`${user}\n`);
  },
  id,
  uname: (argv, { args }) =>
    done(
      argv.includes("-a")
        ? `Linux ${args.container.hostname} 6.8.0-60-generic #63-Ubuntu SMP x86_64 GNU/Linux\n`
        : argv.includes("-r")
          ? "6.8.0-60-generic\n"
          : argv.includes("-m")
            ? "x86_64\n"
            : "Linux\n",
    ),
  nproc: (_argv, _state, { machine }) => done(`${Math.max(1, Math.floor(machine.cpuMillicores / 1000))}\n`),
  env: (_argv, state) => done(environment(state)),
  printenv: (argv, state) =>
    argv[1] === undefined
      ? done(environment(state))
      : state.variables[argv[1]] === undefined
        ? done("", 1)
        : done(`${state.variables[argv[1]]}\n`),
  pwd: (_argv, state) => done(`${state.directory}\n`),
  ls,
  cat: (argv, state, context, input) => {
    const { text, err } = filesText(argv.slice(1), state, context, input, "cat");
    return { status: err === "" ? 0 : 1, out: text, err };
  },
  tac: (_argv, _state, _context, input) =>
    done(
      lines(input)
        .reverse()
        .map((line) => `${line}\n`)
        .join(""),
    ),
  touch: (argv, state, context) =>
    each(argv.slice(1), (path) =>
      write(state, context, path, readFile(context, state.args, resolvePath(state.directory, path)) ?? "", "touch"),
    ),
  rm: (argv, state, context) => rm(argv, state, context),
  mkdir,
  cp: (argv, state, context) => copy(argv, state, context, false),
  mv: (argv, state, context) => copy(argv, state, context, true),
  seq: (argv) => seq(argv),
  test: (argv, state, context) => done("", evaluateTest(argv.slice(1), state, context) ? 0 : 1),
  "[": (argv, state, context) =>
    argv.at(-1) === "]"
      ? done("", evaluateTest(argv.slice(1, -1), state, context) ? 0 : 1)
      : failed("sh: missing ]\n", 2),
  "[[": (argv, state, context) =>
    argv.at(-1) === "]]"
      ? done("", evaluateTest(argv.slice(1, -1), state, context) ? 0 : 1)
      : failed("sh: missing ]]\n", 2),
  kill,
  ps: (_argv, state) => done(`PID   USER     TIME  COMMAND\n    1 ${userOf(state)}      0:00 ${mainProcess(state)}\n`),
  head: (argv, state, context, input) => headTail(argv, state, context, input, true),
  tail: (argv, state, context, input) => headTail(argv, state, context, input, false),
  wc: (argv, state, context, input) => wc(argv, state, context, input),
  grep: (argv, state, context, input) => grep(argv, state, context, input),
  sort: (argv, state, context, input) => {
    const sorted = lines(filesText(plain(argv), state, context, input, "sort").text);
    sorted.sort(
      argv.some((one) => one.includes("n") && one.startsWith("-"))
        ? (a, b) => Number.parseFloat(a) - Number.parseFloat(b)
        : (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    );
    if (argv.includes("-r")) sorted.reverse();
    return done(sorted.map((line) => `${line}\n`).join(""));
  },
  uniq: (_argv, _state, _context, input) =>
    done(
      lines(input)
        .filter((line, index, all) => line !== all[index - 1])
        .map((line) => `${line}\n`)
        .join(""),
    ),
  tr: (argv, _state, _context, input) => done(translate(argv, input)),
  cut: (argv, _state, _context, input) => done(cut(argv, input)),
  tee: (argv, state, context, input) => {
    const err = plain(argv)
      .map((path) => write(state, context, path, input, "tee"))
      .join("");
    return { status: err === "" ? 0 : 1, out: input, err };
  },
  basename: (argv) => done(`${(argv[1] ?? "").replace(/\/+$/, "").split("/").at(-1)}\n`),
  dirname: (argv) => done(`${(argv[1] ?? "").replace(/\/[^/]*$/, "") || "."}\n`),
  tar,
  stty: (argv, { size }) =>
    size === null
      ? failed("stty: standard input: Not a tty\n")
      : done(
          argv[1] === "size"
            ? `${size.rows} ${size.columns}\n`
            : `speed 38400 baud; rows ${size.rows}; columns ${size.columns};\n`,
        ),
  expr: (argv) => {
    const value = arithmetic(argv.slice(1));
    return done(`${value}\n`, value === 0 ? 1 : 0);
  },
  free: (_argv, _state, { machine }) =>
    done(
      `              total        used        free      shared  buff/cache   available\nMem:     ${String(Math.floor(machine.memoryBytes / 1024)).padStart(9)}\n`,
    ),
  uptime: () => done(" 09:00:00 up 1 min,  load average: 0.00, 0.00, 0.00\n"),
  df: () =>
    done(
      "Filesystem           1K-blocks      Used Available Use% Mounted on\noverlay              100663296  12079595  88583701  12% /\n",
    ),
  yes: (argv) => done(bounded(`${argv.slice(1).join(" ") || "y"}\n`.repeat(SAID_INTO_PIPE))),
  find: (argv, state, context) =>
    done(
      (listDirectory(context, state.args, resolvePath(state.directory, argv[1] ?? ".")) ?? [])
        .map((name) => `${argv[1] ?? "."}/${name}\n`)
        .join(""),
    ),
  sed: (argv, state, context, input) => sed(argv, state, context, input),
  awk,
  sysctl: (argv, { args }) => {
    const lines = plain(argv).map((name) => {
      const value = args.container.sysctls?.[name] ?? SYSCTLS[name];
      return value === undefined ? null : argv.includes("-n") ? value : `${name} = ${value}`;
    });
    return lines.includes(null)
      ? failed(`sysctl: error: '${plain(argv)[lines.indexOf(null)]}' is an unknown key\n`)
      : done(lines.map((line) => `${line}\n`).join(""));
  },
  ip: (argv, { args }) =>
    /^(add|del|set|change)$/.test(argv[2] ?? "")
      ? args.container.privileged === true
        ? done("")
        : failed("ip: RTNETLINK answers: Operation not permitted\n", 2)
      : done(
          `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    inet 127.0.0.1/8 scope host lo\n2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue\n    inet ${args.podIp}/24 brd ${args.podIp.replace(/\d+$/, "255")} scope global eth0\n`,
        ),
  nnp: (_argv, state) => {
    const { uid } = userOfProgram(state.args);
    return done(`Effective uid: ${state.args.container.noNewPrivileges === true ? uid : 0}\n`);
  },
  hexdump: (argv, state, context, input) => {
    const { text, err } = filesText(plain(argv), state, context, input, "hexdump");
    return { status: err === "" ? 0 : 1, out: hexDump(bytesOfText(text)), err };
  },
  base64: (argv, _state, _context, input) => (argv.includes("-d") ? done(input) : done(input)),
  "nvidia-smi": () =>
    failed(
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
      9,
    ),
  perl,
};

/** Who the container's programs run as: a name where there is one. */
const SIGNALS: Readonly<Record<string, string>> = {
  1: "HUP",
  2: "INT",
  3: "QUIT",
  9: "KILL",
  10: "USR1",
  12: "USR2",
  15: "TERM",
  19: "STOP",
  28: "WINCH",
};

/** Process 1 is the container's; from inside of the container it cannot be killed or stopped outright. */
function kill(argv: readonly string[], state: ShellState, context: Context): Done {
  const rest = argv.slice(1);
  let signal = "TERM";
  if (rest[0] === "-s") signal = rest.splice(0, 2)[1] ?? "";
  else if (rest[0]?.startsWith("-")) signal = (rest.shift() as string).slice(1);
  signal = SIGNALS[signal] ?? signal.replace(/^SIG/, "").toUpperCase();
  if (!Object.values(SIGNALS).includes(signal) && signal !== "0") {
    return failed(`${state.name}: bad signal name '${signal}'\n`, 1);
  }
  if (rest.length === 0) return failed(`${state.name}: you need to specify whom to kill\n`, 1);
  const strangers = rest.filter((pid) => pid !== "1");
  if (strangers.length < rest.length && !["0", "KILL", "STOP"].includes(signal)) {
    context.signal(context.self.name.replace(/^exec-[^/]*\//, ""), `SIG${signal}`);
  }
  const err = strangers.map((pid) => `${state.name}: can't kill pid ${pid}: No such process\n`).join("");
  return err === "" ? done("") : failed(err, 1);
}

function userOf({ args }: ShellState): string {
  const user = args.container.user?.uid === undefined ? args.imageConfig.user : `${args.container.user.uid}`;
  return user === "" || user === "0" ? "root" : user;
}

function id(argv: readonly string[], state: ShellState): Done {
  const user = userOf(state);
  const { uid, gid, groups } = userOfProgram(state.args);
  const all = [...new Set([gid, ...groups])].sort((a, b) => a - b);
  const flags = argv.slice(1).join("");
  if (flags.includes("u")) return done(`${flags.includes("n") ? user : uid}\n`);
  if (flags.includes("g")) return done(`${flags.includes("n") && gid === 0 ? "root" : gid}\n`);
  if (flags.includes("G")) return done(`${all.join(" ")}\n`);
  const shown = (one: number): string => (one === 0 ? "0(root)" : `${one}`);
  return done(
    `uid=${uid}${user === `${uid}` ? "" : `(${user})`} gid=${shown(gid)} groups=${all.map(shown).join(",")}\n`,
  );
}

function mainProcess({ args }: ShellState): string {
  const { command, args: given } = args.container;
  const argv =
    command.length > 0
      ? [...command, ...given]
      : [...args.imageConfig.entrypoint, ...(given.length > 0 ? given : args.imageConfig.cmd)];
  return argv.join(" ");
}

function environment(state: ShellState): string {
  return Object.keys(state.exported)
    .filter((name) => state.variables[name] !== undefined)
    .map((name) => `${name}=${state.variables[name]}\n`)
    .join("");
}

export function lines(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

function plain(argv: readonly string[]): string[] {
  return argv.slice(1).filter((one) => !one.startsWith("-") || one === "-");
}

function each(paths: readonly string[], act: (path: string) => string): Done {
  const err = paths.map(act).join("");
  return { status: err === "" ? 0 : 1, out: "", err };
}

/** Error text, "" when all is well. */
export function write(state: ShellState, context: Context, path: string, text: string, tool: string): string {
  const error = writeFile(context, state.args, resolvePath(state.directory, path), text);
  return error === null ? "" : `${tool}: ${tool === "sh" ? `can't create ${path}` : path}: ${ERRORS[error]}\n`;
}

function mkdir(argv: readonly string[], state: ShellState, context: Context): Done {
  const parents = argv.some((one) => /^-[a-zA-Z]*p/.test(one));
  const mode = argv.indexOf("-m");
  const paths = argv.slice(1).filter((one, index) => !one.startsWith("-") && (mode < 0 || index !== mode));
  return each(paths, (path) => {
    const full = resolvePath(state.directory, path);
    if (!parents && statFile(context, state.args, full) !== null)
      return `mkdir: can't create directory '${path}': File exists\n`;
    const parts = full.split("/");
    for (let count = parents ? 2 : parts.length; count <= parts.length; count += 1) {
      const problem = makeDirectory(context, state.args, parts.slice(0, count).join("/"));
      if (problem !== null) return `mkdir: can't create directory '${path}': ${ERRORS[problem]}\n`;
    }
    return "";
  });
}

function rm(argv: readonly string[], state: ShellState, context: Context): Done {
  const force = argv.some((one) => /^-[a-zA-Z]*f/.test(one));
  const recursive = argv.some((one) => /^-[a-zA-Z]*[rR]/.test(one));
  return each(plain(argv), (path) => {
    const full = resolvePath(state.directory, path);
    if (isDirectory(context, state.args, full)) {
      if (!recursive) return `rm: '${path}' is a directory\n`;
      removeDirectory(context, state.args, full);
      return "";
    }
    const problem = removeFile(context, state.args, full);
    return problem === null || (force && problem === "ENOENT")
      ? ""
      : `rm: can't remove '${path}': ${ERRORS[problem]}\n`;
  });
}

function copy(argv: readonly string[], state: ShellState, context: Context, move: boolean): Done {
  const [from = "", to = ""] = plain(argv);
  const tool = move ? "mv" : "cp";
  const text = readFile(context, state.args, resolvePath(state.directory, from));
  if (text === null) return failed(`${tool}: can't stat '${from}': No such file or directory\n`);
  const target = isDirectory(context, state.args, resolvePath(state.directory, to))
    ? `${to}/${from.split("/").at(-1)}`
    : to;
  const err = write(state, context, target, text, tool);
  if (err === "" && move) removeFile(context, state.args, resolvePath(state.directory, from));
  return { status: err === "" ? 0 : 1, out: "", err };
}

function escapes(text: string): string {
  return text.replace(/\\(n|t|r|\\|a|b|0[0-7]{0,3}|x[0-9a-fA-F]{1,2})/g, (_whole, code: string) => {
    if (code === "n") return "\n";
    if (code === "t") return "\t";
    if (code === "r") return "\r";
    if (code === "\\") return "\\";
    if (code.startsWith("x")) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return code.startsWith("0") ? String.fromCharCode(Number.parseInt(code.slice(1) || "0", 8)) : "";
  });
}

function echo(argv: readonly string[]): Done {
  let words = argv.slice(1);
  let newline = true;
  let escaped = false;
  while (/^-[neE]+$/.test(words[0] ?? "")) {
    if (words[0]?.includes("n")) newline = false;
    if (words[0]?.includes("e")) escaped = true;
    words = words.slice(1);
  }
  const text = words.join(" ");
  return done(`${escaped ? escapes(text) : text}${newline ? "\n" : ""}`);
}

function printf(argv: readonly string[]): Done {
  const format = escapes(argv[1] ?? "");
  let rest = argv.slice(2);
  let out = "";
  do {
    const before = rest.length;
    out += format.replace(
      /%(-?)(0?)(\d*)([sdiuxc%])/g,
      (_whole, left: string, zero: string, width: string, kind: string) => {
        if (kind === "%") return "%";
        const [value = "", ...more] = rest;
        rest = more;
        const text =
          kind === "s"
            ? value
            : kind === "c"
              ? value.slice(0, 1)
              : kind === "x"
                ? (Number(value) || 0).toString(16)
                : String(Math.trunc(Number(value) || 0));
        return padded(text, Number(width), left === "-", zero === "0" ? "0" : " ");
      },
    );
    if (rest.length === before) break;
  } while (rest.length > 0);
  return done(out);
}

/** `Fri Nov 20 09:00:00 UTC 2026`, or what a format asks for. */
function date(argv: readonly string[], _state: ShellState, context: Context): Done {
  const wallUs = context.wallUs();
  const [, weekday = "", day = "", month = "", year = "", clock = ""] =
    /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(formatRfc1123z(wallUs)) ?? [];
  const format = argv.find((one) => one.startsWith("+"));
  const iso = formatTime(wallUs);
  if (format === undefined) return done(`${weekday} ${month} ${day.replace(/^0/, " ")} ${clock} UTC ${year}\n`);
  const fields: Readonly<Record<string, string>> = {
    Y: year,
    m: iso.slice(5, 7),
    d: day,
    H: clock.slice(0, 2),
    M: clock.slice(3, 5),
    S: clock.slice(6, 8),
    T: clock,
    F: iso.slice(0, 10),
    s: String(Math.floor(wallUs / 1_000_000)),
    N: `${String(wallUs % 1_000_000).padStart(6, "0")}000`,
    a: weekday,
    b: month,
    Z: "UTC",
    z: "+0000",
    n: "\n",
    "%": "%",
  };
  return done(`${format.slice(1).replace(/%(.)/g, (whole, field: string) => fields[field] ?? whole)}\n`);
}

function ls(argv: readonly string[], state: ShellState, context: Context): Done {
  const long = argv.some((one) => /^-[a-zA-Z1]*l/.test(one));
  const itself = argv.some((one) => /^-[a-zA-Z1]*d/.test(one));
  const paths = plain(argv);
  let out = "";
  let err = "";
  for (const path of paths.length === 0 ? ["."] : paths) {
    const full = resolvePath(state.directory, path);
    const names = itself ? null : listDirectory(context, state.args, full);
    if (names !== null) {
      if (paths.length > 1) out += `${path}:\n`;
      if (long) out += "total 0\n";
      for (const name of names)
        out += long ? longLine(state, context, full === "/" ? `/${name}` : `${full}/${name}`, name) : `${name}\n`;
    } else if (statFile(context, state.args, full) !== null) {
      out += long ? longLine(state, context, full, path) : `${path}\n`;
    } else {
      err += `ls: ${path}: No such file or directory\n`;
    }
  }
  return { status: err === "" ? 0 : 1, out, err };
}

function longLine(state: ShellState, context: Context, full: string, name: string): string {
  const found = statFile(context, state.args, full);
  if (found === null) return "";
  const owner = `${nameOfId(found.uid).padEnd(8)} ${nameOfId(found.gid).padEnd(8)}`;
  return `${modeText(found)}    1 ${owner} ${String(found.sizeBytes).padStart(9)} ${listTime(context.wallUs())} ${name}\n`;
}

/** `Nov 20 09:00`: files keep no times, so what there is is as new as can be. */
function listTime(wallUs: number): string {
  const [, day = "", month = "", clock = ""] = /, (\d+) (\w+) \d+ (\d+:\d+)/.exec(formatRfc1123z(wallUs)) ?? [];
  return `${month} ${day.replace(/^0/, " ").padStart(2)} ${clock}`;
}

const SYSCTLS: Readonly<Record<string, string>> = {
  "kernel.shm_rmid_forced": "0",
  "net.ipv4.ip_local_port_range": "32768\t60999",
  "net.ipv4.ip_unprivileged_port_start": "0",
  "net.ipv4.tcp_syncookies": "1",
  "net.core.somaxconn": "4096",
  "kernel.hostname": "",
  "vm.max_map_count": "65530",
};

/** `hexdump -C`. */
function hexDump(bytes: Uint8Array): string {
  const offset = (at: number): string => at.toString(16).padStart(8, "0");
  let out = "";
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.slice(at, at + 16)];
    const hex = Array.from({ length: 16 }, (_, index) => row[index]?.toString(16).padStart(2, "0") ?? "  ");
    const shown = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    out += `${offset(at)}  ${hex.slice(0, 8).join(" ")}  ${hex.slice(8).join(" ")}  |${shown}|\n`;
  }
  return bytes.length === 0 ? "" : `${out}${offset(bytes.length)}\n`;
}

/** Beyond this the lines fill more memory than a shell has here. */
const SEQ_MAX = 500_000;

function seq(argv: readonly string[]): Done {
  const numbers = plain(argv).map(Number);
  const [first, step, last] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (first === undefined || step === undefined || last === undefined || step === 0)
    return failed("seq: missing operand\n");
  const out: number[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    out.push(value);
    if (out.length >= SEQ_MAX) throw new OutOfMemory();
  }
  return done(out.map((value) => `${value}\n`).join(""));
}

/** Who reads `yes` through a pipe wants no more of it. */
const SAID_INTO_PIPE = 10_000;
const TEST_WORDS_MAX = 500;

export function evaluateTest(words: readonly string[], state: ShellState, context: Context): boolean {
  if (words.length > TEST_WORDS_MAX) return false;
  const or = words.indexOf("-o");
  if (or > 0)
    return evaluateTest(words.slice(0, or), state, context) || evaluateTest(words.slice(or + 1), state, context);
  const and = words.indexOf("-a");
  if (and > 0)
    return evaluateTest(words.slice(0, and), state, context) && evaluateTest(words.slice(and + 1), state, context);
  if (words[0] === "!") return !evaluateTest(words.slice(1), state, context);
  const [a = "", operator = "", b = ""] = words;
  if (words.length <= 1) return a !== "";
  if (words.length === 2) return unaryTest(a, operator, state, context);
  switch (operator) {
    case "=":
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "-eq":
      return Number(a) === Number(b);
    case "-ne":
      return Number(a) !== Number(b);
    case "-lt":
      return Number(a) < Number(b);
    case "-le":
      return Number(a) <= Number(b);
    case "-gt":
      return Number(a) > Number(b);
    case "-ge":
      return Number(a) >= Number(b);
    default:
      return false;
  }
}

function unaryTest(operator: string, operand: string, state: ShellState, context: Context): boolean {
  const path = resolvePath(state.directory, operand);
  const text = (): string | null => readFile(context, state.args, path);
  switch (operator) {
    case "-z":
      return operand === "";
    case "-n":
      return operand !== "";
    case "-f":
      return text() !== null;
    case "-d":
      return isDirectory(context, state.args, path);
    case "-s":
      return (text() ?? "") !== "";
    case "-e":
    case "-r":
    case "-w":
    case "-x":
      return text() !== null || isDirectory(context, state.args, path);
    default:
      return false;
  }
}

const COUNTS: Readonly<Record<string, number>> = { b: 512, k: 1024, K: 1024, M: 1_048_576, G: 1_073_741_824 };

function headTail(argv: readonly string[], state: ShellState, context: Context, input: string, head: boolean): Done {
  let count = 10;
  let bytes = false;
  const paths: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const one = argv[i] as string;
    if (one === "-n" || one === "-c") {
      bytes = one === "-c";
      const [, digits, unit = ""] = /^(\d+)([bkKMG]?)$/.exec(argv[++i] ?? "") ?? [];
      count = Number(digits) * (COUNTS[unit] ?? 1);
    } else if (/^-n?\d+$/.test(one)) count = Number(one.replace(/^-n?/, ""));
    else if (!one.startsWith("-")) paths.push(one);
  }
  const { text, err } = filesText(paths, state, context, input, head ? "head" : "tail");
  if (bytes) {
    const out = head ? text.slice(0, count) : text.slice(Math.max(0, text.length - count));
    return { status: err === "" ? 0 : 1, out, err };
  }
  const all = lines(text);
  const chosen = head ? all.slice(0, count) : all.slice(Math.max(0, all.length - count));
  return { status: err === "" ? 0 : 1, out: chosen.map((line) => `${line}\n`).join(""), err };
}

function wc(argv: readonly string[], state: ShellState, context: Context, input: string): Done {
  const paths = plain(argv);
  const { text, err } = filesText(paths, state, context, input, "wc");
  const count = { l: (text.match(/\n/g) ?? []).length, w: (text.match(/\S+/g) ?? []).length, c: byteLength(text) };
  const name = paths.length === 1 ? ` ${paths[0]}` : "";
  const only = (["l", "w", "c"] as const).find((one) => argv.includes(`-${one}`));
  return {
    status: err === "" ? 0 : 1,
    out: only === undefined ? `${count.l} ${count.w} ${count.c}${name}\n` : `${count[only]}${name}\n`,
    err,
  };
}

function grep(argv: readonly string[], state: ShellState, context: Context, input: string): Done {
  const flags = argv
    .slice(1)
    .filter((one) => /^-[a-zA-Z]+$/.test(one))
    .join("");
  const [pattern = "", ...paths] = plain(argv);
  const extended = flags.includes("E") || flags.includes("P");
  const given = flags.includes("F") ? pattern.replace(/[.*^$[\]\\]/g, "\\$&") : pattern;
  const whole = flags.includes("x") ? `^${given}$` : flags.includes("w") ? `\\b${given}\\b` : given;
  const expression = compileRegex(whole, { extended, ignoreCase: flags.includes("i") });
  if (expression === null) return failed(`grep: bad regex '${pattern}'\n`, 2);
  const { text, err } = filesText(paths, state, context, input, "grep");
  const found = lines(text).filter((line) => (expression.find(line) !== null) !== flags.includes("v"));
  const status = found.length > 0 ? 0 : 1;
  if (flags.includes("q")) return { status, out: "", err };
  return { status, out: flags.includes("c") ? `${found.length}\n` : found.map((line) => `${line}\n`).join(""), err };
}

function translate(argv: readonly string[], input: string): string {
  const spread = (set: string): string =>
    escapes(set.replace("[:upper:]", "A-Z").replace("[:lower:]", "a-z")).replace(
      /(.)-(.)/g,
      (_whole, a: string, b: string) => {
        let all = "";
        for (let code = a.charCodeAt(0); code <= b.charCodeAt(0); code++) all += String.fromCharCode(code);
        return all;
      },
    );
  const [from = "", to = ""] = plain(argv).map(spread);
  const flags = argv.filter((one) => /^-[a-zA-Z]+$/.test(one)).join("");
  const others = /[cC]/.test(flags);
  const places = new Map([...from].reverse().map((c, index) => [c, from.length - 1 - index]));
  if (flags.includes("d")) return [...input].filter((c) => places.has(c) === others).join("");
  const last = to.length - 1;
  return [...input]
    .map((c) => {
      const place = others ? (places.has(c) ? undefined : last) : places.get(c);
      return place === undefined ? c : (to[Math.min(place, last)] ?? "");
    })
    .join("");
}

function cut(argv: readonly string[], input: string): string {
  const value = (flag: string): string | undefined => {
    const index = argv.findIndex((one) => one.startsWith(flag));
    const one = argv[index];
    return one === undefined ? undefined : one === flag ? argv[index + 1] : one.slice(2);
  };
  const delimiter = value("-d") ?? "\t";
  const wanted = (value("-f") ?? value("-c") ?? "1").split(",").map(Number);
  const byCharacter = value("-f") === undefined;
  return lines(input)
    .map((line) => {
      const parts = byCharacter ? [...line] : line.split(delimiter);
      return `${wanted.map((n) => parts[n - 1] ?? "").join(byCharacter ? "" : delimiter)}\n`;
    })
    .join("");
}

function sed(argv: readonly string[], state: ShellState, context: Context, input: string): Done {
  const [script = "", ...paths] = plain(argv);
  const match = /^s(.)(.*?)\1(.*?)\1([gi]*)$/.exec(script);
  if (match === null) return failed(`sed: unsupported command ${script}\n`);
  const { text, err } = filesText(paths, state, context, input, "sed");
  const [, , pattern = "", replacement = "", flags = ""] = match;
  const extended = argv.some((one) => /^-[a-zA-Z]*[Er]/.test(one));
  const expression = compileRegex(pattern, { extended, ignoreCase: flags.includes("i") });
  if (expression === null) return failed(`sed: bad regex '${pattern}'\n`);
  const out = lines(text)
    .map((line) => `${substitute(line, expression, replacement, flags.includes("g"))}\n`)
    .join("");
  return { status: err === "" ? 0 : 1, out, err };
}

/** `s`: with `&` for what matched, `\\1` for a group of it. */
function substitute(line: string, expression: Regex, replacement: string, everywhere: boolean): string {
  let out = "";
  let at = 0;
  for (let from = 0; from <= line.length; ) {
    const found = expression.find(line, from);
    if (found === null) break;
    const [start = 0, end = 0] = found;
    const group = (index: number): string => line.slice(found[index * 2] ?? -1, found[index * 2 + 1] ?? -1);
    out +=
      line.slice(at, start) +
      replacement.replace(/\\([\s\S])|&/g, (whole, escaped: string | undefined) =>
        whole === "&"
          ? line.slice(start, end)
          : /\d/.test(escaped ?? "")
            ? group(Number(escaped))
            : escaped === "n"
              ? "\n"
              : (escaped ?? ""),
      );
    at = end;
    if (!everywhere) break;
    from = end;
    if (end === start) {
      out += line.slice(end, end + 1);
      at = end + 1;
      from = end + 1;
    }
  }
  return out + line.slice(at);
}

function arithmetic(words: readonly string[]): number {
  const [a = "0", operator, b = "0"] = words;
  const [x, y] = [Number(a), Number(b)];
  if (operator === "+") return x + y;
  if (operator === "-") return x - y;
  if (operator === "*") return x * y;
  if (operator === "/") return y === 0 ? 0 : Math.trunc(x / y);
  return operator === "%" ? x % y : x;
}

/** Digits of π take time that grows with the square of their number. */
function perl(argv: readonly string[], state: ShellState): Done {
  const result = runPerl(argv);
  const length = result?.out.length ?? 0;
  state.work += (length * length) / 10;
  if (result !== null) return result;
  return { status: 2, out: "", err: "perl: of Perl, this image has print, exit, die and bpi only\n" };
}
