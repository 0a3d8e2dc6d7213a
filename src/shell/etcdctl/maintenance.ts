import { humanBytes } from "../../sim/api/human-bytes.ts";
import type { Alarm, Answer, MemberAnswer, StatusAnswer } from "./answers.ts";
import { addressOf, BAD_ARGUMENTS, type Client, CommandError, call, callEndpoint, line, timed } from "./client.ts";
import type { Command } from "./command.ts";
import type { FlagValues } from "./flags.ts";
import { decimalId, json, table } from "./format.ts";
import { headerJson } from "./kv.ts";

const CLUSTER = { name: "cluster", usage: "use all endpoints from the cluster member list" } as const;

async function endpointsOf(client: Client, flags: FlagValues): Promise<readonly string[]> {
  if (flags.cluster !== "true") return client.endpoints;
  const members = (await call(client, { op: "memberList" })).members as readonly MemberAnswer[];
  return members.flatMap((member) => member.clientUrls);
}

const health: Command = {
  name: "health",
  short: "Checks the healthiness of endpoints specified in `--endpoints` flag",
  usage: "endpoint health [flags]",
  flags: [CLUSTER],
  async run(client, _args, flags) {
    const rows = [];
    for (const endpoint of await endpointsOf(client, flags)) rows.push(await healthOf(client, endpoint));
    if (client.format === "json")
      line(
        client,
        JSON.stringify(
          rows.map(({ endpoint, healthy, took, error }) => ({
            endpoint,
            health: healthy,
            took,
            ...(error === "" ? {} : { error }),
          })),
        ),
      );
    else if (client.format === "table") {
      client.context.out.write(
        table(
          ["ENDPOINT", "HEALTH", "TOOK", "ERROR"],
          rows.map(({ endpoint, healthy, took, error }) => [endpoint, String(healthy), took, error]),
        ),
      );
    } else {
      for (const { endpoint, healthy, took, error } of rows) {
        if (healthy) line(client, `${endpoint} is healthy: successfully committed proposal: took = ${took}`);
        else client.context.err.write(`${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
      }
    }
    if (rows.some(({ healthy }) => !healthy)) throw new CommandError("unhealthy cluster");
  },
};

async function healthOf(
  client: Client,
  endpoint: string,
): Promise<{ endpoint: string; healthy: boolean; took: string; error: string }> {
  const { result, took } = await timed(client, async () => {
    try {
      await callEndpoint(client, endpoint, { op: "range", key: "health" });
      const alarms = (await callEndpoint(client, endpoint, { op: "alarm", action: "GET" })).alarms as readonly Alarm[];
      return alarms.length === 0 ? "" : `Active Alarm(s): ${alarms.map(({ alarm }) => `${alarm} `).join("")}`;
    } catch (error) {
      return (error as Error).message;
    }
  });
  return { endpoint, healthy: result === "", took, error: result };
}

const status: Command = {
  name: "status",
  short: "Prints out the status of endpoints specified in `--endpoints` flag",
  usage: "endpoint status [flags]",
  flags: [CLUSTER],
  async run(client, _args, flags) {
    const rows: { readonly endpoint: string; readonly status: StatusAnswer }[] = [];
    let failed = false;
    for (const endpoint of await endpointsOf(client, flags)) {
      try {
        rows.push({ endpoint, status: (await callEndpoint(client, endpoint, { op: "status" })) as StatusAnswer });
      } catch (error) {
        failed = true;
        client.context.err.write(`Failed to get the status of endpoint ${endpoint} (${(error as Error).message})\n`);
      }
    }
    printStatus(client, rows);
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

function printStatus(
  client: Client,
  rows: readonly { readonly endpoint: string; readonly status: StatusAnswer }[],
): void {
  const cells = rows.map(({ endpoint, status: one }) => [
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
  ]);
  if (client.format === "table") client.context.out.write(table(STATUS_HEADER, cells));
  else if (client.format === "json")
    line(client, json(rows.map(({ endpoint, status: one }) => ({ Endpoint: endpoint, Status: statusJson(one) }))));
  else for (const row of cells) line(client, row.join(", "));
}

function statusJson(one: StatusAnswer): object {
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
  };
}

export const endpoint: Command = {
  name: "endpoint",
  short: "Endpoint related commands",
  usage: "endpoint <subcommand>",
  subcommands: [health, status],
};

const memberList: Command = {
  name: "list",
  short: "Lists all members in the cluster",
  usage: "member list [flags]",
  flags: [{ name: "consistency", value: "text", default: "l", usage: "Linearizable(l) or Serializable(s)" }],
  async run(client, _args, flags) {
    const answer = await call(client, { op: "memberList", linearizable: flags.consistency !== "s" });
    const members = answer.members as readonly MemberAnswer[];
    const rows = members.map((member) => [
      member.id,
      member.started ? "started" : "unstarted",
      member.name,
      member.peerUrls.join(","),
      member.clientUrls.join(","),
      String(member.isLearner),
    ]);
    if (client.format === "table") {
      client.context.out.write(table(["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"], rows));
    } else if (client.format === "json")
      line(client, json({ ...headerJson(answer), members: members.map(memberJson) }));
    else for (const row of rows) line(client, row.join(", "));
  },
};

function memberJson(member: MemberAnswer): object {
  return {
    ID: `#${decimalId(member.id)}`,
    ...(member.name === "" ? {} : { name: member.name }),
    peerURLs: member.peerUrls,
    ...(member.clientUrls.length === 0 ? {} : { clientURLs: member.clientUrls }),
    ...(member.isLearner ? { isLearner: true } : {}),
  };
}

export const member: Command = {
  name: "member",
  short: "Membership related commands",
  usage: "member <subcommand>",
  subcommands: [memberList],
};

export const defrag: Command = {
  name: "defrag",
  short: "Defragments the storage of the etcd members with given endpoints",
  usage: "defrag [flags]",
  flags: [CLUSTER],
  async run(client, _args, flags) {
    let failures = 0;
    for (const each of await endpointsOf(client, flags)) {
      try {
        const { took } = await timed(client, () => callEndpoint(client, each, { op: "defragment" }));
        line(client, `Finished defragmenting etcd member[${each}]. took ${took}`);
      } catch (error) {
        failures += 1;
        client.context.err.write(`Failed to defragment etcd member[${each}] (${(error as Error).message})\n`);
      }
    }
    return failures === 0 ? 0 : 1;
  },
};

function printAlarms(client: Client, answer: Answer): void {
  for (const { memberId, alarm: name } of answer.alarms as readonly Alarm[]) {
    line(client, `memberID:${decimalId(memberId)} alarm:${name} `);
  }
}

export const alarm: Command = {
  name: "alarm",
  short: "Alarm related commands",
  usage: "alarm <subcommand>",
  subcommands: [
    {
      name: "disarm",
      short: "Disarms all alarms",
      usage: "alarm disarm [flags]",
      async run(client) {
        const { alarms } = await call(client, { op: "alarm", action: "GET" });
        for (const { memberId, alarm: name } of alarms as readonly Alarm[]) {
          printAlarms(client, await call(client, { op: "alarm", action: "DEACTIVATE", alarm: name, memberId }));
        }
      },
    },
    {
      name: "list",
      short: "Lists all alarms",
      usage: "alarm list [flags]",
      async run(client) {
        printAlarms(client, await call(client, { op: "alarm", action: "GET" }));
      },
    },
  ],
};

export const moveLeader: Command = {
  name: "move-leader",
  short: "Transfers leadership to another etcd cluster member.",
  usage: "move-leader <transferee-member-id> [flags]",
  async run(client, args) {
    if (args.length !== 1) throw new CommandError("move-leader command needs 1 argument", BAD_ARGUMENTS);
    const [target = ""] = args;
    if (!/^[0-9a-fA-F]{1,16}$/.test(target)) {
      throw new CommandError(`strconv.ParseUint: parsing "${target}": invalid syntax`, BAD_ARGUMENTS);
    }
    for (const each of client.endpoints) {
      const { header, leader } = (await callEndpoint(client, each, { op: "status" })) as StatusAnswer;
      if (header.memberId !== leader) continue;
      await callEndpoint(client, each, { op: "moveLeader", targetId: target.toLowerCase() });
      line(client, `Leadership transferred from ${leader} to ${target.toLowerCase()}`);
      return;
    }
    throw new CommandError(`no leader endpoint given at [${client.endpoints.map(addressOf).join(" ")}]`, BAD_ARGUMENTS);
  },
};
