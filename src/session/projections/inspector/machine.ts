import type { InspectorView } from "../../../protocol/views.ts";
import { conditionOf } from "../../conditions.ts";
import type { Records } from "../../records.ts";
import type { Session } from "../../session.ts";
import { actionsFor, marksOf } from "../faults.ts";
import { cpuText, machineUse, memoryText } from "./use.ts";
import { whyComponent } from "./why.ts";

const ROLE_TEXT: Readonly<Record<string, string>> = {
  "control-plane":
    "A machine that runs the control plane: its kubelet starts API server, etcd, scheduler and controller-manager as static pods.",
  worker: "A machine that runs your pods.",
  "load-balancer": "A machine in front of the API servers.",
  laptop: "Your own machine.",
  registry: "Where images come from.",
};

interface NodeStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly allocatable?: Readonly<Record<string, string>>;
}

export function inspectMachine(session: Session, records: Records, id: string): InspectorView | null {
  const { world } = session;
  const machine = world.state.machines.get(id);
  if (machine === undefined) return null;
  const node = records.get(`/registry/minions/${id}`);
  const status = (node?.status ?? {}) as NodeStatus;
  const ready = node === null ? undefined : conditionOf(node, "Ready");
  const pods = records
    .list("/registry/pods/")
    .filter((pod) => (pod.spec as { readonly nodeName?: string } | undefined)?.nodeName === id);
  const use = machineUse(session, machine);
  const isReady = ready?.status === "True";
  const power = !machine.powered ? "no power" : machine.frozen ? "frozen" : "powered on";
  return {
    selection: { type: "machine", id },
    title: id,
    what: ROLE_TEXT[machine.info.role] ?? "",
    more: "",
    state:
      node === null
        ? power
        : `${power}, node ${isReady ? "Ready" : ready?.status === "Unknown" ? "NotReady (unknown)" : "NotReady"}`,
    tone: !machine.powered ? "off" : node === null || isReady ? "good" : "warning",
    sinceUs: machine.bootedAtUs,
    why: whyComponent(session, {
      id,
      component: "",
      machine: id,
      state: "running",
      sinceUs: 0,
      role: "",
      process: null,
    }),
    sections: [
      {
        type: "facts",
        title: "Machine",
        facts: [
          { name: "Address", value: machine.info.ip },
          { name: "Zone", value: machine.info.zone || "outside" },
          {
            name: "CPU",
            value: `${machine.info.cpuMillicores / 1000}${use === null ? "" : `, in use ${cpuText(use.cpuMillicores)}`}`,
          },
          {
            name: "Memory",
            value: `${Math.round(machine.info.memoryBytes / 2 ** 30)} GiB${use === null ? "" : `, in use ${memoryText(use.memoryBytes)}`}`,
          },
          {
            name: "Clock",
            value: machine.clockOffsetUs === 0 ? "right" : `${Math.round(machine.clockOffsetUs / 1_000_000)} s off`,
          },
        ],
      },
      ...(node === null
        ? []
        : [
            {
              type: "table" as const,
              title: "Conditions of the node, as its kubelet last said",
              columns: ["Condition", "Status", "Reason", "Message"],
              rows: (status.conditions ?? []).map((condition) => ({
                cells: [condition.type, condition.status, condition.reason ?? "", condition.message ?? ""],
              })),
            },
            {
              type: "table" as const,
              title: "Pods here",
              columns: ["Namespace", "Pod", "Phase"],
              rows: pods.map((pod) => ({
                cells: [
                  pod.metadata?.namespace ?? "",
                  pod.metadata?.name ?? "",
                  (pod.status as { readonly phase?: string } | undefined)?.phase ?? "",
                ],
                selection: {
                  type: "object" as const,
                  resource: "pods",
                  namespace: pod.metadata?.namespace ?? "",
                  name: pod.metadata?.name ?? "",
                },
              })),
            },
          ]),
    ],
    actions:
      machine.info.role === "laptop"
        ? []
        : machine.info.role === "registry"
          ? actionsFor("registry", "registry")
          : actionsFor("machine", id),
    faults: marksOf(world, id),
    commands:
      node === null
        ? []
        : [`kubectl describe node ${id}`, `kubectl cordon ${id}`, `kubectl drain ${id} --ignore-daemonsets`],
  };
}
