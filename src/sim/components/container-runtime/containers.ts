import { deepFreeze } from "../../api/object.ts";
import { removeCgroup } from "../../kernel/cgroups.ts";
import { withFields } from "../../kernel/records.ts";
import type { Context, ProcessExit, RequestId } from "../../kernel/types.ts";
import { hexId } from "./ids.ts";
import { parseReference } from "./images/reference.ts";
import { argvOf, findProgram, processNameOf, programArgs } from "./launch.ts";
import type { ContainerConfig, ContainerEvent, ContainerStatusOfRuntime, CriError, CriResponse } from "./messages.ts";
import type { ContainerRecord, RuntimeState } from "./state.ts";
import { openAccount } from "./stats.ts";
import { dropContainer, putContainer } from "./store.ts";
import { after } from "./timers.ts";

const CREATE_US = 40_000;
const CREATE_SPREAD_US = 30_000;
const START_US = 70_000;
const START_SPREAD_US = 60_000;

const SHIM_FAILED =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ";

export function createContainer(
  state: RuntimeState,
  context: Context,
  request: RequestId,
  sandboxId: string,
  config: ContainerConfig,
): void {
  const sandbox = state.sandboxes.get(sandboxId);
  if (sandbox === undefined) {
    fail(context, request, "NotFound", `failed to find sandbox id "${sandboxId}": not found`);
    return;
  }
  const reference = parseReference(config.image)?.complete ?? config.image;
  const image = state.images.get(reference);
  if (image === undefined) {
    fail(context, request, "NotFound", `failed to resolve image "${config.image}": not found`);
    return;
  }
  const argv = argvOf(config, image);
  if (argv.length === 0) {
    fail(
      context,
      request,
      "Unknown",
      "failed to generate container spec: failed to generate spec: no command specified",
    );
    return;
  }
  const program = findProgram(argv, image, (path) => isMounted(config, path));
  const kind = "kind" in program ? program.kind : "workload/none";
  const id = hexId(context);
  const process = processNameOf(state, sandboxId, sandbox.config, config.name, kind, context.machine.name);
  putContainer(state, context, {
    status: {
      id,
      sandboxId,
      name: config.name,
      attempt: config.attempt,
      image: tagOf(image.reference) ?? config.image,
      askedImage: config.image,
      imageId: imageIdOf(image.reference, image.digest),
      state: "CONTAINER_CREATED",
      createdWallUs: context.wallUs(),
      startedWallUs: 0,
      finishedWallUs: 0,
      exitCode: 0,
      reason: "",
      message: "",
      process,
    },
    config: deepFreeze(config),
    imageReference: image.reference,
    startedAtUs: 0,
    finishedAtUs: 0,
  });
  after(context, CREATE_US + context.random.int(CREATE_SPREAD_US), { type: "containerCreated", request, id });
}

export function containerCreated(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.containers.get(id);
  if (record === undefined) return;
  const answer: CriResponse = { call: "CreateContainer", containerId: id };
  context.respond(request, answer);
  announce(state, context, "created", record, null);
}

export function startContainer(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  if (!state.containers.has(id)) {
    fail(context, request, "NotFound", `an error occurred when try to find container "${id}": not found`);
    return;
  }
  after(context, START_US + context.random.int(START_SPREAD_US), { type: "containerStarting", request, id });
}

