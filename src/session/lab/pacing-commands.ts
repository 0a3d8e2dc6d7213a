import type { Pacer, StepKind } from "../pacing.ts";
import { type LabCommand, LabError, SILENT } from "./command.ts";

/** What the page's time controls do, typed. In a headless run there is no pacer: time moves only by commands. */
export function pacingCommands(pacer: Pacer | null, isWarning: () => number): readonly LabCommand[] {
  return [
    {
      name: "speed",
      usage: "lab speed FACTOR",
      run({ args }) {
        const speed = Number(args[0]);
        if (!(speed >= 0.001 && speed <= 1000)) throw new LabError("speed takes a number from 0.001 to 1000.");
        if (pacer !== null) pacer.speed = speed;
        return SILENT;
      },
    },
    {
      name: "pause",
      usage: "lab pause",
      run() {
        if (pacer !== null) pacer.playing = false;
        return SILENT;
      },
    },
    {
      name: "play",
      usage: "lab play",
      run() {
        if (pacer !== null) pacer.playing = true;
        return SILENT;
      },
    },
    {
      name: "step",
      usage: "lab step [message|hop|change]",
      run({ session, args }) {
        const kind = args[0] ?? "message";
        if (kind !== "message" && kind !== "hop" && kind !== "change")
          throw new LabError(`usage: lab step [message|hop|change]`);
        if (pacer === null) session.step();
        else pacer.step(kind as StepKind, isWarning);
        return SILENT;
      },
    },
  ];
}
