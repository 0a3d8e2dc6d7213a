import { deepFreeze } from "../../../../api/object.ts";
import { spendCpu, takeSteadily } from "../../../../kernel/cgroups.ts";
import type { Context } from "../../../../kernel/types.ts";
import { AGNHOST_SERVERS } from "../agnhost/index.ts";
import { isDirectory, readFile, resolvePath, writeFile } from "../files.ts";
import { lookAtFile, runAgnhost } from "./agnhost.ts";
import { bounded, heldLength, OutOfMemory, WORK_MAX } from "./bounds.ts";
import { COMMANDS, write } from "./commands.ts";
import { compile, type Instruction, type Program } from "./compile.ts";
import { type Done, done, failed } from "./done.ts";
import { expandText, expandWords } from "./expand.ts";
import { matchesPattern } from "./glob.ts";
import { isEndless, memoryFilledBytes, readDevice } from "./greedy.ts";
import { isNetworkTool, startNetwork } from "./network.ts";
import { parseScript } from "./parse.ts";
import { readPythonCall } from "./python/call.ts";
import { heldBytes, type PythonTurn, runPython, startPython } from "./python/run.ts";
import type { Descriptors, Frame, Pending, ShellMessage, ShellState, Sink } from "./state.ts";
import { type Redirect, ShellSyntaxError } from "./syntax.ts";
import { hasStdin, hasTty } from "./terminal.ts";
import { hasCommand } from "./userland.ts";

/** Instructions until the shell lets the world go on: a busy loop takes CPU, not for ever. */
const SLICE = 200;
const SLICE_US = 20_000;
/** No sleep is shorter: to start a program that does nothing takes that long as well. */
const SLEEP_MIN_US = 1_000;
const FRAMES_MAX = 100;
/** containerd cuts what comes without an end of line. */
const LOG_LINE_MAX = 16_384;
/** CPU time that starting and running wget, curl and the like takes. */
const NETWORK_TOOL_US = 1_500;

/** Runs until something must be waited for or the script is over. */
export function run(state: ShellState, context: Context): void {
  for (let count = 0; state.pending === null && !state.ended; count += 1) {
    if (count >= SLICE || state.work > WORK_MAX) {
      const slices = Math.max(1, Math.ceil(state.work / WORK_MAX));
      spendSlice(state, context, slices);
      wait(state, context, slices * SLICE_US, "yield");
      return;
    }
    const frame = state.frames.at(-1);
    if (frame === undefined) return;
    const instruction = frame.program[frame.pc];
    if (instruction === undefined) {
      state.frames.pop();
      continue;
    }
    frame.pc += 1;
    execute(state, context, frame, instruction);
  }
}

/** It would have run all the time, as far as its limit lets it. */
function spendSlice(state: ShellState, context: Context, slices = 1): void {
  state.work = 0;
  if (heldLength(state) > (state.args.container.limits.memoryBytes ?? Number.POSITIVE_INFINITY))
    throw new OutOfMemory();
  const { cpuMillicores = 1000 } = state.args.container.limits;
  spendCpu(context, state.args.cgroup, (slices * SLICE_US * Math.min(1000, cpuMillicores)) / 1000);
}

/**
 * What a container does at first was set off by whoever had it started; what it does in the long run (a loop around a
 * sleep) is its own doing. A command by exec is its sender's to the end.
 */
const JOBS_ON_BEHALF = 3;

function wait(state: ShellState, context: Context, delayUs: number, kind: "sleep" | "yield"): void {
  const job = state.nextJob;
  state.nextJob = job + 1;
  state.pending = { kind, job };
  const message: ShellMessage = { type: "shellTimer", job };
  const ownDoing = state.args.exec === undefined && job > JOBS_ON_BEHALF;
  context.setTimer(delayUs, message, ownDoing ? "new" : "keep");
}

