import { parseGoDuration } from "../api/duration.ts";
import {
  fillDisk,
  freeze,
  hang,
  machineOf,
  powerOff,
  powerOn,
  skewClock,
  slowDisk,
  wipeDisk,
} from "../kernel/control.ts";
import { endOfPrefix } from "../kernel/table.ts";
import type { World } from "../kernel/world.ts";
import { type Fault, failed, lasting, OVER_AT_ONCE } from "./fault.ts";

export const powerOffFault: Fault = {
  name: "power-off",
  appliesTo: "machine",
  label: "Power off",
  hint: "Everything on the machine dies without a word to anybody; mending switches it on again.",
  parameters: [],
  sign: () => "no power",
  break: (world, target) => (powerOff(world, target) ? lasting() : failed(`${target} is off already.`)),
  heal(world, target) {
    powerOn(world, target);
  },
};

export const rebootFault: Fault = {
  name: "reboot",
  appliesTo: "machine",
  label: "Reboot",
  hint: "The machine loses power and comes up again at once.",
  parameters: [],
  sign: () => "rebooted",
  break(world, target) {
    if (!powerOff(world, target)) return failed(`${target} is off.`);
    powerOn(world, target);
    return OVER_AT_ONCE;
  },
  heal: () => {},
};

export const freezeFault: Fault = {
  name: "freeze",
  appliesTo: "machine",
  label: "Freeze",
  hint: "The whole machine stands still, as a paused virtual machine does, and goes on where it was when it is mended.",
  parameters: [],
  sign: () => "frozen",
  break: (world, target) => (freeze(world, target, true) ? lasting() : failed(`${target} is off.`)),
  heal(world, target) {
    freeze(world, target, false);
    for (const { fault, target: hung } of world.state.faults.values())
      if (fault === "hang" && hung.endsWith(`@${target}`)) hang(world, hung, true);
  },
};

export const clockSkewFault: Fault = {
  name: "clock-skew",
  appliesTo: "machine",
  label: "Set the clock wrong",
  hint: "The machine's clock is off by this much; a minus sign means that it is behind.",
  parameters: [{ name: "by", label: "By how much", default: "5m", unit: "" }],
  sign: (parameters) =>
    `clock ${parameters.by?.startsWith("-") ? `${parameters.by.slice(1)} behind` : `${parameters.by} ahead`}`,
  break(world, target, parameters) {
    const byUs = parseGoDuration(parameters.by ?? "");
    if (byUs === null) return failed(`"${parameters.by}" is no duration; write 5m, 30s or -1h.`);
    return skewClock(world, target, byUs) ? lasting() : failed(`There is no machine "${target}".`);
  },
  heal(world, target) {
    skewClock(world, target, 0);
  },
};

export const diskFullFault: Fault = {
  name: "disk-full",
  appliesTo: "machine",
  label: "Fill the disk",
  hint: "Nothing more can be written to the machine's disk: no space left on device.",
  parameters: [],
  sign: () => "disk full",
  break: (world, target) => (fillDisk(world, target, true) ? lasting() : failed(`There is no machine "${target}".`)),
  heal(world, target) {
    fillDisk(world, target, false);
  },
};

export const diskSlowFault: Fault = {
  name: "disk-slow",
  appliesTo: "machine",
  label: "Slow the disk down",
  hint: "Every fsync takes this many times longer; etcd feels it first.",
  parameters: [{ name: "factor", label: "How many times slower", default: "50", unit: "x" }],
  sign: (parameters) => `disk ${parameters.factor} x slower`,
  break(world, target, parameters) {
    const factor = Number(parameters.factor);
    if (!(factor > 1 && factor <= 1_000_000)) return failed("factor must be a number above 1.");
    return slowDisk(world, target, factor) ? lasting() : failed(`There is no machine "${target}".`);
  },
  heal(world, target) {
    slowDisk(world, target, 1);
  },
};

const ETCD_DATA = "/var/lib/etcd/";
/** A directory that a snapshot was restored to, beside the first one. */
const RESTORED = /^\/var\/lib\/etcd[^/]+\/(?=member\/)/;

function dataDirectories(world: World, target: string): Set<string> {
  const directories = new Set([ETCD_DATA]);
  machineOf(world, target)?.disk.files.range("/var/lib/etcd", endOfPrefix("/var/lib/etcd"), (path) => {
    const found = RESTORED.exec(path)?.[0];
    if (found !== undefined) directories.add(found);
  });
  return directories;
}

export const diskWipeFault: Fault = {
  name: "disk-wipe",
  appliesTo: "machine",
  label: "Lose the data disk",
  hint: "etcd's data directory is gone for good and the machine reboots; a member that lost its data does not get it back by itself.",
  parameters: [],
  sign: () => "data lost",
  break(world, target) {
    if (machineOf(world, target) === undefined) return failed(`There is no machine "${target}".`);
    powerOff(world, target);
    for (const directory of dataDirectories(world, target)) wipeDisk(world, target, directory);
    powerOn(world, target);
    return OVER_AT_ONCE;
  },
  heal: () => {},
};
