import type { EtcdWatchFrame, EtcdWatchRequest } from "../messages.ts";
import { BAD_ARGUMENTS, type Command, CommandError, INTERRUPTED, refuseFormat } from "../programs/command.ts";
import { type Steps, stream } from "../programs/effects.ts";
import type { FlagValues } from "../programs/flags.ts";
import type { Printer } from "../programs/program.ts";
import { addressOf, type Client } from "./client.ts";
import { rangeOf } from "./kv.ts";
import { line, printEvents, type Sheet } from "./print-kv.ts";

export const watch: Command<Client> = {
  name: "watch",
  short: "Watches events stream on keys or prefixes",
  usage: "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...] [flags]",
  flags: [
    { name: "interactive", short: "i", usage: "Interactive mode" },
    { name: "prefix", usage: "Watch on a prefix if prefix is set" },
    { name: "prev-kv", usage: "get the previous key-value pair before the event happens" },
    { name: "progress-notify", usage: "get periodic watch progress notification from server" },
    { name: "rev", value: "number", default: "0", usage: "Revision to start watching" },
  ],
  *run(client, args, flags) {
    const { env } = client.invocation;
    const given = env.ETCDCTL_WATCH_KEY === undefined ? args : [env.ETCDCTL_WATCH_KEY, ...args];
    if (given.length === 0 || (given.length === 2 && flags.prefix === "true"))
      throw new CommandError("bad number of arguments", BAD_ARGUMENTS);
    yield* follow(client, watchRequest(given, flags));
    throw new CommandError("watch is canceled by the server", INTERRUPTED);
  },
};

function watchRequest(args: readonly string[], flags: FlagValues): EtcdWatchRequest {
  return {
    op: "watch",
    // Of more than two words it takes the first alone.
    ...rangeOf(args.length === 2 ? args : args.slice(0, 1), flags),
    startRevision: Number(flags.rev),
    prevKv: flags["prev-kv"] === "true",
    progressNotify: flags["progress-notify"] === "true",
  };
}

/** Until the server cancels it. */
function* follow(client: Client, body: EtcdWatchRequest): Steps<void> {
  const { format, hex } = client.sheet;
  const [endpoint = ""] = client.endpoints;
  const ended = yield* stream(addressOf(endpoint), Object.freeze(body), client.certificate, "watch", { format, hex });
  if (ended.value === UNPRINTABLE) refuseFormat(format);
  if (ended.error !== null && ended.error.kind !== "reset") throw new CommandError("context deadline exceeded");
}

/** Events came that the format has no words for. */
const UNPRINTABLE = "unprintable";

/** Prints each frame as it comes. */
export const printWatch: Printer = (given, options, terminal) => {
  const frame = given as EtcdWatchFrame;
  const sheet: Sheet = { ...(options as { readonly format: string; readonly hex: boolean }), terminal };
  switch (frame.type) {
    case "events":
      if (sheet.format === "table") return { value: UNPRINTABLE };
      printEvents(sheet, { header: frame.header, events: frame.events, compactRevision: 0, cancelled: false });
      return null;
    case "progress":
      line(sheet, `progress notify: ${frame.header.revision}`);
      if (sheet.format === "json")
        printEvents(sheet, { header: frame.header, events: [], compactRevision: 0, cancelled: false });
      return null;
    case "cancelled":
      terminal.err(`watch was canceled (${frame.reason})\n`);
      if (sheet.format === "json")
        printEvents(sheet, {
          header: frame.header,
          events: [],
          compactRevision: frame.compactRevision,
          cancelled: true,
        });
      return { value: frame.reason };
    default:
      return null;
  }
};
