/** `kubectl config view|current-context|get-contexts|use-context|set-context` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, SilentExit, UsageError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";
import { contextNamed, currentContext, kubeconfigPath, readKubeconfig } from "../../kubeconfig.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { toYaml } from "../../printers/yaml.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";

function pathOf({ context, flags }: Invocation): string {
  return flags.text("kubeconfig") || kubeconfigPath(context);
}

function read(invocation: Invocation): Promise<JsonObject> {
  return readKubeconfig(invocation.context, pathOf(invocation));
}

function subcommand(
  name: string,
  short: string,
  usage: string,
  run: (config: JsonObject, invocation: Invocation) => Promise<void>,
  flags: readonly FlagSpec[] = [],
): Command {
  return {
    name,
    short,
    usage: `config ${usage} [options]`,
    completes: "none",
    flags,
    run: inSteps({
      complete: read,
      run: async (config, invocation) => {
        await run(config, invocation);
        return 0;
      },
    }),
  };
}

async function view(config: JsonObject, { context, flags }: Invocation): Promise<void> {
  const minified = flags.bool("minify") ? minify(config) : config;
  const printer = await printerFor(flags, context);
  context.out.write(printer ? printer(minified) : toYaml(minified));
}

function minify(config: JsonObject): JsonObject {
  const name = currentContext(config);
  const chosen = contextNamed(config, name);
  if (!chosen) throw new CommandError("current-context must exist in order to minify");
  return {
    ...config,
    contexts: objectsOf(config.contexts).filter((one) => one.name === name),
    clusters: objectsOf(config.clusters).filter((one) => one.name === chosen.cluster),
    users: objectsOf(config.users).filter((one) => one.name === chosen.user),
  };
}

async function getContexts(config: JsonObject, invocation: Invocation): Promise<void> {
  const { args, context, flags } = invocation;
  const missing = args.find((name) => !contextNamed(config, name));
  if (missing !== undefined) throw new CommandError(`context ${missing} not found`);
  const shown = objectsOf(config.contexts).filter(({ name }) => args.length === 0 || args.includes(textOf(name)));
  const sorted = [...shown].sort((a, b) => (textOf(a.name) < textOf(b.name) ? -1 : 1));
  if (flags.text("output") === "name") {
    for (const { name } of sorted) invocation.out(textOf(name));
    return;
  }
  const rows = sorted.map(({ name, context: inner }) => {
    const { cluster, user, namespace } = objectOf(inner);
    return [name === currentContext(config) ? "*" : "", name, cluster, user, namespace].map(textOf).join("\t");
  });
  const head = flags.bool("no-headers") ? [] : ["CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE"];
  context.out.write(`${alignTabs([...head, ...rows].join("\n"), tableTabs)}\n`);
}

async function write(config: JsonObject, invocation: Invocation): Promise<void> {
  await invocation.context.files.write(pathOf(invocation), toYaml(config));
}

async function useContext(config: JsonObject, invocation: Invocation): Promise<void> {
  const [name] = invocation.args;
  if (name === undefined || invocation.args.length > 1)
    throw new UsageError(`Unexpected args: [${invocation.args.join(" ")}]`);
  if (!contextNamed(config, name)) throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`);
  await write({ ...config, "current-context": name }, invocation);
  invocation.out(`Switched to context ${JSON.stringify(name)}.`);
}

async function setContext(config: JsonObject, invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  const name = flags.bool("current") ? currentContext(config) : args[0];
  if (flags.bool("current") && name === "") throw new CommandError("no current context is set");
  if (name === undefined) throw new UsageError("Unexpected args: []");
  const before = contextNamed(config, name);
  const changes = Object.fromEntries(
    ["cluster", "namespace", "user"].filter((flag) => flags.changed(flag)).map((flag) => [flag, flags.text(flag)]),
  );
  const entry = { context: { ...(before ?? { cluster: "", user: "" }), ...changes }, name };
  const others = objectsOf(config.contexts).filter((one) => one.name !== name);
  await write({ ...config, contexts: [...others, entry] }, invocation);
  invocation.out(`Context ${JSON.stringify(name)} ${before ? "modified" : "created"}.`);
}

export const config: Command = {
  name: "config",
  short: "Modify kubeconfig files",
  long: "Modify kubeconfig files: which cluster, user and namespace commands use.",
  usage: "config SUBCOMMAND [options]",
  subcommands: [
    subcommand("current-context", "Display the current-context", "current-context", async (kubeconfig, invocation) => {
      if (currentContext(kubeconfig) === "") {
        invocation.err("error: current-context is not set");
        throw new SilentExit(1);
      }
      invocation.out(currentContext(kubeconfig));
    }),
    subcommand("get-contexts", "Describe one or many contexts", "get-contexts [(-o|--output=)name)]", getContexts, [
      { name: "no-headers", type: "bool", default: false, usage: "Print no headers." },
      { name: "output", short: "o", type: "string", default: "", usage: "Output format. One of: (name)." },
    ]),
    subcommand(
      "set-context",
      "Set a context entry in kubeconfig",
      "set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
      setContext,
      [{ name: "current", type: "bool", default: false, usage: "Modify the current context" }],
    ),
    subcommand("use-context", "Set the current-context in a kubeconfig file", "use-context CONTEXT_NAME", useContext),
    subcommand("view", "Display merged kubeconfig settings or a specified kubeconfig file", "view [flags]", view, [
      { name: "minify", type: "bool", default: false, usage: "Leave out what the current context does not use." },
      { name: "raw", type: "bool", default: false, usage: "Display raw byte data and sensitive data" },
      ...outputFlags,
    ]),
  ],
};
