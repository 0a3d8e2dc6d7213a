import type { InspectorView, Section } from "../../../protocol/views.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import { endOfPrefix } from "../../../sim/kernel/table.ts";
import type { World } from "../../../sim/kernel/world.ts";
import { componentStatuses } from "../../component-status.ts";
import type { Records } from "../../records.ts";
import type { Session } from "../../session.ts";
import { consequenceOf, doingOf } from "../doing.ts";
import { actionsFor, marksOf } from "../faults.ts";
import { ABOUT } from "./about.ts";
import { apiServerSections } from "./api-server.ts";
import { containerdSections } from "./containerd.ts";
import { controllerManagerSections } from "./controller-manager.ts";
import { etcdSections } from "./etcd.ts";
import { kubeletSections } from "./kubelet.ts";
import { schedulerSections } from "./scheduler.ts";
import { whyComponent } from "./why.ts";

const LOG_LINES = 60;

export function inspectComponent(session: Session, records: Records, id: string): InspectorView | null {
  const { world } = session;
  const at = id.lastIndexOf("@");
  const component = id.slice(0, at);
  const machine = id.slice(at + 1);
  const status = componentStatuses(world).find((each) => each.id === id) ?? null;
  if (status === null && component !== "console") return null;
  const about = ABOUT[component === "console" ? "kubectl" : component];
  const consequence = status === null ? "" : consequenceOf(world, status);
  const state =
    status === null
      ? "running"
      : `${status.state}${status.role === "" ? "" : `, ${status.role}`}${consequence === "" ? "" : `; ${consequence}`}`;
  const process = processOf(world, id);
  return {
    selection: { type: "component", id },
    title: component === "console" ? "kubectl on your laptop" : `${component} on ${machine}`,
    what: about?.what ?? "",
    more: about?.more ?? "",
    state,
    tone:
      status === null || (status.state === "running" && consequence === "")
        ? "good"
        : status.state === "no power"
          ? "off"
          : status.state === "running"
            ? "warning"
            : "bad",
    sinceUs: status?.sinceUs ?? 0,
    why: status === null ? [] : whyComponent(session, status),
    sections: [
      ...(status === null || process === null ? [] : [nowSection(doingOf(world, status, records), process)]),
      ...(process === null ? [] : ownSections(session, component, process)),
      logSection(world, id, machine),
    ],
    actions:
      component === "console"
        ? []
        : component === "image-registry"
          ? actionsFor("registry", "registry")
          : actionsFor("component", id),
    faults: marksOf(world, component === "image-registry" ? "registry" : id),
    commands: (about?.commands ?? []).map((command) =>
      command.replaceAll("worker-1", machine.startsWith("worker") ? machine : "worker-1"),
    ),
  };
}

function processOf(world: World, id: string): Process | null {
  const pid = world.state.names.get(id);
  const process = pid === undefined ? undefined : world.state.processes.get(pid);
  return process?.started ? process : null;
}

function nowSection(doing: string, process: Process): Section {
  const facts = [
    { name: "Doing", value: doing === "" ? "nothing to do" : doing },
    { name: "Address", value: process.ip },
  ];
  if (process.inbox.length > 0) facts.push({ name: "Waiting for it", value: `${process.inbox.length} messages` });
  return { type: "facts", title: "Now", facts };
}

function ownSections(session: Session, component: string, process: Process): readonly Section[] {
  switch (component) {
    case "kube-apiserver":
      return apiServerSections(session, process);
    case "etcd":
      return etcdSections(session.world, process);
    case "kube-scheduler":
      return schedulerSections(process);
    case "kube-controller-manager":
      return controllerManagerSections(process);
    case "kubelet":
      return kubeletSections(process, session.nowUs);
    case "containerd":
      return containerdSections(process, session.nowUs);
    default:
      return counterSection(process);
  }
}

function counterSection(process: Process): readonly Section[] {
  if (process.counters.size === 0) return [];
  const facts = [...process.counters].slice(0, 20).map(([name, value]) => ({ name, value: String(value) }));
  return [{ type: "facts", title: "Counted", facts }];
}

export function logSection(world: World, id: string, machine: string): Section {
  const lines: { atUs: number; text: string }[] = [];
  world.state.machines.get(machine)?.logs.range(`${id}\u0000`, endOfPrefix(`${id}\u0000`), (_key, line) => {
    lines.push({ atUs: line.atUs, text: line.text });
  });
  return { type: "log", title: "Log", lines: lines.slice(-LOG_LINES) };
}
