import type { TimelineMark, TimeView } from "../../protocol/views.ts";
import { isWrite } from "../inputs.ts";
import type { Pacer } from "../pacing.ts";
import type { Session } from "../session.ts";
import { inputLabel } from "../trace-tree.ts";

const MARKS_MAX = 200;

export function timeView(
  session: Session,
  pacer: Pacer,
  warnings: readonly TimelineMark[],
  skips: TimeView["skips"],
): TimeView {
  return {
    nowUs: session.nowUs,
    wallUs: session.world.state.epochWallUs + session.nowUs,
    playing: pacer.playing,
    speed: pacer.speed,
    following: pacer.following,
    pace: pacer.report.text,
    rate: pacer.skippingTo !== null || !pacer.playing ? pacer.measuredRate : pacer.report.rate,
    followedTrace: pacer.followed,
    startUs: 0,
    readyUs: session.readyAtUs ?? 0,
    marks: marksOf(session, warnings),
    branches: [...session.branches.values()].map((branch) => ({
      id: branch.id,
      name: branch.name,
      parent: branch.parent,
      forkedAtUs: branch.forkedAt.atUs,
      endUs: branch.end.atUs,
      current: branch === session.branch,
    })),
    skips,
    busy: pacer.busy,
  };
}

/** What a person would call an input: a command that changes something, once, and what was broken and mended. */
function marksOf(session: Session, warnings: readonly TimelineMark[]): TimelineMark[] {
  const marks: TimelineMark[] = [];
  let command = "";
  let marked = "";
  session.branch.inputs.forEach((logged, index) => {
    const { input } = logged;
    const base = { id: `${session.branch.id}/${index}`, atUs: logged.atUs };
    if (input.type === "break") marks.push({ ...base, kind: "fault", label: inputLabel(input) });
    else if (input.type !== "console") marks.push({ ...base, kind: "heal", label: inputLabel(input) });
    else {
      if (input.command !== undefined || input.trace === undefined) command = `${base.id} ${input.command ?? ""}`;
      if (!isWrite(input) || command === marked) return;
      marked = command;
      const line = command.slice(command.indexOf(" ") + 1);
      marks.push({ ...base, kind: "input", label: line === "" ? inputLabel(input) : line });
    }
  });
  for (const [name, mark] of session.marks)
    if (mark.branch === session.branch.id)
      marks.push({ id: `mark/${name}`, atUs: mark.atUs, kind: "mark", label: name });
  return [...marks, ...warnings].slice(-MARKS_MAX);
}
