import type { ApiObject } from "../../api/object.ts";
import { isMirrorPod } from "../../api/pod/status.ts";
import { withEntry } from "../../kernel/collections.ts";
import type { Component, Context, KernelMessage } from "../../kernel/types.ts";
import type { Delta, InformerTag } from "../../machinery/informer.ts";
import { klog } from "../../machinery/klog.ts";
import { readKubeconfig } from "../../machinery/kubeconfig.ts";
import { createMachinery, type Machinery, machineryStep, startInformers } from "../../machinery/machinery.ts";
import { isAlreadyExists, isNotFound, resultOf } from "../../machinery/requests.ts";
import { NODES, PODS, SERVICES } from "../../machinery/resources.ts";
import type { ContainerEvent, CriResponse } from "../container-runtime/messages.ts";
import { type ClaimTag, claimAnswered } from "./claims.ts";
import { DEFAULT_CONFIG, KUBELET_CONFIG_PATH, type KubeletConfig, readConfig } from "./config.ts";
import { type CsiNodeTag, createCsiNode, csiNodeAnswered } from "./csi-node.ts";
import { nodeFacts } from "./environment.ts";
import { nodeEvent, podEvent } from "./events.ts";
import type { HookTag } from "./hooks.ts";
import { preStopDone } from "./kill.ts";
import { type LeaseTag, leaseAnswered, renewLease } from "./lease.ts";
import type { KubeletRequest } from "./messages.ts";
import { ensureMirror, type MirrorTag } from "./mirror-pods.ts";
import {
  type NodeTag,
  nodeStatusAnswered,
  nodeStatusDue,
  ownNodeSeen,
  register,
  registerAnswered,
} from "./node-status.ts";
import {
  connectRuntime,
  containerEvent,
  containerStopped,
  containersListed,
  relist,
  removeOrphans,
  runtimeCheckDue,
  runtimeStreamClosed,
  sandboxesListed,
  sandboxStopped,
  statusChecked,
  syncAll,
} from "./pleg.ts";
import { addPod, deadlinePassed, removePod, retryResize, updatePod } from "./pod-workers.ts";
import { execProbeAnswered, type ProbeTag, probeAnswered, probeDue } from "./probes/manager.ts";
import { type RuntimeClassTag, runtimeClassAnswered, sandboxFailed } from "./runtime-class.ts";
import { callRuntime, type RuntimeTag, unavailableText } from "./runtime-link.ts";
import { type LogTag, logsRead, openServer, openStream, relayClosed, relayFrame, serveRequest } from "./server.ts";
import { containerStepAnswered, nextItem, pullAnswered, pullOver } from "./start-containers.ts";
import type { KubeletMessage, KubeletState, PodWorker } from "./state.ts";
import { scanManifests, startWaitingStatics } from "./static-pods.ts";
import { noticeStatus, retryLater, retryStatuses, type StatusTag, statusAnswered } from "./status-manager.ts";
import { failFlow, sandboxCreated, settleFlow, syncPod } from "./sync.ts";
import { deleteWhenReported } from "./termination.ts";
import { after } from "./timers.ts";
import { type TokenTag, tokenAnswered } from "./tokens.ts";
import type { Pod } from "./types.ts";
import { refreshVolumes } from "./volumes.ts";

const KUBECONFIG = "/etc/kubernetes/kubelet.conf";
const SCAN_US = 20_000_000;
const MIRROR_RETRY_US = 5_000_000;

type Tag =
  | RuntimeTag
  | StatusTag
  | NodeTag
  | LeaseTag
  | CsiNodeTag
  | TokenTag
  | ClaimTag
  | RuntimeClassTag
  | MirrorTag
  | ProbeTag
  | HookTag
  | LogTag
  | { readonly kubelet: "ignored" };

