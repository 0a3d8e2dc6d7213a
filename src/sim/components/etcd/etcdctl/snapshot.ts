import { humanBytes } from "../../../api/human-bytes.ts";
import { restore, status } from "../etcdutl/snapshot.ts";
import type { EtcdSnapshotFrame, EtcdSnapshotRequest } from "../messages.ts";
import { BAD_ARGUMENTS, CommandError, type Command as CommandOf, INTERRUPTED } from "../programs/command.ts";
import { now, type Steps, sleep, stream, writeFile } from "../programs/effects.ts";
import { logLine } from "../programs/log.ts";
import { fullPath } from "../programs/path.ts";
import type { Printer } from "../programs/program.ts";
import { addressOf, type Client } from "./client.ts";
import { line } from "./print-kv.ts";

type Command = CommandOf<Client>;

const save: Command = {
  name: "save",
  short: "Stores an etcd node backend snapshot to a given file",
  usage: "snapshot save <filename> [flags]",
  *run(client, args) {
    const [path] = args;
    if (path === undefined || args.length > 1)
      throw new CommandError("snapshot save expects one argument", BAD_ARGUMENTS);
    if (client.endpoints.length !== 1) {
      const endpoints = client.endpoints.join(" ");
      throw new CommandError(
        `snapshot must be requested to one selected node, not multiple [${endpoints}]`,
        INTERRUPTED,
      );
    }
    const [endpoint = ""] = client.endpoints;
    const { terminal } = client.sheet;
    const say = (caller: string, msg: string, fields: object, logger?: string) =>
      logLine(terminal, { caller, msg, fields, ...(logger === undefined ? {} : { logger }) });
    yield* say("snapshot/v3_snapshot.go:65", "created temporary db file", { path: `${path}.part` });
    yield* say("v3@v3.5.21/maintenance.go:212", "opened snapshot stream; downloading", {}, "client");
    yield* say("snapshot/v3_snapshot.go:73", "fetching snapshot", { endpoint });
    const startedUs = yield* now();
    const { file, sizeBytes } = yield* fetch(client, endpoint);
    yield* say("v3@v3.5.21/maintenance.go:220", "completed snapshot read; closing", {}, "client");
    const seconds = Math.floor(((yield* now()) - startedUs) / 1_000_000);
    const took = seconds === 0 ? "now" : `${seconds} second${seconds === 1 ? "" : "s"} ago`;
    yield* say("snapshot/v3_snapshot.go:88", "fetched snapshot", { endpoint, size: humanBytes(sizeBytes), took });
    if (!(yield* writeFile(fullPath(client.invocation, path), file))) {
      throw new CommandError(`could not write ${path}.part: no space left on device`, INTERRUPTED);
    }
    yield* say("snapshot/v3_snapshot.go:97", "saved", { path });
    line(client.sheet, `Snapshot saved at ${path}`);
  },
};

/** From one member, whether or not it has a leader. */
function* fetch(client: Client, endpoint: string): Steps<EtcdSnapshotFrame> {
  const body: EtcdSnapshotRequest = { op: "snapshot" };
  const isPlain = endpoint.startsWith("http://") || (!endpoint.startsWith("https://") && !client.secure);
  const certificate = isPlain ? undefined : client.certificate;
  const ended = yield* stream(addressOf(endpoint), Object.freeze(body), certificate, "snapshot", null);
  if (ended.value !== null) return ended.value as EtcdSnapshotFrame;
  // It dials for as long as it may; without --command-timeout that is until somebody stops it.
  if (client.hasTimeout) yield* sleep(client.timeoutUs);
  const why = ended.error === null ? "error reading from server: EOF" : ended.error.text;
  throw new CommandError(
    client.hasTimeout
      ? "context deadline exceeded"
      : `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${why}"`,
    INTERRUPTED,
  );
}

export const printSnapshot: Printer = (frame) => {
  const given = frame as EtcdSnapshotFrame;
  return given.type === "snapshot" ? { value: given } : null;
};

function deprecated(name: "status" | "restore", command: Command): Command {
  return {
    ...command,
    *run(client, args, flags) {
      client.sheet.terminal.err(`Deprecated: Use \`etcdutl snapshot ${name}\` instead.\n\n`);
      return yield* (command.run as NonNullable<Command["run"]>)(client, args, flags);
    },
  };
}

export const snapshot: Command = {
  name: "snapshot",
  short: "Manages etcd node snapshots",
  usage: "snapshot <subcommand> [flags]",
  subcommands: [deprecated("restore", { ...restore, required: [] }), save, deprecated("status", status)],
};
