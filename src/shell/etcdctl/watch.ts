import { isFailure } from "../doors.ts";
import type { KeyValue } from "./answers.ts";
import { addressOf, BAD_ARGUMENTS, CommandError, INTERRUPTED, line } from "./client.ts";
import type { Command } from "./command.ts";
import { printKv, rangeOf } from "./kv.ts";

interface Frame {
  readonly type: "created" | "events" | "progress" | "cancelled";
  readonly events?: readonly { readonly type: string; readonly kv: KeyValue; readonly prevKv?: KeyValue }[];
  readonly header: { readonly revision: number };
  readonly reason?: string;
}

export const watch: Command = {
  name: "watch",
  short: "Watches events stream on keys or prefixes",
  usage: "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...] [flags]",
  flags: [
    { name: "from-key", usage: "Watch keys that are greater than or equal to the given key using byte compare" },
    { name: "prefix", usage: "Watch on a prefix if prefix is set" },
    { name: "prev-kv", usage: "get the previous key-value pair before the event happens" },
    { name: "progress-notify", usage: "get periodic watch progress notification from server" },
    { name: "rev", value: "number", default: "0", usage: "Revision to start watching" },
  ],
  async run(client, args, flags) {
    if (args.length === 0 || args.length > 2) {
      throw new CommandError("watch in non-interactive mode requires an argument as key or prefix", BAD_ARGUMENTS);
    }
    const { signal } = client.context;
    const body = {
      op: "watch",
      ...rangeOf("watch", args, flags),
      startRevision: Number(flags.rev),
      prevKv: flags["prev-kv"] === "true",
      progressNotify: flags["progress-notify"] === "true",
      requireLeader: false,
    };
    const stream = await client.door.stream(addressOf(client.endpoints[0] as string), body, {
      signal,
      ...(client.certificate === undefined ? {} : { certificate: client.certificate }),
    });
    if (isFailure(stream)) throw new CommandError("context deadline exceeded");
    for await (const each of stream.frames) {
      const frame = each as Frame;
      if (frame.type === "cancelled") {
        client.context.err.write(`watch was canceled (${frame.reason ?? ""})\n`);
        throw new CommandError("watch is canceled by the server", INTERRUPTED);
      }
      if (frame.type === "progress") line(client, `progress notify: ${frame.header.revision}`);
      for (const { type, kv, prevKv } of frame.events ?? []) {
        line(client, type);
        if (prevKv !== undefined) printKv(client, prevKv);
        printKv(client, kv);
      }
    }
    if (signal.aborted) return 130;
    throw new CommandError("watch is canceled by the server", INTERRUPTED);
  },
};
