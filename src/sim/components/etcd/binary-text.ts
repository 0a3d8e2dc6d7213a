import { isSnapshotFile } from "./snapshot-file.ts";
import { isDatabaseFile, isRaftSnapshot } from "./storage.ts";

const BYTES_MAX = 16 * 1024 * 1024;

/** etcd's binary files for people who look at them: a line that says what it is, and as many bytes as there are. Null: none of them. */
export function binaryText(value: object): string | null {
  if ((value as { readonly type?: unknown }).type === "bundle") return padded("etcd write-ahead log\n", WAL_BYTES);
  if (isSnapshotFile(value)) return padded("etcd snapshot\n", value.sizeBytes + CHECKSUM_BYTES);
  if (isDatabaseFile(value)) return padded("etcd database\n", value.sizeBytes);
  return isRaftSnapshot(value) ? padded("raft snapshot\n", RAFT_SNAPSHOT_BYTES) : null;
}

/** Segments are as long as this from the beginning; here they count as what a small one holds. */
const WAL_BYTES = 64_000;
const CHECKSUM_BYTES = 32;
/** Members and marks alone: the database is a file of its own. */
const RAFT_SNAPSHOT_BYTES = 8_192;

function padded(text: string, bytes: number): string {
  return text + "\0".repeat(Math.max(0, Math.min(bytes, BYTES_MAX) - text.length));
}