/** Begins a script in a frame of its own; a syntax error is said and counts as status 2. */
export function enterScript(
  state: ShellState,
  context: Context,
  text: string,
  kind: Frame["kind"],
  positional: readonly string[] = [],
): boolean {
  if (state.frames.length >= FRAMES_MAX) {
    emit(state, context, state.fds.err, `${state.name}: too many nested commands\n`);
    state.status = 2;
    return false;
  }
  let program: Program;
  try {
    program = deepFreeze(compile(parseScript(text)));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    emit(state, context, state.fds.err, `${state.name}: ${error.message}\n`);
    state.status = 2;
    return false;
  }
  state.frames.push({ program, pc: 0, kind, positional });
  return true;
}

function execute(state: ShellState, context: Context, frame: Frame, instruction: Instruction): void {
  switch (instruction.op) {
    case "run":
      runSimple(state, context, frame, instruction);
      return;
    case "jump":
      frame.pc = instruction.to;
      return;
    case "jumpIf":
      if ((state.status !== 0) === instruction.failed) frame.pc = instruction.to;
      return;
    case "invert":
      state.status = state.status === 0 ? 1 : 0;
      return;
    case "succeed":
      state.status = 0;
      return;
    case "captureStart":
      state.savedFds.push(state.fds);
      state.captures.push("");
      state.fds = { ...state.fds, out: { to: "capture", index: state.captures.length - 1 } };
      return;
    case "captureEnd":
      state.slots[instruction.slot] = state.captures.pop() ?? "";
      state.fds = state.savedFds.pop() as Descriptors;
      return;
    case "pipeInto": {
      const input = state.captures.pop() ?? "";
      const outer = state.savedFds.pop() as Descriptors;
      state.savedFds.push(outer);
      state.fds = { ...outer, input };
      // The next command's own capture, if it has one, is opened on top of this input.
      return;
    }
    case "pipeEnd":
      state.fds = state.savedFds.pop() as Descriptors;
      return;
    case "forStart":
      state.fors.push({
        words: instruction.words === null ? frame.positional : expandWords(state, instruction.words),
        next: 0,
      });
      return;
    case "forNext": {
      const loop = state.fors.at(-1) as { words: readonly string[]; next: number };
      const word = loop.words[loop.next];
      if (word === undefined) frame.pc = instruction.end;
      else state.variables[instruction.name] = word;
      loop.next += 1;
      return;
    }
    case "forEnd":
      state.fors.pop();
      return;
    case "loopStart":
      state.loops.push({ onBreak: instruction.onBreak, onContinue: instruction.onContinue });
      return;
    case "loopEnd":
      state.loops.pop();
      return;
    case "subshellStart":
      pushScope(state, instruction.end);
      return;
    case "subshellEnd":
      leaveSubshell(state);
      return;
    case "redirectStart":
      state.savedFds.push(state.fds);
      if (!redirect(state, context, instruction.redirects)) state.status = 1;
      return;
    case "redirectEnd":
      state.fds = state.savedFds.pop() as Descriptors;
      return;
    case "caseStart":
      state.cases.push(expandText(state, instruction.word));
      return;
    case "caseTest":
      if (!instruction.patterns.some((pattern) => matchesPattern(state.cases.at(-1) ?? "", expandText(state, pattern))))
        frame.pc = instruction.otherwise;
      return;
    case "caseEnd":
      state.cases.pop();
      return;
    case "define":
      state.functions.set(instruction.name, { program: frame.program, at: instruction.at });
      frame.pc = instruction.end;
      return;
    case "return":
      state.frames.pop();
      return;
  }
}

function leaveSubshell(state: ShellState): void {
  const scope = state.scopes.pop();
  if (scope === undefined) return;
  state.variables = { ...scope.variables };
  state.directory = scope.directory;
}

