import type { ConsoleDoor, ProgramContext } from "../doors.ts";

/** The console of the machine that the command is typed on; null on the laptop, which is no machine of the cluster. */
export function consoleOf(context: ProgramContext): ConsoleDoor | null {
  return context.machine === null ? null : context.console(context.machine);
}
