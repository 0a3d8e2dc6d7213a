import { createRootCgroup, limitCgroup } from "../../kernel/cgroups.ts";
import type { Component, Context, KernelMessage, RequestId, StreamId } from "../../kernel/types.ts";
import type { RegistryResponse } from "../image-registry/messages.ts";
import type { ExecFrame, PortFrame } from "../kubelet/messages.ts";
import { attachClosed, attachFrame, containerIoOpened, containerOver, endTerminal, openAttach } from "./attach.ts";
import { loadAddresses, networkProblem } from "./cni.ts";
import {
  containerCreated,
  containerExited,
  containerStarting,
  createContainer,
  fail,
  gracePeriodOver,
  processAllowed,
  recoverContainers,
  removeContainer,
  startContainer,
  stopContainer,
} from "./containers.ts";
import {
  execExitBelieved,
  execExited,
  execFrame,
  execIoOpened,
  execStreamClosed,
  execSync,
  execTimedOut,
  killExecsOf,
  openExec,
} from "./exec.ts";
import { imageOf, layersUnpacked, type PullTag, pullImage, registryAnswered, registryFailed } from "./images/pulls.ts";
import { parseReference } from "./images/reference.ts";
import { followLogs, linesOf, sendNewLines } from "./logs.ts";
import { CRI_SOCKET, type CriRequest, type CriResponse, type CriStream } from "./messages.ts";
import {
  forwardAnswered,
  forwardClosed,
  forwardFailed,
  forwardFrame,
  forwardSilent,
  isForwardTag,
  openPortForward,
  rawClosed,
  rawFrame,
} from "./port-forward.ts";
import {
  recoverSandboxes,
  removePodSandbox,
  runPodSandbox,
  sandboxSetUp,
  sandboxStatus,
  stopPodSandbox,
} from "./sandboxes.ts";
import type { RuntimeMessage, RuntimeState } from "./state.ts";
import { containerStats, SYSTEM_USE } from "./stats.ts";
import { dropImage, load, putPodCidr } from "./store.ts";
import type { TcpFrame } from "./workloads/tcp.ts";

const RECENT_CALLS = 20;

