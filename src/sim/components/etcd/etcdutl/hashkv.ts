import { hashStore } from "../mvcc/store.ts";
import { type Command, CommandError } from "../programs/command.ts";
import { readFile } from "../programs/effects.ts";
import { json, table } from "../programs/format.ts";
import { fullPath } from "../programs/path.ts";
import { isSnapshotFile, type SnapshotFile } from "../snapshot-file.ts";
import type { Host } from "./host.ts";

interface Hash {
  readonly hash: number;
  readonly hashRevision: number;
  readonly compactRevision: number;
}

export const hashkv: Command<Host> = {
  name: "hashkv",
  short: "Prints the KV history hash of a given file",
  usage: "hashkv <filename> [flags]",
  exactly: 1,
  flags: [{ name: "rev", value: "number", default: "0", usage: "maximum revision to hash (default: latest revision)" }],
  *run({ invocation, sheet }, [path = ""], flags) {
    const file = yield* readFile(fullPath(invocation, path));
    if (file === undefined) throw new CommandError(`stat ${path}: no such file or directory`);
    if (!isSnapshotFile(file)) throw new CommandError("invalid database");
    invocation.terminal.out(textOf(hashOf(file, Number(flags.rev)), sheet.format));
  },
};

/** As `endpoint hashkv` counts it, so that a file and a member can be compared. 0: up to the newest. */
function hashOf({ image: { store } }: SnapshotFile, upTo: number): Hash {
  if (upTo > store.revision) throw new CommandError("mvcc: required revision is a future revision");
  if (upTo > 0 && upTo < store.compactRevision) throw new CommandError("mvcc: required revision has been compacted");
  const hashRevision = upTo > 0 ? upTo : store.revision;
  return { hash: hashStore(store, hashRevision), hashRevision, compactRevision: store.compactRevision };
}

function textOf({ hash, hashRevision, compactRevision }: Hash, format: string): string {
  const cells = [hash, hashRevision, compactRevision].map(String);
  switch (format) {
    case "json":
      return `${json({ hash, hashRevision, compactRevision })}\n`;
    case "fields":
      return `"Hash" : ${hash}\n"Hash revision" : ${hashRevision}\n"Compact revision" : ${compactRevision}\n`;
    case "table":
      return table(["HASH", "HASH REVISION", "COMPACT REVISION"], [cells]);
    default:
      return `${cells.join(", ")}\n`;
  }
}
