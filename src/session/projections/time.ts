import type { TimelineMark, TimeView } from "../../protocol/views.ts";
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

/** Inputs that a person would call one: not the single requests of a `get`. */
function marksOf(session: Session, warnings: readonly TimelineMark[]): TimelineMark[] {
  const marks: TimelineMark[] = [];
  session.branch.inputs.forEach((logged, index) => {
    const { input } = logged;
    const base = { id: `${session.branch.id}/${index}`, atUs: logged.atUs, label: inputLabel(input) };
    if (input.type === "break") marks.push({ ...base, kind: "fault" });
    else if (input.type === "heal" || input.type === "healEverything") marks.push({ ...base, kind: "heal" });
    else if ("label" in input.input && /^(POST|PUT|PATCH|DELETE) /.test(input.input.label))
      marks.push({ ...base, kind: "input" });
  });
  for (const [name, mark] of session.marks)
    if (mark.branch === session.branch.id)
      marks.push({ id: `mark/${name}`, atUs: mark.atUs, kind: "mark", label: name });
  return [...marks, ...warnings].slice(-MARKS_MAX);
}
