import type { PodView } from "../../protocol/views.ts";
import type { ApiObject } from "../../sim/api/object.ts";
import { isPodTerminal, podCondition } from "../../sim/api/pod/status.ts";
import type { ContainerStatus, Pod } from "../../sim/api/pod/types.ts";
import { parseTime } from "../../sim/api/time.ts";
import type { RuntimeState } from "../../sim/components/container-runtime/state.ts";
import type { World } from "../../sim/kernel/world.ts";
import { marksOf } from "./faults.ts";

/** Pods as etcd has them, with what only the nodes know: how far a pull is, whether the node has power. */
export function podViews(
  world: World,
  pods: readonly ApiObject[],
  previous: ReadonlyMap<ApiObject, PodView>,
): { readonly views: PodView[]; readonly known: Map<ApiObject, PodView> } {
  const known = new Map<ApiObject, PodView>();
  const views = pods.map((object) => {
    const pod = object as Pod;
    const machine = world.state.machines.get(pod.spec?.nodeName ?? "");
    // What has ended is known, whatever becomes of its node.
    const lost = machine !== undefined && !machine.powered && !isPodTerminal(pod);
    const before = previous.get(object);
    // Only a pod that waits for an image, or whose node is gone, looks different while its record stays the same.
    if (
      before !== undefined &&
      before.state !== "pulling" &&
      before.state !== "starting" &&
      (before.state === "lost") === lost &&
      before.faults.length === 0 &&
      world.state.faults.size === 0
    ) {
      known.set(object, before);
      return before;
    }
    const view = podView(world, pod, lost);
    known.set(object, view);
    return view;
  });
  return { views, known };
}

function podView(world: World, pod: Pod, lost: boolean): PodView {
  const namespace = pod.metadata?.namespace ?? "";
  const name = pod.metadata?.name ?? "";
  const containers = pod.status?.containerStatuses ?? [];
  const total = pod.spec?.containers?.length ?? 0;
  const progress = pullProgress(world, pod);
  const waiting = containers.find((container) => container.state?.waiting !== undefined)?.state?.waiting?.reason ?? "";
  const restarts = containers.reduce((sum, container) => sum + (container.restartCount ?? 0), 0);
  return {
    id: pod.metadata?.uid ?? `${namespace}/${name}`,
    namespace,
    name,
    machine: pod.spec?.nodeName ?? "",
    state: lost ? "lost" : stateOf(pod, waiting, progress),
    status: statusText(pod, containers, waiting),
    ready: `${containers.filter((container) => container.ready).length}/${total}`,
    restarts,
    progress,
    nextRestartAtUs: waiting === "CrashLoopBackOff" ? nextRestartAtUs(world, containers) : null,
    owner: ownerName(pod),
    system: namespace === "kube-system",
    faults: marksOf(world, `pod/${name}`),
  };
}

function stateOf(pod: Pod, waiting: string, progress: number | null): PodView["state"] {
  if (pod.metadata?.deletionTimestamp !== undefined) return "terminating";
  const phase = pod.status?.phase;
  if (phase === "Succeeded") return "succeeded";
  if (phase === "Failed") return "failed";
  if (waiting === "CrashLoopBackOff") return "crash loop";
  if (phase === "Running") return podCondition(pod, "Ready")?.status === "True" ? "running" : "not ready";
  if (!pod.spec?.nodeName) return "waiting";
  if (progress !== null) return "pulling";
  return waiting === "ErrImagePull" || waiting === "ImagePullBackOff" || waiting === "CreateContainerConfigError"
    ? "waiting"
    : "starting";
}

/** kubectl's STATUS column, for the cases that a person meets (pkg/printers/internalversion, printPod). */
function statusText(pod: Pod, containers: readonly ContainerStatus[], waiting: string): string {
  if (pod.metadata?.deletionTimestamp !== undefined)
    return pod.status?.reason === "NodeLost" ? "Unknown" : "Terminating";
  if (waiting !== "") return waiting;
  const terminated = containers.find((container) => container.state?.terminated !== undefined)?.state?.terminated;
  if (terminated !== undefined && pod.status?.phase !== "Running") return terminated.reason ?? pod.status?.phase ?? "";
  if (terminated !== undefined && !containers.some((container) => container.ready)) return terminated.reason ?? "Error";
  return pod.status?.reason ?? pod.status?.phase ?? "Pending";
}

function ownerName(pod: Pod): string {
  const owner = pod.metadata?.ownerReferences?.find((reference) => reference.controller);
  if (owner === undefined || owner.kind === "Node") return "";
  const hash = pod.metadata?.labels?.["pod-template-hash"];
  return owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? owner.name.slice(0, -hash.length - 1)
    : owner.name;
}

/** How far the pod's image is, 0 to 1; null when none is on its way. */
function pullProgress(world: World, pod: Pod): number | null {
  if (pod.status?.phase !== "Pending" || !pod.spec?.nodeName) return null;
  const pid = world.state.names.get(`containerd@${pod.spec.nodeName}`);
  const runtime = pid === undefined ? undefined : (world.state.processes.get(pid)?.state as RuntimeState | null);
  if (!runtime?.pulls) return null;
  for (const container of pod.spec.containers ?? []) {
    for (const pull of runtime.pulls.values()) {
      if (!pull.reference.endsWith(container.image ?? "\u0000")) continue;
      const total = pull.image?.sizeBytes ?? 0;
      if (total === 0) return 0;
      let doneBytes = pull.doneBytes;
      for (const layer of pull.downloading.values())
        doneBytes += Math.min(layer.sizeBytes, ((world.nowUs - layer.askedAtUs) / 1_000_000) * 50_000_000);
      return Math.min(1, doneBytes / total);
    }
  }
  return null;
}

const BACK_OFF_SECONDS_MAX = 300;

/** When the kubelet's back-off ends: 10 s, doubling with every restart, from the last end. */
function nextRestartAtUs(world: World, containers: readonly ContainerStatus[]): number | null {
  for (const container of containers) {
    if (container.state?.waiting?.reason !== "CrashLoopBackOff") continue;
    const finished = container.lastState?.terminated?.finishedAt;
    const at = finished ? parseTime(finished) : null;
    if (at === null) return null;
    const seconds = Math.min(BACK_OFF_SECONDS_MAX, 10 * 2 ** Math.max(0, (container.restartCount ?? 1) - 1));
    return at - world.state.epochWallUs + seconds * 1_000_000;
  }
  return null;
}