/** The node agent: unit `kubelet` of every machine that is a node. */
export const kubelet: Component<KubeletState, KubeletMessage> = {
  kind: "kubelet",

  start(context: Context): KubeletState {
    const config = readConfig(context.disk);
    const state = emptyState(
      context.machine.name,
      config ?? DEFAULT_CONFIG,
      config === null ? null : machineryOf(context, config),
    );
    if (config === null) {
      context.log(
        `E run.go:72] "command failed" err="failed to load kubelet config file, path: ${KUBELET_CONFIG_PATH}, error: open ${KUBELET_CONFIG_PATH}: no such file or directory"`,
      );
      context.exit(1);
      return state;
    }
    klog(context, "I", "server.go:530", '"Kubelet version" kubeletVersion="v1.33.1"');
    openServer(context);
    nodeEvent(state, context, "Normal", "Starting", "Starting kubelet.");
    connectRuntime(state, context);
    scanManifests(state, context);
    if (state.machinery !== null) {
      startInformers(state.machinery, context);
      register(state, context);
      renewLease(state, context);
    }
    after(context, 5_000_000, { type: "runtimeCheck" });
    after(context, 10_000_000, { type: "nodeStatus" });
    after(context, SCAN_US, { type: "manifestScan" });
    return state;
  },

  step(state, message, context): void {
    if (isStale(state, message, context)) return;
    const outcomes = state.machinery === null ? null : machineryStep(state.machinery, message, context);
    if (outcomes !== null) {
      for (const outcome of outcomes) {
        if (outcome.type === "deltas")
          for (const delta of outcome.deltas) objectChanged(state, outcome.informer, delta, context);
        else if (outcome.type === "synced") informerSynced(state, outcome.informer, context);
      }
      return;
    }
    switch (message.type) {
      case "request":
        serveRequest(state, context, message.id, message.body as KubeletRequest);
        return;
      case "streamOpened":
        openStream(state, context, message.id, message.body as KubeletRequest);
        return;
      case "streamFrame":
        if (!relayFrame(state, context, message.id, message.frame))
          containerEvent(state, message.frame as ContainerEvent, context);
        return;
      case "streamClosed":
        if (!relayClosed(state, context, message.id, message.error)) runtimeStreamClosed(state, message.id, context);
        return;
      case "response":
      case "requestFailed":
        answered(state, message, context);
        return;
      case "signal":
        context.exit(0);
        return;
      case "runtimeConnect":
        connectRuntime(state, context);
        return;
      case "runtimeCheck":
        runtimeCheckDue(state, context);
        return;
      case "pleg":
        relist(state, context);
        return;
      case "podRetry":
        withWorker(state, message.uid, (worker) => {
          worker.retry = null;
          syncPod(state, worker, context);
        });
        return;
      case "resizeRetry":
        withWorker(state, message.uid, (worker) => retryResize(state, worker, context));
        return;
      case "podDeadline":
        withWorker(state, message.uid, (worker) => deadlinePassed(state, worker, context));
        return;
      case "nodeStatus":
        nodeStatusDue(state, context);
        return;
      case "nodeRegister":
        register(state, context);
        return;
      case "csiNode":
        createCsiNode(state, context, message.uid);
        return;
      case "leaseRenew":
        renewLease(state, context);
        return;
      case "manifestScan":
        after(context, SCAN_US, { type: "manifestScan" });
        scanManifests(state, context);
        startWaitingStatics(state, context);
        return;
      case "statusRetry":
        retryStatuses(state, context);
        for (const worker of state.workers.values()) deleteWhenReported(state, worker, context);
        return;
      case "probe":
        probeDue(state, message.key, context);
        return;
      case "sleepOver":
        withWorker(state, message.uid, (worker) =>
          hookOver(state, worker, message.containerId, message.hook, null, context),
        );
        return;
      default:
        return;
    }
  },
};

function machineryOf(context: Context, config: KubeletConfig): Machinery | null {
  const kubeconfig = readKubeconfig(context.disk, KUBECONFIG);
  if (kubeconfig === null) return null;
  const { name } = context.machine;
  return createMachinery({
    kubeconfig,
    client: {
      userAgent: "kubelet/v1.33.1 (linux/amd64) kubernetes/8adc0f0",
      qps: config.kubeAPIQPS,
      burst: config.kubeAPIBurst,
    },
    informers: [
      { resource: PODS, fieldSelector: `spec.nodeName=${name}` },
      { resource: SERVICES, indexes: ["namespace"] },
      { name: "node", resource: NODES, fieldSelector: `metadata.name=${name}` },
    ],
    recorders: [{ component: "kubelet", host: name }],
  });
}

function emptyState(nodeName: string, config: KubeletConfig, machinery: Machinery | null): KubeletState {
  return {
    nodeName,
    config,
    machinery,
    workers: new Map(),
    byName: new Map(),
    bySandbox: new Map(),
    unclaimed: new Map(),
    mirrors: new Map(),
    manifests: new Map(),
    runtime: {
      events: null,
      listed: false,
      sandboxesListed: false,
      lastOkUs: 0,
      networkReady: false,
      networkMessage: "cni plugin not initialized",
      podCidrSent: "",
    },
    nextFlow: 1,
    pulls: [],
    node: {
      registered: false,
      seen: false,
      conditions: [],
      reported: "",
      reportedAtUs: 0,
      reporting: false,
      leaseVersion: "",
      leaseKnown: false,
      lastRenewAtUs: 0,
      lastRenewFailed: false,
      said: {},
      schedulable: true,
    },
    objects: new Map(),
    probes: new Map(),
    backOffs: new Map(),
    plegDue: new Set(),
    plegTimer: false,
    relays: new Map(),
    statusRetry: false,
    recentCalls: [],
  };
}

