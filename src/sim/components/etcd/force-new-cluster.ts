import type { Disk } from "../../kernel/types.ts";
import { type Entry, type HardState, NOBODY } from "./raft/types.ts";
import type { Command, MachineImage, MembershipOperation } from "./state.ts";
import { type Stored, writeEntry, writeHardState } from "./storage.ts";

/**
 * `--force-new-cluster`: everyone else is removed by entries at the log's end, so that this member can go on alone with
 * what it has. All of its log counts, since the commit index on the disk lags behind.
 */
export function forceAlone(disk: Disk, dataPath: string, stored: Stored): Stored {
  const { metadata, snapshot, hardState } = stored;
  const entries = [...stored.entries];
  for (const id of membersAfter(stored)) {
    if (id === metadata.id) continue;
    const index = (entries.at(-1)?.index ?? snapshot?.index ?? 0) + 1;
    const change = Object.freeze({ type: "remove" as const, id });
    const operation: MembershipOperation = Object.freeze({
      op: "membership",
      action: "memberRemove",
      id,
      member: null,
      change,
    });
    const command: Command = Object.freeze({ operation, origin: NOBODY, incarnation: 0, request: 0, trace: null });
    const entry: Entry = { index, term: hardState.term, kind: "membership", data: command, sizeBytes: 100 };
    entries.push(Object.freeze(entry));
    writeEntry(disk, dataPath, entry);
  }
  const commit = entries.at(-1)?.index ?? snapshot?.index ?? 0;
  const forced: HardState = Object.freeze({ ...hardState, commit });
  writeHardState(disk, dataPath, forced);
  return { metadata, snapshot, hardState: forced, entries };
}

/** Who is in the cluster at the log's end, learners too. */
function membersAfter({ metadata, snapshot, entries }: Stored): Set<string> {
  const known = (snapshot?.data as MachineImage | undefined)?.members ?? metadata.members;
  const ids = new Set(known.map((member) => member.id));
  for (const { index, data } of entries) {
    const operation = (data as Command | null)?.operation;
    if (index <= (snapshot?.index ?? 0) || operation?.op !== "membership") continue;
    if (operation.action === "memberRemove") ids.delete(operation.id);
    else ids.add(operation.id);
  }
  return ids;
}
