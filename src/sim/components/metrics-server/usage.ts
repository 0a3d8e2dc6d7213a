import { goDuration } from "../../api/duration.ts";
import type { ApiObject } from "../../api/object.ts";
import { formatQuantity } from "../../api/quantity.ts";
import { formatTime } from "../../api/time.ts";
import type { ResourceSample, UseSample } from "../kubelet/messages.ts";

/** Two looks at a node. */
export type Looks = readonly [before: ResourceSample, last: ResourceSample];

interface Usage {
  readonly timestampWallUs: number;
  readonly windowUs: number;
  readonly usage: { readonly cpu: string; readonly memory: string };
}

/** A container that has just started is believed after so long, counted from its start. */
const FRESH_MIN_US = 10_000_000;

/** NodeMetrics of a node; null: nothing can be said of it yet. */
export function nodeMetrics(node: ApiObject, [before, last]: Looks): ApiObject | null {
  const windowUs = last.timestampWallUs - before.timestampWallUs;
  const measured = usageBetween(before.node.cpuUs, last.node, last.timestampWallUs, windowUs);
  if (measured === null) return null;
  const { name = "", labels } = node.metadata ?? {};
  return {
    metadata: {
      name,
      creationTimestamp: formatTime(last.timestampWallUs),
      ...(labels === undefined ? {} : { labels }),
    },
    ...shown(measured),
    usage: measured.usage,
  };
}

/** PodMetrics of a pod; null: some container's figures are not there (yet). */
export function podMetrics(pod: ApiObject, [before, last]: Looks, resolutionUs: number): ApiObject | null {
  const { name = "", namespace = "", labels } = pod.metadata ?? {};
  const isOfPod = (one: { readonly namespace: string; readonly pod: string }): boolean =>
    one.namespace === namespace && one.pod === name;
  const earlier = before.containers.filter(isOfPod);
  const containers: { readonly name: string; readonly measured: Usage }[] = [];
  for (const container of last.containers.filter(isOfPod)) {
    const held = earlier.find((one) => one.container === container.container);
    const measured = containerUsage(held, container, [before, last], resolutionUs);
    if (measured === null) return null;
    containers.push({ name: container.container, measured });
  }
  const [first, ...rest] = containers;
  if (first === undefined) return null;
  const earliest = rest.reduce(
    (oldest, { measured }) => (measured.timestampWallUs < oldest.timestampWallUs ? measured : oldest),
    first.measured,
  );
  const ordered = [...containers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    metadata: {
      name,
      namespace,
      creationTimestamp: formatTime(last.timestampWallUs),
      ...(labels === undefined ? {} : { labels }),
    },
    ...shown(earliest),
    containers: ordered.map(({ name, measured }) => ({ name, usage: measured.usage })),
  };
}

function containerUsage(
  held: UseSample | undefined,
  container: UseSample,
  [before, last]: Looks,
  resolutionUs: number,
): Usage | null {
  const ageUs = last.timestampWallUs - container.startedWallUs;
  if (ageUs < resolutionUs)
    return ageUs < FRESH_MIN_US ? null : usageBetween(0, container, last.timestampWallUs, ageUs);
  if (held === undefined || held.startedWallUs !== container.startedWallUs) return null;
  return usageBetween(held.cpuUs, container, last.timestampWallUs, last.timestampWallUs - before.timestampWallUs);
}

/** Null where the counter went back, or no time has passed. */
function usageBetween(
  cpuUsBefore: number,
  { cpuUs, memoryBytes }: UseSample,
  timestampWallUs: number,
  windowUs: number,
): Usage | null {
  if (windowUs <= 0 || cpuUs < cpuUsBefore || memoryBytes === 0) return null;
  const nanoCores = Math.round(((cpuUs - cpuUsBefore) * 1_000_000_000) / windowUs);
  return {
    timestampWallUs,
    windowUs,
    usage: {
      cpu: formatQuantity({ nano: BigInt(nanoCores), format: "DecimalSI" }),
      memory: formatQuantity({ nano: BigInt(memoryBytes) * 1_000_000_000n, format: "BinarySI" }),
    },
  };
}

function shown({ timestampWallUs, windowUs }: Usage): { readonly timestamp: string; readonly window: string } {
  return { timestamp: formatTime(timestampWallUs), window: goDuration(windowUs) };
}
