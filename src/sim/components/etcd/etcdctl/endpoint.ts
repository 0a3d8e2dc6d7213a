import { goDuration } from "../../../api/duration.ts";
import { humanBytes } from "../../../api/human-bytes.ts";
import { CommandError, type Command as CommandOf } from "../programs/command.ts";
import { now, type Steps, together } from "../programs/effects.ts";
import type { FlagSpec, FlagValues } from "../programs/flags.ts";
import { decimalId, json, table } from "../programs/format.ts";
import { type AnswerTo, type Client, call, callEndpoint } from "./client.ts";
import { headerJson, line, printHeaderFields, type Sheet } from "./print-kv.ts";

type Command = CommandOf<Client>;

export const CLUSTER: FlagSpec = { name: "cluster", usage: "use all endpoints from the cluster member list" };

export function* endpointsOf(client: Client, flags: FlagValues): Steps<readonly string[]> {
  if (flags.cluster !== "true") return client.endpoints;
  try {
    const { members } = yield* call(client, { op: "memberList" });
    return members.flatMap((member) => member.clientUrls);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`failed to fetch endpoints from etcd cluster member list: ${error.message}`);
  }
}

interface Health {
  readonly endpoint: string;
  readonly healthy: boolean;
  readonly took: string;
  readonly error: string;
}

const health: Command = {
  name: "health",
  short: "Checks the healthiness of endpoints specified in `--endpoints` flag",
  usage: "endpoint health [flags]",
  *run(client, _args, flags) {
    const endpoints = yield* endpointsOf(client, flags);
    const rows = yield* together(endpoints.map((endpoint) => healthOf(client, endpoint)));
    printHealth(client.sheet, rows);
    if (rows.some(({ healthy }) => !healthy)) throw new CommandError("unhealthy cluster");
  },
};

