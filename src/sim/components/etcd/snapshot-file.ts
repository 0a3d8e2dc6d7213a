import { hashStore } from "./mvcc/store.ts";
import type { MachineImage } from "./state.ts";

/** What `snapshot save` writes: a member's database as it was at one moment, with its checksum at the end. */
export interface SnapshotFile {
  readonly type: "etcdSnapshot";
  readonly image: MachineImage;
  readonly sizeBytes: number;
}

export function isSnapshotFile(value: unknown): value is SnapshotFile {
  return (value as { readonly type?: unknown } | null | undefined)?.type === "etcdSnapshot";
}

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKeys: number;
  readonly totalSizeBytes: number;
}

/** The buckets beside `key`: alarm, cluster, members and the meta values. */
const META_KEYS = 3;

export function statusOfSnapshot({ image, sizeBytes }: SnapshotFile): SnapshotStatus {
  const { store, members, alarms, removed } = image;
  return {
    hash: hashStore(store, store.revision),
    revision: store.revision,
    totalKeys: store.history.size + store.leases.size + members.length + removed.length + alarms.length + META_KEYS,
    totalSizeBytes: sizeBytes,
  };
}
