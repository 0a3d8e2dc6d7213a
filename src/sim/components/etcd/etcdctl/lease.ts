import { encodeBase64Text } from "../../../api/base64.ts";
import type { EtcdResponse } from "../messages.ts";
import { BAD_ARGUMENTS, CommandError, type Command as CommandOf, refuseFormat } from "../programs/command.ts";
import { type Steps, sleep } from "../programs/effects.ts";
import { json, leaseHex } from "../programs/format.ts";
import { type Client, call } from "./client.ts";
import { headerFields, headerJson, line, printHeaderFields, type Sheet } from "./print-kv.ts";

type Command = CommandOf<Client>;

const grant: Command = {
  name: "grant",
  short: "Creates leases",
  usage: "lease grant <ttl> [flags]",
  *run(client, args) {
    if (args.length === 0) throw new CommandError("lease grant command needs TTL argument", BAD_ARGUMENTS);
    const [ttl = ""] = args;
    if (!/^-?\d+$/.test(ttl)) {
      throw new CommandError(`bad TTL (strconv.ParseInt: parsing "${ttl}": invalid syntax)`, BAD_ARGUMENTS);
    }
    const answer = yield* wrapped("failed to grant lease", call(client, { op: "leaseGrant", ttlSeconds: Number(ttl) }));
    printLease(client.sheet, answer, `lease ${leaseHex(answer.id)} granted with TTL(${answer.ttlSeconds}s)`);
  },
};

type LeaseAnswer = Extract<EtcdResponse, { readonly op: "leaseGrant" | "leaseKeepAlive" }>;

/** Answers about leases have their header's fields among their own. */
function printLease(sheet: Sheet, answer: LeaseAnswer, simple: string): void {
  if (sheet.format === "table") refuseFormat("table");
  if (sheet.format === "json") {
    const error = answer.op === "leaseGrant" ? { Error: "" } : {};
    line(sheet, json({ ...headerFields(answer), ID: answer.id, TTL: answer.ttlSeconds, ...error }));
  } else if (sheet.format === "fields") {
    printHeaderFields(sheet, answer);
    line(sheet, `"ID" : ${answer.id}`);
    line(sheet, `"TTL" : ${answer.ttlSeconds}`);
  } else line(sheet, simple);
}

function* wrapped<T>(what: string, work: Steps<T>): Steps<T> {
  try {
    return yield* work;
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(`${what} (${error.message})`, error.exitCode) : error;
  }
}

const revoke: Command = {
  name: "revoke",
  short: "Revokes leases",
  usage: "lease revoke <leaseID> [flags]",
  *run(client, args) {
    const id = idOf("lease revoke command needs 1 argument", args);
    const answer = yield* wrapped("failed to revoke lease", call(client, { op: "leaseRevoke", id }));
    if (client.sheet.format === "table") refuseFormat("table");
    if (client.sheet.format === "json") line(client.sheet, json(headerJson(answer)));
    else if (client.sheet.format === "fields") printHeaderFields(client.sheet, answer);
    else line(client.sheet, `lease ${leaseHex(id)} revoked`);
  },
};

function idOf(missing: string, args: readonly string[]): number {
  if (args.length !== 1) throw new CommandError(missing, BAD_ARGUMENTS);
  const [text = ""] = args;
  if (!/^[0-9a-fA-F]+$/.test(text)) {
    throw new CommandError(
      `bad lease ID arg (strconv.ParseInt: parsing "${text}": invalid syntax), expecting ID in Hex`,
      BAD_ARGUMENTS,
    );
  }
  return Number.parseInt(text, 16);
}

const timetolive: Command = {
  name: "timetolive",
  short: "Get lease information",
  usage: "lease timetolive <leaseID> [options] [flags]",
  flags: [{ name: "keys", usage: "Get keys attached to this lease" }],
  *run(client, args, flags) {
    const id = idOf("lease timetolive command needs lease ID as argument", args);
    const answer = yield* call(client, { op: "leaseTimeToLive", id, keys: flags.keys === "true" });
    printTimeToLive(client.sheet, answer, flags.keys === "true");
  },
};

