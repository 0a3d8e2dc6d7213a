import { BAD_ARGUMENTS, type Client, CommandError, call, line } from "./client.ts";
import type { Command } from "./command.ts";
import { json, leaseHex } from "./format.ts";
import { headerJson } from "./kv.ts";

const grant: Command = {
  name: "grant",
  short: "Creates leases",
  usage: "lease grant <ttl> [flags]",
  async run(client, args) {
    if (args.length === 0) throw new CommandError("lease grant command needs TTL argument", BAD_ARGUMENTS);
    const [ttl = ""] = args;
    if (!/^-?\d+$/.test(ttl)) {
      throw new CommandError(`bad TTL (strconv.ParseInt: parsing "${ttl}": invalid syntax)`, BAD_ARGUMENTS);
    }
    const answer = await wrapped("failed to grant lease", call(client, { op: "leaseGrant", ttlSeconds: Number(ttl) }));
    if (client.format === "json") {
      line(client, json({ ...headerJson(answer), id: answer.id, ttl: answer.ttlSeconds }));
      return;
    }
    line(client, `lease ${leaseHex(Number(answer.id))} granted with TTL(${String(answer.ttlSeconds)}s)`);
  },
};

async function wrapped<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(`${what} (${error.message})`, error.exitCode) : error;
  }
}

const revoke: Command = {
  name: "revoke",
  short: "Revokes leases",
  usage: "lease revoke <leaseID> [flags]",
  async run(client, args) {
    const id = idOf("lease revoke command needs 1 argument", args);
    await wrapped("failed to revoke lease", call(client, { op: "leaseRevoke", id }));
    line(client, `lease ${leaseHex(id)} revoked`);
  },
};

function idOf(missing: string, args: readonly string[]): number {
  if (args.length !== 1) throw new CommandError(missing, BAD_ARGUMENTS);
  const [text = ""] = args;
  if (!/^[0-9a-fA-F]+$/.test(text)) {
    throw new CommandError(
      `bad lease ID (strconv.ParseInt: parsing "${text}": invalid syntax), expecting ID in Hex`,
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
  async run(client, args, flags) {
    const id = idOf("lease timetolive command needs lease ID as argument", args);
    const answer = await call(client, { op: "leaseTimeToLive", id, keys: flags.keys === "true" });
    if (Number(answer.grantedTtlSeconds) === 0 && Number(answer.ttlSeconds) === -1) {
      line(client, `lease ${leaseHex(id)} already expired`);
      return;
    }
    const keys = flags.keys === "true" ? `, attached keys([${(answer.keys as readonly string[]).join(" ")}])` : "";
    line(
      client,
      `lease ${leaseHex(id)} granted with TTL(${String(answer.grantedTtlSeconds)}s), remaining(${String(answer.ttlSeconds)}s)${keys}`,
    );
  },
};

const list: Command = {
  name: "list",
  short: "List all active leases",
  usage: "lease list [flags]",
  async run(client) {
    const ids = (await call(client, { op: "leaseList" })).ids as readonly number[];
    line(client, `found ${ids.length} leases`);
    for (const id of ids) line(client, leaseHex(id));
  },
};

const keepAlive: Command = {
  name: "keep-alive",
  short: "Keeps leases alive (renew)",
  usage: "lease keep-alive [options] <leaseID> [flags]",
  flags: [{ name: "once", usage: "Resets the keep-alive time to its original value and cobrautl.Exits immediately" }],
  async run(client, args, flags) {
    const id = idOf("lease keep-alive command needs lease ID as argument", args);
    if (flags.once !== "true") return keepOnRenewing(client, id);
    const answer = await call(client, { op: "leaseKeepAlive", id });
    if (answer.ttlSeconds === 0) throw new CommandError("etcdserver: requested lease not found");
    line(client, `lease ${leaseHex(id)} keepalived with TTL(${String(answer.ttlSeconds)})`);
    return 0;
  },
};

/** Until the lease is gone or the person stops it: a third of its time between two beats. */
async function keepOnRenewing(client: Client, id: number): Promise<number> {
  const { session, signal } = client.context;
  while (!signal.aborted) {
    const { ttlSeconds } = await call(client, { op: "leaseKeepAlive", id });
    if (ttlSeconds === 0) {
      line(client, `lease ${leaseHex(id)} expired or revoked.`);
      return 0;
    }
    line(client, `lease ${leaseHex(id)} keepalived with TTL(${String(ttlSeconds)})`);
    await session.sleep((Number(ttlSeconds) * 1000) / 3, signal);
  }
  return 130;
}

export const lease: Command = {
  name: "lease",
  short: "Lease related commands",
  usage: "lease <subcommand>",
  subcommands: [grant, keepAlive, list, revoke, timetolive],
};
