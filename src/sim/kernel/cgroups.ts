import { withFields } from "./records.ts";
import type { HostState } from "./types.ts";

/**
 * The accounting of a machine's control groups: what groups of processes have used, kept in the machine's volatile state.
 * Nothing here runs by itself: steady use is a rate that readers multiply by the time gone by, so what idles costs no
 * events. A program charges its group with what it does.
 */
export interface Cgroup {
  readonly id: string;
  /** Whose it is: for those who read it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly startedAtUs: number;
  readonly limits: CgroupLimits;
  /** What is taken even when nobody asks anything of the program. */
  readonly idle: Use;
  /** How it stood after the last change between two looks; the last ones, newest last. */
  readonly history: readonly CgroupSample[];
}

export interface CgroupLimits {
  readonly cpuMillicores?: number;
  readonly memoryBytes?: number;
}

export interface Use {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

export interface CgroupSample extends Use {
  readonly atUs: number;
  /** CPU time used until then; `cpuMillicores` is the steady use from then on. */
  readonly cpuUs: number;
}

/** The part of a `Context` that is needed here. */
interface Place {
  readonly host: HostState;
  readonly nowUs: number;
  readonly machine: { readonly cpuMillicores: number };
}

/** Figures are exact at whole multiples of this (world time), as far back as the history goes, and now. */
export const LOOK_US = 10_000_000;
const SAMPLES_MAX = 8;
const ROOT = "cgroup";
const PREFIX = "cgroup/";

/** The machine's own group: what runs beside all others. Once per boot. */
export function createRootCgroup({ host, nowUs }: Place, use: Use): void {
  if (host.get(ROOT) !== undefined) return;
  const limits: CgroupLimits = {};
  const history = [{ atUs: nowUs, cpuUs: 0, ...use }];
  host.set(ROOT, Object.freeze({ id: "", labels: {}, startedAtUs: nowUs, limits, idle: use, history }));
}

export function createCgroup(
  { host, nowUs, machine }: Place,
  given: Pick<Cgroup, "id" | "labels" | "limits" | "idle">,
): void {
  const { cpuMillicores = machine.cpuMillicores, memoryBytes = Number.MAX_SAFE_INTEGER } = given.limits;
  const idle: Use = {
    cpuMillicores: Math.min(given.idle.cpuMillicores, cpuMillicores),
    memoryBytes: Math.min(given.idle.memoryBytes, memoryBytes),
  };
  const cgroup: Cgroup = withFields(given, { idle, startedAtUs: nowUs, history: [{ atUs: nowUs, cpuUs: 0, ...idle }] });
  host.set(PREFIX + given.id, Object.freeze(cgroup));
}

/** The group's processes are gone; the CPU time that they used stays in the machine's sum. */
export function removeCgroup(place: Place, id: string): void {
  const { host, nowUs } = place;
  const cgroup = readCgroup(host, id);
  if (cgroup === undefined) return;
  host.delete(PREFIX + id);
  change(place, ROOT, { spentUs: sampleAt(cgroup, nowUs)?.cpuUs ?? 0 });
}

/** From now on the group may use no more than that; what it uses already is throttled. */
export function limitCgroup(place: Place, id: string, limits: CgroupLimits): void {
  const cgroup = readCgroup(place.host, id);
  if (cgroup === undefined) return;
  place.host.set(PREFIX + id, Object.freeze({ ...cgroup, limits }));
  const allowed = Math.min(limits.cpuMillicores ?? place.machine.cpuMillicores, place.machine.cpuMillicores);
  const now = sampleAt(cgroup, place.nowUs);
  if (now !== null && now.cpuMillicores > allowed) change(place, PREFIX + id, { cpuMillicores: allowed });
}

/** A program of the group used `spentUs` of CPU time, now or since it was last charged. */
export function spendCpu(place: Place, id: string, spentUs: number): void {
  change(place, PREFIX + id, { spentUs: Math.round(spentUs) });
}

/**
 * From now on the group uses so much all the time, beside what it takes anyway. CPU is throttled to its limit. False:
 * the memory is more than the limit, and the kernel will kill it.
 */
export function takeSteadily(place: Place, id: string, use: Use): boolean {
  const cgroup = readCgroup(place.host, id);
  if (cgroup === undefined) return true;
  const { limits, idle } = cgroup;
  const allowed = Math.min(limits.cpuMillicores ?? place.machine.cpuMillicores, place.machine.cpuMillicores);
  const memoryBytes = idle.memoryBytes + use.memoryBytes;
  change(place, PREFIX + id, {
    cpuMillicores: Math.min(idle.cpuMillicores + use.cpuMillicores, allowed),
    memoryBytes,
  });
  return memoryBytes <= (limits.memoryBytes ?? Number.MAX_SAFE_INTEGER);
}

/** What is needed to read accounts. */
type Accounts = Pick<HostState, "get" | "keys">;

/** All groups of the machine but its own, by id. */
export function readCgroups(host: Accounts): Cgroup[] {
  return host.keys(PREFIX).map((key) => host.get(key) as Cgroup);
}

export function readCgroup(host: Pick<HostState, "get">, id: string): Cgroup | undefined {
  return host.get(PREFIX + id) as Cgroup | undefined;
}

/** What the machine itself used, and what groups used that are gone. Undefined: it is still booting. */
export function readRootCgroup(host: Pick<HostState, "get">): Cgroup | undefined {
  return host.get(ROOT) as Cgroup | undefined;
}

/** How the group stood at a moment. Null: it was not there yet. */
export function sampleAt({ history }: Pick<Cgroup, "history">, atUs: number): CgroupSample | null {
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const sample = history[index] as CgroupSample;
    if (sample.atUs <= atUs) return { ...sample, atUs, cpuUs: sample.cpuUs + steadyUs(sample, atUs) };
  }
  return null;
}

