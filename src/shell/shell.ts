import { Bash, defineCommand, type InMemoryFs } from "just-bash/browser";
import { parseGoDuration } from "../sim/api/duration.ts";
import { ClockedFs } from "./clocked-fs.ts";
import { dateText } from "./console/times.ts";
import {
  type CommandResult,
  type Doors,
  type FilesDoor,
  isFailure,
  type LocalListener,
  type Program,
  type ProgramContext,
} from "./doors.ts";
import { ETCDCTL_PROFILE } from "./etcd-programs.ts";
import { grepCommand } from "./grep.ts";
import { FIRST_PROCESS, type Job, Jobs, splitBackground } from "./jobs.ts";
import { isLoneCommand } from "./lone-command.ts";
import { MachineFiles } from "./machine-files.ts";
import { type NamedProgram, PROGRAMS } from "./programs.ts";

export type Output = (stream: "out" | "err", text: string) => void;

export const HOME = "/home/you";

/** For a program to end that was asked to. */
const GRACE_MS = 100;
const DECODER = new TextDecoder();
const KUBECONFIG = `${HOME}/.kube/config`;
const RANDOM = "__random";
const SILENT: CommandResult = { stdout: "", stderr: "", exitCode: 0 };
/** What ends a line when somebody moves time under it. */
const TIME_MOVED = "Time was moved; the command was cut off.\n";

/**
 * The person's shell: bash with files, pipes and the usual small tools (just-bash), and the cluster's programs as commands.
 * Outside of the world: time travel leaves its files alone.
 */
export class Shell {
  readonly fs: InMemoryFs;
  private readonly doors: Doors;
  private readonly home: Bash;
  private environment: Record<string, string> = {
    HOME,
    USER: "you",
    HOSTNAME: "laptop",
    LANG: "C.UTF-8",
    PATH: "/usr/bin:/bin",
  };
  private folder = HOME;
  /** `ssh MACHINE` without a command: where lines run until `exit`. */
  private elsewhere: string | null = null;
  private controller = new AbortController();
  private columns: number | null = null;
  private live: Output | null = null;
  private draws = 1;
  private timeMoved = false;
  /** What the person was given to read as ~/.kube/config; null: nothing yet. */
  private kubeconfig: string | null = null;
  private readonly jobs = new Jobs();
  private readonly listeners = new Map<number, LocalListener>();
  /** What the page has for `kubectl edit`: the text as the person leaves it; null: they cancelled. */
  editor: ((path: string, text: string) => Promise<string | null>) | null = null;

  constructor(doors: Doors, files: Readonly<Record<string, string>> = {}) {
    this.doors = listening(doors, () => {
      this.timeMoved = true;
      this.interrupt();
    });
    this.fs = new ClockedFs(() => this.doors.session.wallUs(), { [`${HOME}/.keep`]: "", ...files });
    this.home = this.createBash(this.fs, null, null);
  }

  /** Runs a line (or several). Output of a lone command of the cluster's comes as it is made. */
  async run(line: string, columns: number | null, output: Output, shown?: string): Promise<number> {
    this.controller = new AbortController();
    this.columns = columns;
    this.live = showsAsItGoes(line) ? output : null;
    this.timeMoved = false;
    try {
      await this.offerKubeconfig();
      await this.doors.session.command(shown ?? titleOf(line));
      this.jobs.report(output);
      const rest = await this.sendToBackground(line, output);
      const result = await this.execute(withRandom(rest));
      if (result.stdout !== "") output("out", result.stdout);
      const stderr = result.stderr.replace(/^bash: execution aborted\n/m, "");
      if (stderr !== "") output("err", stderr);
      if (this.timeMoved) output("err", TIME_MOVED);
      this.jobs.report(output);
      return this.controller.signal.aborted ? 130 : result.exitCode;
    } finally {
      this.live = null;
      await this.doors.session.command(null);
    }
  }

  /** Runs a line on the laptop, wherever the person is. `shown`: what it is called, if not by itself. */
  async runAtHome(line: string, output: Output, shown?: string): Promise<number> {
    const { elsewhere } = this;
    this.elsewhere = null;
    try {
      return await this.run(line, null, output, shown);
    } finally {
      this.elsewhere = elsewhere;
    }
  }

  /** Starts what stands before a lone `&`; gives the rest of the line. */
  private async sendToBackground(line: string, output: Output): Promise<string> {
    const split = this.elsewhere === null ? splitBackground(line) : null;
    if (split === null || !split.background.every(showsAsItGoes)) return line;
    for (const command of split.background) {
      const job = this.jobs.add(command, (signal, write) => this.runJob(command, { signal, write }));
      output("err", `[${job.number}] ${FIRST_PROCESS + job.number}\n`);
    }
    // What they say at once is said before the next prompt.
    if (split.rest === "") await this.sleep(300);
    return split.rest;
  }

