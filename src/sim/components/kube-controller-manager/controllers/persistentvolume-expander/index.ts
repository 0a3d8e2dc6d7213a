import { deepFreeze } from "../../../../api/object.ts";
import { compareQuantities } from "../../../../api/quantity.ts";
import { migratedVolume } from "../../../../api/storage/csi-migration.ts";
import {
  isVolumeBoundToClaim,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from "../../../../api/storage/volumes.ts";
import type { ControllerDefinition, Plan, PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
import { updateRequest } from "../../../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";

const RESIZER = "volume.kubernetes.io/storage-resizer";

/**
 * pkg/controller/volume/expand: no plugin of its own can make a volume larger any more, so it tells whoever asked for
 * that that somebody else must. Keys are claims.
 */
export const persistentVolumeExpander: ControllerDefinition<null> = {
  name: "persistentvolume-expander-controller",
  workers: 10,
  informers: [{ resource: PERSISTENT_VOLUME_CLAIMS }, { resource: PERSISTENT_VOLUMES }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer !== "persistentvolumeclaims" || delta.type === "deleted") return;
    const claim = delta.object as PersistentVolumeClaim;
    const old = delta.old as PersistentVolumeClaim | null;
    const grew = old === null || compareQuantities(requested(claim), requested(old)) > 0;
    if (grew && claim.status?.phase === "Bound") hands.add(keyOf(claim), delta.trace);
  },
  reconcile(view, key) {
    const claim = view.store("persistentvolumeclaims").objects.get(key) as PersistentVolumeClaim | undefined;
    if (claim === undefined) return {};
    const name = claim.spec.volumeName ?? "";
    const volume = view.store("persistentvolumes").objects.get(name) as PersistentVolume | undefined;
    if (volume === undefined) return { error: `failed to get PV "${name}": persistentvolumes "${name}" not found` };
    if (!isVolumeBoundToClaim(volume, claim))
      return { error: `persistent Volume is not bound to PVC being updated : ${key}` };
    if (compareQuantities(requested(claim), String(claim.status?.capacity?.storage ?? "0")) <= 0) return {};
    const object = referenceTo(PERSISTENT_VOLUME_CLAIMS, claim);
    const tell = (message: string): Pick<Plan, "events"> => ({
      events: [{ object, type: "Normal", reason: "ExternalExpanding", message }],
    });
    const migrated = migratedVolume(volume.spec);
    if (migrated === null) return tell("waiting for an external controller to expand this PVC");
    const message = `CSI migration enabled for ${migrated.plugin}; waiting for external resizer to expand the pvc`;
    return { ...tell(message), writes: forResizer(claim, migrated.driver) };
  },
};

/** Who is to do it. */
function forResizer(claim: PersistentVolumeClaim, driver: string): PlannedWrite[] {
  const { annotations } = claim.metadata;
  if (annotations?.[RESIZER] === driver) return [];
  const metadata = { ...claim.metadata, annotations: { ...annotations, [RESIZER]: driver } };
  return [{ request: updateRequest(PERSISTENT_VOLUME_CLAIMS, deepFreeze({ ...claim, metadata })) }];
}

function requested({ spec }: PersistentVolumeClaim): string {
  return String(spec.resources?.requests?.storage ?? "0");
}