/** Messages for a watch of an object that no pod needs any more. */
function isStale(state: KubeletState, message: KernelMessage | KubeletMessage, context: Context): boolean {
  const name =
    message.type === "machinery/informer" ? message.informer : "tag" in message ? informerOfTag(message.tag) : null;
  if (name === null || state.machinery?.informers.has(name) === true) return false;
  if (message.type === "streamFrame") context.closeStream(message.id);
  return true;
}

function informerOfTag(tag: unknown): string | null {
  const found = tag as InformerTag | null;
  return typeof found === "object" && found !== null && found.machinery === "informer" ? found.informer : null;
}

function withWorker(state: KubeletState, uid: string, act: (worker: PodWorker) => void): void {
  const worker = state.workers.get(uid);
  if (worker !== undefined) act(worker);
}

function objectChanged(state: KubeletState, informer: string, delta: Delta, context: Context): void {
  context.actFor(delta.trace);
  switch (informer) {
    case "pods":
      podChanged(state, delta as Delta<Pod>, context);
      return;
    case "node":
      if (delta.type !== "deleted") nodeChanged(state, delta.object, context);
      return;
    case "services":
      return;
    default:
      for (const uid of state.objects.get(informer) ?? []) {
        withWorker(state, uid, (worker) => {
          refreshVolumes(state, worker, nodeFacts(state, context), context);
          if (delta.type !== "updated") syncPod(state, worker, context, true);
        });
      }
  }
}

function nodeChanged(state: KubeletState, node: ApiObject, context: Context): void {
  const first = !state.node.seen;
  const spec = node.spec as { readonly unschedulable?: boolean; readonly podCIDR?: string } | undefined;
  ownNodeSeen(state, spec, context);
  if (spec?.podCIDR !== undefined && spec.podCIDR !== state.runtime.podCidrSent) {
    state.runtime.podCidrSent = spec.podCIDR;
    callRuntime(state, context, { call: "UpdateRuntimeConfig", podCidr: spec.podCIDR }, { runtime: "podCidr" });
  }
  if (first)
    for (const worker of state.workers.values()) if (worker.source === "file") ensureMirror(state, worker, context);
}

function podChanged(state: KubeletState, { type, object, old }: Delta<Pod>, context: Context): void {
  if (isMirrorPod(object)) {
    mirrorChanged(state, type, object, context);
    return;
  }
  const uid = object.metadata.uid ?? "";
  const worker = state.workers.get(uid);
  if (type === "deleted" || (old !== null && old.metadata.uid !== uid)) {
    const gone = type === "deleted" ? worker : state.workers.get(old?.metadata.uid ?? "");
    if (gone !== undefined) removePod(state, gone, context);
    if (type === "deleted") return;
  }
  if (worker === undefined) addPod(state, object, "api", context);
  else {
    updatePod(state, worker, object, context);
    noticeStatus(state, worker, context);
  }
}

function mirrorChanged(state: KubeletState, type: Delta["type"], mirror: Pod, context: Context): void {
  const key = `${mirror.metadata.namespace}/${mirror.metadata.name}`;
  if (type === "deleted") state.mirrors.delete(key);
  else state.mirrors.set(key, mirror);
  withWorker(state, state.byName.get(key) ?? "", (worker) => {
    if (type === "added") worker.reported = mirror.status ?? null;
    if (type === "updated" && mirror.metadata.deletionTimestamp === undefined) {
      noticeStatus(state, worker, context);
      return;
    }
    worker.mirrorAsked = false;
    if (type === "deleted") worker.reported = null;
    syncPod(state, worker, context);
  });
}

function informerSynced(state: KubeletState, informer: string, context: Context): void {
  if (informer === "pods") removeOrphansWhenKnown(state, context);
  if (informer === "pods" || informer === "services") syncAll(state, context);
  else
    for (const uid of state.objects.get(informer) ?? [])
      withWorker(state, uid, (worker) => syncPod(state, worker, context, true));
}