  private async runJob(line: string, background: Background): Promise<number> {
    const bash = this.createBash(this.fs, null, null, background);
    const env = this.environment;
    const { signal } = background;
    const result = await bash.exec(line, { env, replaceEnv: true, cwd: this.folder, rawScript: true, signal });
    if (result.stdout !== "") background.write("out", result.stdout);
    if (result.stderr !== "" && !signal.aborted) background.write("err", result.stderr);
    return signal.aborted ? 130 : result.exitCode;
  }

  /** `jobs`, `kill %1`, `fg %1`. */
  private jobCommands() {
    const say = (stdout: string) => ({ ...SILENT, stdout });
    const refuse = (stderr: string) => ({ ...SILENT, stderr, exitCode: 1 });
    const found = (word: string): Job | null => this.jobs.find(word) ?? null;
    return [
      defineCommand("jobs", async () => say(this.jobs.all.map((job) => `${this.jobs.describe(job)}\n`).join(""))),
      defineCommand("kill", async (args) => {
        const word = args.find((arg) => !arg.startsWith("-")) ?? "";
        const job = found(word);
        if (job === null || word === "") return refuse(`bash: kill: ${word}: no such job\n`);
        job.stop();
        await job.done;
        return SILENT;
      }),
      defineCommand("fg", async (args) => {
        const job = found(args[0] ?? "");
        if (job === null) return refuse(`bash: fg: ${args[0] ?? "current"}: no such job\n`);
        this.controller.signal.addEventListener("abort", () => job.stop(), { once: true });
        const exitCode = await job.done;
        return { ...say(`${job.line}\n`), exitCode };
      }),
    ];
  }

  /** The text as the editor leaves it. A program of this shell, or for what is none here the page's own editor. */
  private async edit(editor: string, path: string, text: string, fs: InMemoryFs) {
    const isHere = !/^(vi|vim|nvim|nano|emacs|code|notepad)\b/.test(editor);
    if (!isHere) {
      if (this.editor === null) return null;
      const edited = await Promise.race([this.editor(path, text), interrupted(this.controller.signal)]);
      return edited === null ? { problem: "cancelled" } : { text: edited };
    }
    await fs.writeFile(path, text);
    const bash = this.createBash(fs, null);
    const { exitCode } = await bash.exec(`${editor} ${path}`, { env: this.environment, cwd: this.folder });
    const edited = await fs.readFile(path).catch(() => text);
    await fs.rm(path).catch(() => {});
    if (exitCode === 127) return null;
    return exitCode === 0 ? { text: edited } : { problem: `exit status ${exitCode}` };
  }

  interrupt(): void {
    this.controller.abort();
  }

  /** `you@laptop:~$`, `root@worker-1:~#`. */
  prompt(): string {
    if (this.elsewhere !== null) return `root@${this.elsewhere}:~#`;
    const folder = this.folder === HOME ? "~" : this.folder.replace(`${HOME}/`, "~/");
    return `you@laptop:${folder}$`;
  }

  get machine(): string | null {
    return this.elsewhere;
  }

  private async execute(line: string): Promise<CommandResult> {
    if (this.elsewhere !== null) {
      if (/^\s*(exit|logout)\s*$/.test(line)) {
        const machine = this.elsewhere;
        this.elsewhere = null;
        return { stdout: "logout\n", stderr: `Connection to ${machine} closed.\n`, exitCode: 0 };
      }
      return this.executeOn(this.elsewhere, line);
    }
    const result = await this.home.exec(line, {
      env: this.environment,
      replaceEnv: true,
      cwd: this.folder,
      rawScript: true,
      signal: this.controller.signal,
    });
    this.environment = result.env;
    this.folder = result.env.PWD ?? this.folder;
    return result;
  }

  /** Runs a line on a machine's console, as root, over that machine's own files. */
  private async executeOn(machine: string, line: string, stdin = ""): Promise<CommandResult> {
    const console = this.doors.console(machine);
    if (console === null)
      return {
        stdout: "",
        stderr: `ssh: Could not resolve hostname ${machine}: Name or service not known\n`,
        exitCode: 255,
      };
    try {
      const files = await MachineFiles.open(console, () => this.doors.session.wallUs());
      const bash = this.createBash(files.fs, machine, files);
      const env = {
        HOME: "/root",
        USER: "root",
        HOSTNAME: machine,
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        ...ETCDCTL_PROFILE,
      };
      const result = await bash.exec(line, {
        env,
        replaceEnv: true,
        cwd: "/root",
        rawScript: true,
        stdin,
        stdinKind: "bytes",
        signal: this.controller.signal,
      });
      await files.flush();
      return result;
    } catch (error) {
      return { stdout: "", stderr: `${(error as Error).message}\n`, exitCode: 255 };
    }
  }