function runSimple(
  state: ShellState,
  context: Context,
  frame: Frame,
  instruction: Extract<Instruction, { op: "run" }>,
): void {
  const values = instruction.assignments.map(({ name, value }): [string, string] => [name, expandText(state, value)]);
  const argv = expandWords(state, instruction.words);
  for (const [, value] of values) state.work += value.length;
  for (const word of argv) state.work += word.length;
  const outer = state.fds;
  if (!redirect(state, context, instruction.redirects)) {
    state.fds = outer;
    finish(state, context, outer, failed("", 1));
    return;
  }
  const fds = state.fds;
  state.fds = outer;
  if (argv.length === 0) {
    for (const [name, value] of values) state.variables[name] = value;
    // The status of `a=$(false)` is that of the substitution.
    if (
      values.length === 0 ||
      !instruction.assignments.some(({ value }) =>
        value.some((part) => part.part === "variable" && part.operator === "slot"),
      )
    )
      state.status = 0;
    return;
  }
  for (const [name, value] of values) {
    state.variables[name] = value;
    state.exported[name] = true;
  }
  if (state.options.trace) emit(state, context, { to: "stderr" }, `+ ${argv.join(" ")}\n`);
  if (argv[0] === "exec" && argv.length === 1) state.fds = fds;
  invoke(state, context, frame, argv, fds);
}

/** Runs one command with these descriptors. */
function invoke(state: ShellState, context: Context, frame: Frame, argv: readonly string[], fds: Descriptors): void {
  const name = (argv[0] ?? "").split("/").at(-1) ?? "";
  const defined = state.functions.get(argv[0] ?? "");
  if (defined !== undefined) {
    if (state.frames.length >= FRAMES_MAX)
      finish(state, context, fds, failed(`${state.name}: too many nested functions\n`, 2));
    else state.frames.push({ program: defined.program, pc: defined.at, kind: "function", positional: argv.slice(1) });
    return;
  }
  switch (name) {
    case "exit":
      exit(state, argv[1] === undefined ? state.status : Number(argv[1]) & 255);
      return;
    case "return":
      if (argv[1] !== undefined) state.status = Number(argv[1]) & 255;
      state.frames.pop();
      return;
    case "break":
    case "continue": {
      const loop = state.loops.at(-1);
      state.status = 0;
      if (loop !== undefined) frame.pc = name === "break" ? loop.onBreak : loop.onContinue;
      return;
    }
    case "cd": {
      const path = resolvePath(state.directory, argv[1] ?? state.variables.HOME ?? "/");
      if (!isDirectory(context, state.args, path))
        finish(
          state,
          context,
          fds,
          failed(`${state.name}: cd: can't cd to ${argv[1]}: No such file or directory\n`, 2),
        );
      else {
        state.directory = path;
        state.status = 0;
      }
      return;
    }
    case "export":
    case "readonly":
    case "local":
    case "declare":
      for (const one of argv.slice(1)) {
        const equals = one.indexOf("=");
        const key = equals < 0 ? one : one.slice(0, equals);
        if (equals >= 0) state.variables[key] = one.slice(equals + 1);
        if (name === "export") state.exported[key] = true;
      }
      state.status = 0;
      return;
    case "unset":
      for (const one of argv.slice(1)) delete state.variables[one];
      state.status = 0;
      return;
    case "set":
      for (const one of argv.slice(1)) {
        if (/^[-+][a-z]+$/.test(one)) {
          if (one.includes("e")) state.options = { ...state.options, exitOnError: one.startsWith("-") };
          if (one.includes("x")) state.options = { ...state.options, trace: one.startsWith("-") };
        }
      }
      state.status = 0;
      return;
    case "shift":
      state.frames[state.frames.length - 1] = { ...frame, positional: frame.positional.slice(Number(argv[1] ?? "1")) };
      state.status = 0;
      return;
    case "trap":
      for (const signal of argv.slice(2))
        state.traps.set(
          signal.replace(/^SIG/, "").replace(/^15$/, "TERM").replace(/^2$/, "INT").replace(/^0$/, "EXIT"),
          argv[1] ?? "",
        );
      state.status = 0;
      return;
    case "eval":
      enterScript(state, context, argv.slice(1).join(" "), "function", frame.positional);
      return;
    case "exec":
    case "command":
    case "busybox":
    case "nohup":
    case "time":
      if (argv.length > 1) invoke(state, context, frame, argv.slice(1), fds);
      else state.status = 0;
      return;
    case "timeout":
      invoke(state, context, frame, argv.slice(argv[1]?.startsWith("-") ? 3 : 2), fds);
      return;
    case ".":
    case "source":
    case "sh":
    case "bash":
    case "ash":
    case "zsh":
      subShell(state, context, argv, fds);
      return;
    case "sleep":
      sleep(state, context, argv, fds);
      return;
    case "read":
      read(state, context, argv, fds);
      return;
    case "xargs": {
      const words = (fds.input ?? state.stdin).split(/\s+/).filter((word) => word !== "");
      invoke(
        state,
        context,
        frame,
        [...(argv.length > 1 ? argv.slice(1).filter((one) => !/^-(r|n\d*)$/.test(one)) : ["echo"]), ...words],
        { ...fds, input: "" },
      );
      return;
    }
    case "wait":
      state.status = 0;
      return;
    default:
      external(state, context, frame, name, argv, fds);
  }
}

