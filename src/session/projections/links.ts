import type { ComponentView, LinkView } from "../../protocol/views.ts";
import { type Layout, layOut } from "../../sim/cluster/layout.ts";
import type { Topology } from "../../sim/cluster/topology.ts";
import type { NetworkRule } from "../../sim/kernel/state.ts";
import type { MachineInfo } from "../../sim/kernel/types.ts";
import type { World } from "../../sim/kernel/world.ts";
import { allMarks } from "./faults.ts";

/** Links only where messages really run. */
export function linkViews(world: World, topology: Topology, components: readonly ComponentView[]): LinkView[] {
  const layout = layOut(topology);
  const ids = new Set(components.map((component) => component.id));
  const links: LinkView[] = [];
  const add = (from: string, to: string, kind: LinkView["kind"]) => {
    if (ids.has(from) && ids.has(to)) links.push(linkView(world, from, to, kind));
  };
  const door =
    layout.loadBalancer === null
      ? `kube-apiserver@${layout.controlPlanes[0]?.name}`
      : `load-balancer@${layout.loadBalancer.name}`;
  add("console@laptop", door, "kubectl");
  for (const machine of layout.controlPlanes) {
    const server = `kube-apiserver@${machine.name}`;
    if (layout.loadBalancer !== null) add(door, server, "api");
    add(server, `etcd@${machine.name}`, "etcd");
    for (const client of ["kube-scheduler", "kube-controller-manager", "kubelet"])
      add(`${client}@${machine.name}`, server, "api");
    add(`kubelet@${machine.name}`, `containerd@${machine.name}`, "cri");
  }
  addRaftLinks(layout, add);
  for (const machine of layout.workers) {
    add(`kubelet@${machine.name}`, door, "api");
    add(`kube-proxy@${machine.name}`, door, "api");
    add(`kubelet@${machine.name}`, `containerd@${machine.name}`, "cri");
  }
  return links;
}

function addRaftLinks(layout: Layout, add: (from: string, to: string, kind: LinkView["kind"]) => void): void {
  layout.etcdMembers.forEach((member, index) => {
    for (const other of layout.etcdMembers.slice(index + 1)) add(`etcd@${member.name}`, `etcd@${other.name}`, "raft");
  });
}

function linkView(world: World, from: string, to: string, kind: LinkView["kind"]): LinkView {
  const a = machineOf(from);
  const b = machineOf(to);
  const first = world.state.machines.get(a)?.info;
  const second = world.state.machines.get(b)?.info;
  const rules =
    a === b || first === undefined || second === undefined
      ? []
      : world.state.networkRules.filter((rule) => concerns(rule, first, second));
  const ids = new Set(rules.map((rule) => rule.id));
  return {
    id: `${from}--${to}`,
    from,
    to,
    kind,
    state: stateOf(rules),
    faults: ids.size === 0 ? [] : allMarks(world).filter((mark) => ids.has(mark.id)),
  };
}

function stateOf(rules: readonly NetworkRule[]): LinkView["state"] {
  let state: LinkView["state"] = "up";
  for (const { effect } of rules) {
    if (effect.type === "drop" && effect.percent >= 100) return "cut";
    state = effect.type === "drop" ? "lossy" : state === "up" ? "slow" : state;
  }
  return state;
}

function concerns(rule: NetworkRule, a: MachineInfo, b: MachineInfo): boolean {
  const [first, second] = rule.between;
  return (selects(first, a) && selects(second, b)) || (selects(first, b) && selects(second, a));
}

function selects(selector: string, machine: MachineInfo): boolean {
  return selector === "*" || selector === machine.name || selector === machine.zone;
}

export function machineOf(component: string): string {
  return component.slice(component.lastIndexOf("@") + 1);
}