function printTimeToLive(
  sheet: Sheet,
  answer: Extract<EtcdResponse, { readonly op: "leaseTimeToLive" }>,
  withKeys: boolean,
): void {
  const { id, grantedTtlSeconds, ttlSeconds, keys } = answer;
  if (sheet.format === "table") refuseFormat("table");
  if (sheet.format === "json") {
    const encoded = withKeys && keys.length > 0 ? keys.map(encodeBase64Text) : null;
    line(
      sheet,
      json({ ...headerFields(answer), id, ttl: ttlSeconds, "granted-ttl": grantedTtlSeconds, keys: encoded }),
    );
  } else if (sheet.format === "fields") {
    printHeaderFields(sheet, answer);
    line(sheet, `"ID" : ${id}`);
    line(sheet, `"TTL" : ${ttlSeconds}`);
    line(sheet, `"GrantedTTL" : ${grantedTtlSeconds}`);
    for (const key of keys) line(sheet, `"Key" : ${JSON.stringify(key)}`);
  } else if (grantedTtlSeconds === 0 && ttlSeconds === -1) {
    line(sheet, `lease ${leaseHex(id)} already expired`);
  } else {
    const attached = withKeys ? `, attached keys([${keys.join(" ")}])` : "";
    line(sheet, `lease ${leaseHex(id)} granted with TTL(${grantedTtlSeconds}s), remaining(${ttlSeconds}s)${attached}`);
  }
}

const list: Command = {
  name: "list",
  short: "List all active leases",
  usage: "lease list [flags]",
  *run(client) {
    const answer = yield* call(client, { op: "leaseList" });
    const { sheet } = client;
    const { ids } = answer;
    switch (sheet.format) {
      case "table":
        refuseFormat("table");
        break;
      case "json":
        line(sheet, json({ ...headerFields(answer), leases: ids.map((id) => ({ id })) }));
        return;
      case "fields":
        printHeaderFields(sheet, answer);
        for (const id of ids) line(sheet, `"ID" : ${id}`);
        return;
      default:
        line(sheet, `found ${ids.length} leases`);
        for (const id of ids) line(sheet, leaseHex(id));
    }
  },
};

const keepAlive: Command = {
  name: "keep-alive",
  short: "Keeps leases alive (renew)",
  usage: "lease keep-alive [options] <leaseID> [flags]",
  flags: [{ name: "once", usage: "Resets the keep-alive time to its original value and cobrautl.Exits immediately" }],
  *run(client, args, flags) {
    const id = idOf("lease keep-alive command needs lease ID as argument", args);
    if (flags.once !== "true") return yield* keepOnRenewing(client, id);
    const answer = yield* call(client, { op: "leaseKeepAlive", id });
    if (answer.ttlSeconds === 0) throw new CommandError("etcdserver: requested lease not found", BAD_CONNECTION);
    printLease(client.sheet, answer, `lease ${leaseHex(id)} keepalived with TTL(${answer.ttlSeconds})`);
    return 0;
  },
};

const BAD_CONNECTION = 2;

/** Until the lease is gone or the person stops it: a third of its time between two beats. */
function* keepOnRenewing(client: Client, id: number): Steps<number> {
  for (;;) {
    const answer = yield* call(client, { op: "leaseKeepAlive", id });
    if (answer.ttlSeconds === 0) break;
    printLease(client.sheet, answer, `lease ${leaseHex(id)} keepalived with TTL(${answer.ttlSeconds})`);
    yield* sleep(Math.floor((answer.ttlSeconds * 1_000_000) / 3));
  }
  line(client.sheet, `lease ${leaseHex(id)} expired or revoked.`);
  return 0;
}

export const lease: Command = {
  name: "lease",
  short: "Lease related commands",
  usage: "lease <subcommand> [flags]",
  subcommands: [grant, keepAlive, list, revoke, timetolive],
};
