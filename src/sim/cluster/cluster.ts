import { deepFreeze } from "../api/object.ts";
import type { UnitDefinition } from "../components/init/messages.ts";
import type { MachineInfo, SpawnOptions } from "../kernel/types.ts";
import { createWorld, type MachineOptions, type World, type WorldCode } from "../kernel/world.ts";
import { kubeadmObjects } from "./add-ons.ts";
import { API_PORT, LAPTOP, type Layout, layOut, REGISTRY } from "./layout.ts";
import { adminKubeconfig, nodeFiles, nodeLabels } from "./node-files.ts";
import { epochWallUsOf, type MachineSpec, type Topology } from "./topology.ts";

const BOOT_US = 500_000;
/** A data-centre SSD. */
const FSYNC_US = 1_200;

/** A new cluster at virtual time 0, all machines about to be switched on. */
export function createCluster(code: WorldCode, topology: Topology, seed: number): World {
  const layout = layOut(topology);
  const machines = [laptop(layout), ...topology.machines.map((machine) => machineOptions(layout, machine)), registry()];
  return createWorld(code, { seed, epochWallUs: epochWallUsOf(topology), machines: machines.map(deepFreeze) });
}

function machineOptions(layout: Layout, machine: MachineSpec): MachineOptions {
  const info: MachineInfo = {
    name: machine.name,
    ip: layout.ipOf[machine.name] as string,
    zone: machine.zone,
    role: machine.role,
    cpuMillicores: machine.cpuMillicores,
    memoryBytes: machine.memoryBytes,
    extra: { nodeLabels: nodeLabels(machine), extendedResources: machine.resources },
  };
  if (machine.role === "load-balancer") {
    const backends = layout.controlPlanes.map((each) => ({
      name: each.name,
      address: `${layout.ipOf[each.name]}:${API_PORT}`,
    }));
    const units = [unit(machine.name, "haproxy", "HAProxy Load Balancer", "load-balancer", { backends }, 1_000_000)];
    return {
      info,
      boot: boot(machine.name, units),
      bootUs: BOOT_US / 2,
      fsyncUs: FSYNC_US,
      files: { "/etc/hostname": `${machine.name}\n` },
    };
  }
  const units = [
    unit(machine.name, "containerd", "containerd container runtime", "containerd", null, 5_000_000),
    unit(machine.name, "kubelet", "kubelet: The Kubernetes Node Agent", "kubelet", null, 10_000_000),
  ];
  const first = machine.name === layout.controlPlanes[0]?.name;
  return {
    info,
    boot: first ? [...boot(machine.name, units), kubeadmProcess(layout)] : boot(machine.name, units),
    bootUs: BOOT_US,
    fsyncUs: FSYNC_US,
    files: nodeFiles(layout, machine, epochWallUsOf(layout.topology)),
  };
}

function boot(machine: string, units: readonly UnitDefinition[]): SpawnOptions[] {
  return [
    { name: `init@${machine}`, kind: "init", args: units },
    { name: `console@${machine}`, kind: "console", args: null },
  ];
}

function unit(
  machine: string,
  name: string,
  description: string,
  kind: string,
  args: unknown,
  restartUs: number,
): UnitDefinition {
  return { name, description, process: `${kind}@${machine}`, kind, args, restartUs };
}

function kubeadmProcess(layout: Layout): SpawnOptions {
  const labels: Record<string, Record<string, string>> = {};
  for (const machine of [...layout.controlPlanes, ...layout.workers]) labels[machine.name] = nodeLabels(machine);
  const args = { kubeconfig: "/etc/kubernetes/super-admin.conf", objects: kubeadmObjects(layout), nodeLabels: labels };
  return { name: `kubeadm@${layout.controlPlanes[0]?.name}`, kind: "kubeadm", args };
}

function laptop(layout: Layout): MachineOptions {
  return {
    info: {
      name: LAPTOP.name,
      ip: LAPTOP.ip,
      zone: "",
      role: "laptop",
      cpuMillicores: 8_000,
      memoryBytes: 16 * 2 ** 30,
      extra: {},
    },
    boot: [{ name: `console@${LAPTOP.name}`, kind: "console", args: null }],
    bootUs: 0,
    fsyncUs: FSYNC_US,
    files: { "/home/you/.kube/config": adminKubeconfig(layout, LAPTOP.name, epochWallUsOf(layout.topology)) },
  };
}

function registry(): MachineOptions {
  return {
    info: {
      name: REGISTRY.name,
      ip: REGISTRY.ip,
      zone: "",
      role: "registry",
      cpuMillicores: 8_000,
      memoryBytes: 16 * 2 ** 30,
      extra: { bandwidthBytesPerSecond: REGISTRY.bandwidthBytesPerSecond },
    },
    boot: [
      {
        name: `init@${REGISTRY.name}`,
        kind: "init",
        args: [unit(REGISTRY.name, "registry", "Container image registry", "image-registry", null, 1_000_000)],
      },
    ],
    bootUs: 0,
    fsyncUs: FSYNC_US,
    files: {},
  };
}
