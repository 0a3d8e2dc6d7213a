import { encodeBase64Text } from "../../sim/api/base64.ts";
import { type Answer, type KeyValue, type RangeAnswer, textOf } from "./answers.ts";
import { BAD_ARGUMENTS, type Client, CommandError, call, line } from "./client.ts";
import type { Command } from "./command.ts";
import type { FlagValues } from "./flags.ts";
import { decimalId, json } from "./format.ts";

const PREFIX = { name: "prefix", usage: "" } as const;
const FROM_KEY = { name: "from-key", usage: "Use byte compare" } as const;
const PREV_KV = { name: "prev-kv", usage: "return the previous key-value pair before modification" } as const;

export const get: Command = {
  name: "get",
  short: "Gets the key or a range of keys",
  usage: "get [options] <key> [range_end] [flags]",
  flags: [
    { name: "consistency", value: "text", default: "l", usage: "Linearizable(l) or Serializable(s)" },
    { name: "count-only", usage: "Get only the count" },
    { name: "from-key", usage: "Get keys that are greater than or equal to the given key using byte compare" },
    { name: "keys-only", usage: "Get only the keys" },
    { name: "limit", value: "number", default: "0", usage: "Maximum number of results" },
    { name: "order", value: "text", default: "", usage: "Order of results; ASCEND or DESCEND (ASCEND by default)" },
    { name: "prefix", usage: "Get keys with matching prefix" },
    { name: "print-value-only", usage: 'Only write values when using the "simple" output format' },
    { name: "rev", value: "number", default: "0", usage: "Specify the kv revision" },
    { name: "sort-by", value: "text", default: "", usage: "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION" },
  ],
  async run(client, args, flags) {
    if (args.length === 0 || args.length > 2) {
      throw new CommandError(
        "get command needs one argument as key and an optional argument as range_end",
        BAD_ARGUMENTS,
      );
    }
    if (flags["count-only"] === "true" && client.format !== "fields") {
      throw new CommandError("--count-only is only for `--write-out=fields`", BAD_ARGUMENTS);
    }
    const answer = (await call(client, {
      op: "range",
      ...rangeOf("get", args, flags),
      ...sortOf(flags),
      limit: Number(flags.limit),
      revision: Number(flags.rev),
      serializable: serializable(flags.consistency ?? "l"),
      keysOnly: flags["keys-only"] === "true",
      countOnly: flags["count-only"] === "true",
    })) as RangeAnswer;
    printRange(client, answer, flags["print-value-only"] === "true");
  },
};

function serializable(consistency: string): boolean {
  if (consistency !== "l" && consistency !== "s") {
    throw new CommandError(`unknown consistency flag "${consistency}"`, 4);
  }
  return consistency === "s";
}

/** Key and end of what a command is about. */
export function rangeOf(
  command: string,
  args: readonly string[],
  flags: FlagValues,
): { key: string; rangeEnd: string } {
  const [key = "", end] = args;
  const prefix = flags.prefix === "true";
  const fromKey = flags["from-key"] === "true";
  if (prefix && fromKey) {
    throw new CommandError("`--prefix` and `--from-key` cannot be set at the same time, choose one", BAD_ARGUMENTS);
  }
  if (end !== undefined) {
    if (prefix || fromKey) {
      const text =
        command === "get"
          ? "too many arguments, only accept one argument when `--prefix` or `--from-key` is set"
          : "too many arguments, only accept one argument when `--prefix` or `--from-key` is set";
      throw new CommandError(text, BAD_ARGUMENTS);
    }
    return { key, rangeEnd: end };
  }
  if (fromKey || (prefix && key === "")) return { key: key === "" ? "\0" : key, rangeEnd: "\0" };
  return { key, rangeEnd: prefix ? endOfPrefix(key) : "" };
}

function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function sortOf(flags: FlagValues): object {
  const order = (flags.order ?? "").toUpperCase();
  const target = (flags["sort-by"] ?? "").toUpperCase();
  if (!["", "ASCEND", "DESCEND"].includes(order)) throw new CommandError(`bad sort order ${flags.order}`, 4);
  if (!["", "CREATE", "KEY", "MODIFY", "VALUE", "VERSION"].includes(target)) {
    throw new CommandError(`bad sort target ${flags["sort-by"]}`, 4);
  }
  if (order === "" && target === "") return {};
  return { sort: { target: target === "MODIFY" ? "MOD" : target || "KEY", order: order || "NONE" } };
}

function printRange(client: Client, answer: RangeAnswer, valueOnly: boolean): void {
  switch (client.format) {
    case "json": {
      const kvs = answer.kvs.length === 0 ? {} : { kvs: answer.kvs.map(kvJson) };
      line(
        client,
        json({
          ...headerJson(answer),
          ...kvs,
          ...(answer.more ? { more: true } : {}),
          ...(answer.count > 0 ? { count: answer.count } : {}),
        }),
      );
      return;
    }
    case "fields":
      printHeaderFields(client, answer);
      for (const kv of answer.kvs) printFields(client, kv);
      line(client, `"More" : ${answer.more}`);
      line(client, `"Count" : ${answer.count}`);
      return;
    case "table":
      throw new CommandError("table is not supported as output format", 4);
    default:
      for (const kv of answer.kvs) printKv(client, kv, valueOnly);
  }
}

