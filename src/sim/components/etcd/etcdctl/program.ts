import { type Command, runCommand } from "../programs/command.ts";
import type { Steps } from "../programs/effects.ts";
import type { FlagSpec } from "../programs/flags.ts";
import type { Invocation, ProgramCode } from "../programs/program.ts";
import { API_VERSION, VERSION } from "../version.ts";
import { check } from "./check.ts";
import { type Client, createClient } from "./client.ts";
import { endpoint } from "./endpoint.ts";
import { GLOBAL_FLAGS } from "./flags.ts";
import { compaction, del, get, put } from "./kv.ts";
import { lease } from "./lease.ts";
import { alarm, defrag, moveLeader } from "./maintenance.ts";
import { member } from "./member.ts";
import { line } from "./print-kv.ts";
import { printSnapshot, snapshot } from "./snapshot.ts";
import { txn } from "./txn.ts";
import { printWatch, watch } from "./watch.ts";

const version: Command<Client> = {
  name: "version",
  short: "Prints the version of etcdctl",
  usage: "version [flags]",
  *run({ sheet }) {
    line(sheet, `etcdctl version: ${VERSION}\nAPI version: ${API_VERSION}`);
    yield* [];
  },
};

const ROOT: Command<Client> = {
  name: "etcdctl",
  short: "A simple command line client for etcd3.",
  usage: "[flags]",
  subcommands: [
    alarm,
    check,
    compaction,
    defrag,
    del,
    endpoint,
    get,
    lease,
    member,
    moveLeader,
    put,
    snapshot,
    txn,
    version,
    watch,
  ],
};

/** `etcdctl`: what asks a server. */
export const etcdctl: ProgramCode = {
  name: "etcdctl",
  printers: { watch: printWatch, snapshot: printSnapshot },
  run,
};

/** Servers do not speak version 2 any more; what it had no word for, its etcdctl does not know. */
const V2_COMMANDS = new Set(
  "auth backup cluster-health exec-watch get ls member mk mkdir rm rmdir role set setdir update updatedir user watch".split(
    " ",
  ),
);

function* run(invocation: Invocation): Steps<number> {
  const { env, terminal, args } = invocation;
  const api = env.ETCDCTL_API ?? "3";
  if (api === "2") {
    const name = args.find((word) => !word.startsWith("-")) ?? "";
    terminal.err(
      V2_COMMANDS.has(name)
        ? "Error:  client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint.\n"
        : `No help topic for '${name}'\n`,
    );
    return V2_COMMANDS.has(name) ? 4 : 3;
  }
  if (api !== "3" && api !== "") {
    terminal.err(`unsupported API version ${api}\n`);
    return 1;
  }
  const globals = GLOBAL_FLAGS.map((flag) => fromEnvironment(flag, env));
  const line = { root: ROOT, globals, version: VERSION, apiVersion: API_VERSION, style: "etcd", createClient } as const;
  return yield* runCommand(line, invocation);
}

/** `ETCDCTL_CACERT` stands in for `--cacert`, and so on; the flag itself wins. */
function fromEnvironment(flag: FlagSpec, env: Readonly<Record<string, string>>): FlagSpec {
  const value = env[`ETCDCTL_${flag.name.toUpperCase().replaceAll("-", "_")}`];
  return value === undefined ? flag : { ...flag, fromEnvironment: value };
}
