import { type Command, formatOf, runCommand } from "../programs/command.ts";
import type { FlagSpec } from "../programs/flags.ts";
import type { ProgramCode } from "../programs/program.ts";
import { API_VERSION, VERSION } from "../version.ts";
import { defrag } from "./defrag.ts";
import { hashkv } from "./hashkv.ts";
import type { Host } from "./host.ts";
import { restore, status } from "./snapshot.ts";

const version: Command<Host> = {
  name: "version",
  short: "Prints the version of etcdutl",
  usage: "version [flags]",
  *run({ invocation }) {
    invocation.terminal.out(`etcdutl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
    yield* [];
  },
};

const ROOT: Command<Host> = {
  name: "etcdutl",
  short: "An administrative command line tool for etcd3.",
  usage: "[flags]",
  subcommands: [
    defrag,
    hashkv,
    {
      name: "snapshot",
      short: "Manages etcd node snapshots",
      usage: "snapshot <subcommand>",
      subcommands: [restore, status],
    },
    version,
  ],
};

const GLOBALS: readonly FlagSpec[] = [
  {
    name: "write-out",
    short: "w",
    value: "text",
    default: "simple",
    usage: "set the output format (fields, json, protobuf, simple, table)",
  },
];

/** `etcdutl`: what works on files, without a server. */
export const etcdutl: ProgramCode = {
  name: "etcdutl",
  printers: {},
  run: (invocation) =>
    runCommand(
      {
        root: ROOT,
        globals: GLOBALS,
        version: VERSION,
        apiVersion: API_VERSION,
        style: "cobra",
        *createClient(given, flags) {
          const format = formatOf(flags);
          yield* [];
          return { invocation: given, sheet: { format } };
        },
      },
      invocation,
    ),
};