export function printKv(client: Client, kv: KeyValue, valueOnly = false): void {
  const shown = client.hex ? hexOf : (text: string) => text;
  if (!valueOnly) line(client, shown(kv.key));
  line(client, shown(textOf(kv)));
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

export function headerJson({ header }: Answer): object {
  return {
    header: {
      cluster_id: `#${decimalId(header.clusterId)}`,
      member_id: `#${decimalId(header.memberId)}`,
      revision: header.revision,
      raft_term: header.raftTerm,
    },
  };
}

function kvJson(kv: KeyValue): object {
  return {
    key: encodeBase64Text(kv.key),
    create_revision: kv.createRevision,
    mod_revision: kv.modRevision,
    version: kv.version,
    ...(textOf(kv) === "" ? {} : { value: encodeBase64Text(textOf(kv)) }),
    ...(kv.lease === 0 ? {} : { lease: kv.lease }),
  };
}

export function printHeaderFields(client: Client, { header }: Answer): void {
  line(client, `"ClusterID" : ${decimalId(header.clusterId)}`);
  line(client, `"MemberID" : ${decimalId(header.memberId)}`);
  line(client, `"Revision" : ${header.revision}`);
  line(client, `"RaftTerm" : ${header.raftTerm}`);
}

function printFields(client: Client, kv: KeyValue): void {
  line(client, `"Key" : ${JSON.stringify(kv.key)}`);
  line(client, `"CreateRevision" : ${kv.createRevision}`);
  line(client, `"ModRevision" : ${kv.modRevision}`);
  line(client, `"Version" : ${kv.version}`);
  line(client, `"Value" : ${JSON.stringify(textOf(kv))}`);
  line(client, `"Lease" : ${kv.lease}`);
}

export const put: Command = {
  name: "put",
  short: "Puts the given key into the store",
  usage: "put [options] <key> <value> (<value> can also be given from stdin) [flags]",
  flags: [
    { name: "ignore-lease", usage: "updates the key using its current lease" },
    { name: "ignore-value", usage: "updates the key using its current value" },
    { name: "lease", value: "text", default: "0", usage: "lease ID (in hexadecimal) to attach to the key" },
    PREV_KV,
  ],
  async run(client, args, flags) {
    const ignoreValue = flags["ignore-value"] === "true";
    if (args.length === 0 || args.length > 2 || (ignoreValue && args.length > 1)) {
      throw new CommandError("put command needs 1 argument and input from stdin or 2 arguments", BAD_ARGUMENTS);
    }
    const [key = "", given] = args;
    const text = ignoreValue ? "" : (given ?? client.context.stdin);
    const lease = Number.parseInt(flags.lease ?? "0", 16);
    if (Number.isNaN(lease)) {
      throw new CommandError(
        `bad lease ID (strconv.ParseInt: parsing "${flags.lease}": invalid syntax), expecting ID in Hex`,
        BAD_ARGUMENTS,
      );
    }
    const answer = await call(client, {
      op: "put",
      key,
      value: { data: text, sizeBytes: new TextEncoder().encode(text).length },
      lease,
      prevKv: flags["prev-kv"] === "true",
      ignoreValue,
      ignoreLease: flags["ignore-lease"] === "true",
    });
    const previous = answer.prevKv as KeyValue | undefined;
    if (client.format === "json") {
      line(client, json({ ...headerJson(answer), ...(previous === undefined ? {} : { prev_kv: kvJson(previous) }) }));
      return;
    }
    if (client.format === "fields") {
      printHeaderFields(client, answer);
      return;
    }
    line(client, "OK");
    if (previous !== undefined) printKv(client, previous);
  },
};

export const del: Command = {
  name: "del",
  short: "Removes the specified key or range of keys [key, range_end)",
  usage: "del [options] <key> [range_end] [flags]",
  flags: [
    { ...FROM_KEY, usage: "delete keys that are greater than or equal to the given key using byte compare" },
    { ...PREFIX, usage: "delete keys with matching prefix" },
    { ...PREV_KV, usage: "return deleted key-value pairs" },
  ],
  async run(client, args, flags) {
    if (args.length === 0 || args.length > 2) {
      throw new CommandError(
        "del command needs one argument as key and an optional argument as range_end",
        BAD_ARGUMENTS,
      );
    }
    const prevKv = flags["prev-kv"] === "true";
    const answer = await call(client, { op: "deleteRange", ...rangeOf("del", args, flags), prevKv });
    const previous = (answer.prevKvs ?? []) as readonly KeyValue[];
    if (client.format === "json") {
      const kvs = previous.length === 0 ? {} : { prev_kvs: previous.map(kvJson) };
      line(
        client,
        json({ ...headerJson(answer), ...(answer.deleted === 0 ? {} : { deleted: answer.deleted }), ...kvs }),
      );
      return;
    }
    if (client.format === "fields") {
      printHeaderFields(client, answer);
      line(client, `"Deleted" : ${String(answer.deleted)}`);
      return;
    }
    line(client, String(answer.deleted));
    for (const kv of previous) printKv(client, kv);
  },
};

export const compaction: Command = {
  name: "compaction",
  short: "Compacts the event history in etcd",
  usage: "compaction [options] <revision> [flags]",
  flags: [{ name: "physical", usage: "'true' to wait for compaction to physically remove all old revisions" }],
  async run(client, args, flags) {
    if (args.length !== 1) throw new CommandError("compaction command needs 1 argument", BAD_ARGUMENTS);
    const [revision = ""] = args;
    if (!/^-?\d+$/.test(revision)) throw new CommandError(`strconv.ParseInt: parsing "${revision}": invalid syntax`, 1);
    await call(client, { op: "compact", revision: Number(revision), physical: flags.physical === "true" });
    line(client, `compacted revision ${revision}`);
  },
};