/** containerd with its CRI plugin: unit `containerd` of every machine that is a node. */
export const containerd: Component<RuntimeState, RuntimeMessage> = {
  kind: "containerd",

  start(context: Context): RuntimeState {
    const state: RuntimeState = {
      sandboxes: new Map(),
      containers: new Map(),
      containersOfSandbox: new Map(),
      byProcess: new Map(),
      images: new Map(),
      pulls: new Map(),
      execs: new Map(),
      execByProcess: new Map(),
      execByStream: new Map(),
      stops: new Map(),
      eventStreams: new Set(),
      logStreams: new Map(),
      terminals: new Map(),
      attached: new Map(),
      forwards: new Map(),
      rawForwards: new Map(),
      podCidr: "",
      addresses: new Map(),
      lastAddress: "",
      nextExec: 1,
      syncing: false,
      recentCalls: [],
    };
    createRootCgroup(context, SYSTEM_USE);
    load(state, context);
    loadAddresses(state, context);
    recoverSandboxes(state, context);
    recoverContainers(state, context);
    context.listen(CRI_SOCKET);
    context.log("containerd successfully booted in 0.041230s");
    return state;
  },

  step(state, message, context): void {
    switch (message.type) {
      case "request":
        serve(state, context, message.id, message.body as CriRequest);
        return;
      case "streamOpened":
        openStream(state, context, message.id, message.body as CriStream);
        return;
      case "streamFrame":
        if (rawFrame(state, context, message.id, message.frame as TcpFrame)) return;
        if (!execFrame(state, context, message.id, message.frame as ExecFrame))
          if (!attachFrame(state, context, message.id, message.frame as ExecFrame))
            forwardFrame(state, context, message.id, message.frame as PortFrame);
        return;
      case "streamClosed":
        state.eventStreams.delete(message.id);
        state.logStreams.delete(message.id);
        forwardClosed(state, context, message.id);
        if (rawClosed(state, context, message.id, message.error)) return;
        attachClosed(state, context, message.id);
        execStreamClosed(state, context, message.id);
        return;
      case "childExited":
        childExited(state, context, message);
        return;
      case "childAllowed":
        processAllowed(state, context, message.process);
        return;
      case "response":
        if (isForwardTag(message.tag)) forwardAnswered(state, context, message.tag, message.body);
        else registryAnswered(state, context, message.tag as PullTag, message.body as RegistryResponse);
        return;
      case "requestFailed":
        if (isForwardTag(message.tag)) forwardFailed(state, context, message.tag, message.error);
        else registryFailed(state, context, message.tag as PullTag, message.error);
        return;
      case "signal":
        context.exit(0);
        return;
      case "sandboxSetUp":
        sandboxSetUp(state, context, message.request, message.id);
        return;
      case "containerCreated":
        containerCreated(state, context, message.request, message.id);
        return;
      case "containerStarting":
        containerStarting(state, context, message.request, message.id);
        return;
      case "sandboxTornDown": {
        const answer: CriResponse = { call: "StopPodSandbox" };
        context.respond(message.request, answer);
        return;
      }
      case "gracePeriodOver":
        gracePeriodOver(state, context, message.containerId);
        return;
      case "layersUnpacked":
        layersUnpacked(state, context, message.reference);
        return;
      case "execTimedOut":
        execTimedOut(state, context, message.execId);
        return;
      case "execExited":
        execExitBelieved(state, context, message.execId, message.exitCode);
        return;
      case "followLog":
        sendNewLines(state, context, message.stream);
        return;
      case "forwardSilent":
        forwardSilent(state, context, message.stream, message.connection);
        return;
      case "terminalOver":
        endTerminal(state, context, message.containerId);
        return;
      case "syncDisk":
        state.syncing = false;
        context.disk.sync();
        return;
      case "requestCancelled":
      case "diskSynced":
      case "datagram":
      case "input":
        return;
    }
  },
};

function childExited(
  state: RuntimeState,
  context: Context,
  message: Extract<KernelMessage, { type: "childExited" }>,
): void {
  if (execExited(state, context, message.process, message.exit.exitCode)) {
    context.reap(message.process);
    return;
  }
  const id = state.byProcess.get(message.process);
  const record = id === undefined ? undefined : state.containers.get(id);
  // A leaked process that was killed to make room for the container's own.
  if (record?.pid !== undefined && record.pid !== message.pid) return;
  if (record !== undefined && state.execs.size > 0) killExecsOf(state, context, record);
  containerExited(state, context, message.process, message.exit);
  if (id !== undefined) containerOver(state, context, id);
}

