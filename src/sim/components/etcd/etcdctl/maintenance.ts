import { goDuration } from "../../../api/duration.ts";
import { defragmentData } from "../etcdutl/defrag.ts";
import { BAD_ARGUMENTS, CommandError, type Command as CommandOf, refuseFormat } from "../programs/command.ts";
import { now, type Steps } from "../programs/effects.ts";
import { decimalId, json } from "../programs/format.ts";
import { type AnswerTo, addressOf, type Client, call, callEndpoint } from "./client.ts";
import { CLUSTER, endpointsOf } from "./endpoint.ts";
import { headerJson, line, printHeaderFields, type Sheet } from "./print-kv.ts";

type Command = CommandOf<Client>;

export const defrag: Command = {
  name: "defrag",
  short: "Defragments the storage of the etcd members with given endpoints",
  usage: "defrag [flags]",
  flags: [
    CLUSTER,
    {
      name: "data-dir",
      value: "text",
      default: "",
      usage: "Optional. If present, defragments a data directory not in use by etcd.",
    },
  ],
  *run(client, _args, flags) {
    const dataDir = flags["data-dir"] ?? "";
    if (dataDir !== "") {
      client.sheet.terminal.err(
        "Use `etcdutl defrag` instead. The --data-dir is going to be decomissioned in v3.6.\n\n",
      );
      yield* defragmentData(client.invocation, dataDir);
      return 0;
    }
    let failures = 0;
    for (const each of yield* endpointsOf(client, flags)) if (!(yield* defragmentAt(client, each))) failures += 1;
    return failures === 0 ? 0 : 1;
  },
};

function* defragmentAt(client: Client, endpoint: string): Steps<boolean> {
  const startedUs = yield* now();
  let failure: Error | null = null;
  try {
    yield* callEndpoint(client, endpoint, { op: "defragment" });
  } catch (error) {
    failure = error as Error;
  }
  const took = goDuration((yield* now()) - startedUs);
  if (failure === null) line(client.sheet, `Finished defragmenting etcd member[${endpoint}]. took ${took}`);
  else {
    client.sheet.terminal.err(`Failed to defragment etcd member[${endpoint}]. took ${took}. (${failure.message})\n`);
  }
  return failure === null;
}

function printAlarms(sheet: Sheet, answer: AnswerTo<"alarm">): void {
  switch (sheet.format) {
    case "json":
      line(
        sheet,
        json({
          ...headerJson(answer),
          ...(answer.alarms.length === 0
            ? {}
            : {
                alarms: answer.alarms.map(({ memberId, alarm: name }) => ({
                  memberID: `#${decimalId(memberId)}`,
                  alarm: name === "NOSPACE" ? 1 : 2,
                })),
              }),
        }),
      );
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      for (const { memberId, alarm: name } of answer.alarms)
        line(sheet, `"MemberID" : ${decimalId(memberId)}\n"AlarmType" : ${name}\n`);
      return;
    case "table":
      refuseFormat("table");
      break;
    default:
      for (const { memberId, alarm: name } of answer.alarms)
        line(sheet, `memberID:${decimalId(memberId)} alarm:${name} `);
  }
}

export const alarm: Command = {
  name: "alarm",
  short: "Alarm related commands",
  usage: "alarm <subcommand> [flags]",
  subcommands: [
    {
      name: "disarm",
      short: "Disarms all alarms",
      usage: "alarm disarm [flags]",
      *run(client) {
        const { alarms, ...answer } = yield* call(client, { op: "alarm", action: "GET" });
        const disarmed = [];
        for (const { memberId, alarm: name } of alarms) {
          const done = yield* call(client, {
            op: "alarm",
            action: "DEACTIVATE",
            alarm: name as "NOSPACE",
            memberId,
          });
          disarmed.push(...done.alarms);
        }
        printAlarms(client.sheet, { ...answer, alarms: disarmed });
      },
    },
    {
      name: "list",
      short: "Lists all alarms",
      usage: "alarm list [flags]",
      *run(client) {
        printAlarms(client.sheet, yield* call(client, { op: "alarm", action: "GET" }));
      },
    },
  ],
};

export const moveLeader: Command = {
  name: "move-leader",
  short: "Transfers leadership to another etcd cluster member.",
  usage: "move-leader <transferee-member-id> [flags]",
  *run(client, args) {
    if (args.length !== 1) throw new CommandError("move-leader command needs 1 argument", BAD_ARGUMENTS);
    const [given = ""] = args;
    if (!/^[0-9a-fA-F]{1,16}$/.test(given)) {
      throw new CommandError(`strconv.ParseUint: parsing "${given}": invalid syntax`, BAD_ARGUMENTS);
    }
    const targetId = given.toLowerCase();
    for (const each of client.endpoints) {
      const { header, leader } = yield* callEndpoint(client, each, { op: "status" });
      if (header.memberId !== leader) continue;
      const answer = yield* callEndpoint(client, each, { op: "moveLeader", targetId });
      const { format } = client.sheet;
      if (format === "fields" || format === "table") refuseFormat(format);
      if (format === "json") line(client.sheet, json(headerJson(answer)));
      else line(client.sheet, `Leadership transferred from ${leader} to ${targetId}`);
      return;
    }
    throw new CommandError(`no leader endpoint given at [${client.endpoints.map(addressOf).join(" ")}]`, BAD_ARGUMENTS);
  },
};
