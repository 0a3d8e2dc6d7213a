import type { MessageShape, MessageView } from "../../protocol/views.ts";
import type { ProgramArgs } from "../../sim/components/container-runtime/messages.ts";
import { EventKind, type KernelEvent } from "../../sim/kernel/event-queue.ts";
import type { Packet, Process } from "../../sim/kernel/state.ts";
import type { Session } from "../session.ts";

/** More than this many at a time nobody can tell apart. */
const MESSAGES_MAX = 1_500;
const COMPONENT_KINDS = new Set([
  "etcd",
  "kube-apiserver",
  "kube-scheduler",
  "kube-controller-manager",
  "kubelet",
  "containerd",
  "kube-proxy",
  "load-balancer",
  "image-registry",
  "console",
]);

/** What is on its way right now. Followed messages first, so that a crowd never hides them. */
export function messageViews(session: Session, followed: number | null): MessageView[] {
  const { world } = session;
  const views: MessageView[] = [];
  for (const event of world.state.heap) {
    if (event.kind !== EventKind.Arrive) continue;
    const view = viewOf(session, event, followed);
    if (view !== null) views.push(view);
  }
  views.sort((a, b) => Number(b.followed) - Number(a.followed) || a.id - b.id);
  return views.slice(0, MESSAGES_MAX);
}

function viewOf(session: Session, event: KernelEvent, followed: number | null): MessageView | null {
  const { state } = session.world;
  const packet = event.payload as Packet;
  const connection = state.connections.get(event.ref);
  const fromPid = event.fromPid !== 0 ? event.fromPid : (connection?.serverPid ?? 0);
  let toPid = event.pid;
  if (toPid === 0 && connection !== undefined)
    toPid = state.listeners.get(`${connection.ip}|${connection.port}`)?.pid ?? 0;
  const from = state.processes.get(fromPid);
  const to = state.processes.get(toPid);
  if (from === undefined || to === undefined || from === to) return null;
  return {
    id: event.sequence,
    from: placeOf(from),
    to: placeOf(to),
    shape: shapeOf(packet, from, to),
    label: event.label,
    sentAtUs: event.sentAtUs,
    arrivesAtUs: event.atUs,
    trace: event.trace,
    followed: event.trace === followed,
    lost: false,
  };
}

/** A component's id, or the id of the pod that the process is a container of. */
export function placeOf(process: Process): string {
  if (COMPONENT_KINDS.has(process.kind)) return process.name;
  const args = process.args as Partial<ProgramArgs> | null;
  return args?.sandbox?.uid ?? process.name;
}

function shapeOf(packet: Packet, from: Process, to: Process): MessageShape {
  if (from.kind === "etcd" && to.kind === "etcd") return "raft";
  if (to.kind === "containerd" || from.kind === "containerd")
    return to.kind === "image-registry" || from.kind === "image-registry" ? "other" : "cri";
  if (!COMPONENT_KINDS.has(from.kind) || !COMPONENT_KINDS.has(to.kind)) return "pod";
  if (packet.type === "answer" || packet.type === "refused") return "answer";
  if (packet.type === "frame") return "watch";
  return packet.type === "open" ? "request" : "other";
}
