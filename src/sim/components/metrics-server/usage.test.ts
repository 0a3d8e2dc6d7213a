import { describe, expect, it } from "vitest";
import type { ResourceSample } from "../kubelet/messages.ts";
import { nodeMetrics, podMetrics } from "./usage.ts";

const NOW_WALL_US = 1_800_000_000_000_000;
const RESOLUTION_US = 15_000_000;

interface Told {
  readonly startedAgoUs: number;
  readonly cpuUs: number;
}

function look(agoUs: number, nodeCpuUs: number, containers: Readonly<Record<string, Told>>): ResourceSample {
  return {
    atUs: 100_000_000 - agoUs,
    timestampWallUs: NOW_WALL_US - agoUs,
    node: { startedWallUs: 0, cpuUs: nodeCpuUs, memoryBytes: 2 ** 30 },
    containers: Object.entries(containers).map(([container, { startedAgoUs, cpuUs }]) => ({
      namespace: "default",
      pod: "web",
      uid: "1",
      container,
      startedWallUs: NOW_WALL_US - startedAgoUs,
      cpuUs,
      memoryBytes: 5 * 1_048_576,
    })),
  };
}

const pod = { metadata: { name: "web", namespace: "default" } };

describe("rates of two looks", () => {
  it("of a node are the difference over the time between", () => {
    const metrics = nodeMetrics({ metadata: { name: "a" } }, [look(20_000_000, 5_000_000, {}), look(0, 9_000_000, {})]);
    expect(metrics).toMatchObject({ window: "20s", usage: { cpu: "200m", memory: "1Gi" } });
    const rebooted = [look(10_000_000, 9_000_000, {}), look(0, 100, {})] as const;
    expect(nodeMetrics({ metadata: { name: "a" } }, rebooted)).toBe(null);
  });

  it("of a pod are those of all its containers, or nothing", () => {
    const old = { startedAgoUs: 500_000_000 };
    const before = look(10_000_000, 0, { one: { ...old, cpuUs: 1_000_000 }, two: { ...old, cpuUs: 0 } });
    const last = look(0, 0, { two: { ...old, cpuUs: 2_500 }, one: { ...old, cpuUs: 3_000_000 } });
    expect(podMetrics(pod, [before, last], RESOLUTION_US)).toMatchObject({
      window: "10s",
      containers: [
        { name: "one", usage: { cpu: "200m", memory: "5Mi" } },
        { name: "two", usage: { cpu: "250u" } },
      ],
    });
    const half = look(10_000_000, 0, { one: { ...old, cpuUs: 1_000_000 } });
    expect(podMetrics(pod, [half, last], RESOLUTION_US)).toBe(null);
    expect(podMetrics({ metadata: { name: "other" } }, [before, last], RESOLUTION_US)).toBe(null);
  });

  it("of a container that has just started count from its start, once it is 10 s old", () => {
    const nothing = look(20_000_000, 0, {});
    const aged = (startedAgoUs: number) =>
      podMetrics(pod, [nothing, look(0, 0, { one: { startedAgoUs, cpuUs: 6_000_000 } })], RESOLUTION_US);
    expect(aged(9_000_000)).toBe(null);
    expect(aged(12_000_000)).toMatchObject({ window: "12s", containers: [{ usage: { cpu: "500m" } }] });
    expect(aged(16_000_000)).toBe(null);
  });

  it("of a container that was restarted between the looks are not known", () => {
    const before = look(10_000_000, 0, { one: { startedAgoUs: 500_000_000, cpuUs: 9_000_000 } });
    const last = look(0, 0, { one: { startedAgoUs: 5_000_000, cpuUs: 1_000 } });
    expect(podMetrics(pod, [before, last], RESOLUTION_US)).toBe(null);
  });
});