export function containerStarting(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.containers.get(id);
  const sandbox = record === undefined ? undefined : state.sandboxes.get(record.status.sandboxId);
  const image = record === undefined ? undefined : state.images.get(record.imageReference);
  if (
    record === undefined ||
    sandbox === undefined ||
    image === undefined ||
    record.status.state !== "CONTAINER_CREATED"
  ) {
    fail(context, request, "NotFound", `an error occurred when try to find container "${id}": not found`);
    return;
  }
  const program = findProgram(argvOf(record.config, image), image, (path) => isMounted(record.config, path));
  if ("error" in program) {
    startFailed(state, context, request, record, `${SHIM_FAILED}${program.error}: unknown`);
    return;
  }
  const args = programArgs(record, sandbox, image, program.argv, context.machine.ip);
  const options = {
    name: record.status.process,
    kind: program.kind,
    args,
    ...(sandbox.ip === "" ? {} : { ip: sandbox.ip }),
  };
  openAccount(context, record, sandbox, image);
  let spawned = context.spawn(options);
  if (!spawned.ok && spawned.reason === "exists" && !runsUnder(state, record.status.process)) {
    // A shim that leaked: its record was lost with a full disk.
    context.signal(record.status.process, "SIGKILL");
    spawned = context.spawn(options);
  }
  if (!spawned.ok) {
    removeCgroup(context, id);
    if (spawned.reason === "barred") {
      const answer: CriError = {
        call: "error",
        code: "FailedPrecondition",
        text: `${record.status.process} is held down`,
        barred: true,
      };
      context.respond(request, answer);
      return;
    }
    startFailed(
      state,
      context,
      request,
      record,
      `${SHIM_FAILED}exec: "${program.argv[0]}": cannot start (${spawned.reason}): unknown`,
    );
    return;
  }
  const started: ContainerRecord = withFields(record, {
    status: withFields(record.status, { state: "CONTAINER_RUNNING", startedWallUs: context.wallUs() }),
    startedAtUs: context.nowUs,
    pid: spawned.pid,
  });
  putContainer(state, context, started);
  const answer: CriResponse = { call: "StartContainer" };
  context.respond(request, answer);
  announce(state, context, "started", started, null);
}

function startFailed(
  state: RuntimeState,
  context: Context,
  request: RequestId,
  record: ContainerRecord,
  text: string,
): void {
  const status: ContainerStatusOfRuntime = {
    ...record.status,
    state: "CONTAINER_EXITED",
    finishedWallUs: context.wallUs(),
    exitCode: 128,
    reason: "StartError",
    message: text,
  };
  const failed: ContainerRecord = { ...record, status, startedAtUs: context.nowUs, finishedAtUs: context.nowUs };
  putContainer(state, context, failed);
  fail(context, request, "Unknown", text);
  announce(state, context, "stopped", failed, null);
}

export function stopContainer(
  state: RuntimeState,
  context: Context,
  request: RequestId,
  id: string,
  timeoutSeconds: number,
): void {
  const record = state.containers.get(id);
  if (record === undefined || record.status.state !== "CONTAINER_RUNNING") {
    const answer: CriResponse = { call: "StopContainer" };
    context.respond(request, answer);
    return;
  }
  let stop = state.stops.get(id);
  if (stop === undefined) {
    stop = { requests: [], timer: null };
    state.stops.set(id, stop);
  }
  stop.requests.push(request);
  if (timeoutSeconds <= 0) {
    context.signal(record.status.process, "SIGKILL");
    return;
  }
  if (stop.timer !== null) context.clearTimer(stop.timer);
  stop.timer = after(context, timeoutSeconds * 1_000_000, { type: "gracePeriodOver", containerId: id });
  context.signal(record.status.process, state.images.get(record.imageReference)?.stopSignal ?? "SIGTERM");
}

export function gracePeriodOver(state: RuntimeState, context: Context, id: string): void {
  killContainer(state, context, id);
}

export function killContainer(state: RuntimeState, context: Context, id: string): void {
  const record = state.containers.get(id);
  if (record?.status.state === "CONTAINER_RUNNING") context.signal(record.status.process, "SIGKILL");
}

/** A process of ours ended. False: it is none of the containers'. */
export function containerExited(state: RuntimeState, context: Context, process: string, exit: ProcessExit): boolean {
  const id = state.byProcess.get(process);
  const record = id === undefined ? undefined : state.containers.get(id);
  if (id === undefined || record === undefined) return false;
  if (record.status.state !== "CONTAINER_RUNNING") return true;
  recordExit(state, context, record, exit);
  return true;
}

