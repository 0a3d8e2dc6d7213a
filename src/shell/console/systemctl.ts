import type { Program, UnitStatus } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { agoText, longTime, shortTime } from "./times.ts";

/** `systemctl VERB UNIT...` on the machine that it is typed on. */
export const systemctl: Program = async (context) => {
  const words = context.args.filter((arg) => !arg.startsWith("-"));
  const [verb, ...units] = words;
  const console = consoleOf(context);
  if (console === null) {
    context.err.write(
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
    );
    return 1;
  }
  if (verb !== "start" && verb !== "stop" && verb !== "restart" && verb !== "status" && verb !== "is-active") {
    context.err.write(verb === undefined ? "Too few arguments.\n" : `Unknown command verb ${verb}.\n`);
    return 1;
  }
  if (units.length === 0) {
    context.err.write("Too few arguments.\n");
    return 1;
  }
  let exitCode = 0;
  for (const name of units) {
    const unit = name.replace(/\.service$/, "");
    const status = await console.unit(verb, unit);
    if (status === null) {
      context.err.write(
        verb === "status" || verb === "is-active"
          ? `Unit ${unit}.service could not be found.\n`
          : `Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.\n`,
      );
      exitCode = verb === "status" ? 4 : 5;
      continue;
    }
    if (verb === "is-active") context.out.write(`${status.active}\n`);
    if (verb === "status") context.out.write(statusText(status, console.machine, await context.session.wallUs()));
    if ((verb === "status" || verb === "is-active") && status.active !== "active") exitCode = 3;
  }
  return exitCode;
};

function statusText(status: UnitStatus, machine: string, nowWallUs: number): string {
  const dot = status.active === "active" ? "●" : status.active === "failed" ? "×" : "○";
  const lines = [
    `${dot} ${status.name}.service - ${status.description}`,
    `     Loaded: loaded (/lib/systemd/system/${status.name}.service; enabled; preset: enabled)`,
    `     Active: ${status.active} (${status.sub}) since ${longTime(status.sinceWallUs)}; ${agoText(nowWallUs - status.sinceWallUs)} ago`,
  ];
  if (status.pid > 0) lines.push(`   Main PID: ${status.pid} (${status.name})`);
  if (status.log.length > 0) {
    lines.push("");
    for (const line of status.log)
      lines.push(`${shortTime(line.wallUs)} ${machine} ${status.name}[${status.pid}]: ${line.text}`);
  }
  return `${lines.join("\n")}\n`;
}