function external(
  state: ShellState,
  context: Context,
  _frame: Frame,
  name: string,
  argv: readonly string[],
  fds: Descriptors,
): void {
  const builtin = [
    ":",
    "test",
    "[",
    "[[",
    "echo",
    "true",
    "false",
    "printf",
    "pwd",
    "kill",
    "ulimit",
    "umask",
    "wait",
  ].includes(name);
  const { userland, commands, programs } = state.args.imageConfig;
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (program !== undefined && !builtin) {
    state.pending = { kind: "delegate", argv, program };
    return;
  }
  if (!builtin && !hasCommand(userland, commands, argv[0] ?? "")) {
    const full = resolvePath(state.directory, argv[0] ?? "");
    const text = argv[0]?.includes("/") === true ? readFile(context, state.args, full) : null;
    if (text !== null) enterScript(state, context, text, "function", argv.slice(1));
    else finish(state, context, fds, failed(`${state.name}: ${argv[0]}: not found\n`, 127));
    return;
  }
  if (name === "agnhost" || name === "agnhost-2") {
    agnhost(state, context, argv, fds);
    return;
  }
  if (isEndless(name, argv) && fds.out.to !== "capture") {
    goOnForEver(state, context, { kind: "endless", job: 0, fds, says: name === "yes" ? sayings(argv) : "" });
    return;
  }
  const bytes = memoryFilledBytes(name, argv);
  if (bytes > 0) {
    fillMemory(state, context, { kind: "greedy", job: 0, fds, bytes, takenBytes: 0 });
    return;
  }
  if (name === "python" || name === "python3") {
    python(state, context, argv, fds);
    return;
  }
  if (isNetworkTool(name)) {
    network(state, context, [name, ...argv.slice(1)], fds);
    return;
  }
  if (name === "tail" && argv.some((one) => /^-[a-z]*[fF]/.test(one))) {
    finish(
      state,
      context,
      fds,
      (COMMANDS.tail as NonNullable<typeof COMMANDS.tail>)(
        argv.filter((one) => !/^-[fF]$/.test(one)),
        state,
        context,
        fds.input ?? "",
      ),
    );
    wait(state, context, Number.MAX_SAFE_INTEGER / 4, "sleep");
    return;
  }
  if (name === "cat" && fds.input === null && argv.slice(1).every((one) => one === "-")) {
    if (!mayType(state)) finish(state, context, fds, done(takeStdin(state)));
    else state.pending = { kind: "stdin", fds, what: "cat", names: [] };
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    finish(state, context, fds, failed(`${state.name}: ${name}: not supported here\n`, 127));
    return;
  }
  const words = [name, ...argv.slice(1)];
  if (fds.input !== null || !readsInput(words))
    finish(state, context, fds, command(words, state, context, fds.input ?? ""));
  else if (mayType(state)) state.pending = { kind: "stdin", fds, what: "filter", names: words };
  else runFilter(state, context, words, fds, takeStdin(state));
}

function network(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  const job = state.nextJob;
  state.nextJob = job + 1;
  spendCpu(context, state.args.cgroup, NETWORK_TOOL_US);
  const step = startNetwork(state, context, argv, { shell: job }, fds.input ?? takeStdin(state));
  if ("done" in step) finish(state, context, fds, step.done);
  else {
    state.pending = { kind: "network", job, fds, network: step.job };
    // Who takes the connection and says nothing is waited for no longer than that.
    if (step.job.tool === "nc" && argv.some((one) => /^-[a-z]*w/.test(one))) {
      const message: ShellMessage = { type: "shellTimer", job };
      context.setTimer(step.job.timeoutUs, message, "keep");
    }
  }
}

