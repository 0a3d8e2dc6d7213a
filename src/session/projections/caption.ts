import type { StageView, Tone } from "../../protocol/views.ts";
import { faultByName, signOf } from "../../sim/faults/faults.ts";
import type { Session } from "../session.ts";

export interface Caption {
  readonly text: string;
  readonly tone: Tone;
}

const RECENT_US = 8_000_000;

/** One sentence about what is happening now: the followed request first, then what just changed, then how things stand. */
export function captionOf(
  session: Session,
  stage: StageView,
  following: { readonly label: string; readonly from: string; readonly to: string } | null,
): Caption {
  if (!stage.ready)
    return {
      text: "The cluster is booting: machines start their kubelets, kubelets start the control plane.",
      tone: "busy",
    };
  if (following !== null) {
    const who = (id: string) => {
      const pod = stage.pods.find((each) => each.id === id);
      return pod === undefined ? plain(id) : `pod ${pod.name}`;
    };
    const text = `${who(following.from)} sends to ${who(following.to)}: ${following.label || "a message"}`;
    return { text: text.endsWith(".") ? text : `${text}.`, tone: "busy" };
  }
  return brokenCaption(session, stage) ?? podCaption(stage) ?? restCaption(stage);
}

function brokenCaption(session: Session, stage: StageView): Caption | null {
  const { faults } = session.world.state;
  const newest = [...faults.values()].at(-1);
  if (newest !== undefined && session.nowUs - newest.sinceUs < RECENT_US) {
    return {
      text: `${plain(newest.target)} is ${signOf(newest)}. ${faultByName(newest.fault)?.hint ?? ""}`,
      tone: "bad",
    };
  }
  const suffering = stage.components.find((component) => component.consequence !== "");
  if (suffering !== undefined) return { text: `${plain(suffering.id)}: ${suffering.consequence}.`, tone: "warning" };
  const silent = stage.machines.find((machine) => machine.node === "Unknown" || machine.node === "NotReady");
  if (silent !== undefined)
    return {
      text: `Node ${silent.id} is NotReady: the control plane has not heard from its kubelet.`,
      tone: "warning",
    };
  if (newest !== undefined)
    return {
      text: `Broken: ${[...faults.values()].map((record) => `${plain(record.target)} (${signOf(record)})`).join(", ")}.`,
      tone: "warning",
    };
  return null;
}

function podCaption(stage: StageView): Caption | null {
  const own = stage.pods.filter((pod) => !pod.system);
  const trouble = own.find((pod) => pod.state === "crash loop" || pod.state === "failed");
  if (trouble !== undefined)
    return { text: `Pod ${trouble.name}: ${trouble.status}, ${trouble.restarts} restarts.`, tone: "warning" };
  const moving = own.find((pod) => pod.state === "pulling" || pod.state === "starting" || pod.state === "terminating");
  if (moving !== undefined)
    return { text: `Pod ${moving.name} on ${moving.machine} is ${moving.state}.`, tone: "busy" };
  const waiting = own.filter((pod) => pod.state === "waiting");
  if (waiting.length > 0)
    return {
      text:
        waiting.length === 1
          ? `Pod ${waiting[0]?.name} waits: ${waiting[0]?.status}.`
          : `${waiting.length} pods wait to run.`,
      tone: "busy",
    };
  return null;
}

function restCaption(stage: StageView): Caption {
  const nodes = stage.machines.filter((machine) => machine.node !== "");
  const own = stage.pods.filter((pod) => !pod.system && pod.state === "running").length;
  const pods = own === 0 ? "no pods of yours run yet" : own === 1 ? "1 pod of yours runs" : `${own} pods of yours run`;
  return {
    text: `All is quiet: ${nodes.length === 1 ? "the node is" : `${nodes.length} nodes are`} Ready, ${pods}.`,
    tone: "good",
  };
}

/** `etcd@control-plane-1` as people say it. */
export function plain(id: string): string {
  if (id === "console@laptop") return "kubectl";
  const at = id.lastIndexOf("@");
  return at < 0 ? id : `${id.slice(0, at)} on ${id.slice(at + 1)}`;
}
