import { goDuration } from "../../../api/duration.ts";
import { humanBytes } from "../../../api/human-bytes.ts";
import { type Command, CommandError } from "../programs/command.ts";
import { now, readFile, type Steps, writeFile } from "../programs/effects.ts";
import { consoleLine } from "../programs/log.ts";
import { fullPath } from "../programs/path.ts";
import type { Invocation } from "../programs/program.ts";
import type { HardState } from "../raft/types.ts";
import { databaseFile, databasePath, hardStatePath, isDatabaseFile } from "../storage.ts";
import type { Host } from "./host.ts";

export const defrag: Command<Host> = {
  name: "defrag",
  short: "Defragments the storage of the etcd",
  usage: "defrag [flags]",
  required: ["data-dir"],
  flags: [
    {
      name: "data-dir",
      value: "text",
      default: "",
      usage: "Required. Defragments a data directory not in use by etcd.",
    },
  ],
  *run({ invocation }, _args, flags) {
    yield* defragmentData(invocation, flags["data-dir"] ?? "");
  },
};

/** Takes effect when a member starts there, as the defragmentation of a running one does. */
export function* defragmentData(invocation: Invocation, dataDir: string): Steps<void> {
  const fail = (why: string) => new CommandError(`Failed to defragment etcd data[${dataDir}] (${why})`);
  const shownPath = `${dataDir}/member/snap/db`;
  const path = databasePath(fullPath(invocation, dataDir));
  const startedUs = yield* now();
  const file = (yield* readFile(path)) as object | undefined;
  if (file === undefined) throw fail(`open ${shownPath}: no such file or directory`);
  if (!isDatabaseFile(file)) throw fail("invalid database");
  const { sizeBytes, usedBytes } = file;
  const used = { "current-db-size-in-use-bytes": usedBytes, "current-db-size-in-use": humanBytes(usedBytes) };
  yield* consoleLine(invocation.terminal, {
    caller: "backend/backend.go:497",
    msg: "defragmenting",
    fields: {
      path: shownPath,
      "current-db-size-bytes": sizeBytes,
      "current-db-size": humanBytes(sizeBytes),
      ...used,
    },
  });
  const hardState = (yield* readFile(hardStatePath(fullPath(invocation, dataDir)))) as HardState | undefined;
  const written = yield* writeFile(path, databaseFile(usedBytes, usedBytes, hardState?.commit ?? 0));
  if (!written) throw fail(`write ${shownPath}: no space left on device`);
  yield* consoleLine(invocation.terminal, {
    caller: "backend/backend.go:549",
    msg: "finished defragmenting directory",
    fields: {
      path: shownPath,
      "current-db-size-bytes-diff": usedBytes - sizeBytes,
      "current-db-size-bytes": usedBytes,
      "current-db-size": humanBytes(usedBytes),
      "current-db-size-in-use-bytes-diff": 0,
      ...used,
      took: goDuration((yield* now()) - startedUs),
    },
  });
}
