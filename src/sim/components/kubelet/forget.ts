import type { Context } from "../../kernel/types.ts";
import { containerKey, imageKey } from "./back-off.ts";
import { unwatchObjects } from "./objects.ts";
import { forgetProbes } from "./probes/manager.ts";
import { callRuntime } from "./runtime-link.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { removeVolumes } from "./volumes.ts";

/** Nothing of the pod runs any more, and nobody asks for it. */
export function forgetPod(state: KubeletState, worker: PodWorker, context: Context): void {
  const { uid, pod } = worker;
  for (const sandbox of worker.sandboxes) {
    callRuntime(state, context, { call: "RemovePodSandbox", sandboxId: sandbox.id }, { runtime: "removed" });
    state.bySandbox.delete(sandbox.id);
  }
  if (worker.retry !== null) context.clearTimer(worker.retry);
  if (worker.deadline !== null) context.clearTimer(worker.deadline);
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    state.backOffs.delete(containerKey(uid, container.name));
    state.backOffs.delete(imageKey(uid, container.image ?? ""));
  }
  unwatchObjects(state, worker, context);
  forgetProbes(state, worker, context);
  removeVolumes(context, uid);
  state.plegDue.delete(uid);
  state.workers.delete(uid);
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (state.byName.get(name) === uid) state.byName.delete(name);
}