  private createBash(
    fs: InMemoryFs,
    machine: string | null,
    files: MachineFiles | null = null,
    background: Background | null = null,
  ): Bash {
    const commands = PROGRAMS.filter((program) => machine === null || program.onMachines).map((program) =>
      this.command(program, fs, machine, files, background),
    );
    const date = defineCommand("date", async (args) => {
      const format = args.find((arg) => arg.startsWith("+"))?.slice(1);
      return { stdout: `${dateText(await this.doors.session.wallUs(), format)}\n`, stderr: "", exitCode: 0 };
    });
    const hostname = defineCommand("hostname", async () => ({ ...SILENT, stdout: `${machine ?? "laptop"}\n` }));
    const more = machine === null ? [this.sshCommand(), this.untilAwareLab(fs), ...this.jobCommands()] : [];
    return new Bash({
      fs,
      cwd: machine === null ? HOME : "/root",
      customCommands: [
        ...commands,
        date,
        hostname,
        grepCommand(),
        this.sudoCommand(),
        this.timeoutCommand(),
        this.randomCommand(),
        ...more,
      ],
      sleep: (milliseconds) => this.sleep(milliseconds, background?.signal),
      executionLimits: { maxCommandCount: 100_000, maxLoopIterations: 20_000, maxSourceBytes: 8 * 1024 * 1024 },
    });
  }

  private command(
    { name, run }: NamedProgram,
    fs: InMemoryFs,
    machine: string | null,
    files: MachineFiles | null,
    background: Background | null,
  ) {
    return defineCommand(name, async (args, context) => {
      const stdin = textOfBytes(context.stdin as unknown as string);
      const place = {
        files: filesOf(fs, context.cwd),
        directory: context.cwd,
        machine,
        sync: async () => files?.sync(),
        edit: (editor: string, path: string, text: string) => this.edit(editor, path, text, fs),
      };
      return this.runProgram(run, args, Object.fromEntries(context.env), stdin, place, background);
    });
  }

  private async runProgram(
    run: Program,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    stdin: string,
    place: Pick<ProgramContext, "files" | "directory" | "machine" | "sync" | "edit">,
    background: Background | null,
  ): Promise<CommandResult & { stdoutKind: "text" }> {
    const live = background?.write ?? this.live;
    const kept = { out: "", err: "" };
    const writer = (stream: "out" | "err") => ({
      write(text: string) {
        if (live === null) kept[stream] += text;
        else live(stream, text);
      },
    });
    const context: ProgramContext = {
      args,
      env,
      stdin,
      ...place,
      out: writer("out"),
      err: writer("err"),
      signal: background?.signal ?? this.controller.signal,
      api: this.doors.api,
      session: this.doors.session,
      listeners: this.listeners,
      console: (name) => this.doors.console(name),
      columns: background !== null ? 80 : live === null ? null : this.columns,
    };
    let exitCode: number;
    try {
      exitCode = await run(context);
    } catch (error) {
      kept.err += `error: ${(error as Error).message}\n`;
      exitCode = 1;
    }
    return { stdout: kept.out, stderr: kept.err, exitCode, stdoutKind: "text" };
  }

  private sshCommand() {
    return defineCommand("ssh", async (args, context) => {
      const words = withoutOptions(args);
      const target = words[0]?.replace(/^.*@/, "");
      if (target === undefined) return { stdout: "", stderr: "usage: ssh MACHINE [COMMAND]\n", exitCode: 255 };
      if (words.length > 1) {
        const line = words.slice(1).join(" ");
        // There a pipe may stand in quotes that are none here.
        if (!showsAsItGoes(line)) this.live = null;
        return this.executeOn(target, line, context.stdin as unknown as string);
      }
      const console = this.doors.console(target);
      if (console === null)
        return {
          stdout: "",
          stderr: `ssh: Could not resolve hostname ${target}: Name or service not known\n`,
          exitCode: 255,
        };
      try {
        await console.listFiles("/etc/hostname");
      } catch (error) {
        return { stdout: "", stderr: `${(error as Error).message}\n`, exitCode: 255 };
      }
      this.elsewhere = target;
      return { stdout: "", stderr: "", exitCode: 0 };
    });
  }

