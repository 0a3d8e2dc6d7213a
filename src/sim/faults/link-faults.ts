import { parseGoDuration } from "../api/duration.ts";
import { addNetworkRule, removeNetworkRule } from "../kernel/control.ts";
import type { NetworkRule } from "../kernel/state.ts";
import type { World } from "../kernel/world.ts";
import { type Fault, failed, lasting, type Outcome } from "./fault.ts";

function addRule(world: World, fault: string, target: string, oneway: boolean, effect: NetworkRule["effect"]): Outcome {
  const colon = target.indexOf(":");
  const id = `${fault} ${target}`;
  addNetworkRule(world, { id, between: [target.slice(0, colon), target.slice(colon + 1)], oneway, effect });
  return lasting(id);
}

function healRule(world: World, _target: string, memo: unknown): void {
  removeNetworkRule(world, memo as string);
}

export const partitionFault: Fault = {
  name: "partition",
  appliesTo: "link",
  label: "Cut",
  hint: "Nothing gets through between the two; with oneway, only from the first to the second.",
  parameters: [{ name: "oneway", label: "Only one way", default: "no", unit: "" }],
  sign: (parameters) => (isYes(parameters.oneway) ? "cut one way" : "cut"),
  break: (world, target, parameters) =>
    addRule(world, "partition", target, isYes(parameters.oneway), { type: "drop", percent: 100 }),
  heal: healRule,
};

export const lossFault: Fault = {
  name: "loss",
  appliesTo: "link",
  label: "Lose packets",
  hint: "This share of packets is lost; TCP sends them again, so things get slow before they fail.",
  parameters: [{ name: "percent", label: "Share lost", default: "30", unit: "%" }],
  sign: (parameters) => `loses ${parameters.percent} %`,
  break(world, target, parameters) {
    const percent = Number(parameters.percent);
    if (!(percent > 0 && percent <= 100)) return failed("percent must be between 0 and 100.");
    return addRule(world, "loss", target, false, { type: "drop", percent });
  },
  heal: healRule,
};

export const delayFault: Fault = {
  name: "delay",
  appliesTo: "link",
  label: "Delay",
  hint: "Every packet takes this much longer, each way.",
  parameters: [{ name: "by", label: "By how much", default: "200ms", unit: "" }],
  sign: (parameters) => `${parameters.by} slower`,
  break(world, target, parameters) {
    const byUs = parseGoDuration(parameters.by ?? "");
    if (byUs === null || byUs <= 0) return failed(`"${parameters.by}" is no duration; write 200ms or 2s.`);
    return addRule(world, "delay", target, false, { type: "delay", byUs });
  },
  heal: healRule,
};

function isYes(text: string | undefined): boolean {
  return text === "yes" || text === "true" || text === "";
}