/** The test suite's image of many programs: one that serves takes the shell's place. */
function agnhost(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  if (AGNHOST_SERVERS.has(argv[1] ?? "")) {
    state.pending = { kind: "delegate", argv, program: "workload/agnhost" };
    return;
  }
  if (argv[1] === "connect") {
    network(state, context, ["connect", ...argv.slice(2)], fds);
    return;
  }
  const { watch, ...result } = runAgnhost(argv, state, context) ?? {
    ...failed(`Error: unknown command "${argv[1]}" for "app"\nRun 'app --help' for usage.\n`),
    watch: undefined,
  };
  if (watch === undefined) {
    finish(state, context, fds, result);
    return;
  }
  if (result.out !== "") emit(state, context, fds.out, result.out);
  watchFile(state, context, { kind: "watch", job: 0, fds, watch });
}

const WATCH_US = 2_000_000;

export function watchFile(state: ShellState, context: Context, pending: Extract<Pending, { kind: "watch" }>): void {
  const { out, over } = lookAtFile(pending.watch, state, context);
  if (over) {
    finish(state, context, pending.fds, done(out));
    return;
  }
  emit(state, context, pending.fds.out, out);
  wait(state, context, WATCH_US, "yield");
  state.pending = { ...pending, job: state.nextJob - 1 };
}

const FILL_US = 100_000;
const FILL_BYTES = 100 * 1_048_576;

/** Takes more memory, bit by bit; the kernel kills all of the container that goes over its limit. */
export function fillMemory(state: ShellState, context: Context, pending: Extract<Pending, { kind: "greedy" }>): void {
  const { fds, bytes } = pending;
  const takenBytes = Math.min(bytes, pending.takenBytes + FILL_BYTES);
  const fits = takeSteadily(context, state.args.cgroup, { cpuMillicores: 1000, memoryBytes: takenBytes });
  if (!fits || takenBytes > context.machine.memoryBytes) {
    context.exit(137, "OOMKilled");
    state.ended = true;
    return;
  }
  if (takenBytes >= bytes) {
    takeSteadily(context, state.args.cgroup, { cpuMillicores: 0, memoryBytes: 0 });
    finish(state, context, fds, done("", 0, bytes > 0 ? "1+0 records in\n1+0 records out\n" : ""));
    return;
  }
  wait(state, context, FILL_US, "yield");
  state.pending = { ...pending, job: state.nextJob - 1, takenBytes };
}

/** Lines that `yes` says in a slice. */
const SAYINGS = 100;

function sayings(argv: readonly string[]): string {
  return bounded(`${argv.slice(1).join(" ") || "y"}\n`.repeat(SAYINGS));
}

/** Works until it is killed. */
export function goOnForEver(state: ShellState, context: Context, pending: Extract<Pending, { kind: "endless" }>): void {
  if (pending.says !== "" && pending.fds.out.to !== "null") emit(state, context, pending.fds.out, pending.says);
  spendSlice(state, context);
  wait(state, context, SLICE_US, "yield");
  state.pending = { ...pending, job: state.nextJob - 1 };
}

/** `python3 -c`, `python3 FILE`, `python3 -m http.server`: a server of it takes the shell's place. */
function python(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  const readText = (path: string): string | null => readFile(context, state.args, resolvePath(state.directory, path));
  const call = readPythonCall(argv, readText, fds.input ?? takeStdin(state));
  if (call.is === "server") state.pending = { kind: "delegate", argv, program: "workload/server" };
  else if (call.is === "done") finish(state, context, fds, call);
  else {
    const started = startPython(call.script, call.file);
    if ("after" in started) endPython(state, context, fds, started);
    else goOnWithPython(state, context, { kind: "python", job: 0, fds, python: started, argv: call.argv });
  }
}

/** What an idle container takes already. */
const PYTHON_OWN_BYTES = 1_048_576;

/** Python's own speed, about: steps in a slice of the shell's. */
const PYTHON_STEPS = 20_000;

