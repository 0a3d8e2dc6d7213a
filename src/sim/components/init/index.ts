import type { Component, Context } from "../../kernel/types.ts";
import { SYSTEMD_SOCKET, type UnitAnswer, type UnitDefinition, type UnitRequest, type UnitState } from "./messages.ts";

/** systemd of one machine: starts its units in order, and again `RestartSec` after they end. */
interface InitState {
  readonly units: Map<string, Unit>;
}

interface Unit {
  readonly definition: UnitDefinition;
  /** False after `systemctl stop`. */
  wanted: boolean;
  sinceUs: number;
  restartTimer: number | null;
  lastExitCode: number | null;
}

type InitMessage = { readonly type: "restartDue"; readonly unit: string };

export const init: Component<InitState, InitMessage> = {
  kind: "init",
  start(context, args) {
    const units = new Map<string, Unit>();
    context.listen(SYSTEMD_SOCKET);
    for (const definition of args as readonly UnitDefinition[]) {
      const unit: Unit = { definition, wanted: true, sinceUs: context.nowUs, restartTimer: null, lastExitCode: null };
      units.set(definition.name, unit);
      startUnit(unit, context);
    }
    return { units };
  },
  step(state, message, context) {
    switch (message.type) {
      case "restartDue": {
        const unit = state.units.get(message.unit);
        if (unit?.wanted) startUnit(unit, context);
        return;
      }
      case "childExited": {
        const unit = unitOf(state, message.process);
        if (unit === undefined) return;
        context.reap(message.process);
        unit.sinceUs = context.nowUs;
        unit.lastExitCode = message.exit.exitCode;
        context.log(
          `${unit.definition.name}.service: Main process exited, code=exited, status=${message.exit.exitCode}`,
        );
        if (!unit.wanted) return;
        unit.restartTimer = context.setTimer(
          unit.definition.restartUs,
          { type: "restartDue", unit: unit.definition.name },
          "keep",
        );
        return;
      }
      case "childAllowed": {
        const unit = unitOf(state, message.process);
        if (unit?.wanted) startUnit(unit, context);
        return;
      }
      case "request":
        context.respond(message.id, obey(state, message.body as UnitRequest, context));
        return;
      default:
        return;
    }
  },
};

function unitOf(state: InitState, process: string): Unit | undefined {
  for (const unit of state.units.values()) if (unit.definition.process === process) return unit;
  return undefined;
}

function startUnit(unit: Unit, context: Context): void {
  if (unit.restartTimer !== null) context.clearTimer(unit.restartTimer);
  unit.restartTimer = null;
  const { process, kind, args, name, description } = unit.definition;
  const result = context.spawn({ name: process, kind, args });
  if (!result.ok) return;
  unit.sinceUs = context.nowUs;
  context.log(`Started ${name}.service - ${description}.`);
}

function obey(state: InitState, request: UnitRequest, context: Context): UnitAnswer {
  const unit = state.units.get(request.unit.replace(/\.service$/, ""));
  if (unit === undefined) return null;
  if (request.verb === "stop" || request.verb === "restart") {
    unit.wanted = false;
    if (unit.restartTimer !== null) context.clearTimer(unit.restartTimer);
    unit.restartTimer = null;
    // systemd sends SIGTERM first; the units that run here lose nothing by SIGKILL.
    if (context.signal(unit.definition.process, "SIGKILL")) {
      context.reap(unit.definition.process);
      unit.sinceUs = context.nowUs;
      unit.lastExitCode = 0;
      context.log(`Stopped ${unit.definition.name}.service - ${unit.definition.description}.`);
    }
  }
  if (request.verb === "start" || request.verb === "restart") {
    unit.wanted = true;
    startUnit(unit, context);
  }
  return describe(unit, context);
}

function describe(unit: Unit, context: Context): UnitState {
  const { definition } = unit;
  const condition = context.condition(definition.process);
  const running = condition?.state === "running";
  const failed = !running && unit.wanted && unit.restartTimer === null;
  return {
    name: definition.name,
    description: definition.description,
    process: definition.process,
    active: running ? "active" : unit.restartTimer !== null ? "activating" : failed ? "failed" : "inactive",
    sub: running ? "running" : unit.restartTimer !== null ? "auto-restart" : failed ? "failed" : "dead",
    sinceUs: unit.sinceUs,
    pid: running ? condition.pid : 0,
    lastExitCode: unit.lastExitCode,
  };
}
