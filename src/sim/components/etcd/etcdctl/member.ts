import type { Member } from "../messages.ts";
import { BAD_ARGUMENTS, CommandError, type Command as CommandOf, refuseFormat } from "../programs/command.ts";
import type { FlagValues } from "../programs/flags.ts";
import { decimalId, json, table } from "../programs/format.ts";
import { type AnswerTo, type Client, call } from "./client.ts";
import { headerJson, line, printHeaderFields, type Sheet, withoutRevision } from "./print-kv.ts";

type Command = CommandOf<Client>;

const list: Command = {
  name: "list",
  short: "Lists all members in the cluster",
  long: `When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.
The items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.`,
  usage: "member list [flags]",
  flags: [{ name: "consistency", value: "text", default: "l", usage: "Linearizable(l) or Serializable(s)" }],
  *run(client, _args, flags) {
    const answer = yield* call(client, { op: "memberList", linearizable: flags.consistency !== "s" });
    printMembers(client.sheet, answer);
  },
};

function printMembers(sheet: Sheet, given: AnswerTo<"memberList">): void {
  const answer = withoutRevision(given);
  const { members } = answer;
  switch (sheet.format) {
    case "table":
      sheet.terminal.out(
        table(["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"], members.map(cellsOf)),
      );
      return;
    case "json":
      line(sheet, json({ ...headerJson(answer), members: members.map(memberJson) }));
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      for (const member of members) printMemberFields(sheet, member);
      return;
    default:
      for (const member of members) line(sheet, cellsOf(member).join(", "));
  }
}

function cellsOf(member: Member): string[] {
  return [
    member.id,
    member.name === "" ? "unstarted" : "started",
    member.name,
    member.peerUrls.join(","),
    member.clientUrls.join(","),
    String(member.isLearner),
  ];
}

function memberJson(member: Member): object {
  return {
    ID: `#${decimalId(member.id)}`,
    ...(member.name === "" ? {} : { name: member.name }),
    peerURLs: member.peerUrls,
    ...(member.clientUrls.length === 0 ? {} : { clientURLs: member.clientUrls }),
    ...(member.isLearner ? { isLearner: true } : {}),
  };
}

function printMemberFields(sheet: Sheet, member: Member): void {
  line(sheet, `"ID" : ${decimalId(member.id)}`);
  line(sheet, `"Name" : ${JSON.stringify(member.name)}`);
  for (const url of member.peerUrls) line(sheet, `"PeerURL" : ${JSON.stringify(url)}`);
  for (const url of member.clientUrls) line(sheet, `"ClientURL" : ${JSON.stringify(url)}`);
  line(sheet, `"IsLearner" : ${member.isLearner}\n`);
}

const PEER_URLS = { name: "peer-urls", value: "text", default: "" } as const;

const add: Command = {
  name: "add",
  short: "Adds a member into the cluster",
  usage: "member add <memberName> [options] [flags]",
  flags: [
    { name: "learner", usage: "indicates if the new member is raft learner" },
    { ...PEER_URLS, usage: "comma separated peer URLs for the new member." },
  ],
  *run(client, args, flags) {
    const [name] = args;
    if (name === undefined) throw new CommandError("member name not provided", BAD_ARGUMENTS);
    if (args.length > 1) {
      const urls = args.filter((arg) => arg.toLowerCase().startsWith("http"));
      const meant = urls.map((url) => `, did you mean --peer-urls=${url}`).join("");
      throw new CommandError(`too many arguments${meant}`, BAD_ARGUMENTS);
    }
    const peerUrls = urlsOf(flags);
    const isLearner = flags.learner === "true";
    const answer = yield* call(client, { op: "memberAdd", peerUrls, isLearner });
    const { sheet } = client;
    if (sheet.format !== "simple") {
      printChanged(sheet, answer, { member: memberJson(answer.member) });
      return;
    }
    line(sheet, `Member ${answer.member.id.padStart(16)} added to cluster ${answer.header.clusterId.padStart(16)}`);
    const cluster = answer.members.flatMap((member) =>
      member.peerUrls.map((url) => `${member.id === answer.member.id ? name : member.name}=${url}`),
    );
    line(sheet, `\nETCD_NAME=${JSON.stringify(name)}`);
    line(sheet, `ETCD_INITIAL_CLUSTER=${JSON.stringify(cluster.join(","))}`);
    line(sheet, `ETCD_INITIAL_ADVERTISE_PEER_URLS=${JSON.stringify(peerUrls.join(","))}`);
    line(sheet, 'ETCD_INITIAL_CLUSTER_STATE="existing"');
  },
};

function urlsOf(flags: FlagValues): string[] {
  const urls = flags["peer-urls"] ?? "";
  if (urls === "") throw new CommandError("member peer urls not provided", BAD_ARGUMENTS);
  return urls.split(",");
}

function idOf(args: readonly string[]): string {
  const [id = ""] = args;
  if (args.length !== 1) throw new CommandError("member ID is not provided", BAD_ARGUMENTS);
  if (!/^[0-9a-fA-F]{1,16}$/.test(id)) {
    throw new CommandError(
      `bad member ID arg (strconv.ParseUint: parsing "${id}": invalid syntax), expecting ID in Hex`,
      BAD_ARGUMENTS,
    );
  }
  return id.toLowerCase().replace(/^0+(?=.)/, "");
}

/** Any format but the simple one: there is JSON alone. */
function printChanged(
  sheet: Sheet,
  answer: AnswerTo<"memberAdd" | "memberRemove" | "memberUpdate" | "memberPromote">,
  more: object = {},
): void {
  if (sheet.format !== "json") refuseFormat(sheet.format);
  line(sheet, json({ ...headerJson(withoutRevision(answer)), ...more, members: answer.members.map(memberJson) }));
}

function changeCommand(name: "remove" | "promote" | "update", short: string, what: string, long?: string): Command {
  return {
    name,
    short,
    ...(long === undefined ? {} : { long }),
    usage: `member ${name} <memberID>${name === "update" ? " [options]" : ""} [flags]`,
    flags: name === "update" ? [{ ...PEER_URLS, usage: "comma separated peer URLs for the updated member." }] : [],
    *run(client, args, flags) {
      const id = idOf(args);
      const answer =
        name === "update"
          ? yield* call(client, { op: "memberUpdate", id, peerUrls: urlsOf(flags) })
          : yield* call(client, { op: name === "remove" ? "memberRemove" : "memberPromote", id });
      if (client.sheet.format !== "simple") printChanged(client.sheet, answer);
      else line(client.sheet, `Member ${id.padStart(16)} ${what} cluster ${answer.header.clusterId.padStart(16)}`);
    },
  };
}

export const member: Command = {
  name: "member",
  short: "Membership related commands",
  usage: "member <subcommand> [flags]",
  subcommands: [
    add,
    list,
    changeCommand(
      "promote",
      "Promotes a non-voting member in the cluster",
      "promoted in",
      "Promotes a non-voting learner member to a voting one in the cluster.",
    ),
    changeCommand("remove", "Removes a member from the cluster", "removed from"),
    changeCommand("update", "Updates a member in the cluster", "updated in"),
  ],
};
