import { humanBytes } from "../../../api/human-bytes.ts";
import { birthOf } from "../birth.ts";
import { clusterId, memberId } from "../identity.ts";
import type { Member } from "../messages.ts";
import { compactStore, copyStore, defragmentedBytes, type Store } from "../mvcc/store.ts";
import { BAD_ARGUMENTS, type Command, CommandError } from "../programs/command.ts";
import { listFiles, readFile, type Steps, writeFile } from "../programs/effects.ts";
import type { FlagValues } from "../programs/flags.ts";
import { json, table } from "../programs/format.ts";
import { consoleLine } from "../programs/log.ts";
import { fullPath } from "../programs/path.ts";
import type { Invocation } from "../programs/program.ts";
import { memberOf } from "../publish.ts";
import type { Entry, HardState, Snapshot } from "../raft/types.ts";
import { isSnapshotFile, type SnapshotFile, statusOfSnapshot } from "../snapshot-file.ts";
import {
  databaseFile,
  databasePath,
  entryPath,
  hardStatePath,
  type Metadata,
  metadataPath,
  snapshotPath,
} from "../storage.ts";
import type { Host } from "./host.ts";

export const status: Command<Host> = {
  name: "status",
  short: "Gets backend snapshot status of a given file",
  long: `When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are hash, revision, total keys, total size.`,
  usage: "snapshot status <filename> [flags]",
  *run({ invocation, sheet }, args) {
    const [path] = args;
    if (path === undefined || args.length > 1)
      throw new CommandError("snapshot status requires exactly one argument", BAD_ARGUMENTS);
    const file = yield* readFile(fullPath(invocation, path));
    if (file === undefined) throw new CommandError(`stat ${path}: no such file or directory`);
    if (!isSnapshotFile(file)) throw new CommandError("invalid database");
    invocation.terminal.out(statusText(file, sheet.format));
  },
};

function statusText(file: SnapshotFile, format: string): string {
  const { hash, revision, totalKeys, totalSizeBytes } = statusOfSnapshot(file);
  const cells = [hash.toString(16), String(revision), String(totalKeys), humanBytes(totalSizeBytes)];
  switch (format) {
    case "json":
      return `${json({ hash, revision, totalKey: totalKeys, totalSize: totalSizeBytes })}\n`;
    case "fields":
      return `"Hash" : ${hash}\n"Revision" : ${revision}\n"Keys" : ${totalKeys}\n"Size" : ${totalSizeBytes}\n`;
    case "table":
      return table(["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"], [cells]);
    default:
      return `${cells.join(", ")}\n`;
  }
}

export const restore: Command<Host> = {
  name: "restore",
  short: "Restores an etcd member snapshot to an etcd directory",
  usage: "snapshot restore <filename> --data-dir {output dir} [options] [flags]",
  required: ["data-dir"],
  flags: [
    {
      name: "bump-revision",
      value: "natural",
      default: "0",
      usage: "How much to increase the latest revision after restore",
    },
    { name: "data-dir", value: "text", default: "", usage: "Path to the output data directory" },
    {
      name: "initial-advertise-peer-urls",
      value: "text",
      default: "http://localhost:2380",
      usage: "List of this member's peer URLs to advertise to the rest of the cluster",
    },
    {
      name: "initial-cluster",
      value: "text",
      default: "default=http://localhost:2380",
      usage: "Initial cluster configuration for restore bootstrap",
    },
    {
      name: "initial-cluster-token",
      value: "text",
      default: "etcd-cluster",
      usage: "Initial cluster token for the etcd cluster during restore bootstrap",
    },
    {
      name: "mark-compacted",
      usage:
        "Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)",
    },
    { name: "name", value: "text", default: "default", usage: "Human-readable name for this member" },
    {
      name: "skip-hash-check",
      usage: "Ignore snapshot integrity hash value (required if copied from data directory)",
    },
    { name: "wal-dir", value: "text", default: "", usage: "Path to the WAL directory (use --data-dir if none given)" },
  ],
  *run({ invocation }, args, flags) {
    const [path] = args;
    if (path === undefined || args.length > 1)
      throw new CommandError("snapshot restore requires exactly one argument", BAD_ARGUMENTS);
    const bump = Number(flags["bump-revision"]);
    if (bump > 0 !== (flags["mark-compacted"] === "true"))
      throw new CommandError("--mark-compacted required if --revision-bump > 0", BAD_ARGUMENTS);
    const members = initialMembers(flags);
    const dataDir = flags["data-dir"] || `${flags.name}.etcd`;
    yield* checkTarget(invocation, dataDir);
    const fields = {
      path,
      "wal-dir": flags["wal-dir"] || `${dataDir}/member/wal`,
      "data-dir": dataDir,
      "snap-dir": `${dataDir}/member/snap`,
    };
    const { terminal } = invocation;
    yield* consoleLine(terminal, {
      caller: "snapshot/v3_snapshot.go:265",
      msg: "restoring snapshot",
      fields: { ...fields, "initial-memory-map-size": INITIAL_MMAP_BYTES },
    });
    const file = yield* open(invocation, path);
    yield* consoleLine(terminal, {
      caller: "membership/store.go:141",
      msg: "Trimming membership information from the backend...",
      fields: {},
    });
    yield* logMembers(invocation, members);
    const target = fullPath(invocation, dataDir);
    for (const [to, value] of filesOf(target, String(flags.name), members, file, bump)) {
      if (!(yield* writeFile(to, value))) throw new CommandError(`write ${to}: no space left on device`);
    }
    yield* consoleLine(terminal, {
      caller: "snapshot/v3_snapshot.go:293",
      msg: "restored snapshot",
      fields: { ...fields, "initial-memory-map-size": INITIAL_MMAP_BYTES },
    });
  },
};

