import { allow, bar, crash, hang, slowDown } from "../kernel/control.ts";
import { type Fault, failed, lasting, OVER_AT_ONCE } from "./fault.ts";
import { processOf } from "./targets.ts";

export const crashFault: Fault = {
  name: "crash",
  appliesTo: "component",
  label: "Crash",
  hint: "The process dies. Its supervisor (kubelet or systemd) starts it again, with back-off.",
  parameters: [],
  sign: () => "crashed",
  break(world, target) {
    const process = processOf(world, target);
    return process !== null && crash(world, process) ? OVER_AT_ONCE : failed(`${target} is not running.`);
  },
  heal: () => {},
};

export const stopFault: Fault = {
  name: "stop",
  appliesTo: "component",
  label: "Stop",
  hint: "The process dies and stays down until it is mended.",
  parameters: [],
  sign: () => "stopped",
  break(world, target) {
    bar(world, processOf(world, target) ?? target);
    return lasting();
  },
  heal(world, target) {
    allow(world, target);
  },
};

export const hangFault: Fault = {
  name: "hang",
  appliesTo: "component",
  label: "Hang",
  hint: "The process stands still without dying: it takes connections and answers nothing. A failing liveness probe may restart it.",
  parameters: [],
  sign: () => "hung",
  break(world, target) {
    const process = processOf(world, target);
    return process !== null && hang(world, process, true) ? lasting() : failed(`${target} is not running.`);
  },
  heal(world, target) {
    hang(world, target, false);
  },
};

export const slowFault: Fault = {
  name: "slow",
  appliesTo: "component",
  label: "Slow down",
  hint: "Everything that the process does takes this many times longer.",
  parameters: [{ name: "factor", label: "How many times slower", default: "10", unit: "x" }],
  sign: (parameters) => `${parameters.factor} x slower`,
  break(world, target, parameters) {
    const factor = Number(parameters.factor);
    if (!(factor > 1 && factor <= 1_000_000)) return failed("factor must be a number above 1.");
    const process = processOf(world, target);
    if (process === null) return failed(`${target} is not running.`);
    slowDown(world, process, factor);
    return lasting();
  },
  heal(world, target) {
    slowDown(world, target, 1);
  },
};