  private sudoCommand() {
    return defineCommand("sudo", async (args, context) => {
      const stdin = context.stdin as unknown as string;
      const line = args.filter((arg, index) => !(index === 0 && arg.startsWith("-"))).map(quote);
      const result = await context.exec?.(line.join(" "), { ...placeOf(context), stdin, stdinKind: "bytes" });
      return result ?? SILENT;
    });
  }

  /** `lab until` runs shell commands, so it belongs here; all else is the session's. */
  private untilAwareLab(fs: InMemoryFs) {
    return defineCommand("lab", async (args, context) => {
      const [name = "", ...rest] = args;
      const files = withStdin(filesOf(fs, context.cwd), context.stdin as unknown as string);
      if (name !== "until") return this.doors.session.run(name, rest, { signal: this.controller.signal, files });
      const limitUs = durationUs(rest[0] ?? "");
      const line = rest.slice(1).join(" ");
      if (limitUs === null || line === "")
        return { stdout: "", stderr: "lab: usage: lab until 120s 'COMMAND'\n", exitCode: 1 };
      const { signal } = this.controller;
      const startUs = await this.doors.session.wallUs();
      // What it tries is not to be shown as it is made.
      this.live = null;
      for (;;) {
        const result = await context.exec?.(line, { ...placeOf(context), signal });
        if (signal.aborted) return { ...SILENT, exitCode: 130 };
        if (result === undefined || result.exitCode === 0) return SILENT;
        const leftUs = startUs + limitUs - (await this.doors.session.wallUs());
        if (leftUs <= 0) return { stdout: result.stdout, stderr: result.stderr, exitCode: 1 };
        await this.sleep(Math.min(1_000, leftUs / 1_000));
      }
    });
  }

  /** `timeout 10s COMMAND`, by the world's clock. */
  private timeoutCommand() {
    return defineCommand("timeout", async (args, context) => {
      const [time, ...words] = args;
      const limitUs = durationUs(/^\d+(\.\d+)?$/.test(time ?? "") ? `${time}s` : (time ?? ""));
      if (limitUs === null || words.length === 0)
        return { stdout: "", stderr: "timeout: usage: timeout DURATION COMMAND [ARG]...\n", exitCode: 125 };
      const outer = this.controller;
      const inner = new AbortController();
      const over = new AbortController();
      const hard = new AbortController();
      const abort = () => {
        inner.abort();
        hard.abort();
      };
      outer.signal.addEventListener("abort", abort, { once: true });
      this.controller = inner;
      // A program ends by itself then, with what it has printed; what goes on all the same is cut off, output and all.
      let expired = false;
      const expire = () => {
        expired = !over.signal.aborted;
        inner.abort();
        if (expired) setTimeout(() => hard.abort(), GRACE_MS);
      };
      void this.doors.session.sleep(limitUs / 1_000, over.signal).then(expire, expire);
      try {
        const stdin = context.stdin as unknown as string;
        const line = words.map(quote).join(" ");
        const result = await context.exec?.(line, {
          ...placeOf(context),
          stdin,
          stdinKind: "bytes",
          signal: hard.signal,
        });
        return expired ? { ...SILENT, ...result, exitCode: 124 } : (result ?? SILENT);
      } finally {
        over.abort();
        outer.signal.removeEventListener("abort", abort);
        this.controller = outer;
      }
    });
  }

  /** `$RANDOM` is the shell's own stream, the same in every run: a command behind every place that asks for it. */
  private randomCommand() {
    return defineCommand(RANDOM, async () => {
      this.draws = (Math.imul(this.draws, 1_103_515_245) + 12_345) & 0x7fffffff;
      return { stdout: String((this.draws >>> 8) % 32_768), stderr: "", exitCode: 0 };
    });
  }

  private async sleep(milliseconds: number, signal = this.controller.signal): Promise<void> {
    await this.doors.session.sleep(milliseconds, signal);
  }

  /** The world's kubeconfig, as long as the person has not written one of their own. */
  private async offerKubeconfig(): Promise<void> {
    if (this.kubeconfig !== null) {
      const present = await this.fs.readFile(KUBECONFIG).catch(() => null);
      if (present !== this.kubeconfig) return;
    } else if (await this.fs.exists(KUBECONFIG)) return;
    this.kubeconfig = null;
    this.fs.writeFileLazy(KUBECONFIG, async () => {
      this.kubeconfig = await readKubeconfig(this.doors);
      return this.kubeconfig;
    });
  }
}

