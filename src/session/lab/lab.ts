import type { CommandResult, FilesDoor, SessionDoor } from "../../shell/doors.ts";
import type { SessionHost } from "../host.ts";
import { TIME_MOVED } from "../session.ts";
import { checkCommand } from "./check-command.ts";
import { type LabCommand, LabError, table } from "./command.ts";
import { failCommand, faultsCommand, healCommand } from "./fault-commands.ts";
import { scheduleCommand } from "./schedule/schedule-command.ts";
import { statusCommand } from "./status-command.ts";
import {
  branchCommand,
  branchesCommand,
  hashCommand,
  markCommand,
  nowCommand,
  rewindCommand,
  switchCommand,
  waitCommand,
} from "./time-commands.ts";
import { traceCommand } from "./trace-command.ts";
import { loadCommand, saveCommand, shareCommand, topologyCommand } from "./world-commands.ts";

/** All `lab` commands that the session answers. `until` belongs to the shell, since it runs commands. */
const COMMANDS: readonly LabCommand[] = [
  topologyCommand,
  waitCommand,
  statusCommand,
  failCommand,
  healCommand,
  faultsCommand,
  nowCommand,
  markCommand,
  rewindCommand,
  branchCommand,
  branchesCommand,
  switchCommand,
  traceCommand,
  scheduleCommand,
  checkCommand,
  hashCommand,
  saveCommand,
  loadCommand,
  shareCommand,
];

export function createSessionDoor(host: SessionHost, more: readonly LabCommand[] = []): SessionDoor {
  const commands = [...COMMANDS, ...more];
  return {
    async run(name, args, { signal, files }) {
      return runCommand(host, commands, name, args, signal, files);
    },
    async sleep(milliseconds, signal) {
      // Not hurried through, as `lab wait` is: kubectl sleeps for a week beside a watch to know when to give up.
      const inTime = await host.session.sleep(Math.round(milliseconds * 1000), signal);
      if (!inTime && !signal.aborted) throw new Error(TIME_MOVED);
    },
    async command(line) {
      if (!host.started) return;
      if (line === null) host.session.endCommand();
      else host.session.beginCommand(line);
    },
    async wallUs() {
      const { world } = host.session;
      return world.state.epochWallUs + world.nowUs;
    },
  };
}

async function runCommand(
  host: SessionHost,
  commands: readonly LabCommand[],
  name: string,
  args: readonly string[],
  signal: AbortSignal,
  files: FilesDoor,
): Promise<CommandResult> {
  if (name === "" || name === "help" || name === "--help") return { stdout: help(commands), stderr: "", exitCode: 0 };
  const command = commands.find((each) => each.name === name);
  if (command === undefined) return complain(`unknown command "${name}"; "lab help" lists them.`);
  if (!host.started && command.anytime !== true)
    return complain("no cluster has been started; type: lab topology basic");
  try {
    return await command.run({
      host,
      get session() {
        return host.session;
      },
      args,
      files,
      signal,
    });
  } catch (error) {
    if (error instanceof LabError) return complain(error.message, error.exitCode);
    throw error;
  }
}

function complain(text: string, exitCode = 1): CommandResult {
  return { stdout: "", stderr: `lab: ${text}\n`, exitCode };
}

function help(commands: readonly LabCommand[]): string {
  return table([...commands.map((command) => [command.usage]), ["lab until DURATION 'COMMAND'"]]);
}
