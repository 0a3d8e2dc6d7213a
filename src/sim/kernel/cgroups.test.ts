import { describe, expect, it } from "vitest";
import {
  createCgroup,
  createRootCgroup,
  readCgroup,
  readRootCgroup,
  recentUse,
  removeCgroup,
  sampleAt,
  spendCpu,
  takeSteadily,
} from "./cgroups.ts";
import type { HostState } from "./types.ts";

const SECOND_US = 1_000_000;

/** A machine with two cores and one group that idles at 10m with 100 bytes. */
function machineWith(limits: { readonly cpuMillicores?: number; readonly memoryBytes?: number } = {}) {
  const table = new Map<string, unknown>();
  const host: HostState = {
    get: (key) => table.get(key),
    set: (key, value) => void table.set(key, value),
    delete: (key) => void table.delete(key),
    keys: (prefix) => [...table.keys()].filter((key) => key.startsWith(prefix)),
  };
  const at = (seconds: number) => ({ host, nowUs: seconds * SECOND_US, machine: { cpuMillicores: 2000 } });
  createRootCgroup(at(0), { cpuMillicores: 50, memoryBytes: 1000 });
  createCgroup(at(5), { id: "a", labels: {}, limits, idle: { cpuMillicores: 10, memoryBytes: 100 } });
  const cpuAt = (seconds: number) => sampleAt(readCgroup(host, "a")!, seconds * SECOND_US)?.cpuUs ?? null;
  const useAt = (seconds: number) => recentUse(readCgroup(host, "a")!, seconds * SECOND_US);
  return { host, at, cpuAt, useAt };
}

describe("the accounting of control groups", () => {
  it("counts steady use without anything happening", () => {
    const { cpuAt, useAt } = machineWith();
    expect([cpuAt(4), cpuAt(5), cpuAt(105)]).toEqual([null, 0, 1_000_000]);
    expect(useAt(105)).toEqual({ cpuMillicores: 10, memoryBytes: 100 });
  });

  it("tells at each look of the past how it stood then, however often it was charged since", () => {
    const { at, cpuAt, useAt } = machineWith();
    for (let second = 11; second <= 39; second += 1) spendCpu(at(second), "a", 500_000);
    // At 20 s: ten charges; at 30 s ten more.
    expect(cpuAt(20)).toBe(10 * 500_000 + 150_000);
    expect(cpuAt(30)).toBe(20 * 500_000 + 250_000);
    expect(useAt(39)).toEqual({ cpuMillicores: 510, memoryBytes: 100 });
    expect(useAt(61)).toEqual({ cpuMillicores: 10, memoryBytes: 100 });
  });

  it("throttles steady use to the limit, and says when memory is more than it", () => {
    const limited = machineWith({ cpuMillicores: 300, memoryBytes: 500 });
    expect(takeSteadily(limited.at(10), "a", { cpuMillicores: 1000, memoryBytes: 400 })).toBe(true);
    expect(limited.useAt(25)).toEqual({ cpuMillicores: 300, memoryBytes: 500 });
    expect(takeSteadily(limited.at(26), "a", { cpuMillicores: 0, memoryBytes: 401 })).toBe(false);
    const free = machineWith();
    takeSteadily(free.at(10), "a", { cpuMillicores: 8000, memoryBytes: 0 });
    expect(free.useAt(25).cpuMillicores).toBe(2000);
  });

  it("keeps in the machine's sum what groups used that are gone", () => {
    const { host, at } = machineWith();
    spendCpu(at(12), "a", 3_000_000);
    removeCgroup(at(15), "a");
    expect(readCgroup(host, "a")).toBe(undefined);
    // 50m for 20 s, and the group's 10m for 10 s and 3 s of work.
    expect(sampleAt(readRootCgroup(host)!, 20 * SECOND_US)?.cpuUs).toBe(1_000_000 + 100_000 + 3_000_000);
    spendCpu(at(21), "a", 1_000_000);
    expect(sampleAt(readRootCgroup(host)!, 30 * SECOND_US)?.cpuUs).toBe(1_500_000 + 3_100_000);
  });
});
