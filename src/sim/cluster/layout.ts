import type { MachineSpec, Topology } from "./topology.ts";

/** Addresses of a cluster, all derived from its topology: one place, so that files, flags and objects agree. */
export interface Layout {
  readonly topology: Topology;
  readonly ipOf: Readonly<Record<string, string>>;
  readonly controlPlanes: readonly MachineSpec[];
  readonly workers: readonly MachineSpec[];
  readonly etcdMembers: readonly MachineSpec[];
  readonly loadBalancer: MachineSpec | null;
  /** Where pods' addresses come from. */
  readonly podCidr: string;
  /** What kubeconfigs of people and kubelets say: `10.0.0.5:6443`. */
  readonly endpoint: string;
}

/** A node gets a /24: the usual range has room for 256 nodes, the large one for 32,768. */
const POD_CIDR = "10.244.0.0/16";
const LARGE_POD_CIDR = "10.128.0.0/9";
const LARGE_FROM_NODES = 250;
export const SERVICE_CIDR = "10.96.0.0/12";
export const CLUSTER_DNS = "10.96.0.10";
export const CLUSTER_DOMAIN = "cluster.local";
export const KUBERNETES_VERSION = "v1.33.1";
export const API_PORT = 6443;

export const LAPTOP = { name: "laptop", ip: "192.168.1.10" } as const;
export const REGISTRY = { name: "registry", ip: "198.51.100.10", bandwidthBytesPerSecond: 50_000_000 } as const;

export function layOut(topology: Topology): Layout {
  const ipOf: Record<string, string> = { [LAPTOP.name]: LAPTOP.ip, [REGISTRY.name]: REGISTRY.ip };
  const of = (role: MachineSpec["role"]) => topology.machines.filter((machine) => machine.role === role);
  const controlPlanes = of("control-plane");
  const workers = of("worker");
  const balancers = of("load-balancer");
  balancers.forEach((machine, index) => {
    ipOf[machine.name] = `10.0.0.${5 + index}`;
  });
  controlPlanes.forEach((machine, index) => {
    ipOf[machine.name] = `10.0.0.${11 + index}`;
  });
  workers.forEach((machine, index) => {
    ipOf[machine.name] = `10.0.${1 + Math.floor(index / 200)}.${21 + (index % 200)}`;
  });
  const loadBalancer = balancers[0] ?? null;
  return {
    topology,
    ipOf,
    controlPlanes,
    workers,
    etcdMembers: controlPlanes.slice(0, topology.kubernetes.etcdMembers),
    loadBalancer,
    podCidr: controlPlanes.length + workers.length > LARGE_FROM_NODES ? LARGE_POD_CIDR : POD_CIDR,
    endpoint: `${ipOf[(loadBalancer ?? (controlPlanes[0] as MachineSpec)).name]}:${API_PORT}`,
  };
}
