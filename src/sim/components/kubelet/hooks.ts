import type { Context } from "../../kernel/types.ts";
import { handlerRequest } from "./probes/prober.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { after } from "./timers.ts";
import type { Container } from "./types.ts";

/** What comes back from a hook that is an HTTP request. */
export interface HookTag {
  readonly kubelet: "hook";
  readonly uid: string;
  readonly containerId: string;
  readonly hook: "preStop" | "postStart";
}

/** Runs a lifecycle hook; its end comes as an answer with the runtime's tag, a `HookTag`, or the message `sleepOver`. */
export function runHook(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  containerId: string,
  hook: "preStop" | "postStart",
  flow: number,
  timeoutSeconds: number,
  context: Context,
): void {
  const handler = container.lifecycle?.[hook];
  if (handler?.sleep !== undefined) {
    after(
      context,
      Math.min(handler.sleep.seconds, timeoutSeconds) * 1_000_000,
      { type: "sleepOver", uid: worker.uid, containerId, hook },
      "keep",
    );
  } else if (handler?.httpGet !== undefined) {
    const tag: HookTag = { kubelet: "hook", uid: worker.uid, containerId, hook };
    const { to, body } = handlerRequest(worker, container, handler, context);
    context.request({ to, body, timeoutUs: timeoutSeconds * 1_000_000, tag, label: `${hook} hook` });
  } else {
    const command = handler?.exec?.command ?? [];
    const tag =
      hook === "postStart"
        ? ({ runtime: "hook", uid: worker.uid, flow } as const)
        : ({ runtime: "preStop", uid: worker.uid, containerId } as const);
    callRuntime(state, context, { call: "ExecSync", containerId, command, timeoutSeconds }, tag);
  }
}
