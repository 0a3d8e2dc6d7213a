import { describe, expect, it } from "vitest";
import { computePodLimits, computePodRequests } from "./resources.ts";
import type { Pod } from "./types.ts";

/** A container asks for 100m of CPU, runs with 700m, and may use twice as much. */
const ASKED = { requests: { cpu: "100m" }, limits: { cpu: "200m" } };
const RUNS = { requests: { cpu: "700m" }, limits: { cpu: "1400m" } };
const container = (name: string, more = {}) => ({ name, image: "app", resources: ASKED, ...more });
const status = (name: string) => ({ name, resources: RUNS });

const FORMS: readonly (readonly [about: string, cpu: number, spec: object, status: object])[] = [
  ["a container", 700, { containers: [container("a")] }, { containerStatuses: [status("a")] }],
  [
    "a sidecar beside a container",
    800,
    { containers: [container("a")], initContainers: [container("s", { restartPolicy: "Always" })] },
    { initContainerStatuses: [status("s")] },
  ],
  [
    "an init container, which cannot be resized",
    100,
    { containers: [container("a")], initContainers: [container("i")] },
    { initContainerStatuses: [status("i")] },
  ],
];

describe("what a pod counts for while it is resized", () => {
  it.each(FORMS)("%s", (_about, cpu, spec, state) => {
    const pod = { metadata: { name: "pod" }, spec, status: state } as unknown as Pod;
    expect(computePodRequests(pod, { useStatus: true })).toEqual({ cpu });
    expect(computePodLimits(pod, { useStatus: true })).toEqual({ cpu: cpu * 2 });
  });
});
