import { utf8Bytes } from "../../../api/base64.ts";
import type { DeleteRangeRequest, PutRequest, RangeRequest } from "../messages.ts";
import { BAD_ARGUMENTS, BAD_FEATURE, type Command, CommandError } from "../programs/command.ts";
import { readStdin, type Steps } from "../programs/effects.ts";
import type { FlagValues } from "../programs/flags.ts";
import { type Client, call } from "./client.ts";
import { line, printDeleted, printPut, printRange } from "./print-kv.ts";

const PREFIX = { name: "prefix", usage: "" } as const;
const FROM_KEY = { name: "from-key", usage: "Use byte compare" } as const;
const PREV_KV = { name: "prev-kv", usage: "return the previous key-value pair before modification" } as const;

export const get: Command<Client> = {
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
  *run(client, args, flags) {
    const answer = yield* call(client, rangeRequest(args, flags));
    const { format } = client.sheet;
    const valueOnly = flags["print-value-only"] === "true";
    if (flags["count-only"] === "true" && format !== "fields")
      throw new CommandError("--count-only is only for `--write-out=fields`", BAD_ARGUMENTS);
    if (valueOnly && format !== "simple")
      throw new CommandError("print-value-only is only for `--write-out=simple`", BAD_ARGUMENTS);
    printRange(client.sheet, answer, valueOnly);
  },
};

/** The flags of `get` as a request. */
export function rangeRequest(args: readonly string[], flags: FlagValues): RangeRequest {
  if (args.length === 0) {
    throw new CommandError(
      "get command needs one argument as key and an optional argument as range_end",
      BAD_ARGUMENTS,
    );
  }
  const range = rangeOf(args, flags);
  if (flags["keys-only"] === "true" && flags["count-only"] === "true") {
    throw new CommandError(
      "`--keys-only` and `--count-only` cannot be set at the same time, choose one",
      BAD_ARGUMENTS,
    );
  }
  return {
    op: "range",
    ...range,
    ...sortOf(flags),
    limit: Number(flags.limit),
    revision: Math.max(0, Number(flags.rev)),
    serializable: serializable(flags.consistency ?? "l"),
    keysOnly: flags["keys-only"] === "true",
    countOnly: flags["count-only"] === "true",
  };
}

function serializable(consistency: string): boolean {
  if (consistency !== "l" && consistency !== "s") {
    throw new CommandError(`unknown consistency flag "${consistency}"`, BAD_FEATURE);
  }
  return consistency === "s";
}

/** Key and end of what a command is about. */
export function rangeOf(args: readonly string[], flags: FlagValues): { key: string; rangeEnd: string } {
  const [key = "", end] = args;
  const prefix = flags.prefix === "true";
  const fromKey = flags["from-key"] === "true";
  if (prefix && fromKey) {
    throw new CommandError("`--prefix` and `--from-key` cannot be set at the same time, choose one", BAD_ARGUMENTS);
  }
  if (end !== undefined) {
    if (prefix || fromKey) {
      throw new CommandError(
        "too many arguments, only accept one argument when `--prefix` or `--from-key` is set",
        BAD_ARGUMENTS,
      );
    }
    return { key, rangeEnd: end };
  }
  if (fromKey || (prefix && key === "")) return { key: key === "" ? "\0" : key, rangeEnd: "\0" };
  return { key, rangeEnd: prefix ? endOfPrefix(key) : "" };
}

function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function sortOf(flags: FlagValues): Pick<RangeRequest, "sort"> {
  const order = (flags.order ?? "").toUpperCase();
  const target = (flags["sort-by"] ?? "").toUpperCase();
  if (!["", "ASCEND", "DESCEND"].includes(order)) throw new CommandError(`bad sort order ${flags.order}`, BAD_FEATURE);
  if (!["", "CREATE", "KEY", "MODIFY", "VALUE", "VERSION"].includes(target)) {
    throw new CommandError(`bad sort target ${flags["sort-by"]}`, BAD_FEATURE);
  }
  if (order === "" && target === "") return {};
  return {
    sort: {
      target: (target === "MODIFY" ? "MOD" : target || "KEY") as "KEY",
      order: (order || "NONE") as "NONE",
    },
  };
}

