import type { Section } from "../../../protocol/views.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import { milliValue, wholeValue } from "../../../sim/api/quantity.ts";
import { type Cgroup, readCgroups, readRootCgroup, recentUse, type Use } from "../../../sim/kernel/cgroups.ts";
import type { Machine } from "../../../sim/kernel/state.ts";
import type { Session } from "../../session.ts";

/** What containers and machines use of CPU and memory, in words. */

interface Container {
  readonly name: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export function cpuText(millicores: number): string {
  return millicores < 1000 ? `${millicores}m` : `${(millicores / 1000).toFixed(2)} cores`;
}

export function memoryText(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** A row per running container: what it uses, asked for, and may use at most. Empty before any runs. */
export function podUse(session: Session, pod: ApiObject): Section[] {
  const { nodeName = "", containers = [] } = (pod.spec ?? {}) as {
    readonly nodeName?: string;
    readonly containers?: readonly Container[];
  };
  const machine = session.world.state.machines.get(nodeName);
  const { namespace, name } = pod.metadata ?? {};
  const groups = (machine === undefined ? [] : groupsOf(machine)).filter(
    ({ labels }) => labels.namespace === namespace && labels.pod === name,
  );
  if (groups.length === 0) return [];
  const rows = groups.map((group) => {
    const { container = "" } = group.labels;
    const { requests, limits } = containers.find((each) => each.name === container)?.resources ?? {};
    const use = recentUse(group, session.nowUs);
    const isThrottled = limits?.cpu !== undefined && use.cpuMillicores >= milliValue(limits.cpu);
    return {
      cells: [
        container,
        cpuText(use.cpuMillicores),
        requests?.cpu === undefined ? "nothing" : cpuText(milliValue(requests.cpu)),
        limits?.cpu === undefined ? "no limit" : cpuText(milliValue(limits.cpu)),
        memoryText(use.memoryBytes),
        requests?.memory === undefined ? "nothing" : memoryText(wholeValue(requests.memory)),
        limits?.memory === undefined ? "no limit" : memoryText(wholeValue(limits.memory)),
      ],
      ...(isThrottled ? { tone: "warning" as const } : {}),
    };
  });
  return [
    {
      type: "table",
      title: "What it uses",
      columns: ["Container", "CPU", "asked for", "at most", "Memory", "asked for", "at most"],
      rows,
      note: "CPU over the last ten seconds that were measured: 1000m is one core.",
    },
  ];
}

/** All that runs on a machine, as far as its kernel counts it; null before anything does. */
export function machineUse(session: Session, machine: Machine): Use | null {
  const root = readRootCgroup(hostOf(machine));
  if (root === undefined) return null;
  const uses = [root, ...groupsOf(machine)].map((group) => recentUse(group, session.nowUs));
  const sum = (part: keyof Use): number => uses.reduce((total, use) => total + use[part], 0);
  return {
    cpuMillicores: Math.min(sum("cpuMillicores"), machine.info.cpuMillicores),
    memoryBytes: Math.min(sum("memoryBytes"), machine.info.memoryBytes),
  };
}

function groupsOf(machine: Machine): Cgroup[] {
  return readCgroups(hostOf(machine));
}

function hostOf({ host }: Machine): Parameters<typeof readCgroups>[0] {
  return {
    get: (key) => host.get(key),
    keys: (prefix) => [...host.keys()].filter((key) => key.startsWith(prefix)),
  };
}
