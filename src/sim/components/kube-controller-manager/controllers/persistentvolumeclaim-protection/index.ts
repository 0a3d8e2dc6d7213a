import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { updateRequest } from "../../../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS } from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { claimsOfPod, isTerminated, POD_BY_CLAIM_INDEX } from "../../lib/claims-of-pods.ts";
import { finalizersAfter } from "../../lib/finalizers.ts";
import type { Pod } from "../../lib/types.ts";

const FINALIZER = "kubernetes.io/pvc-protection";

/** pkg/controller/volume/pvcprotection: a claim that is being deleted stays as long as a pod on a node uses it. */
export const persistentVolumeClaimProtection: ControllerDefinition<null> = {
  name: "persistentvolumeclaim-protection-controller",
  workers: 1,
  informers: [{ resource: PERSISTENT_VOLUME_CLAIMS }, { resource: PODS, indexes: [POD_BY_CLAIM_INDEX] }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "persistentvolumeclaims") {
      if (delta.type !== "deleted" && finalizersAfter(delta.object, FINALIZER) !== null)
        hands.add(keyOf(delta.object), delta.trace);
      return;
    }
    const pod = delta.object as Pod;
    // What still runs on a node sets no claim free.
    if (delta.type !== "deleted" && !isTerminated(pod) && pod.spec?.nodeName) return;
    for (const claim of claimsOfPod(pod)) hands.add(claim, delta.trace);
  },
  reconcile(view, key) {
    const claim = view.store("persistentvolumeclaims").objects.get(key);
    const finalizers = claim === undefined ? null : finalizersAfter(claim, FINALIZER);
    if (claim === undefined || finalizers === null) return {};
    const { deletionTimestamp } = claim.metadata ?? {};
    const users = objectsByIndex<Pod>(view.store("pods"), POD_BY_CLAIM_INDEX, key);
    if (deletionTimestamp !== undefined && users.some((pod) => pod.spec?.nodeName && !isTerminated(pod))) return {};
    const changed = deepFreeze({ ...claim, metadata: { ...claim.metadata, finalizers } });
    return { writes: [{ request: updateRequest(PERSISTENT_VOLUME_CLAIMS, changed), ignore: ["NotFound"] }] };
  },
};