/** Only once both the runtime and the API have said what they have. */
function removeOrphansWhenKnown(state: KubeletState, context: Context): void {
  const known = state.machinery === null || state.machinery.informers.get("pods")?.hasSynced === true;
  if (known && state.runtime.listed) removeOrphans(state, context);
}

function answered(
  state: KubeletState,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): void {
  const tag = message.tag as Tag;
  if ("runtime" in tag) {
    const answer: CriResponse =
      message.type === "response"
        ? (message.body as CriResponse)
        : { call: "error", code: "Unknown", text: unavailableText(message.error.text) };
    runtimeAnswered(state, tag, answer, message.type === "requestFailed", context);
    return;
  }
  switch (tag.kubelet) {
    case "probe":
      syncProbed(
        state,
        probeAnswered(
          state,
          tag,
          message.type === "response" ? { body: message.body } : { error: message.error },
          context,
        ),
        context,
      );
      return;
    case "hook": {
      const status = message.type === "response" ? (message.body as { readonly status?: number }).status : 0;
      const failure = status !== undefined && status >= 200 && status < 400 ? null : "failed";
      withWorker(state, tag.uid, (worker) => hookOver(state, worker, tag.containerId, tag.hook, failure, context));
      return;
    }
    case "logs":
      logsRead(
        context,
        tag,
        message.type === "response"
          ? (message.body as CriResponse)
          : { call: "error", code: "Unknown", text: unavailableText(message.error.text) },
      );
      return;
    case "ignored":
      return;
    default:
      apiAnswered(state, tag, resultOf(message), context);
  }
}

function apiAnswered(
  state: KubeletState,
  tag: Exclude<Tag, RuntimeTag | ProbeTag | HookTag | LogTag | { readonly kubelet: "ignored" }>,
  result: ReturnType<typeof resultOf>,
  context: Context,
): void {
  switch (tag.kubelet) {
    case "status":
      withWorker(state, tag.uid, (worker) => {
        if (statusAnswered(state, worker, result, context)) deleteWhenReported(state, worker, context);
      });
      return;
    case "delete":
      withWorker(state, tag.uid, (worker) => {
        worker.deleteAsked = false;
        if (!result.ok && !isNotFound(result)) retryLater(state, context);
      });
      return;
    case "register":
    case "reconcile":
      registerAnswered(state, context, tag, result);
      return;
    case "nodeStatus":
      nodeStatusAnswered(state, context, result);
      return;
    case "csiNode":
      csiNodeAnswered(context, tag, result);
      return;
    case "lease":
      leaseAnswered(state, context, tag, result);
      return;
    case "token":
      withWorker(state, tag.uid, (worker) => {
        if (tokenAnswered(state, worker, tag, result, context)) syncPod(state, worker, context, true);
      });
      return;
    case "claim":
      withWorker(state, tag.uid, (worker) => {
        if (claimAnswered(state, worker, tag, result, context)) syncPod(state, worker, context, true);
      });
      return;
    case "runtimeClass":
      withFlow(state, tag, context, (worker, flow) => {
        if (!runtimeClassAnswered(state, worker, flow, result, context)) failFlow(state, worker, context);
      });
      return;
    case "mirror":
      withWorker(state, tag.uid, (worker) => {
        if (result.ok || isAlreadyExists(result)) return;
        worker.mirrorAsked = false;
        after(context, MIRROR_RETRY_US, { type: "podRetry", uid: tag.uid });
      });
      return;
  }
}