function interrupted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
}

/** A command that runs while the person goes on typing. */
interface Background {
  readonly signal: AbortSignal;
  readonly write: Output;
}

async function readKubeconfig(doors: Doors): Promise<string> {
  try {
    return (await doors.console("laptop")?.readFile(KUBECONFIG)) ?? "";
  } catch {
    return "";
  }
}

/** Folder and variables of a command, for what it runs in turn. */
function placeOf({ cwd, env }: { readonly cwd: string; readonly env: ReadonlyMap<string, string> }) {
  return { cwd, env: Object.fromEntries(env) };
}

const PROGRAM_NAMES: ReadonlySet<string> = new Set(PROGRAMS.map((program) => program.name));

/** True for a single program of the cluster's, here or by ssh: its output needs no waiting for the end. */
function showsAsItGoes(line: string): boolean {
  if (!isLoneCommand(line)) return false;
  const words = line.trim().split(/\s+/);
  const name = words[0] === "sudo" ? words[1] : words[0];
  return name !== undefined && (PROGRAM_NAMES.has(name) || name === "ssh");
}

const SSH_OPTIONS_WITH_VALUE = new Set(["-b", "-c", "-D", "-E", "-F", "-i", "-J", "-L", "-l", "-m", "-o", "-p", "-R"]);

/** The words from the machine's name on. */
function withoutOptions(args: readonly string[]): readonly string[] {
  let index = 0;
  while (args[index]?.startsWith("-")) index += SSH_OPTIONS_WITH_VALUE.has(args[index] as string) ? 2 : 1;
  return args.slice(index);
}

/** Outside of single quotes. */
function withRandom(line: string): string {
  if (!line.includes("RANDOM")) return line;
  return line.replace(/'[^']*'|\\[\s\S]|\$\{RANDOM\}|\$RANDOM\b/g, (found) =>
    found.startsWith("$") ? `$(${RANDOM})` : found,
  );
}

function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function textOfBytes(bytes: string): string {
  return DECODER.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

/** `-` is what is piped in. */
function withStdin(files: FilesDoor, stdin: string): FilesDoor {
  return { ...files, read: async (path) => (path === "-" ? textOfBytes(stdin ?? "") : files.read(path)) };
}

function filesOf(fs: InMemoryFs, folder: string): FilesDoor {
  const full = (path: string) =>
    path.startsWith("/") ? path : path.startsWith("~/") ? `${HOME}${path.slice(1)}` : `${folder}/${path}`;
  return {
    read: (path) => fs.readFile(full(path)),
    write: (path, text) => fs.writeFile(full(path), text),
    async list(path) {
      const folderPath = full(path);
      const found = await fs.stat(folderPath).catch(() => null);
      return found?.isDirectory ? fs.readdir(folderPath) : null;
    },
  };
}

/**
 * The doors for one shell, with an ear at them: whoever moves time ends the line that runs, loops and all, and not only
 * the request that was under way.
 */
function listening(doors: Doors, timeMoved: () => void): Doors {
  const heed = async <T>(asked: Promise<T>, signal: AbortSignal): Promise<T> => {
    const answer = await asked;
    if (isFailure(answer) && answer.failure === "aborted" && !signal.aborted) timeMoved();
    return answer;
  };
  return {
    api: {
      get server() {
        return doors.api.server;
      },
      user: doors.api.user,
      request: (request, options) => heed(doors.api.request(request, options), options.signal),
      stream: (request, options) => heed(doors.api.stream(request, options), options.signal),
    },
    session: {
      run: (command, args, options) => doors.session.run(command, args, options),
      wallUs: () => doors.session.wallUs(),
      command: (title) => doors.session.command(title),
      async sleep(milliseconds, signal) {
        try {
          await doors.session.sleep(milliseconds, signal);
        } catch {
          if (!signal.aborted) timeMoved();
        }
      },
    },
    console(machine) {
      const console = doors.console(machine);
      if (console === null) return null;
      return {
        ...console,
        request: (to, body, options) => heed(console.request(to, body, options), options.signal),
        stream: (to, body, options) => heed(console.stream(to, body, options), options.signal),
      };
    },
  };
}

function durationUs(text: string): number | null {
  const us = parseGoDuration(text);
  return us !== null && us >= 0 ? us : null;
}

const TITLE_CHARS_MAX = 200;

/** A command line as what it caused is named after: its first line. */
function titleOf(line: string): string {
  return (line.trim().split("\n")[0] ?? "").slice(0, TITLE_CHARS_MAX);
}
