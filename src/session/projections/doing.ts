import type { EtcdState } from "../../sim/components/etcd/state.ts";
import type { ApiServerState } from "../../sim/components/kube-apiserver/state.ts";
import type { ControllerManagerState } from "../../sim/components/kube-controller-manager/index.ts";
import type { SchedulerState } from "../../sim/components/kube-scheduler/state.ts";
import { schedulerView } from "../../sim/components/kube-scheduler/view.ts";
import type { World } from "../../sim/kernel/world.ts";
import type { ComponentStatus } from "../component-status.ts";
import type { Records } from "../records.ts";

/** One line of what a component is doing right now, read from its state. */
export function doingOf(world: World, status: ComponentStatus, records: Records): string {
  const process = status.process;
  if (process === null || !process.started) return "";
  switch (status.component) {
    case "etcd":
      return etcdDoing(process.state as EtcdState);
    case "kube-apiserver":
      return apiServerDoing(process.state as ApiServerState);
    case "kube-scheduler":
      return schedulerDoing(process.state as SchedulerState);
    case "kube-controller-manager":
      return controllersDoing(process.state as ControllerManagerState | null);
    case "kubelet":
      return kubeletDoing(records, status.machine);
    case "containerd":
      return containerdDoing(process.state);
    case "kube-proxy":
      return world.state.machines.get(status.machine)?.host.has("iptables/nat") ? "rules in place" : "no rules yet";
    default:
      return "";
  }
}

function etcdDoing(state: EtcdState): string {
  if (state.raft.leader === "" || state.raft.leader === "0") return "no leader";
  return state.pending.size > 0 ? `${state.pending.size} requests wait` : `revision ${state.store.revision}`;
}

function apiServerDoing(state: ApiServerState): string {
  if (state.phase !== "serving") return state.phase === "connecting" ? "waiting for etcd" : state.phase;
  const inFlight = state.exchanges.size;
  return inFlight === 0 ? "waiting for requests" : inFlight === 1 ? "1 request in it" : `${inFlight} requests in it`;
}

function schedulerDoing(state: SchedulerState): string {
  const view = schedulerView(state, 1);
  if (view.role !== "leader") return view.role === "standby" ? "waiting for the lease" : "starting";
  const binding = view.queues.binding[0];
  if (binding !== undefined) return `placing ${shortName(binding.pod)}`;
  const active = view.queues.active[0];
  if (active !== undefined) return `next: ${shortName(active.pod)}`;
  const stuck = view.queues.unschedulable.length;
  return stuck === 0 ? "nothing to do" : "pods fit nowhere";
}

function shortName(key: string): string {
  return key.slice(key.indexOf("/") + 1);
}

function controllersDoing(state: ControllerManagerState | null): string {
  if (state === null) return "";
  if (state.role !== "leader") return "waiting for the lease";
  for (const name of state.controllers.keys()) {
    const queue = state.machinery.queues.get(name);
    const busy = queue === undefined ? 0 : queue.dirty.size + queue.processing.size;
    if (busy > 0) return `${name}: ${busy} to do`;
  }
  return "nothing to do";
}

function kubeletDoing(records: Records, machine: string): string {
  let count = 0;
  for (const pod of records.list("/registry/pods/"))
    if ((pod.spec as { readonly nodeName?: string } | undefined)?.nodeName === machine) count += 1;
  return count === 1 ? "1 pod" : `${count} pods`;
}

function containerdDoing(state: unknown): string {
  const { pulls } = state as { readonly pulls?: ReadonlyMap<string, { readonly reference: string }> };
  const pull = pulls === undefined ? undefined : [...pulls.values()][0];
  if (pull === undefined) return "";
  return `pulling ${pull.reference.slice(pull.reference.lastIndexOf("/") + 1)}`;
}

/** What a component suffers from though it is not broken itself. */
export function consequenceOf(world: World, status: ComponentStatus): string {
  if (status.process === null || !status.process.started) return "";
  if (status.component === "etcd") {
    const { raft, phase } = status.process.state as EtcdState;
    return phase === "running" && (raft.leader === "" || raft.leader === "0") ? "no leader" : "";
  }
  if (status.component === "kube-apiserver") {
    const { etcdHealth, phase } = status.process.state as ApiServerState;
    if (phase === "connecting") return "etcd does not answer";
    return etcdHealth.error === "" ? "" : "etcd does not answer";
  }
  if (status.component === "kube-scheduler" || status.component === "kube-controller-manager") {
    return world.state.names.has(`kube-apiserver@${status.machine}`) ? "" : "no API server";
  }
  return "";
}
