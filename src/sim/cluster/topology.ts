import { parseTime } from "../api/time.ts";

/** What a cluster is made of, as JSON: `lab topology FILE` reads this shape. */
export interface Topology {
  readonly name: string;
  readonly machines: readonly MachineSpec[];
  readonly kubernetes: KubernetesOptions;
  /** What the machines' clocks show at virtual time 0, as RFC 3339; DEFAULT_EPOCH where it is not said. */
  readonly epoch?: string;
}

export const DEFAULT_EPOCH = "2026-11-20T09:00:00Z";

export interface MachineSpec {
  readonly name: string;
  /** `etcd`: external etcd member, no kubelet workloads of the control plane. */
  readonly role: "control-plane" | "worker" | "load-balancer";
  readonly zone: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Extended resources, such as `nvidia.com/gpu`. */
  readonly resources: Readonly<Record<string, number>>;
}

export interface KubernetesOptions {
  /** Control-plane nodes take ordinary pods. */
  readonly untainted: boolean;
  readonly nodeMonitorGracePeriod: string;
  /** How many control-plane machines run an etcd member: the first ones. */
  readonly etcdMembers: number;
  /** Raises clients' rate limits (QPS, burst) by this factor, for scale runs; 1 is upstream's. */
  readonly rateLimitFactor: number;
  readonly proxyMode: "iptables";
  /** With metrics-server from the start, which kubeadm does not install: `kubectl top`, HorizontalPodAutoscalers. */
  readonly metricsServer: boolean;
  /** With local-path-provisioner and its default class, which kubeadm does not install: claims get folders on their nodes. */
  readonly localPathProvisioner: boolean;
}

const EPOCH_MIN_US = parseTime("1971-01-01T00:00:00Z") as number;
const EPOCH_MAX_US = parseTime("9000-01-01T00:00:00Z") as number;
const GIB = 1024 * 1024 * 1024;

export const DEFAULT_OPTIONS: KubernetesOptions = {
  untainted: false,
  nodeMonitorGracePeriod: "50s",
  etcdMembers: 1,
  rateLimitFactor: 1,
  proxyMode: "iptables",
  metricsServer: false,
  localPathProvisioner: false,
};

function machine(
  name: string,
  role: MachineSpec["role"],
  zone: string,
  cpus: number,
  gibibytes: number,
  extra?: Partial<Pick<MachineSpec, "labels" | "resources">>,
): MachineSpec {
  return {
    name,
    role,
    zone,
    cpuMillicores: cpus * 1000,
    memoryBytes: gibibytes * GIB,
    labels: {},
    resources: {},
    ...extra,
  };
}

const MEMORY_INTENSIVE = { labels: { workload: "memory-intensive" }, resources: { "nvidia.com/gpu": 1 } };

const TOPOLOGIES: readonly Topology[] = [
  {
    name: "single",
    machines: [machine("control-plane-1", "control-plane", "zone-a", 4, 8)],
    kubernetes: { ...DEFAULT_OPTIONS, untainted: true },
  },
  {
    name: "basic",
    machines: [
      machine("control-plane-1", "control-plane", "zone-a", 2, 4),
      machine("worker-1", "worker", "zone-a", 4, 8),
      machine("worker-2", "worker", "zone-a", 4, 8),
      machine("worker-3", "worker", "zone-a", 4, 8),
    ],
    kubernetes: DEFAULT_OPTIONS,
  },
  {
    name: "ha",
    machines: [
      machine("lb-1", "load-balancer", "zone-a", 2, 4),
      machine("control-plane-1", "control-plane", "zone-a", 4, 16),
      machine("control-plane-2", "control-plane", "zone-b", 4, 16),
      machine("control-plane-3", "control-plane", "zone-c", 4, 16),
      machine("worker-1", "worker", "zone-a", 16, 64),
      machine("worker-2", "worker", "zone-b", 16, 64),
      machine("worker-3", "worker", "zone-c", 16, 64),
      machine("worker-4", "worker", "zone-a", 32, 128, MEMORY_INTENSIVE),
      machine("worker-5", "worker", "zone-b", 32, 128, MEMORY_INTENSIVE),
    ],
    kubernetes: { ...DEFAULT_OPTIONS, etcdMembers: 3 },
  },
];

export const TOPOLOGY_NAMES: readonly string[] = TOPOLOGIES.map((topology) => topology.name);

export function topologyByName(name: string): Topology | undefined {
  return TOPOLOGIES.find((topology) => topology.name === name);
}

/** When virtual time 0 is, in microseconds since 1970. */
export function epochWallUsOf(topology: Topology): number {
  return parseTime(topology.epoch ?? DEFAULT_EPOCH) as number;
}

/** `count` workers behind one or three control-plane machines: for benchmarks and scale runs. */
export function scaleTopology(workers: number, etcdMembers: 1 | 3, rateLimitFactor: number): Topology {
  const zones = ["zone-a", "zone-b", "zone-c"];
  const machines: MachineSpec[] = [];
  for (let index = 0; index < etcdMembers; index += 1) {
    machines.push(machine(`control-plane-${index + 1}`, "control-plane", zones[index % 3] as string, 16, 64));
  }
  if (etcdMembers > 1) machines.unshift(machine("lb-1", "load-balancer", "zone-a", 4, 8));
  for (let index = 0; index < workers; index += 1) {
    machines.push(machine(`worker-${index + 1}`, "worker", zones[index % 3] as string, 16, 64));
  }
  return { name: `scale-${workers}`, machines, kubernetes: { ...DEFAULT_OPTIONS, etcdMembers, rateLimitFactor } };
}