export function goOnWithPython(
  state: ShellState,
  context: Context,
  pending: Extract<Pending, { kind: "python" }>,
): void {
  const { fds, python: running, argv } = pending;
  const env = Object.fromEntries(
    Object.keys(state.exported).map((name): [string, string] => [name, state.variables[name] ?? ""]),
  );
  const world = {
    env,
    argv,
    hostname: state.args.container.hostname,
    directory: state.directory,
    wallUs: () => context.wallUs(),
    random: () => context.random.int(1 << 30) / (1 << 30),
  };
  const turn = runPython(running, world, PYTHON_STEPS);
  if (turn.after !== "more" && "status" in turn.after) {
    if (heldBytes(running) > PYTHON_OWN_BYTES)
      takeSteadily(context, state.args.cgroup, { cpuMillicores: 0, memoryBytes: 0 });
    endPython(state, context, fds, turn);
    return;
  }
  const wantedBytes =
    turn.after !== "more" && "wantedBytes" in turn.after ? turn.after.wantedBytes : heldBytes(running);
  if (wantedBytes > PYTHON_OWN_BYTES) {
    if (wantedBytes > context.machine.memoryBytes) throw new OutOfMemory();
    const fits = takeSteadily(context, state.args.cgroup, { cpuMillicores: 0, memoryBytes: wantedBytes });
    if (!fits) throw new OutOfMemory();
  }
  if (turn.err !== "") emit(state, context, fds.err, turn.err);
  if (turn.out !== "") emit(state, context, fds.out, turn.out);
  if (turn.after !== "more" && "wantedBytes" in turn.after) {
    finish(state, context, fds, failed("MemoryError\n"));
    return;
  }
  if (turn.after === "more") spendSlice(state, context);
  wait(state, context, turn.after === "more" ? SLICE_US : Math.max(SLEEP_MIN_US, turn.after.sleepUs), "yield");
  state.pending = { ...pending, job: state.nextJob - 1 };
}

function endPython(state: ShellState, context: Context, fds: Descriptors, { out, err, after }: PythonTurn): void {
  const status = after !== "more" && "status" in after ? after.status : 0;
  finish(state, context, fds, { out, err, status });
}

/** Somebody may still type something. */
function mayType(state: ShellState): boolean {
  return state.io !== null && !state.stdinClosed;
}

/** A command that reads its standard input, given all of it. */
export function runFilter(
  state: ShellState,
  context: Context,
  argv: readonly string[],
  fds: Descriptors,
  input: string,
): void {
  const command = COMMANDS[argv[0] ?? ""];
  if (command !== undefined) finish(state, context, fds, command(argv, state, context, input));
}

/** How many operands a command may have and still reads its standard input. */
const OPERANDS_OF_FILTERS: Readonly<Record<string, number>> = {
  wc: 0,
  sort: 0,
  uniq: 0,
  tac: 0,
  rev: 0,
  base64: 0,
  cut: 0,
  head: 0,
  tail: 0,
  md5sum: 0,
  sha256sum: 0,
  grep: 1,
  sed: 1,
  awk: 1,
  tr: 2,
  tee: Number.POSITIVE_INFINITY,
};

function readsInput(argv: readonly string[]): boolean {
  const [name = "", ...rest] = argv;
  if (name === "tar")
    return /^-?[a-z]*[xt]/.test(rest.find((word) => !word.startsWith("--")) ?? "") && rest.includes("-");
  const most = OPERANDS_OF_FILTERS[name];
  return most !== undefined && rest.filter((word) => !/^-./.test(word) && !/^\d+$/.test(word)).length <= most;
}

function takeStdin(state: ShellState): string {
  const text = state.stdin;
  state.stdin = "";
  return text;
}

