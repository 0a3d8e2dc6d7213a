import type { ComponentView, LinkView, MachineView, PodView, StageView, Tone } from "../../protocol/views.ts";
import type { ApiObject } from "../../sim/api/object.ts";
import { podRequests } from "../../sim/api/pod/resources.ts";
import type { Pod } from "../../sim/api/pod/types.ts";
import type { Machine } from "../../sim/kernel/state.ts";
import type { World } from "../../sim/kernel/world.ts";
import { type ComponentStatus, componentStatuses } from "../component-status.ts";
import { conditionStatus } from "../conditions.ts";
import type { Records } from "../records.ts";
import type { Session } from "../session.ts";
import { consequenceOf, doingOf } from "./doing.ts";
import { allMarks, marksOf } from "./faults.ts";
import { linkViews } from "./links.ts";
import { podViews } from "./pods.ts";

/** Draws the whole stage; keeps what did not change, so that differences are cheap to find. */
export class StageProjection {
  private podsKnown: Map<ApiObject, PodView> = new Map();
  private links: { readonly key: string; readonly views: readonly LinkView[] } | null = null;

  view(session: Session, records: Records): StageView {
    const { world } = session;
    const nodes = new Map(records.list("/registry/minions/").map((node) => [node.metadata?.name ?? "", node]));
    const podObjects = records.list("/registry/pods/");
    const requested = requestedByNode(podObjects as readonly Pod[]);
    const { views: pods, known } = podViews(world, podObjects, this.podsKnown);
    this.podsKnown = known;
    const machines = [...world.state.machines.values()].map((machine) =>
      machineView(world, machine, nodes.get(machine.info.name), requested.get(machine.info.name)),
    );
    const statuses = componentStatuses(world);
    const components = [laptopView(world), ...statuses.map((status) => componentView(world, status, records))];
    const key = `${[...world.state.machines.keys()].join()}|${world.state.networkRules.map((rule) => rule.id).join()}|${components.length}`;
    if (this.links?.key !== key) this.links = { key, views: linkViews(world, session.topology, components) };
    return {
      topology: session.topology.name,
      seed: session.seed,
      ready: session.readyAtUs !== null && session.nowUs >= session.readyAtUs,
      machines,
      components,
      pods,
      links: this.links.views,
      faults: allMarks(world),
    };
  }
}

interface Requested {
  cpuMillicores: number;
  memoryBytes: number;
}

function requestedByNode(pods: readonly Pod[]): Map<string, Requested> {
  const sums = new Map<string, Requested>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (!node || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") continue;
    const requests = podRequests(pod);
    const sum = sums.get(node) ?? { cpuMillicores: 0, memoryBytes: 0 };
    sum.cpuMillicores += requests.cpu ?? 0;
    sum.memoryBytes += requests.memory ?? 0;
    sums.set(node, sum);
  }
  return sums;
}

interface NodeFields {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
}

function machineView(
  world: World,
  machine: Machine,
  node: ApiObject | undefined,
  requested: Requested | undefined,
): MachineView {
  const { info } = machine;
  const spec = (node as (ApiObject & NodeFields) | undefined)?.spec;
  const ready = node === undefined ? "" : conditionStatus(node, "Ready");
  return {
    id: info.name,
    role: info.role === "cloud" ? "outside" : info.role,
    zone: info.zone,
    ip: info.ip,
    power: machine.frozen
      ? "frozen"
      : machine.powered
        ? "on"
        : world.state.faults.has(`power-off ${info.name}`)
          ? "off"
          : "booting",
    node: node === undefined ? "" : ready === "True" ? "Ready" : ready === "Unknown" ? "Unknown" : "NotReady",
    cordoned: spec?.unschedulable === true,
    taints: (spec?.taints ?? []).map((taint) => `${taint.key}${taint.value ? `=${taint.value}` : ""}:${taint.effect}`),
    cpuMillicores: info.cpuMillicores,
    memoryBytes: info.memoryBytes,
    cpuRequestedMillicores: requested?.cpuMillicores ?? 0,
    memoryRequestedBytes: requested?.memoryBytes ?? 0,
    faults: marksOf(world, info.name),
  };
}

function laptopView(world: World): ComponentView {
  const id = "console@laptop";
  return {
    id,
    name: "kubectl",
    machine: "laptop",
    state: "running",
    tone: "good",
    sinceUs: 0,
    role: "",
    doing: "",
    restarts: 0,
    faults: marksOf(world, id),
    consequence: "",
  };
}

function componentView(world: World, status: ComponentStatus, records: Records): ComponentView {
  const consequence = status.process === null ? "" : consequenceOf(world, status);
  return {
    id: status.id,
    name: status.component,
    machine: status.machine,
    state: status.state,
    tone: toneOf(status, consequence),
    sinceUs: status.sinceUs,
    role: status.role,
    doing: status.process === null ? "" : doingOf(world, status, records),
    restarts: 0,
    faults: marksOf(world, status.id),
    consequence,
  };
}

function toneOf(status: ComponentStatus, consequence: string): Tone {
  switch (status.state) {
    case "running":
      return consequence === "" ? "good" : "warning";
    case "starting":
      return "busy";
    case "slow":
    case "hung":
      return "warning";
    case "no power":
      return "off";
    default:
      return "bad";
  }
}
