import { isReachable, type PersistentVolume, type PersistentVolumeClaim } from "../../api/storage/volumes.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, updateRequest } from "../../machinery/requests.ts";
import { keyOf } from "../../machinery/store.ts";
import { nodeInfo } from "./cache/cache.ts";
import { assumedKey, READ_KINDS } from "./cluster-objects.ts";
import type { PreBind } from "./framework/plugin.ts";
import { isBound } from "./plugins/volume-binding/claims.ts";
import { SELECTED_NODE } from "./plugins/volume-binding/find-volumes.ts";
import { objectsSeen, type SchedulerState } from "./state.ts";

/** Comes back with the answer to one write. */
export interface PreBindTag {
  readonly ask: "preBind";
  readonly uid: string;
  readonly write: number;
}

export type PreBindOutcome =
  | { readonly type: "waits" }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly error: string };

const WAITS: PreBindOutcome = Object.freeze({ type: "waits" });
const DONE: PreBindOutcome = Object.freeze({ type: "done" });
/** Upstream looks every second, not at once. */
const LOOK_EVERY_US = 1_000_000;

/** From now on other pods are decided about as if the writes were done. */
export function assumeWrites(state: SchedulerState, { writes }: PreBind): void {
  for (const { kind, object } of writes) state.assumedObjects.set(assumedKey(kind, keyOf(object)), object);
}

/** What the pod's volumes were assumed to become they are by now, or never will be. */
export function dropBinding(state: SchedulerState, uid: string): void {
  const writes = state.binding.get(uid)?.preBind?.writes ?? [];
  for (const { kind, object } of writes) state.assumedObjects.delete(assumedKey(kind, keyOf(object)));
  state.binding.delete(uid);
}

/** Writes one after another, and then looks every second whether the claims are bound. */
export function startPreBind(state: SchedulerState, uid: string, preBind: PreBind, context: Context): void {
  next(state, uid, preBind, 0, context);
}

function next(state: SchedulerState, uid: string, { writes }: PreBind, write: number, context: Context): void {
  const asked = writes[write];
  if (asked === undefined) {
    context.setTimer(LOOK_EVERY_US, { type: "checkVolumes", uid });
    return;
  }
  const tag: PreBindTag = Object.freeze({ ask: "preBind", uid, write });
  call(clientOf(state.machinery!), context, updateRequest(READ_KINDS[asked.kind], asked.object), tag);
}

export function onPreBindAnswer(
  state: SchedulerState,
  { uid, write }: PreBindTag,
  preBind: PreBind,
  result: CallResult,
  context: Context,
): PreBindOutcome {
  if (!result.ok) return { type: "failed", error: `binding volumes: ${result.text}` };
  next(state, uid, preBind, write + 1, context);
  return WAITS;
}

/** Whether all claims are bound by now. */
export function checkVolumes(
  state: SchedulerState,
  uid: string,
  binding: { readonly node: string; readonly sinceUs: number; readonly preBind: PreBind },
  context: Context,
): PreBindOutcome {
  const { preBind, node, sinceUs } = binding;
  const problem = problemOf(state, preBind, node);
  if (problem !== null && problem !== "") return { type: "failed", error: `binding volumes: ${problem}` };
  if (problem === null) return DONE;
  if (context.nowUs - sinceUs >= preBind.timeoutUs) {
    return { type: "failed", error: "binding volumes: context deadline exceeded" };
  }
  context.setTimer(LOOK_EVERY_US, { type: "checkVolumes", uid });
  return WAITS;
}

/** Null: all is bound. "": not yet. Otherwise why it never will be. */
function problemOf(state: SchedulerState, { claims, writes }: PreBind, nodeName: string): string | null {
  const objects = objectsSeen(state);
  const node = nodeInfo(state.cache, nodeName);
  if (node === undefined) return `failed to get node "${nodeName}": node "${nodeName}" not found`;
  const provisioned = new Set(
    writes.filter(({ kind }) => kind === "persistentvolumeclaims").map(({ object }) => keyOf(object)),
  );
  let isWaiting = false;
  for (const key of claims) {
    const claim = objects.get("persistentvolumeclaims", key) as PersistentVolumeClaim | undefined;
    if (claim === undefined) return `persistentvolumeclaim "${key.slice(key.indexOf("/") + 1)}" not found`;
    if (provisioned.has(key) && claim.metadata.annotations?.[SELECTED_NODE] !== nodeName) {
      return `provisioning failed for PVC "${claim.metadata.name ?? ""}"`;
    }
    if (!isBound(claim)) {
      isWaiting = true;
      continue;
    }
    const volume = objects.get("persistentvolumes", claim.spec.volumeName!) as PersistentVolume | undefined;
    if (volume === undefined) isWaiting = true;
    else if (!isReachable(volume, node.labels)) {
      return `pv "${volume.metadata.name ?? ""}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`;
    }
  }
  return isWaiting ? "" : null;
}
