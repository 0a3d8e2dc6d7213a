import {
  classOf,
  hasClass,
  isVolumeBoundToClaim,
  type PersistentVolumeClaim,
} from "../../../../api/storage/volumes.ts";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, bind, setClaimStatus } from "./bind.ts";
import { findBestMatch, whyNotSatisfied } from "./match.ts";
import { changeClaim, keyOfClaim, type Pass, tellOfClaim } from "./pass.ts";

const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";
const NOTHING_EXCLUDED: ReadonlySet<string> = new Set();

/** One look at a claim (syncClaim). */
export function syncClaim(pass: Pass, claim: PersistentVolumeClaim): void {
  if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) syncUnbound(pass, claim);
  else syncBound(pass, claim);
}

function syncUnbound(pass: Pass, claim: PersistentVolumeClaim): void {
  const wanted = claim.spec.volumeName;
  if (!wanted) {
    const delayed = waitsForConsumer(pass, claim);
    const volume = findBestMatch(claim, pass.see.all(), NOTHING_EXCLUDED, delayed);
    if (volume !== null) bind(pass, volume, claim);
    else withoutVolume(pass, claim, delayed);
    return;
  }
  const volume = pass.see.volume(wanted);
  if (volume === undefined) {
    setClaimStatus(pass, claim, "Pending", null);
    return;
  }
  if (!volume.spec.claimRef) {
    const problem = whyNotSatisfied(volume, claim);
    if (problem === null) {
      bind(pass, volume, claim);
      return;
    }
    tellOfClaim(pass, claim, "Warning", "VolumeMismatch", `Cannot bind to requested volume "${wanted}": ${problem}`);
    setClaimStatus(pass, claim, "Pending", null);
    return;
  }
  if (isVolumeBoundToClaim(volume, claim)) {
    bind(pass, volume, claim);
    return;
  }
  if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) {
    pass.error = `invalid binding of claim "${claim.metadata.namespace}/${claim.metadata.name}" to volume "${wanted}": volume already claimed by "${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}"`;
    return;
  }
  tellOfClaim(pass, claim, "Warning", "FailedBinding", `volume "${wanted}" already bound to a different claim.`);
  setClaimStatus(pass, claim, "Pending", null);
}

export function waitsForConsumer(pass: Pass, claim: PersistentVolumeClaim): boolean {
  const name = classOf(claim);
  return name !== "" && pass.see.storageClass(name)?.volumeBindingMode === "WaitForFirstConsumer";
}

function withoutVolume(pass: Pass, claim: PersistentVolumeClaim, delayed: boolean): void {
  if (takesDefaultClass(pass, claim)) return;
  if (delayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    tellOfWaiting(pass, claim);
  } else if (classOf(claim) !== "") {
    provision(pass, claim);
    return;
  } else {
    tellOfClaim(
      pass,
      claim,
      "Normal",
      "FailedBinding",
      "no persistent volumes available for this claim and no storage class is set",
    );
  }
  setClaimStatus(pass, claim, "Pending", null);
}

/** A claim that came before there was a default class gets it now; "" asks for none. */
function takesDefaultClass(pass: Pass, claim: PersistentVolumeClaim): boolean {
  if (hasClass(claim)) return false;
  const name = pass.see.defaultClass();
  if (name !== null) changeClaim(pass, claim, { spec: { storageClassName: name } });
  return name !== null;
}

function tellOfWaiting(pass: Pass, claim: PersistentVolumeClaim): void {
  const pods = pass.see.unscheduledPodsOf(keyOfClaim(claim));
  if (pods.length === 0) {
    const message = "waiting for first consumer to be created before binding";
    tellOfClaim(pass, claim, "Normal", "WaitForFirstConsumer", message);
    return;
  }
  const which = pods.length === 1 ? `pod ${pods[0]}` : `pods ${pods.join(",")}`;
  tellOfClaim(pass, claim, "Normal", "WaitForPodScheduled", `waiting for ${which} to be scheduled`);
}

/** Somebody outside makes the volume: the claim is marked for them. What was in-tree once is gone. */
function provision(pass: Pass, claim: PersistentVolumeClaim): void {
  const name = classOf(claim);
  const found = pass.see.storageClass(name);
  if (found === undefined) {
    const text = `storageclass.storage.k8s.io "${name}" not found`;
    tellOfClaim(pass, claim, "Warning", "ProvisioningFailed", text);
    pass.error = text;
    return;
  }
  const { provisioner = "" } = found;
  if (provisioner.startsWith("kubernetes.io/")) {
    const text = `no volume plugin matched name: ${provisioner}`;
    tellOfClaim(pass, claim, "Warning", "ProvisioningFailed", text);
    pass.error = text;
    return;
  }
  const { annotations = {} } = claim.metadata;
  if (annotations[PROVISIONER] !== provisioner || annotations[BETA_PROVISIONER] !== provisioner) {
    changeClaim(pass, claim, {
      metadata: { annotations: { [BETA_PROVISIONER]: provisioner, [PROVISIONER]: provisioner } },
    });
  }
  const text = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  tellOfClaim(pass, claim, "Normal", "ExternalProvisioning", text);
}

function syncBound(pass: Pass, claim: PersistentVolumeClaim): void {
  const lost = (reason: string, message: string) => {
    if (claim.status?.phase !== "Lost") tellOfClaim(pass, claim, "Warning", reason, message);
    setClaimStatus(pass, claim, "Lost", null);
  };
  const name = claim.spec.volumeName;
  if (!name) {
    lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
    return;
  }
  const volume = pass.see.volume(name);
  if (volume === undefined) {
    lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    return;
  }
  const { claimRef } = volume.spec;
  if (!claimRef || claimRef.uid === claim.metadata.uid) bind(pass, volume, claim);
  else lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
}