function subShell(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  const flag = argv.findIndex((one, index) => index > 0 && /^-[a-z]*c$/.test(one));
  if (flag > 0) {
    innerScript(state, context, argv[flag + 1] ?? "", argv.slice(flag + 3), fds);
    return;
  }
  const path = argv.slice(1).find((one) => !one.startsWith("-"));
  if (path === undefined) {
    if (fds.input !== null) enterScript(state, context, fds.input, "function");
    else if (state.io !== null && hasStdin(state.args)) {
      state.interactive = hasTty(state.args);
      state.pending = { kind: "stdin", fds, what: "line", names: [] };
      prompt(state, context);
    } else state.status = 0;
    return;
  }
  const text = readFile(context, state.args, resolvePath(state.directory, path));
  if (text === null)
    finish(state, context, fds, failed(`${argv[0]}: can't open '${path}': No such file or directory\n`, 2));
  else enterScript(state, context, text, "function", argv.slice(argv.indexOf(path) + 1));
}

/** An inner `sh -c`: its variables, its directory, its `exit` and its redirections end with it. */
function innerScript(
  state: ShellState,
  context: Context,
  text: string,
  positional: readonly string[],
  fds: Descriptors,
): void {
  state.savedFds.push(state.fds);
  state.fds = fds;
  state.frames.push({ program: LEAVE_INNER, pc: 0, kind: "function", positional: [] });
  pushScope(state, 0);
  enterScript(state, context, text, "function", positional);
}

const LEAVE_INNER: Program = deepFreeze([{ op: "subshellEnd" }, { op: "redirectEnd" }]);

function pushScope(state: ShellState, end: number): void {
  state.scopes.push(
    Object.freeze({
      variables: Object.freeze({ ...state.variables }),
      directory: state.directory,
      loops: state.loops.length,
      fors: state.fors.length,
      cases: state.cases.length,
      captures: state.captures.length,
      savedFds: state.savedFds.length,
      end,
      frame: state.frames.length,
    }),
  );
}

export function prompt(state: ShellState, context: Context): void {
  if (state.interactive) emit(state, context, { to: "stdout" }, `${state.directory} # `);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function sleep(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  if (argv[1] === "infinity" || argv[1] === "inf") {
    wait(state, context, Number.MAX_SAFE_INTEGER / 4, "sleep");
    return;
  }
  let seconds = 0;
  for (const one of argv.slice(1)) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(one);
    if (match === null) {
      finish(state, context, fds, failed(`sleep: invalid number '${one}'\n`));
      return;
    }
    seconds += Number(match[1]) * (UNITS[match[2] || "s"] ?? 1);
  }
  if (argv.length === 1)
    finish(state, context, fds, failed("BusyBox v1.36.1 multi-call binary.\n\nUsage: sleep [N]...\n"));
  else {
    const delayUs = Math.min(Number.MAX_SAFE_INTEGER / 4, Math.round(seconds * 1_000_000));
    wait(state, context, Math.max(SLEEP_MIN_US, delayUs), "sleep");
  }
}

function read(state: ShellState, context: Context, argv: readonly string[], fds: Descriptors): void {
  const names = argv.slice(1).filter((one) => !one.startsWith("-"));
  if (fds.input !== null) {
    const end = fds.input.indexOf("\n");
    assignRead(state, names, end < 0 ? fds.input : fds.input.slice(0, end));
    const rest = end < 0 ? "" : fds.input.slice(end + 1);
    state.status = fds.input === "" ? 1 : 0;
    if (state.fds.input !== null) state.fds = { ...state.fds, input: rest };
    return;
  }
  if (state.io !== null && !state.stdinClosed) state.pending = { kind: "stdin", fds, what: "read", names };
  else finish(state, context, fds, failed("", 1));
}

export function assignRead(state: ShellState, names: readonly string[], line: string): void {
  const words = line.trim().split(/\s+/);
  const wanted = names.length === 0 ? ["REPLY"] : names;
  wanted.forEach((name, index) => {
    state.variables[name] = index === wanted.length - 1 ? words.slice(index).join(" ") : (words[index] ?? "");
  });
}

/** Ends the script, or only the subshell that is running. */
export function exit(state: ShellState, status: number): void {
  state.status = status;
  const scope = state.scopes.at(-1);
  if (scope === undefined) {
    state.frames.length = 0;
    state.ended = true;
    return;
  }
  state.frames.length = scope.frame;
  state.loops.length = scope.loops;
  state.fors.length = scope.fors;
  state.cases.length = scope.cases;
  state.captures.length = scope.captures;
  if (state.savedFds.length > scope.savedFds) {
    state.fds = state.savedFds[scope.savedFds] as Descriptors;
    state.savedFds.length = scope.savedFds;
  }
  (state.frames.at(-1) as Frame).pc = scope.end;
}

