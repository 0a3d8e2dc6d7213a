import { claimNameOf, notForPod } from "../../api/storage/pod-claims.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../api/storage/volumes.ts";
import { withEntry, withMember, withoutEntry, withoutMember } from "../../kernel/collections.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, getRequest } from "../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES } from "../../machinery/resources.ts";
import type { KubeletState, PodWorker } from "./state.ts";

/** What became of a claim that a pod uses: where its volume is on this machine, or why it cannot be had (yet). */
export type ClaimFound = { readonly hostPath: string } | { readonly problem: string };

export interface ClaimTag {
  readonly kubelet: "claim";
  readonly uid: string;
  readonly claim: string;
  /** The claim was read: this is its volume's answer. */
  readonly claimUid: string | null;
}

const NETWORK_VOLUMES = "/var/lib/kubelet/plugins/kubernetes.io/volumes";

/** Reads the pod's claims, and then their volumes, as far as that is not known yet (the desired state populator). */
export function askClaims(state: KubeletState, worker: PodWorker, context: Context): void {
  for (const volume of worker.pod.spec.volumes ?? []) {
    const claim = claimNameOf(worker.pod, volume);
    if (claim === null || worker.claims.has(claim) || worker.claimsAsked.has(claim)) continue;
    if (state.machinery === null) return;
    worker.claimsAsked = withMember(worker.claimsAsked, claim);
    const tag: ClaimTag = { kubelet: "claim", uid: worker.uid, claim, claimUid: null };
    const ask = getRequest(PERSISTENT_VOLUME_CLAIMS, worker.pod.metadata.namespace ?? "", claim);
    call(clientOf(state.machinery), context, ask, tag);
  }
}

/** True: it is known now what became of the claim. */
export function claimAnswered(
  state: KubeletState,
  worker: PodWorker,
  tag: ClaimTag,
  result: CallResult,
  context: Context,
): boolean {
  const found =
    tag.claimUid === null ? volumeOf(state, worker, tag, result, context) : placeOf(worker, tag, tag.claimUid, result);
  if (found === null) return false;
  worker.claimsAsked = withoutMember(worker.claimsAsked, tag.claim);
  worker.claims = withEntry(worker.claims, tag.claim, found);
  return true;
}

function problem(worker: PodWorker, claim: string, why: string): ClaimFound {
  return { problem: `error processing PVC ${worker.pod.metadata.namespace}/${claim}: ${why}` };
}

/** The claim has come: null, its volume is asked for. */
function volumeOf(
  state: KubeletState,
  worker: PodWorker,
  tag: ClaimTag,
  result: CallResult,
  context: Context,
): ClaimFound | null {
  if (!result.ok) return problem(worker, tag.claim, `failed to fetch PVC from API server: ${result.text}`);
  const { metadata, spec, status } = result.object as PersistentVolumeClaim;
  if (metadata.deletionTimestamp !== undefined) return problem(worker, tag.claim, "PVC is being deleted");
  if (status?.phase !== "Bound" || !spec.volumeName) return problem(worker, tag.claim, "PVC is not bound");
  const isEphemeral = (worker.pod.spec.volumes ?? []).some(
    (volume) => volume.ephemeral !== undefined && claimNameOf(worker.pod, volume) === tag.claim,
  );
  const stranger = isEphemeral ? notForPod(worker.pod, result.object) : null;
  if (stranger !== null) return { problem: stranger };
  if (state.machinery === null) return null;
  const next: ClaimTag = { ...tag, claimUid: metadata.uid ?? "" };
  call(clientOf(state.machinery), context, getRequest(PERSISTENT_VOLUMES, "", spec.volumeName), next);
  return null;
}

function placeOf(worker: PodWorker, tag: ClaimTag, claimUid: string, result: CallResult): ClaimFound {
  if (!result.ok) return problem(worker, tag.claim, `failed to fetch PV from API server: ${result.text}`);
  const { metadata, spec } = result.object as PersistentVolume;
  const { name = "" } = metadata;
  if (spec.claimRef?.uid !== claimUid) {
    return problem(worker, tag.claim, `PV ${name} spec.claimRef.UID ${spec.claimRef?.uid ?? ""} does not match`);
  }
  return { hostPath: spec.hostPath?.path ?? spec.local?.path ?? `${NETWORK_VOLUMES}/${name}` };
}

/** Before the next try: what could not be had is asked for again. */
export function forgetFailedClaims(worker: PodWorker): void {
  for (const [claim, found] of worker.claims)
    if ("problem" in found) worker.claims = withoutEntry(worker.claims, claim);
}
