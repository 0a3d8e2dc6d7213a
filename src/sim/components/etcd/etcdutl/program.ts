import { type Command, formatOf, runCommand } from "../programs/command.ts";
import type { FlagSpec } from "../programs/flags.ts";
import type { Invocation, ProgramCode } from "../programs/program.ts";
import { restore, status } from "./snapshot.ts";

interface Client {
  readonly invocation: Invocation;
  readonly sheet: { readonly format: string };
}

const version: Command<Client> = {
  name: "version",
  short: "Prints the version of etcdutl",
  usage: "version [flags]",
  *run({ invocation }) {
    invocation.terminal.out("etcdutl version: 3.5.21\nAPI version: 3.5\n");
    yield* [];
  },
};

const ROOT: Command<Client> = {
  name: "etcdutl",
  short: "An administrative command line tool for etcd3.",
  usage: "[flags]",
  subcommands: [
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
  { name: "help", short: "h", usage: "help for etcdutl" },
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
        versions: "",
        *createClient(given, flags) {
          const format = formatOf(flags);
          yield* [];
          return { invocation: given, sheet: { format } };
        },
      },
      invocation,
    ),
};
