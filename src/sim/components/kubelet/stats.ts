import { formatTime } from "../../api/time.ts";
import { LOOK_US, lookBefore, readCgroups, readRootCgroup, sampleAt } from "../../kernel/cgroups.ts";
import type { Context } from "../../kernel/types.ts";
import type { ResourceSample, UseSample } from "./messages.ts";

/**
 * What the node and its containers have used, as cAdvisor's last look saw it: at most 10 s old. Nothing is measured
 * until somebody asks.
 */
export function resourceSample(context: Context, atUs: number): ResourceSample {
  const lookUs = lookBefore(atUs);
  const wallOf = (us: number): number => context.wallUs() - (context.nowUs - us);
  const containers = [];
  const root = readRootCgroup(context.host);
  let { cpuUs = 0, memoryBytes = 0 } = (root && sampleAt(root, lookUs)) ?? {};
  for (const cgroup of readCgroups(context.host)) {
    const sample = sampleAt(cgroup, lookUs);
    if (sample === null) continue;
    cpuUs += sample.cpuUs;
    memoryBytes += sample.memoryBytes;
    const { namespace = "", pod = "", uid = "", container = "" } = cgroup.labels;
    const startedWallUs = wallOf(cgroup.startedAtUs);
    const { cpuUs: used, memoryBytes: held } = sample;
    containers.push({ namespace, pod, uid, container, startedWallUs, cpuUs: used, memoryBytes: held });
  }
  const node: UseSample = {
    startedWallUs: wallOf(root?.startedAtUs ?? 0),
    cpuUs,
    memoryBytes: Math.min(memoryBytes, context.machine.memoryBytes),
  };
  return { atUs: lookUs, timestampWallUs: wallOf(lookUs), node, containers };
}

/** `/metrics/resource`: Prometheus' text format. */
export function resourceMetricsText(context: Context): string {
  const { timestampWallUs, node, containers } = resourceSample(context, context.nowUs);
  const atMs = Math.floor(timestampWallUs / 1000);
  const pods = podTotals(containers);
  const ofContainer = ({ namespace, pod, container }: (typeof containers)[number]): string =>
    `{container="${container}",namespace="${namespace}",pod="${pod}"}`;
  const ofPod = ({ namespace, pod }: { readonly namespace: string; readonly pod: string }): string =>
    `{namespace="${namespace}",pod="${pod}"}`;
  const family = (name: string, help: string, type: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ""
      : `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${lines.map((line) => `${name}${line}\n`).join("")}`;
  const cpu = ({ cpuUs }: { readonly cpuUs: number }): string => `${seconds(cpuUs)} ${atMs}`;
  const memory = ({ memoryBytes }: { readonly memoryBytes: number }): string => `${memoryBytes} ${atMs}`;
  return [
    family(
      "container_cpu_usage_seconds_total",
      "Cumulative cpu time consumed by the container in core-seconds",
      "counter",
      containers.map((one) => `${ofContainer(one)} ${cpu(one)}`),
    ),
    family(
      "container_memory_working_set_bytes",
      "Current working set of the container in bytes",
      "gauge",
      containers.map((one) => `${ofContainer(one)} ${memory(one)}`),
    ),
    family(
      "container_start_time_seconds",
      "Start time of the container since unix epoch in seconds",
      "gauge",
      containers.map((one) => `${ofContainer(one)} ${seconds(one.startedWallUs)}`),
    ),
    family("node_cpu_usage_seconds_total", "Cumulative cpu time consumed by the node in core-seconds", "counter", [
      ` ${cpu(node)}`,
    ]),
    family("node_memory_working_set_bytes", "Current working set of the node in bytes", "gauge", [` ${memory(node)}`]),
    family(
      "pod_cpu_usage_seconds_total",
      "Cumulative cpu time consumed by the pod in core-seconds",
      "counter",
      pods.map((one) => `${ofPod(one)} ${cpu(one)}`),
    ),
    family(
      "pod_memory_working_set_bytes",
      "Current working set of the pod in bytes",
      "gauge",
      pods.map((one) => `${ofPod(one)} ${memory(one)}`),
    ),
    family("resource_scrape_error", "1 if there was an error while getting container metrics, 0 otherwise", "gauge", [
      " 0",
    ]),
  ].join("");
}

type ContainerSample = ResourceSample["containers"][number];

interface PodTotal {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly startedWallUs: number;
  readonly cpuUs: number;
  readonly memoryBytes: number;
  readonly containers: readonly ContainerSample[];
}

function podTotals(containers: readonly ContainerSample[]): PodTotal[] {
  const totals = new Map<string, PodTotal>();
  for (const one of containers) {
    const held = totals.get(one.uid);
    totals.set(one.uid, {
      namespace: one.namespace,
      pod: one.pod,
      uid: one.uid,
      startedWallUs: Math.min(held?.startedWallUs ?? one.startedWallUs, one.startedWallUs),
      cpuUs: (held?.cpuUs ?? 0) + one.cpuUs,
      memoryBytes: (held?.memoryBytes ?? 0) + one.memoryBytes,
      containers: [...(held?.containers ?? []), one],
    });
  }
  return [...totals.values()];
}

/** Go's shortest form of seconds, from microseconds. */
function seconds(us: number): string {
  return String(us / 1_000_000);
}

/** `/stats/summary`, as far as CPU and memory go. */
export function statsSummary(context: Context): unknown {
  const now = resourceSample(context, context.nowUs);
  const before = resourceSample(context, now.atUs - LOOK_US);
  const time = formatTime(now.timestampWallUs);
  const use = (last: UseSample, earlier: UseSample | undefined): object => ({
    startTime: formatTime(last.startedWallUs),
    cpu: {
      time,
      usageNanoCores: nanoCores(last, earlier, now.timestampWallUs, before.timestampWallUs),
      usageCoreNanoSeconds: last.cpuUs * 1000,
    },
    memory: { time, usageBytes: last.memoryBytes, workingSetBytes: last.memoryBytes, rssBytes: last.memoryBytes },
  });
  const earlierPods = new Map(podTotals(before.containers).map((pod) => [pod.uid, pod]));
  const node = use(now.node, before.node) as { readonly memory: object };
  return {
    node: {
      nodeName: context.machine.name,
      ...node,
      memory: { ...node.memory, availableBytes: context.machine.memoryBytes - now.node.memoryBytes },
    },
    pods: podTotals(now.containers).map((pod) => {
      const earlier = earlierPods.get(pod.uid);
      return {
        podRef: { name: pod.pod, namespace: pod.namespace, uid: pod.uid },
        containers: pod.containers.map((container) => ({
          name: container.container,
          ...use(
            container,
            earlier?.containers.find((one) => one.container === container.container),
          ),
        })),
        ...use(pod, earlier),
      };
    }),
  };
}

function nanoCores(last: UseSample, earlier: UseSample | undefined, atWallUs: number, beforeWallUs: number): number {
  const sinceWallUs = earlier === undefined || earlier.cpuUs > last.cpuUs ? last.startedWallUs : beforeWallUs;
  const spentUs = last.cpuUs - (sinceWallUs === beforeWallUs ? (earlier?.cpuUs ?? 0) : 0);
  return Math.round((spentUs * 1_000_000_000) / Math.max(1, atWallUs - sinceWallUs));
}
