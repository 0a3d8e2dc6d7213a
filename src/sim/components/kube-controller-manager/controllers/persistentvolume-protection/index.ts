import { deepFreeze } from "../../../../api/object.ts";
import type { PersistentVolume } from "../../../../api/storage/volumes.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { updateRequest } from "../../../../machinery/requests.ts";
import { PERSISTENT_VOLUMES } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import { finalizersAfter } from "../../lib/finalizers.ts";

const FINALIZER = "kubernetes.io/pv-protection";

/** pkg/controller/volume/pvprotection: a volume that is being deleted stays as long as it is bound. */
export const persistentVolumeProtection: ControllerDefinition<null> = {
  name: "persistentvolume-protection-controller",
  workers: 1,
  informers: [{ resource: PERSISTENT_VOLUMES }],
  createMemory: () => null,
  onDelta(_informer, delta, hands) {
    if (delta.type !== "deleted" && finalizersAfter(delta.object, FINALIZER) !== null)
      hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const volume = view.store("persistentvolumes").objects.get(key) as PersistentVolume | undefined;
    const finalizers = volume === undefined ? null : finalizersAfter(volume, FINALIZER);
    if (volume === undefined || finalizers === null) return {};
    if (volume.metadata.deletionTimestamp !== undefined && volume.status?.phase === "Bound") return {};
    const changed = deepFreeze({ ...volume, metadata: { ...volume.metadata, finalizers } });
    return { writes: [{ request: updateRequest(PERSISTENT_VOLUMES, changed), ignore: ["NotFound"] }] };
  },
};
