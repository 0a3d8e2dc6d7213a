import { withFields } from "../../kernel/records.ts";
import type { Context, RequestId } from "../../kernel/types.ts";
import { allocateAddress, releaseAddress } from "./cni.ts";
import { killContainer } from "./containers.ts";
import { hexId } from "./ids.ts";
import type { CriResponse, SandboxConfig, SandboxStatus } from "./messages.ts";
import { endForwardsOf } from "./port-forward.ts";
import { mapPorts, unmapPorts } from "./port-map.ts";
import type { RuntimeState, SandboxRecord } from "./state.ts";
import { dropContainer, dropSandbox, NO_CONTAINERS, putSandbox } from "./store.ts";
import { after } from "./timers.ts";

const SET_UP_US = 350_000;
const SET_UP_SPREAD_US = 250_000;
const HOST_SET_UP_US = 120_000;
const HOST_SET_UP_SPREAD_US = 80_000;
const TEAR_DOWN_US = 60_000;

/** Volatile: gone after a power-off, with the namespaces themselves. */
const namespaceKey = (id: string): string => `netns/${id}`;

/** Runtimes in containerd's configuration. */
const RUNTIMES: ReadonlySet<string> = new Set(["", "runc"]);

export function runPodSandbox(
  state: RuntimeState,
  context: Context,
  request: RequestId,
  config: SandboxConfig,
  runtimeHandler = "",
): void {
  if (!RUNTIMES.has(runtimeHandler)) {
    const text = `failed to get sandbox runtime: no runtime for ${JSON.stringify(runtimeHandler)} is configured`;
    const error: CriResponse = { call: "error", code: "Unknown", text };
    context.respond(request, error);
    return;
  }
  const id = hexId(context);
  let ip = "";
  if (!config.hostNetwork) {
    const allocated = allocateAddress(state, context, id);
    if ("error" in allocated) {
      const text = `failed to setup network for sandbox "${id}": ${allocated.error}`;
      const error: CriResponse = { call: "error", code: "Unknown", text };
      context.respond(request, error);
      return;
    }
    ip = allocated.ip;
  }
  // Kept from the start, so that a runtime that dies half-way does not forget the address; ready only when set up.
  putSandbox(state, context, { id, config, ip, createdWallUs: context.wallUs(), stopped: true });
  const delayUs = config.hostNetwork
    ? HOST_SET_UP_US + context.random.int(HOST_SET_UP_SPREAD_US)
    : SET_UP_US + context.random.int(SET_UP_SPREAD_US);
  after(context, delayUs, { type: "sandboxSetUp", request, id });
}

export function sandboxSetUp(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.sandboxes.get(id);
  if (record === undefined) return;
  context.host.set(namespaceKey(id), record.ip);
  mapPorts(context, record);
  putSandbox(state, context, withFields(record, { stopped: false }));
  state.containersOfSandbox.set(id, state.containersOfSandbox.get(id) ?? NO_CONTAINERS);
  const answer: CriResponse = { call: "RunPodSandbox", sandboxId: id, ip: record.ip };
  context.respond(request, answer);
}

export function stopPodSandbox(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.sandboxes.get(id);
  if (record !== undefined) {
    for (const containerId of state.containersOfSandbox.get(id) ?? []) killContainer(state, context, containerId);
    endForwardsOf(state, context, id);
    if (!record.stopped) {
      releaseAddress(state, context, record.ip, id);
      context.host.delete(namespaceKey(id));
      unmapPorts(context, id);
      putSandbox(state, context, { ...record, stopped: true });
    }
  }
  after(context, TEAR_DOWN_US, { type: "sandboxTornDown", request });
}

export function removePodSandbox(state: RuntimeState, context: Context, request: RequestId, id: string): void {
  const record = state.sandboxes.get(id);
  if (record !== undefined) {
    for (const containerId of [...(state.containersOfSandbox.get(id) ?? [])]) {
      killContainer(state, context, containerId);
      const container = state.containers.get(containerId);
      if (container !== undefined) dropContainer(state, context, container);
    }
    releaseAddress(state, context, record.ip, id);
    context.host.delete(namespaceKey(id));
    unmapPorts(context, id);
    dropSandbox(state, context, id);
  }
  const answer: CriResponse = { call: "RemovePodSandbox" };
  context.respond(request, answer);
}

export function sandboxStatus(record: SandboxRecord): SandboxStatus {
  return {
    id: record.id,
    config: record.config,
    state: record.stopped ? "SANDBOX_NOTREADY" : "SANDBOX_READY",
    ip: record.ip,
    createdWallUs: record.createdWallUs,
  };
}

/** After a start: sandboxes whose namespaces went with a power-off are not ready any more. */
export function recoverSandboxes(state: RuntimeState, context: Context): void {
  for (const record of [...state.sandboxes.values()]) {
    if (!record.stopped && context.host.get(namespaceKey(record.id)) === undefined) {
      releaseAddress(state, context, record.ip, record.id);
      putSandbox(state, context, { ...record, stopped: true });
    }
  }
}
