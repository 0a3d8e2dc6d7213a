import type { ApiObject } from "../../../../api/object.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import type { ControllerDefinition, View } from "../../../../machinery/controller-runtime.ts";
import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  STORAGE_CLASSES,
} from "../../../../machinery/resources.ts";
import { objectsByIndex } from "../../../../machinery/store.ts";
import { isTerminated, POD_BY_CLAIM_INDEX } from "../../lib/claims-of-pods.ts";
import type { Pod } from "../../lib/types.ts";
import { createPass, keyOfClaim, type Pass, type Volumes } from "./pass.ts";
import { syncClaim } from "./sync-claim.ts";
import { syncVolume } from "./sync-volume.ts";

/** Claims and volumes that are not settled are looked at again this often. */
const RESYNC_US = 15_000_000;
const CLAIM = "claim:";
const VOLUME = "volume:";
const IS_DEFAULT = "storageclass.kubernetes.io/is-default-class";
const IS_DEFAULT_BETA = "storageclass.beta.kubernetes.io/is-default-class";

/** pkg/controller/volume/persistentvolume: claims find volumes, volumes are freed, kept or removed when claims go. */
export const persistentVolumeBinder: ControllerDefinition<null> = {
  name: "persistentvolume-binder-controller",
  workers: 1,
  backOff: { baseUs: RESYNC_US, maxUs: RESYNC_US },
  informers: [
    { resource: PERSISTENT_VOLUMES },
    { resource: PERSISTENT_VOLUME_CLAIMS },
    { resource: STORAGE_CLASSES },
    { resource: PODS, indexes: [POD_BY_CLAIM_INDEX] },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "persistentvolumeclaims") {
      const claim = delta.object as PersistentVolumeClaim;
      if (delta.type !== "deleted") hands.add(`${CLAIM}${keyOfClaim(claim)}`, delta.trace);
      else if (claim.spec.volumeName) hands.add(`${VOLUME}${claim.spec.volumeName}`, delta.trace);
    } else if (informer === "persistentvolumes") {
      const volume = delta.object as PersistentVolume;
      if (delta.type !== "deleted") hands.add(`${VOLUME}${volume.metadata.name}`, delta.trace);
      else if (volume.spec.claimRef) {
        const { namespace = "", name = "" } = volume.spec.claimRef;
        hands.add(`${CLAIM}${namespace}/${name}`, delta.trace);
      }
    }
  },
  reconcile(view, key) {
    const pass = createPass(volumesOf(view));
    const settled = key.startsWith(CLAIM)
      ? lookAtClaim(pass, key.slice(CLAIM.length))
      : lookAtVolume(pass, key.slice(VOLUME.length));
    const { writes, events, error } = pass;
    return {
      writes,
      events,
      enqueue: pass.enqueue.map((claim) => `${CLAIM}${claim}`),
      ...(error === undefined ? {} : { error }),
      ...(settled || error !== undefined ? {} : { requeueAfterUs: RESYNC_US, periodic: true }),
    };
  },
};

/** True: nothing more is to come of itself. */
function lookAtClaim(pass: Pass, key: string): boolean {
  const claim = pass.see.claim(key);
  if (claim === undefined) return true;
  syncClaim(pass, claim);
  return claim.status?.phase !== "Pending" || pass.writes.length > 0;
}

function lookAtVolume(pass: Pass, name: string): boolean {
  const volume = pass.see.volume(name);
  if (volume !== undefined) syncVolume(pass, volume);
  return true;
}

function volumesOf(view: View<null>): Volumes {
  const volumes = view.store("persistentvolumes").objects;
  const claims = view.store("persistentvolumeclaims").objects;
  const classes = view.store("storageclasses").objects;
  const podsOf = (key: string) => objectsByIndex<Pod>(view.store("pods"), POD_BY_CLAIM_INDEX, key);
  return {
    volume: (name) => volumes.get(name) as PersistentVolume | undefined,
    claim: (key) => claims.get(key) as PersistentVolumeClaim | undefined,
    all: () => [...volumes.values()] as unknown as PersistentVolume[],
    storageClass: (name) => classes.get(name) as ReturnType<Volumes["storageClass"]>,
    defaultClass: () => newestDefault([...classes.values()]),
    podsOf: (key) =>
      podsOf(key)
        .filter((pod) => !isTerminated(pod))
        .map(nameOf),
    unscheduledPodsOf: (key) =>
      podsOf(key)
        .filter((pod) => !pod.spec?.nodeName)
        .map(nameOf),
  };
}

function nameOf(object: ApiObject): string {
  return object.metadata?.name ?? "";
}

function newestDefault(classes: readonly ApiObject[]): string | null {
  const marked = classes.filter(
    ({ metadata }) =>
      metadata?.annotations?.[IS_DEFAULT] === "true" || metadata?.annotations?.[IS_DEFAULT_BETA] === "true",
  );
  const bornAt = ({ metadata }: ApiObject) => metadata?.creationTimestamp ?? "";
  marked.sort((a, b) => (bornAt(a) === bornAt(b) ? (nameOf(a) < nameOf(b) ? -1 : 1) : bornAt(a) > bornAt(b) ? -1 : 1));
  return marked[0] === undefined ? null : nameOf(marked[0]);
}
