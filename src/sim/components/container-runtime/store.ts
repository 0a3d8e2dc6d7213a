import { removeCgroup } from "../../kernel/cgroups.ts";
import type { Context } from "../../kernel/types.ts";
import type { ImageConfig } from "../image-registry/messages.ts";
import type { ContainerRecord, RuntimeState, SandboxRecord } from "./state.ts";
import { after } from "./timers.ts";

/** containerd's metadata on disk. Writes are made durable together, at most one fsync a second. */
const ROOT = "/var/lib/containerd";
const SANDBOXES = `${ROOT}/io.containerd.grpc.v1.cri/sandboxes/`;
const CONTAINERS = `${ROOT}/io.containerd.grpc.v1.cri/containers/`;
const IMAGES = `${ROOT}/io.containerd.metadata.v1.bolt/images/`;
const POD_CIDR = `${ROOT}/io.containerd.grpc.v1.cri/pod-cidr`;
export const ROOTFS = "/run/containerd/io.containerd.runtime.v2.task/k8s.io/";

export const NO_CONTAINERS: readonly string[] = Object.freeze([]);
const SYNC_DELAY_US = 1_000_000;

export function putSandbox(state: RuntimeState, context: Context, record: SandboxRecord): void {
  Object.freeze(record);
  state.sandboxes.set(record.id, record);
  write(state, context, `${SANDBOXES}${record.id}`, record);
}

export function dropSandbox(state: RuntimeState, context: Context, id: string): void {
  state.sandboxes.delete(id);
  state.containersOfSandbox.delete(id);
  remove(state, context, `${SANDBOXES}${id}`);
}

export function putContainer(state: RuntimeState, context: Context, record: ContainerRecord): void {
  Object.freeze(record.status);
  Object.freeze(record);
  const { id, sandboxId, process } = record.status;
  state.containers.set(id, record);
  state.byProcess.set(process, id);
  addToSandbox(state, sandboxId, id);
  write(state, context, `${CONTAINERS}${id}`, record);
}

function addToSandbox({ containersOfSandbox }: RuntimeState, sandboxId: string, id: string): void {
  const siblings = containersOfSandbox.get(sandboxId) ?? NO_CONTAINERS;
  if (!siblings.includes(id)) containersOfSandbox.set(sandboxId, Object.freeze(siblings.concat(id)));
}

export function dropContainer(state: RuntimeState, context: Context, record: ContainerRecord): void {
  const { id, sandboxId, process } = record.status;
  removeCgroup(context, id);
  state.containers.delete(id);
  const siblings = state.containersOfSandbox.get(sandboxId);
  if (siblings !== undefined)
    state.containersOfSandbox.set(sandboxId, Object.freeze(siblings.filter((each) => each !== id)));
  if (state.byProcess.get(process) === id) {
    state.byProcess.delete(process);
    context.reap(process);
  }
  remove(state, context, `${CONTAINERS}${id}`);
  for (const path of context.disk.list(`${ROOTFS}${id}/`)) context.disk.remove(path);
}

export function putImage(state: RuntimeState, context: Context, image: ImageConfig): void {
  state.images.set(image.reference, image);
  write(state, context, `${IMAGES}${image.reference}`, image);
}

export function dropImage(state: RuntimeState, context: Context, reference: string): void {
  state.images.delete(reference);
  remove(state, context, `${IMAGES}${reference}`);
}

export function putPodCidr(state: RuntimeState, context: Context, podCidr: string): void {
  state.podCidr = podCidr;
  write(state, context, POD_CIDR, podCidr);
}

/** Everything that an earlier incarnation left. */
export function load(state: RuntimeState, context: Context): void {
  const { disk } = context;
  for (const path of disk.list(IMAGES)) {
    const image = disk.read(path) as ImageConfig;
    state.images.set(image.reference, image);
  }
  for (const path of disk.list(SANDBOXES)) {
    const record = disk.read(path) as SandboxRecord;
    state.sandboxes.set(record.id, record);
    state.containersOfSandbox.set(record.id, NO_CONTAINERS);
  }
  const records = disk.list(CONTAINERS).map((path) => disk.read(path) as ContainerRecord);
  records.sort(
    (a, b) =>
      a.status.attempt - b.status.attempt ||
      a.status.createdWallUs - b.status.createdWallUs ||
      (a.status.id < b.status.id ? -1 : 1),
  );
  for (const record of records) {
    state.containers.set(record.status.id, record);
    state.byProcess.set(record.status.process, record.status.id);
    if (state.containersOfSandbox.has(record.status.sandboxId))
      addToSandbox(state, record.status.sandboxId, record.status.id);
  }
  const podCidr = disk.read(POD_CIDR);
  if (typeof podCidr === "string") state.podCidr = podCidr;
}

export function write(state: RuntimeState, context: Context, path: string, value: unknown): void {
  context.disk.write(path, value);
  syncSoon(state, context);
}

export function remove(state: RuntimeState, context: Context, path: string): void {
  context.disk.remove(path);
  syncSoon(state, context);
}

function syncSoon(state: RuntimeState, context: Context): void {
  if (state.syncing) return;
  state.syncing = true;
  after(context, SYNC_DELAY_US, { type: "syncDisk" });
}