const PUT_HELP = `Puts the given key into the store.

When <value> begins with '-', <value> is interpreted as a flag.
Insert '--' for workaround:

$ put <key> -- <value>
$ put -- <key> <value>

If <value> isn't given as a command line argument and '--ignore-value' is not specified,
this command tries to read the value from standard input.

If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,
this command tries to read the value from standard input.

For example,
$ cat file | put <key>
will store the content of the file to <key>.`;

export const put: Command<Client> = {
  name: "put",
  short: "Puts the given key into the store",
  long: PUT_HELP,
  usage: "put [options] <key> <value> (<value> can also be given from stdin) [flags]",
  flags: [
    { name: "ignore-lease", usage: "updates the key using its current lease" },
    { name: "ignore-value", usage: "updates the key using its current value" },
    { name: "lease", value: "text", default: "0", usage: "lease ID (in hexadecimal) to attach to the key" },
    PREV_KV,
  ],
  *run(client, args, flags) {
    const answer = yield* call(client, yield* putRequest(args, flags, readStdin()));
    printPut(client.sheet, answer);
  },
};

/** The flags of `put` as a request; a value that is not given comes from standard input. */
export function* putRequest(args: readonly string[], flags: FlagValues, stdin: Steps<string>): Steps<PutRequest> {
  const ignoreValue = flags["ignore-value"] === "true";
  if (args.length === 0)
    throw new CommandError("put command needs 1 argument and input from stdin or 2 arguments", BAD_ARGUMENTS);
  if (ignoreValue && args.length > 1)
    throw new CommandError("put command needs only 1 argument when 'ignore-value' is set", BAD_ARGUMENTS);
  const [key = "", given] = args;
  const text = ignoreValue ? "" : (given ?? (yield* stdin));
  if (!/^[0-9a-fA-F]+$/.test(flags.lease ?? "0")) {
    throw new CommandError(
      `bad lease ID (strconv.ParseInt: parsing "${flags.lease}": invalid syntax), expecting ID in Hex`,
      BAD_ARGUMENTS,
    );
  }
  return {
    op: "put",
    key,
    value: Object.freeze({ data: text, sizeBytes: bytesOf(text) }),
    lease: Number.parseInt(flags.lease ?? "0", 16),
    prevKv: flags["prev-kv"] === "true",
    ignoreValue,
    ignoreLease: flags["ignore-lease"] === "true",
  };
}

function bytesOf(text: string): number {
  return utf8Bytes(text).length;
}

export const del: Command<Client> = {
  name: "del",
  short: "Removes the specified key or range of keys [key, range_end)",
  usage: "del [options] <key> [range_end] [flags]",
  flags: [
    { ...FROM_KEY, usage: "delete keys that are greater than or equal to the given key using byte compare" },
    { ...PREFIX, usage: "delete keys with matching prefix" },
    { ...PREV_KV, usage: "return deleted key-value pairs" },
  ],
  *run(client, args, flags) {
    printDeleted(client.sheet, yield* call(client, deleteRequest(args, flags)));
  },
};

/** The flags of `del` as a request. */
export function deleteRequest(args: readonly string[], flags: FlagValues): DeleteRangeRequest {
  if (args.length === 0 || args.length > 2) {
    throw new CommandError(
      "del command needs one argument as key and an optional argument as range_end",
      BAD_ARGUMENTS,
    );
  }
  return { op: "deleteRange", ...rangeOf(args, flags), prevKv: flags["prev-kv"] === "true" };
}

export const compaction: Command<Client> = {
  name: "compaction",
  aliases: ["compact"],
  short: "Compacts the event history in etcd",
  usage: "compaction [options] <revision> [flags]",
  flags: [{ name: "physical", usage: "'true' to wait for compaction to physically remove all old revisions" }],
  *run(client, args, flags) {
    if (args.length !== 1) throw new CommandError("compaction command needs 1 argument", BAD_ARGUMENTS);
    const [revision = ""] = args;
    if (!/^-?\d+$/.test(revision)) throw new CommandError(`strconv.ParseInt: parsing "${revision}": invalid syntax`, 1);
    yield* call(client, { op: "compact", revision: Number(revision), physical: flags.physical === "true" });
    line(client.sheet, `compacted revision ${revision}`);
  },
};
