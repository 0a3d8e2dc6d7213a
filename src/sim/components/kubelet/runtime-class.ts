import type { ApiObject } from "../../api/object.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, getRequest } from "../../machinery/requests.ts";
import { RUNTIME_CLASSES } from "../../machinery/resources.ts";
import { sandboxConfig } from "./environment.ts";
import { podEvent } from "./events.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker, SyncFlow } from "./state.ts";

export interface RuntimeClassTag {
  readonly kubelet: "runtimeClass";
  readonly uid: string;
  readonly flow: number;
}

/** Has the runtime make a sandbox, by the handler that the pod's RuntimeClass names. */
export function createSandbox(state: KubeletState, worker: PodWorker, flow: SyncFlow, context: Context): void {
  const { runtimeClassName = "" } = worker.pod.spec;
  if (runtimeClassName === "" || state.machinery === null) {
    askRuntime(state, worker, flow, "", context);
    return;
  }
  const tag: RuntimeClassTag = { kubelet: "runtimeClass", uid: worker.uid, flow: flow.id };
  call(clientOf(state.machinery), context, getRequest(RUNTIME_CLASSES, "", runtimeClassName), tag);
}

/** False: there is no such class, and no sandbox. */
export function runtimeClassAnswered(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  result: CallResult,
  context: Context,
): boolean {
  if (!result.ok) {
    sandboxFailed(state, worker, result.text, context);
    return false;
  }
  const { handler } = result.object as ApiObject & { readonly handler: string };
  askRuntime(state, worker, flow, handler, context);
  return true;
}

function askRuntime(
  state: KubeletState,
  worker: PodWorker,
  flow: SyncFlow,
  runtimeHandler: string,
  context: Context,
): void {
  const config = sandboxConfig(worker, flow.actions?.attempt ?? 0);
  callRuntime(
    state,
    context,
    { call: "RunPodSandbox", config, ...(runtimeHandler === "" ? {} : { runtimeHandler }) },
    { runtime: "sandbox", uid: worker.uid, flow: flow.id },
  );
}

export function sandboxFailed(state: KubeletState, worker: PodWorker, why: string, context: Context): void {
  podEvent(state, worker, context, "Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${why}`);
}
