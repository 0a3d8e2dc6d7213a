import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { patchRequest } from "../../../../machinery/requests.ts";
import { NODES } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import type { Node } from "../../lib/types.ts";

const TTL_ANNOTATION = "node.alpha.kubernetes.io/ttl";

/** How long kubelets may keep Secrets and ConfigMaps, by cluster size. The sizes overlap, so that it does not flap. */
const BOUNDARIES = [
  { sizeMin: 0, sizeMax: 100, ttlSeconds: 0 },
  { sizeMin: 90, sizeMax: 500, ttlSeconds: 15 },
  { sizeMin: 450, sizeMax: 1000, ttlSeconds: 30 },
  { sizeMin: 900, sizeMax: 2000, ttlSeconds: 60 },
  { sizeMin: 1800, sizeMax: 2_147_483_647, ttlSeconds: 300 },
] as const;

export interface TtlState {
  nodeCount: number;
  boundaryStep: number;
  ttlSeconds: number;
}

/** One node more or less. */
export function countNode(state: TtlState, change: "add" | "delete"): void {
  state.nodeCount += change === "add" ? 1 : -1;
  const { sizeMin = 0, sizeMax = 0 } = BOUNDARIES[state.boundaryStep] ?? {};
  if (change === "add" && state.nodeCount > sizeMax) state.boundaryStep += 1;
  else if (change === "delete" && state.nodeCount < sizeMin) state.boundaryStep -= 1;
  else return;
  state.ttlSeconds = BOUNDARIES[state.boundaryStep]?.ttlSeconds ?? state.ttlSeconds;
}

/** The patch that gives a node its annotation; null: it has it. */
export function ttlPatch(node: Node, ttlSeconds: number): { readonly metadata: object } | null {
  const wanted = String(ttlSeconds);
  if (node.metadata?.annotations?.[TTL_ANNOTATION] === wanted) return null;
  return deepFreeze({ metadata: { annotations: { [TTL_ANNOTATION]: wanted } } });
}

/** pkg/controller/ttl: an annotation on every node. */
export const ttlController: ControllerDefinition<TtlState> = {
  name: "ttl-controller",
  workers: 5,
  informers: [{ resource: NODES }],
  createMemory: () => ({ nodeCount: 0, boundaryStep: 0, ttlSeconds: 0 }),
  onDelta(_informer, delta, hands) {
    if (delta.type === "added") countNode(hands.memory, "add");
    if (delta.type === "deleted") countNode(hands.memory, "delete");
    else if (ttlPatch(delta.object as Node, hands.memory.ttlSeconds) !== null)
      hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const node = view.store("nodes").objects.get(key) as Node | undefined;
    const patch = node === undefined ? null : ttlPatch(node, view.memory.ttlSeconds);
    return patch === null ? {} : { writes: [{ request: patchRequest(NODES, "", key, "strategic", patch) }] };
  },
};