const INITIAL_MMAP_BYTES = 10_737_418_240;

/** Who the cluster will be made of, with ids that follow from their addresses and the token. */
function initialMembers(flags: FlagValues): Member[] {
  const name = String(flags.name);
  const given = String(flags["initial-cluster"])
    .split(",")
    .map((each) => each.split("="));
  const malformed = given.find(([, url = ""]) => !/^https?:\/\/[^/:\s]+:\d+$/.test(url));
  if (malformed !== undefined)
    throw new CommandError(`URL must be of the form scheme://host:port: ${malformed[1] ?? malformed[0] ?? ""}`);
  const own = given.filter(([each]) => each === name).map(([, url = ""]) => url);
  if (own.length === 0)
    throw new CommandError(`couldn't find local name "${name}" in the initial cluster configuration`);
  const advertised = String(flags["initial-advertise-peer-urls"]).split(",");
  const missing = own.filter((url) => !advertised.includes(url));
  if (missing.length > 0) {
    throw new CommandError(
      `--initial-cluster has ${missing.map((url) => `${name}=${url}`).join(",")} but missing from --initial-advertise-peer-urls=${advertised.join(",")} (resolved urls: "${advertised.join(",")}" != "${own.join(",")}")`,
    );
  }
  const token = String(flags["initial-cluster-token"]);
  return given
    .map(([each = "", url = ""]) => memberOf(memberId([url], token), each, [url], [], true))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function* checkTarget(invocation: Invocation, dataDir: string): Steps<void> {
  const there = yield* listFiles(`${fullPath(invocation, dataDir)}/`);
  if (there.length > 0) throw new CommandError(`data-dir "${dataDir}" not empty or could not be read`);
}

function* open(invocation: Invocation, path: string): Steps<SnapshotFile> {
  const file = yield* readFile(fullPath(invocation, path));
  if (file === undefined) throw new CommandError(`open ${path}: no such file or directory`);
  if (!isSnapshotFile(file)) throw new CommandError("snapshot missing hash but --skip-hash-check=false");
  return file;
}

function* logMembers(invocation: Invocation, members: readonly Member[]): Steps<void> {
  const id = clusterId(members.map((member) => member.id));
  for (const member of members) {
    yield* consoleLine(invocation.terminal, {
      caller: "membership/cluster.go:421",
      msg: "added member",
      fields: {
        "cluster-id": id,
        "local-member-id": "0",
        "added-peer-id": member.id,
        "added-peer-peer-urls": member.peerUrls,
        "added-peer-is-learner": false,
      },
    });
  }
}

const BORN_TERM = 1;

/** The data directory of a member that begins with what the snapshot holds. */
function filesOf(
  dataDir: string,
  name: string,
  members: readonly Member[],
  file: SnapshotFile,
  bump: number,
): (readonly [path: string, value: unknown])[] {
  const own = members.find((member) => member.name === name) as Member;
  const ids = members.map((member) => member.id);
  const metadata: Metadata = { id: own.id, clusterId: clusterId(ids), members, peers: members };
  const hardState: HardState = { term: BORN_TERM, vote: ids[0] as string, commit: members.length };
  const entries = members.map((member, index): Entry => {
    const data = Object.freeze({ operation: birthOf(member), origin: "", incarnation: 0, request: 0, trace: null });
    return Object.freeze({ index: index + 1, term: BORN_TERM, kind: "membership", data, sizeBytes: 100 });
  });
  const store = Object.freeze(storeOf(file, bump));
  const snapshot: Snapshot = {
    index: members.length,
    term: BORN_TERM,
    membership: Object.freeze({
      voters: Object.freeze([...ids]),
      outgoing: Object.freeze([]),
      learners: Object.freeze([]),
    }),
    data: Object.freeze({
      store,
      members: Object.freeze([...members]),
      removed: Object.freeze([]),
      alarms: file.image.alarms,
    }),
    sizeBytes: store.fileBytes,
  };
  return [
    [metadataPath(dataDir), Object.freeze(metadata)],
    [hardStatePath(dataDir), Object.freeze(hardState)],
    ...entries.map((entry) => [entryPath(dataDir, entry.index), entry] as const),
    [snapshotPath(dataDir, snapshot), Object.freeze(snapshot)],
    [databasePath(dataDir), databaseFile(store.fileBytes, defragmentedBytes(store), 0)],
  ];
}

/** With `bump` revisions go on far above all that clients have seen, and everything before is compacted: they list anew. */
function storeOf({ image }: SnapshotFile, bump: number): Store {
  const store = copyStore(image.store as Store);
  if (bump === 0) return store;
  store.revision += bump;
  compactStore(store, store.revision);
  return store;
}