/** Reads a topology file. Throws an Error whose message is one sentence. */
export function parseTopology(text: string): Topology {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("The topology file is not valid JSON.");
  }
  const file = value as Partial<Topology> | null;
  if (typeof file !== "object" || file === null || !Array.isArray(file.machines)) {
    throw new Error('A topology file is a JSON object with a list "machines".');
  }
  if (file.machines.length > 6_000) throw new Error("A topology has at most 6000 machines.");
  const machines = file.machines.map(readMachine);
  const names = new Set(machines.map((each) => each.name));
  if (names.size !== machines.length) throw new Error("Two machines of the topology have the same name.");
  const controlPlanes = machines.filter((each) => each.role === "control-plane").length;
  if (controlPlanes === 0) throw new Error('A topology needs at least one machine of role "control-plane".');
  const kubernetes = readOptions({ ...DEFAULT_OPTIONS, etcdMembers: controlPlanes, ...(file.kubernetes ?? {}) });
  if (!(kubernetes.etcdMembers >= 1 && kubernetes.etcdMembers <= controlPlanes)) {
    throw new Error(`etcdMembers must be between 1 and the number of control-plane machines, ${controlPlanes}.`);
  }
  if (controlPlanes > 1 && !machines.some((each) => each.role === "load-balancer")) {
    machines.unshift(machine("lb-1", "load-balancer", machines[0]?.zone ?? "zone-a", 2, 4));
  }
  const name = typeof file.name === "string" ? file.name : "custom";
  return { name, machines, kubernetes, ...(file.epoch === undefined ? {} : { epoch: readEpoch(file.epoch) }) };
}

/** Years that certificates and RFC 3339 can hold. Throws an Error whose message is one sentence. */
export function readEpoch(value: unknown): string {
  const atUs = typeof value === "string" && value.length <= 40 ? parseTime(value) : null;
  if (atUs === null || atUs < EPOCH_MIN_US || atUs > EPOCH_MAX_US)
    throw new Error(`The epoch must be a time such as ${DEFAULT_EPOCH}, between the years 1971 and 9000.`);
  return value as string;
}

function readOptions(given: KubernetesOptions): KubernetesOptions {
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULT_OPTIONS))
      throw new Error(`There is no setting "${name}"; there are ${Object.keys(DEFAULT_OPTIONS).join(", ")}.`);
  }
  if (typeof given.untainted !== "boolean") throw new Error("untainted must be true or false.");
  if (typeof given.nodeMonitorGracePeriod !== "string" || !/^(\d+(ms|s|m|h))+$/.test(given.nodeMonitorGracePeriod))
    throw new Error("nodeMonitorGracePeriod must be a duration such as 50s.");
  if (!Number.isSafeInteger(given.etcdMembers)) throw new Error("etcdMembers must be a whole number.");
  if (!(given.rateLimitFactor >= 0.01 && given.rateLimitFactor <= 1_000_000))
    throw new Error("rateLimitFactor must be a number from 0.01 to 1000000.");
  if (typeof given.metricsServer !== "boolean") throw new Error("metricsServer must be true or false.");
  if (given.proxyMode !== "iptables") throw new Error('proxyMode must be "iptables".');
  return given;
}

const AMOUNT_MAX = 2 ** 50;

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= AMOUNT_MAX;
}

function isRecordOf(value: unknown, type: "string" | "number"): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === type)
  );
}

function readMachine(value: unknown, index: number): MachineSpec {
  const given = value as Partial<MachineSpec> & { readonly cpu?: number; readonly memoryGiB?: number };
  if (typeof given?.name !== "string" || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(given.name)) {
    throw new Error(`Machine ${index + 1} of the topology needs a name of lower-case letters, digits and '-'.`);
  }
  const role = given.role ?? "worker";
  if (role !== "control-plane" && role !== "worker" && role !== "load-balancer") {
    throw new Error(
      `Machine ${given.name} has role "${String(role)}"; it must be control-plane, worker or load-balancer.`,
    );
  }
  const zone: unknown = given.zone ?? "zone-a";
  if (typeof zone !== "string" || !/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(zone))
    throw new Error(`Machine ${given.name} needs a zone that can be a label's value.`);
  for (const name of ["cpu", "memoryGiB", "cpuMillicores", "memoryBytes"] as const) {
    if (given[name] !== undefined && !isAmount(given[name]))
      throw new Error(`Machine ${given.name}: ${name} must be a number above 0.`);
  }
  if (!isRecordOf(given.labels ?? {}, "string"))
    throw new Error(`Machine ${given.name}: labels must be texts by name.`);
  if (!isRecordOf(given.resources ?? {}, "number"))
    throw new Error(`Machine ${given.name}: resources must be numbers by name.`);
  return {
    ...machine(given.name, role, given.zone ?? "zone-a", given.cpu ?? 4, given.memoryGiB ?? 8),
    ...(given.cpuMillicores === undefined ? {} : { cpuMillicores: given.cpuMillicores }),
    ...(given.memoryBytes === undefined ? {} : { memoryBytes: given.memoryBytes }),
    labels: given.labels ?? {},
    resources: given.resources ?? {},
  };
}
