import { Bash, defineCommand, InMemoryFs } from "just-bash/browser";
import { dateText } from "./console/times.ts";
import type { CommandResult, Doors, FilesDoor, Program, ProgramContext } from "./doors.ts";
import { ETCDCTL_PROFILE } from "./etcdctl/index.ts";
import { isLoneCommand } from "./lone-command.ts";
import { MachineFiles } from "./machine-files.ts";
import { type NamedProgram, PROGRAMS } from "./programs.ts";

export type Output = (stream: "out" | "err", text: string) => void;

export const HOME = "/home/you";

const DECODER = new TextDecoder();

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

  constructor(doors: Doors, files: Readonly<Record<string, string>> = {}) {
    this.doors = doors;
    this.fs = new InMemoryFs({ [`${HOME}/.keep`]: "", ...files });
    this.home = this.createBash(this.fs, null);
  }

  /** Runs a line (or several). Output of a lone command of the cluster's comes as it is made. */
  async run(line: string, columns: number | null, output: Output): Promise<number> {
    this.controller = new AbortController();
    this.columns = columns;
    this.live = isLoneCommand(line) ? output : null;
    try {
      const result = await this.execute(this.withRandom(line));
      if (result.stdout !== "") output("out", result.stdout);
      if (result.stderr !== "") output("err", result.stderr);
      return this.controller.signal.aborted ? 130 : result.exitCode;
    } finally {
      this.live = null;
    }
  }

  /** Runs a line on the laptop, wherever the person is. */
  async runAtHome(line: string, output: Output): Promise<number> {
    const { elsewhere } = this;
    this.elsewhere = null;
    try {
      return await this.run(line, null, output);
    } finally {
      this.elsewhere = elsewhere;
    }
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
  private async executeOn(machine: string, line: string): Promise<CommandResult> {
    const console = this.doors.console(machine);
    if (console === null)
      return {
        stdout: "",
        stderr: `ssh: Could not resolve hostname ${machine}: Name or service not known\n`,
        exitCode: 255,
      };
    try {
      const files = await MachineFiles.open(console);
      const bash = this.createBash(files.fs, machine);
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
        signal: this.controller.signal,
      });
      await files.close();
      return result;
    } catch (error) {
      return { stdout: "", stderr: `${(error as Error).message}\n`, exitCode: 255 };
    }
  }

  private createBash(fs: InMemoryFs, machine: string | null): Bash {
    const commands = PROGRAMS.filter((program) => machine === null || program.onMachines).map((program) =>
      this.command(program, fs, machine),
    );
    const date = defineCommand("date", async (args) => {
      const format = args.find((arg) => arg.startsWith("+"))?.slice(1);
      return { stdout: `${dateText(await this.doors.session.wallUs(), format)}\n`, stderr: "", exitCode: 0 };
    });
    const more = machine === null ? [this.sshCommand(), this.untilAwareLab(fs)] : [this.sudoCommand()];
    return new Bash({
      fs,
      cwd: machine === null ? HOME : "/root",
      customCommands: [...commands, date, ...more],
      sleep: (milliseconds) => this.doors.session.sleep(milliseconds, this.controller.signal),
      executionLimits: { maxCommandCount: 100_000, maxLoopIterations: 20_000, maxSourceBytes: 8 * 1024 * 1024 },
    });
  }

  private command({ name, run }: NamedProgram, fs: InMemoryFs, machine: string | null) {
    return defineCommand(name, async (args, context) => {
      const stdin = DECODER.decode(Uint8Array.from(context.stdin as unknown as string, (char) => char.charCodeAt(0)));
      return this.runProgram(run, args, Object.fromEntries(context.env), stdin, filesOf(fs, context.cwd), machine);
    });
  }

  private async runProgram(
    run: Program,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    stdin: string,
    files: FilesDoor,
    machine: string | null,
  ): Promise<CommandResult & { stdoutKind: "text" }> {
    const { live } = this;
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
      files,
      out: writer("out"),
      err: writer("err"),
      signal: this.controller.signal,
      api: this.doors.api,
      session: this.doors.session,
      console: (name) => this.doors.console(name),
      machine,
      columns: live === null ? null : this.columns,
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
    return defineCommand("ssh", async (args) => {
      const words = args.filter((arg, index) => !(arg.startsWith("-") && index === 0));
      const target = words[0]?.replace(/^.*@/, "");
      if (target === undefined) return { stdout: "", stderr: "usage: ssh MACHINE [COMMAND]\n", exitCode: 255 };
      if (words.length > 1) return this.executeOn(target, words.slice(1).join(" "));
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
      const result = await context.exec?.(args.map(quote).join(" "), { cwd: context.cwd });
      return result ?? { stdout: "", stderr: "", exitCode: 0 };
    });
  }

  /** `lab until` runs shell commands, so it belongs here; all else is the session's. */
  private untilAwareLab(fs: InMemoryFs) {
    return defineCommand("lab", async (args, context) => {
      const [name = "", ...rest] = args;
      const files = filesOf(fs, context.cwd);
      if (name !== "until") return this.doors.session.run(name, rest, { signal: this.controller.signal, files });
      const limitUs = durationUs(rest[0] ?? "");
      const line = rest.slice(1).join(" ");
      if (limitUs === null || line === "")
        return { stdout: "", stderr: "lab: usage: lab until 120s 'COMMAND'\n", exitCode: 1 };
      const startUs = await this.doors.session.wallUs();
      // What it tries is not to be shown as it is made.
      this.live = null;
      for (;;) {
        const result = await context.exec?.(line, { cwd: context.cwd, signal: this.controller.signal });
        if (result === undefined || result.exitCode === 0 || this.controller.signal.aborted)
          return { stdout: "", stderr: "", exitCode: 0 };
        const leftUs = startUs + limitUs - (await this.doors.session.wallUs());
        if (leftUs <= 0) return { stdout: result.stdout, stderr: result.stderr, exitCode: 1 };
        const wait = `${Math.ceil(Math.min(1_000_000, leftUs) / 1_000)}ms`;
        await this.doors.session.run("wait", [wait], { signal: this.controller.signal, files });
      }
    });
  }

  /** `$RANDOM` is the shell's own stream, the same in every run. */
  private withRandom(line: string): string {
    return line.replace(/\$\{?RANDOM\b\}?/g, () => {
      this.draws = (Math.imul(this.draws, 1_103_515_245) + 12_345) & 0x7fffffff;
      return String(this.draws % 32_768);
    });
  }
}

function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function filesOf(fs: InMemoryFs, folder: string): FilesDoor {
  const full = (path: string) =>
    path.startsWith("/") ? path : path.startsWith("~/") ? `${HOME}${path.slice(1)}` : `${folder}/${path}`;
  return {
    read: (path) => fs.readFile(full(path)),
    list: (path) => fs.readdir(full(path)).catch(() => null),
    write: (path, text) => fs.writeFile(full(path), text),
  };
}

function durationUs(text: string): number | null {
  const units: Readonly<Record<string, number>> = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };
  let total = 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(number) * (units[unit as string] as number);
  return total;
}