function serve(state: RuntimeState, context: Context, id: RequestId, request: CriRequest): void {
  remember(state, context, request);
  switch (request.call) {
    case "RunPodSandbox":
      runPodSandbox(state, context, id, request.config, request.runtimeHandler);
      return;
    case "StopPodSandbox":
      stopPodSandbox(state, context, id, request.sandboxId);
      return;
    case "RemovePodSandbox":
      removePodSandbox(state, context, id, request.sandboxId);
      return;
    case "CreateContainer":
      createContainer(state, context, id, request.sandboxId, request.config);
      return;
    case "StartContainer":
      startContainer(state, context, id, request.containerId);
      return;
    case "StopContainer":
      stopContainer(state, context, id, request.containerId, request.timeoutSeconds);
      return;
    case "RemoveContainer":
      removeContainer(state, context, id, request.containerId);
      return;
    case "UpdateContainerResources":
      updateResources(state, context, request);
      respond(context, id, { call: "UpdateContainerResources" });
      return;
    case "PullImage":
      pullImage(state, context, id, request.image);
      return;
    case "ExecSync":
      execSync(state, context, id, request.containerId, request.command, request.timeoutSeconds);
      return;
    case "ContainerStatus": {
      const record = state.containers.get(request.containerId);
      if (record === undefined)
        fail(
          context,
          id,
          "NotFound",
          `an error occurred when try to find container "${request.containerId}": not found`,
        );
      else respond(context, id, { call: "ContainerStatus", container: record.status });
      return;
    }
    case "ReadLogs": {
      const record = state.containers.get(request.containerId);
      if (record === undefined)
        fail(
          context,
          id,
          "NotFound",
          `an error occurred when try to find container "${request.containerId}": not found`,
        );
      else respond(context, id, { call: "ReadLogs", lines: linesOf(context, record) });
      return;
    }
    case "ListPodSandbox":
      respond(context, id, { call: "ListPodSandbox", sandboxes: [...state.sandboxes.values()].map(sandboxStatus) });
      return;
    case "ListContainers":
      respond(context, id, {
        call: "ListContainers",
        containers: [...state.containers.values()].map((record) => record.status),
      });
      return;
    case "ImageStatus":
      respond(context, id, { call: "ImageStatus", image: imageOf(state, request.image) });
      return;
    case "ListImages":
      respond(context, id, {
        call: "ListImages",
        images: [...state.images.keys()].flatMap((reference) => imageOf(state, reference) ?? []),
      });
      return;
    case "RemoveImage":
      dropImage(state, context, parseReference(request.image)?.complete ?? request.image);
      respond(context, id, { call: "RemoveImage" });
      return;
    case "ContainerStats":
      respond(context, id, { call: "ContainerStats", containers: containerStats(context.host, context.nowUs) });
      return;
    case "UpdateRuntimeConfig":
      if (request.podCidr !== state.podCidr) putPodCidr(state, context, request.podCidr);
      respond(context, id, { call: "UpdateRuntimeConfig" });
      return;
    case "Status": {
      const problem = networkProblem(state, context);
      respond(context, id, { call: "Status", ready: true, networkReady: problem === null, message: problem ?? "" });
      return;
    }
  }
}

function respond(context: Context, id: RequestId, answer: CriResponse): void {
  context.respond(id, answer);
}

function openStream(state: RuntimeState, context: Context, id: StreamId, ask: CriStream): void {
  switch (ask.stream) {
    case "events":
      state.eventStreams.add(id);
      return;
    case "exec":
      openExec(state, context, id, ask);
      return;
    case "logs":
      followLogs(state, context, id, ask);
      return;
    case "attach":
      openAttach(state, context, id, ask);
      return;
    case "containerIo":
      containerIoOpened(state, context, id, ask.containerId);
      return;
    case "portForward":
      openPortForward(state, context, id, ask.sandboxId);
      return;
    case "execIo":
      execIoOpened(state, context, id, ask.execId);
      return;
  }
}

/** Heart-beats are not worth remembering. */
function remember(state: RuntimeState, context: Context, request: CriRequest): void {
  if (request.call === "Status" || request.call === "ContainerStats") return;
  const { recentCalls } = state;
  if (recentCalls.length >= RECENT_CALLS) recentCalls.shift();
  recentCalls.push({ atUs: context.nowUs, call: request.call, subject: subjectOf(request) });
}

function subjectOf(request: CriRequest): string {
  if (request.call === "RunPodSandbox") return `${request.config.namespace}/${request.config.name}`;
  if (request.call === "CreateContainer") return request.config.name;
  if ("containerId" in request) return request.containerId.slice(0, 13);
  if ("sandboxId" in request) return request.sandboxId.slice(0, 13);
  return "image" in request ? request.image : "";
}

function updateResources(
  state: RuntimeState,
  context: Context,
  { containerId, limits, requests }: CriRequest & { readonly call: "UpdateContainerResources" },
): void {
  const record = state.containers.get(containerId);
  if (record === undefined) return;
  state.containers.set(containerId, Object.freeze({ ...record, config: { ...record.config, limits, requests } }));
  limitCgroup(context, containerId, limits);
}