function recordExit(state: RuntimeState, context: Context, record: ContainerRecord, exit: ProcessExit): void {
  const { id } = record.status;
  removeCgroup(context, id);
  const status: ContainerStatusOfRuntime = {
    ...record.status,
    state: "CONTAINER_EXITED",
    finishedWallUs: context.wallUs() - (context.nowUs - exit.atUs),
    exitCode: exit.exitCode,
    reason: exit.reason === "OOMKilled" ? "OOMKilled" : exit.exitCode === 0 ? "Completed" : "Error",
    message: exit.reason === "Completed" || exit.reason === "Error" ? exit.message : "",
  };
  const exited: ContainerRecord = { ...record, status, finishedAtUs: exit.atUs };
  putContainer(state, context, exited);
  const stop = state.stops.get(id);
  if (stop !== undefined) {
    if (stop.timer !== null) context.clearTimer(stop.timer);
    const answer: CriResponse = { call: "StopContainer" };
    for (const request of stop.requests) context.respond(request, answer);
    state.stops.delete(id);
  }
  announce(state, context, "stopped", exited, exit);
}

export function removeContainer(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.containers.get(id);
  if (record !== undefined) {
    killContainer(state, context, id);
    dropContainer(state, context, record);
    announce(state, context, "deleted", record, null);
  }
  const answer: CriResponse = { call: "RemoveContainer" };
  context.respond(request, answer);
}

function runsUnder(state: RuntimeState, process: string): boolean {
  for (const { status } of state.containers.values())
    if (status.process === process && status.state === "CONTAINER_RUNNING") return true;
  return false;
}

/** A process that was held down may start again: tell the kubelet. */
export function processAllowed(state: RuntimeState, context: Context, process: string): void {
  const id = state.byProcess.get(process);
  const record = id === undefined ? undefined : state.containers.get(id);
  if (record !== undefined) announce(state, context, "allowed", record, null);
}

/** After a start: shims survived us, so become their parent again; what ended meanwhile is recorded now. */
export function recoverContainers(state: RuntimeState, context: Context): void {
  for (const record of [...state.containers.values()]) {
    if (record.status.state !== "CONTAINER_RUNNING") continue;
    const condition = context.adopt(record.status.process);
    if (condition === null) {
      recordExit(state, context, record, { atUs: context.nowUs, exitCode: 255, reason: "Unknown", message: "" });
    } else if (condition.state === "exited") {
      recordExit(state, context, record, condition.exit);
    } else if (condition.pid !== record.pid) {
      // A full disk kept the newest record from being written.
      putContainer(state, context, { ...record, pid: condition.pid });
    }
  }
}

export function announce(
  state: RuntimeState,
  context: Context,
  type: ContainerEvent["type"],
  record: ContainerRecord,
  exit: ProcessExit | null,
): void {
  if (state.eventStreams.size === 0) return;
  const event: ContainerEvent = Object.freeze({
    type,
    containerId: record.status.id,
    sandboxId: record.status.sandboxId,
    exit,
    container: type === "deleted" ? null : record.status,
  });
  for (const stream of state.eventStreams) context.sendFrame(stream, event, { label: `container ${type}` });
}

export function isMounted(config: ContainerConfig, path: string): boolean {
  return config.mounts.some(
    (mount) => mount.files?.[path.slice(mount.path.length + 1)] !== undefined && path.startsWith(`${mount.path}/`),
  );
}

/** Of an image that was pulled by its digest there is none. */
function tagOf(reference: string): string | null {
  return reference.includes("@") ? null : reference;
}

export function imageIdOf(reference: string, digest: string): string {
  const slash = reference.lastIndexOf("/");
  const colon = reference.indexOf(":", slash);
  return `${colon < 0 ? reference : reference.slice(0, colon)}@${digest}`;
}

export function fail(context: Context, request: RequestId, code: CriError["code"], text: string): void {
  const answer: CriError = { call: "error", code, text };
  context.respond(request, answer);
}
