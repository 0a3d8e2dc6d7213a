import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { applyMergePatch } from "../../../../api/patch/json-merge.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../../../../api/storage/volumes.ts";
import type { PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import type { EventToRecord } from "../../../../machinery/event-recorder.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
import { deleteRequest, updateRequest } from "../../../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, type Resource } from "../../../../machinery/resources.ts";

/** What a pass may look at. Keys of claims are `namespace/name`. */
export interface Volumes {
  readonly volume: (name: string) => PersistentVolume | undefined;
  readonly claim: (key: string) => PersistentVolumeClaim | undefined;
  /** All volumes in order of their names. */
  readonly all: () => readonly PersistentVolume[];
  /** The class's provisioner and binding mode; undefined: there is no such class. */
  readonly storageClass: (
    name: string,
  ) => { readonly provisioner?: string; readonly volumeBindingMode?: string } | undefined;
  /** The newest class that is marked as default; null: none is. */
  readonly defaultClass: () => string | null;
  /** Names of pods that use the claim and have not ended. */
  readonly podsOf: (claimKey: string) => readonly string[];
  /** Names of pods that use the claim and have no node yet. */
  readonly unscheduledPodsOf: (claimKey: string) => readonly string[];
}

/** What one look at a claim or a volume leads to: writes in order, and what they make of the objects meanwhile. */
export interface Pass {
  readonly see: Volumes;
  readonly writes: PlannedWrite[];
  readonly events: EventToRecord[];
  /** Claims to look at next. */
  readonly enqueue: string[];
  /** The sync failed. */
  error: string | undefined;
}

export function createPass(see: Volumes): Pass {
  return { see, writes: [], events: [], enqueue: [], error: undefined };
}

type Patch = Readonly<Record<string, unknown>>;

/** Changes a volume, or its status; gives it as it is then. */
export function changeVolume(
  pass: Pass,
  volume: PersistentVolume,
  patch: Patch,
  subresource: "" | "status" = "",
): PersistentVolume {
  return change(pass, PERSISTENT_VOLUMES, volume, patch, subresource);
}

export function changeClaim(
  pass: Pass,
  claim: PersistentVolumeClaim,
  patch: Patch,
  subresource: "" | "status" = "",
): PersistentVolumeClaim {
  return change(pass, PERSISTENT_VOLUME_CLAIMS, claim, patch, subresource);
}

/**
 * A decision rests on what was seen: if the object has changed since, the write is refused and the pass made again. A
 * status goes on top of whatever is there: it comes right after the write that it tells of.
 */
function change<T extends ApiObject>(
  pass: Pass,
  resource: Resource,
  object: T,
  patch: Patch,
  subresource: "" | "status",
): T {
  const changed = deepFreeze(applyMergePatch(object, patch) as T);
  const { resourceVersion: _, ...metadata } = changed.metadata ?? {};
  const sent = subresource === "status" ? deepFreeze({ ...changed, metadata }) : changed;
  pass.writes.push({ request: updateRequest(resource, sent, subresource) });
  return changed;
}

export function deleteVolume(pass: Pass, volume: PersistentVolume): void {
  pass.writes.push({
    request: deleteRequest(PERSISTENT_VOLUMES, "", volume.metadata.name ?? ""),
    ignore: ["NotFound"],
  });
}

export function tellOfClaim(
  pass: Pass,
  claim: PersistentVolumeClaim,
  type: EventToRecord["type"],
  reason: string,
  message: string,
): void {
  pass.events.push({ object: referenceTo(PERSISTENT_VOLUME_CLAIMS, claim), type, reason, message });
}

export function tellOfVolume(
  pass: Pass,
  volume: PersistentVolume,
  type: EventToRecord["type"],
  reason: string,
  message: string,
): void {
  pass.events.push({ object: referenceTo(PERSISTENT_VOLUMES, volume), type, reason, message });
}

export function keyOfClaim({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}
