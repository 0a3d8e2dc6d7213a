import { type PersistentVolume, volumeModesDiffer } from "../../../../api/storage/volumes.ts";
import { setVolumePhase, unbind } from "./bind.ts";
import { changeVolume, deleteVolume, keyOfClaim, type Pass, tellOfClaim, tellOfVolume } from "./pass.ts";

const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/** One look at a volume (syncVolume). */
export function syncVolume(pass: Pass, volume: PersistentVolume): void {
  const { claimRef } = volume.spec;
  if (!claimRef?.uid) {
    setVolumePhase(pass, volume, "Available");
    return;
  }
  const known = pass.see.claim(`${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`);
  // A claim of the same name that came later is not the one it was bound to.
  const claim = known?.metadata.uid === claimRef.uid ? known : undefined;
  if (claim === undefined) {
    release(pass, volume);
    return;
  }
  if (!claim.spec.volumeName) {
    if (!volumeModesDiffer(volume, claim)) {
      // Half bound: the claim's next pass completes it.
      pass.enqueue.push(keyOfClaim(claim));
      return;
    }
    const { name } = volume.metadata;
    tellOfVolume(
      pass,
      volume,
      "Warning",
      "VolumeMismatch",
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`,
    );
    tellOfClaim(
      pass,
      claim,
      "Warning",
      "VolumeMismatch",
      `Cannot bind PersistentVolume "${name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`,
    );
    return;
  }
  if (claim.spec.volumeName === volume.metadata.name) {
    setVolumePhase(pass, volume, "Bound");
    return;
  }
  const provisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
  if (provisioned && volume.spec.persistentVolumeReclaimPolicy === "Delete") release(pass, volume);
  else unbind(pass, volume);
}

/** The claim is gone: the volume keeps its data and waits for what its reclaim policy says. */
function release(pass: Pass, volume: PersistentVolume): void {
  const phase = volume.status?.phase;
  const released = phase === "Released" || phase === "Failed" ? volume : setVolumePhase(pass, volume, "Released");
  reclaim(pass, released);
}

/**
 * `Retain` keeps it as it is. `Delete` is the business of whoever provisioned it; a volume of the node's own disk below
 * /tmp is removed here (the one in-tree deleter that is left), any other cannot be deleted. Nothing can be recycled.
 */
function reclaim(pass: Pass, volume: PersistentVolume): void {
  const policy = volume.spec.persistentVolumeReclaimPolicy;
  if (volume.status?.phase === "Failed") return;
  if (policy === undefined || policy === "Retain") return;
  if (policy === "Recycle") recycle(pass, volume);
  else if (policy === "Delete") remove(pass, volume);
  else fail(pass, volume, "VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy");
}

function recycle(pass: Pass, volume: PersistentVolume): void {
  const { namespace = "", name = "" } = volume.spec.claimRef ?? {};
  const pods = pass.see.podsOf(`${namespace}/${name}`);
  if (pods.length === 0) {
    fail(pass, volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!");
    return;
  }
  const users = pods.map((pod) => `${namespace}/${pod}`).join(",");
  tellOfVolume(pass, volume, "Normal", "VolumeFailedRecycle", `Volume is used by pods: ${users}`);
}

function remove(pass: Pass, volume: PersistentVolume): void {
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined || volume.spec.csi !== undefined) return;
  const path = volume.spec.hostPath?.path;
  if (path === undefined) {
    const why = `error getting deleter volume plugin for volume "${volume.metadata.name}": no volume plugin matched`;
    fail(pass, volume, "VolumeFailedDelete", why);
  } else if (path.startsWith("/tmp/")) deleteVolume(pass, volume);
  else
    fail(pass, volume, "VolumeFailedDelete", `host_path deleter only supports /tmp/.+ but received provided ${path}`);
}

function fail(pass: Pass, volume: PersistentVolume, reason: string, message: string): void {
  tellOfVolume(pass, volume, "Warning", reason, message);
  changeVolume(pass, volume, { status: { phase: "Failed", message } }, "status");
}
