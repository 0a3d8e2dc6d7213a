import { parseGoDuration } from "../../sim/api/duration.ts";
import { utcText } from "../../sim/kernel/calendar.ts";
import { worldHash } from "../../sim/kernel/checkpoint.ts";
import { TIME_MOVED } from "../session.ts";
import { type LabCommand, LabError, print, SILENT, table, timeText } from "./command.ts";

function duration(text: string | undefined, usage: string): number {
  const us = text === undefined ? null : parseGoDuration(text);
  if (us === null || us < 0)
    throw new LabError(text === undefined ? `usage: ${usage}` : `"${text}" is no duration; write 30s, 500ms or 2m10s.`);
  return us;
}

export const waitCommand: LabCommand = {
  name: "wait",
  usage: "lab wait DURATION",
  async run({ host, args, signal }) {
    const us = duration(args[0], waitCommand.usage);
    const inTime = await host.pass(us, signal);
    if (inTime) return SILENT;
    if (signal.aborted) return { ...SILENT, exitCode: 130 };
    throw new LabError(TIME_MOVED);
  },
};

export const nowCommand: LabCommand = {
  name: "now",
  usage: "lab now",
  run({ session }) {
    return print(`${timeText(session.nowUs)}   ${utcText(session.world.state.epochWallUs + session.nowUs)}`);
  },
};

export const hashCommand: LabCommand = {
  name: "hash",
  usage: "lab hash",
  run: ({ session }) => print(worldHash(session.world)),
};

export const markCommand: LabCommand = {
  name: "mark",
  usage: "lab mark NAME",
  run({ session, args }) {
    const name = args[0];
    if (name === undefined) throw new LabError("usage: lab mark NAME");
    session.mark(name);
    return SILENT;
  },
};

export const rewindCommand: LabCommand = {
  name: "rewind",
  usage: "lab rewind DURATION | lab rewind to TIME|NAME",
  run({ session, args }) {
    if (args[0] !== "to") {
      session.rewindTo(session.nowUs - duration(args[0], rewindCommand.usage), true);
      return SILENT;
    }
    const to = args[1];
    if (to === undefined) throw new LabError(`usage: ${rewindCommand.usage}`);
    if (session.rewindToMark(to)) return SILENT;
    const us = parseGoDuration(to);
    if (us === null) throw new LabError(`There is no mark "${to}", and it is no time.`);
    session.rewindTo(us, true);
    return SILENT;
  },
};

export const branchCommand: LabCommand = {
  name: "branch",
  usage: "lab branch [NAME]",
  run({ session, args }) {
    const name = args[0];
    if (name === undefined) return print(session.branch.name);
    if ([...session.branches.values()].some((branch) => branch.name === name && branch !== session.branch)) {
      throw new LabError(`There is a branch "${name}" already.`);
    }
    session.branch.name = name;
    return SILENT;
  },
};

export const branchesCommand: LabCommand = {
  name: "branches",
  usage: "lab branches",
  run({ session }) {
    const rows = [["", "NAME", "FROM", "AT", "END"]];
    for (const branch of session.branches.values()) {
      const parent = branch.parent === null ? "" : (session.branches.get(branch.parent)?.name ?? "");
      rows.push([
        branch === session.branch ? "*" : "",
        branch.name,
        parent,
        timeText(branch.forkedAt.atUs),
        timeText(branch.end.atUs),
      ]);
    }
    return print(table(rows));
  },
};

export const switchCommand: LabCommand = {
  name: "switch",
  usage: "lab switch NAME",
  run({ session, args }) {
    const name = args[0];
    if (name === undefined) throw new LabError("usage: lab switch NAME");
    if (!session.switchBranch(name)) throw new LabError(`There is no branch "${name}"; "lab branches" lists them.`);
    return SILENT;
  },
};