/** A command is over: its output goes where it was sent. */
export function finish(state: ShellState, context: Context, fds: Descriptors, result: Done): void {
  state.work += (fds.input?.length ?? 0) + result.out.length + result.err.length;
  if (result.err !== "") emit(state, context, fds.err, result.err);
  if (result.out !== "") emit(state, context, fds.out, result.out);
  state.status = result.status;
  if (result.status !== 0 && state.options.exitOnError && !isTested(state)) exit(state, result.status);
}

/** `set -e` does not count what a condition asks. */
function isTested(state: ShellState): boolean {
  const frame = state.frames.at(-1);
  const next = frame?.program[frame.pc];
  return next?.op === "jumpIf" || next?.op === "invert";
}

function redirect(state: ShellState, context: Context, redirects: readonly Redirect[]): boolean {
  for (const { fd, mode, target } of redirects) {
    const text = expandText(state, target);
    const { fds } = state;
    if (mode === "here") {
      state.fds = { ...fds, input: text };
    } else if (mode === "read") {
      const path = resolvePath(state.directory, text);
      const found = readDevice(context, path) ?? readFile(context, state.args, path);
      if (found === null) {
        emit(state, context, fds.err, `${state.name}: can't open ${text}: no such file\n`);
        return false;
      }
      state.fds = { ...fds, input: found };
    } else if (mode === "duplicate") {
      const from = text === "2" ? fds.err : fds.out;
      state.fds = fd === 2 ? { ...fds, err: from } : { ...fds, out: from };
    } else {
      const sink = openFile(state, context, text, mode === "append");
      if (sink === null) return false;
      state.fds =
        fd === -1 ? { ...fds, out: sink, err: sink } : fd === 2 ? { ...fds, err: sink } : { ...fds, out: sink };
    }
  }
  return true;
}

/** The two names by which containers' programs reach the log: `/dev/stdout` and `/proc/1/fd/1`. */
function openFile(state: ShellState, context: Context, name: string, append: boolean): Sink | null {
  if (name === "/dev/null") return { to: "null" };
  if (name === "/dev/stdout" || name === "/proc/1/fd/1") return { to: "stdout" };
  if (name === "/dev/stderr" || name === "/proc/1/fd/2") return { to: "stderr" };
  const path = resolvePath(state.directory, name);
  if (append && readFile(context, state.args, path) !== null) return { to: "file", path };
  const err = write(state, context, name, "", "sh");
  if (err === "") return { to: "file", path };
  emit(state, context, state.fds.err, err);
  return null;
}

/** Text to a sink: the log (whole lines), the exec's stream, a capture, a file. */
export function emit(state: ShellState, context: Context, sink: Sink, text: string): void {
  switch (sink.to) {
    case "null":
      return;
    case "capture":
      state.captures[sink.index] = bounded((state.captures[sink.index] ?? "") + text);
      return;
    case "file":
      writeFile(context, state.args, sink.path, (readFile(context, state.args, sink.path) ?? "") + text);
      return;
    default:
      if (state.io !== null) {
        const tty = hasTty(state.args);
        const data = tty ? text.replaceAll("\n", "\r\n") : text;
        context.sendFrame(state.io, { type: tty ? "stdout" : sink.to, data });
      }
      // What a container's own process writes is its log as well.
      if (state.args.exec === undefined) logText(state, context, text);
  }
}

function logText(state: ShellState, context: Context, text: string): void {
  const pieces = (state.partial + text).split("\n");
  state.partial = pieces.pop() ?? "";
  for (const line of pieces) logLine(context, line);
  if (state.partial.length < LOG_LINE_MAX) return;
  context.log(state.partial, "partial");
  state.partial = "";
}

function logLine(context: Context, line: string): void {
  let at = 0;
  for (; line.length - at > LOG_LINE_MAX; at += LOG_LINE_MAX) context.log(line.slice(at, at + LOG_LINE_MAX), "partial");
  context.log(line.slice(at));
}