/** CPU over the last stretch between two looks (or since the start, if that was later), memory as it is now. */
export function recentUse(cgroup: Cgroup, nowUs: number): Use {
  const atUs = lookBefore(nowUs);
  const last = sampleAt(cgroup, atUs);
  const before = sampleAt(cgroup, atUs - LOOK_US);
  const sinceUs = before === null ? cgroup.startedAtUs : atUs - LOOK_US;
  const spentUs = (last?.cpuUs ?? 0) - (before?.cpuUs ?? 0);
  return {
    cpuMillicores: last === null ? 0 : Math.round((spentUs * 1000) / Math.max(1, atUs - sinceUs)),
    memoryBytes: sampleAt(cgroup, nowUs)?.memoryBytes ?? 0,
  };
}

/** The last moment, at or before `atUs`, for which figures are exact. */
export function lookBefore(atUs: number): number {
  return Math.floor(atUs / LOOK_US) * LOOK_US;
}

function steadyUs({ atUs, cpuMillicores }: CgroupSample, untilUs: number): number {
  return Math.floor(((untilUs - atUs) * cpuMillicores) / 1000);
}

function change(
  { host, nowUs }: Place,
  key: string,
  next: { readonly spentUs?: number; readonly cpuMillicores?: number; readonly memoryBytes?: number },
): void {
  const cgroup = host.get(key) as Cgroup | undefined;
  const last = cgroup?.history.at(-1);
  if (cgroup === undefined || last === undefined) return;
  const { spentUs = 0, ...rates } = next;
  const sample: CgroupSample = { ...last, ...rates, atUs: nowUs, cpuUs: last.cpuUs + steadyUs(last, nowUs) + spentUs };
  const kept = isBetweenSameLooks(last.atUs, nowUs)
    ? cgroup.history.slice(0, -1)
    : cgroup.history.slice(1 - SAMPLES_MAX);
  host.set(key, Object.freeze({ ...cgroup, history: [...kept, sample] }));
}

/** No look lies between the two: only the later state will be asked for. */
function isBetweenSameLooks(earlierUs: number, laterUs: number): boolean {
  return Math.ceil(earlierUs / LOOK_US) === Math.ceil(laterUs / LOOK_US);
}