function runtimeAnswered(
  state: KubeletState,
  tag: RuntimeTag,
  answer: CriResponse,
  unreachable: boolean,
  context: Context,
): void {
  switch (tag.runtime) {
    case "status":
      statusChecked(state, answer, context);
      return;
    case "listSandboxes":
      if (answer.call === "ListPodSandbox" && tag.stream === state.runtime.events)
        sandboxesListed(state, answer.sandboxes);
      return;
    case "listContainers":
      if (answer.call === "ListContainers" && tag.stream === state.runtime.events) {
        containersListed(state, answer.containers, context);
        removeOrphansWhenKnown(state, context);
      }
      return;
    case "sandbox":
      sandboxAnswered(state, tag.uid, tag.flow, answer, context);
      return;
    case "pull": {
      const pull = pullOver(state, context);
      withFlow(state, tag, context, (worker, flow) =>
        pullAnswered(state, worker, flow, pull?.askedAtUs ?? context.nowUs, answer, context),
      );
      return;
    }
    case "image":
    case "create":
    case "start":
      withFlow(state, tag, context, (worker, flow) => containerStepAnswered(state, worker, flow, answer, context));
      return;
    case "hook":
      withFlow(state, tag, context, (worker, flow) => {
        const failed = answer.call !== "ExecSync" || answer.exitCode !== 0;
        hookOver(state, worker, flow.containerId, "postStart", failed ? "failed" : null, context);
      });
      return;
    case "preStop":
      withWorker(state, tag.uid, (worker) =>
        hookOver(
          state,
          worker,
          tag.containerId,
          "preStop",
          answer.call === "ExecSync" && answer.exitCode === 0 ? null : "failed",
          context,
        ),
      );
      return;
    case "stop":
      if (!unreachable)
        withWorker(state, tag.uid, (worker) => containerStopped(state, worker, tag.containerId, context));
      return;
    case "stopSandbox":
      if (!unreachable) withWorker(state, tag.uid, (worker) => sandboxStopped(state, worker, tag.sandboxId, context));
      return;
    case "probe":
      syncProbed(
        state,
        execProbeAnswered(state, tag.key, tag.containerId, unreachable ? null : answer, context),
        context,
      );
      return;
    case "removed":
      startWaitingStatics(state, context);
      return;
    case "podCidr":
      callRuntime(state, context, { call: "Status" }, { runtime: "status" });
      return;
    default:
      return;
  }
}

/** A probe's verdict changed: the pod is looked at. */
function syncProbed(state: KubeletState, worker: PodWorker | null, context: Context): void {
  if (worker !== null) syncPod(state, worker, context);
}

function withFlow(
  state: KubeletState,
  tag: { readonly uid: string; readonly flow: number },
  context: Context,
  act: (worker: PodWorker, flow: NonNullable<PodWorker["flow"]>) => void,
): void {
  const worker = state.workers.get(tag.uid);
  if (worker?.flow?.id !== tag.flow) return;
  act(worker, worker.flow);
  settleFlow(state, worker, context);
}

function sandboxAnswered(state: KubeletState, uid: string, flow: number, answer: CriResponse, context: Context): void {
  const worker = state.workers.get(uid);
  if (answer.call === "RunPodSandbox") {
    if (worker === undefined || worker.phase === "terminated") {
      callRuntime(state, context, { call: "RemovePodSandbox", sandboxId: answer.sandboxId }, { runtime: "removed" });
      return;
    }
    const attempt = (worker.sandboxes[0]?.attempt ?? -1) + 1;
    const sandbox = { id: answer.sandboxId, ready: true, attempt, ip: answer.ip };
    worker.sandboxes = [sandbox].concat(worker.sandboxes);
    state.bySandbox.set(answer.sandboxId, uid);
    if (worker.phase === "terminating") {
      callRuntime(
        state,
        context,
        { call: "StopPodSandbox", sandboxId: answer.sandboxId },
        { runtime: "stopSandbox", uid, sandboxId: answer.sandboxId },
      );
      return;
    }
    if (worker.flow?.id === flow) sandboxCreated(state, worker, worker.flow, answer.sandboxId, context);
    return;
  }
  if (worker?.flow?.id !== flow) return;
  const text =
    answer.call === "error"
      ? answer.text.startsWith("rpc error")
        ? answer.text
        : `rpc error: code = ${answer.code} desc = ${answer.text}`
      : "";
  sandboxFailed(state, worker, text, context);
  failFlow(state, worker, context);
}

/** A lifecycle hook is over; `failure` null: well. */
function hookOver(
  state: KubeletState,
  worker: PodWorker,
  containerId: string,
  hook: "preStop" | "postStart",
  failure: string | null,
  context: Context,
): void {
  if (hook === "preStop") {
    preStopDone(state, worker, containerId, failure !== null, context);
    return;
  }
  const { flow } = worker;
  if (flow === null || flow.step !== "postStart" || flow.containerId !== containerId) return;
  const name = flow.queue[0]?.container.name ?? "";
  if (failure === null) {
    nextItem(state, worker, flow, context);
    settleFlow(state, worker, context);
    return;
  }
  podEvent(state, worker, context, "Warning", "FailedPostStartHook", "PostStartHook failed", name);
  worker.reasons = withEntry(worker.reasons, name, { reason: "PostStartHookError", message: "PostStartHook failed" });
  callRuntime(state, context, { call: "StopContainer", containerId, timeoutSeconds: 2 }, { runtime: "removed" });
  failFlow(state, worker, context);
}