function printHealth(sheet: Sheet, rows: readonly Health[]): void {
  switch (sheet.format) {
    case "json":
      line(
        sheet,
        JSON.stringify(
          rows.map(({ endpoint, healthy, took, error }) => ({
            endpoint,
            health: healthy,
            took,
            ...(error === "" ? {} : { error }),
          })),
        ),
      );
      return;
    case "table":
      sheet.terminal.out(
        table(
          ["ENDPOINT", "HEALTH", "TOOK", "ERROR"],
          rows.map(({ endpoint, healthy, took, error }) => [endpoint, String(healthy), took, error]),
        ),
      );
      return;
    case "fields":
      for (const { endpoint, healthy, took, error } of rows) {
        line(sheet, `"Endpoint" : ${JSON.stringify(endpoint)}`);
        line(sheet, `"Health" : ${healthy}`);
        line(sheet, `"Took" : ${took}`);
        line(sheet, `"Error" : ${error}\n`);
      }
      return;
    default:
      for (const { endpoint, healthy, took, error } of rows) {
        if (healthy) line(sheet, `${endpoint} is healthy: successfully committed proposal: took = ${took}`);
        else sheet.terminal.err(`${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
      }
  }
}

/** A read through the quorum, and no alarm. */
function* healthOf(client: Client, endpoint: string): Steps<Health> {
  const startedUs = yield* now();
  let error = "";
  try {
    yield* callEndpoint(client, endpoint, { op: "range", key: "health" });
    const { alarms } = yield* callEndpoint(client, endpoint, { op: "alarm", action: "GET" });
    if (alarms.length > 0) error = `Active Alarm(s): ${alarms.map(({ alarm }) => `${alarm} `).join("")}`;
  } catch (failure) {
    error = (failure as Error).message;
  }
  return { endpoint, healthy: error === "", took: goDuration((yield* now()) - startedUs), error };
}

type Status = AnswerTo<"status">;

interface StatusRow {
  readonly endpoint: string;
  readonly status: Status;
}

const status: Command = {
  name: "status",
  short: "Prints out the status of endpoints specified in `--endpoints` flag",
  long: `When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.`,
  usage: "endpoint status [flags]",
  *run(client, _args, flags) {
    const rows: StatusRow[] = [];
    let failed = false;
    for (const endpoint of yield* endpointsOf(client, flags)) {
      try {
        rows.push({ endpoint, status: yield* callEndpoint(client, endpoint, { op: "status" }) });
      } catch (error) {
        failed = true;
        client.sheet.terminal.err(`Failed to get the status of endpoint ${endpoint} (${(error as Error).message})\n`);
      }
    }
    printStatus(client.sheet, rows);
    return failed ? 1 : 0;
  },
};

const STATUS_HEADER = [
  "ENDPOINT",
  "ID",
  "VERSION",
  "DB SIZE",
  "IS LEADER",
  "IS LEARNER",
  "RAFT TERM",
  "RAFT INDEX",
  "RAFT APPLIED INDEX",
  "ERRORS",
];

function printStatus(sheet: Sheet, rows: readonly StatusRow[]): void {
  switch (sheet.format) {
    case "table":
      sheet.terminal.out(table(STATUS_HEADER, rows.map(statusCells)));
      return;
    case "json":
      line(sheet, json(rows.map(({ endpoint, status: one }) => ({ Endpoint: endpoint, Status: statusJson(one) }))));
      return;
    case "fields":
      for (const row of rows) printStatusFields(sheet, row);
      return;
    default:
      for (const row of rows) line(sheet, statusCells(row).join(", "));
  }
}

function statusCells({ endpoint, status: one }: StatusRow): string[] {
  return [
    endpoint,
    one.header.memberId,
    one.version,
    humanBytes(one.dbSizeBytes),
    String(one.leader === one.header.memberId),
    String(one.isLearner),
    String(one.raftTerm),
    String(one.raftIndex),
    String(one.raftAppliedIndex),
    one.errors.join(", "),
  ];
}

function statusJson(one: Status): object {
  return {
    ...headerJson(one),
    version: one.version,
    dbSize: one.dbSizeBytes,
    ...(one.leader === "0" ? {} : { leader: `#${decimalId(one.leader)}` }),
    raftIndex: one.raftIndex,
    raftTerm: one.raftTerm,
    raftAppliedIndex: one.raftAppliedIndex,
    ...(one.errors.length === 0 ? {} : { errors: one.errors }),
    dbSizeInUse: one.dbSizeInUseBytes,
    ...(one.isLearner ? { isLearner: true } : {}),
  };
}

function printStatusFields(sheet: Sheet, { endpoint, status: one }: StatusRow): void {
  printHeaderFields(sheet, one);
  line(sheet, `"Version" : ${JSON.stringify(one.version)}`);
  line(sheet, `"DBSize" : ${one.dbSizeBytes}`);
  line(sheet, `"Leader" : ${decimalId(one.leader)}`);
  line(sheet, `"IsLearner" : ${one.isLearner}`);
  line(sheet, `"RaftIndex" : ${one.raftIndex}`);
  line(sheet, `"RaftTerm" : ${one.raftTerm}`);
  line(sheet, `"RaftAppliedIndex" : ${one.raftAppliedIndex}`);
  line(sheet, `"Errors" : [${one.errors.join(" ")}]`);
  line(sheet, `"Endpoint" : ${JSON.stringify(endpoint)}\n`);
}

interface HashRow {
  readonly endpoint: string;
  readonly answer: AnswerTo<"hashKv">;
}

const hashkv: Command = {
  name: "hashkv",
  short: "Prints the KV history hash for each endpoint in --endpoints",
  usage: "endpoint hashkv [flags]",
  flags: [{ name: "rev", value: "number", default: "0", usage: "maximum revision to hash (default: latest revision)" }],
  *run(client, _args, flags) {
    const rows: HashRow[] = [];
    let failure: Error | null = null;
    for (const endpoint of yield* endpointsOf(client, flags)) {
      try {
        const revision = Number(flags.rev);
        rows.push({ endpoint, answer: yield* callEndpoint(client, endpoint, { op: "hashKv", revision }) });
      } catch (error) {
        failure = error as Error;
        client.sheet.terminal.err(`Failed to get the hash of endpoint ${endpoint} (${failure.message})\n`);
      }
    }
    printHashes(client.sheet, rows);
    if (failure !== null) throw failure;
  },
};

function printHashes(sheet: Sheet, rows: readonly HashRow[]): void {
  switch (sheet.format) {
    case "table":
      sheet.terminal.out(
        table(
          ["ENDPOINT", "HASH"],
          rows.map(({ endpoint, answer }) => [endpoint, String(answer.hash)]),
        ),
      );
      return;
    case "json":
      line(
        sheet,
        json(
          rows.map(({ endpoint, answer }) => ({
            Endpoint: endpoint,
            HashKV: { ...headerJson(answer), hash: answer.hash, compact_revision: answer.compactRevision },
          })),
        ),
      );
      return;
    case "fields":
      for (const { endpoint, answer } of rows) {
        printHeaderFields(sheet, answer);
        line(sheet, `"Endpoint" : ${JSON.stringify(endpoint)}`);
        line(sheet, `"Hash" : ${answer.hash}\n`);
      }
      return;
    default:
      for (const { endpoint, answer } of rows) line(sheet, `${endpoint}, ${answer.hash}`);
  }
}

export const endpoint: Command = {
  name: "endpoint",
  short: "Endpoint related commands",
  usage: "endpoint <subcommand> [flags]",
  passedOn: [CLUSTER],
  subcommands: [hashkv, health, status],
};
