/** `kubectl config`: which cluster, user and namespace commands use. */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, SilentExit, UsageError } from "../../errors.ts";
import { boolFlag, type FlagSpec } from "../../flags.ts";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";
import { contextNamed, currentContext } from "../../kubeconfig.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { toYaml } from "../../printers/yaml.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";
import {
  clusterFlags,
  credentialFlags,
  deleter,
  lister,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
} from "./entries.ts";
import { entryField, readConfig, type Section, writeConfig } from "./files.ts";
import { setProperty, unsetProperty } from "./properties.ts";

function subcommand(
  name: string,
  run: (config: JsonObject, invocation: Invocation) => Promise<void>,
  flags: readonly FlagSpec[] = [],
): Command {
  return {
    name,
    completes: "none",
    flags,
    run: inSteps({
      complete: readConfig,
      run: async (config, invocation) => {
        await run(config, invocation);
        return 0;
      },
    }),
  };
}

async function view(config: JsonObject, { context, flags }: Invocation): Promise<void> {
  const minified = flags.bool("minify") ? minify(config) : config;
  const shown = flags.bool("raw") ? minified : redacted(minified);
  const printer = await printerFor(flags, context);
  context.out.write(printer ? printer(shown) : toYaml(shown));
}

const secrets: Readonly<Record<string, string>> = {
  "certificate-authority-data": "DATA+OMITTED",
  "client-certificate-data": "DATA+OMITTED",
  "client-key-data": "DATA+OMITTED",
  password: "REDACTED",
  token: "REDACTED",
};

/** Without what nobody should read over one's shoulder. */
function redacted(config: JsonObject): JsonObject {
  const hidden = (section: Section): JsonObject[] =>
    objectsOf(config[section]).map((entry) => ({
      ...entry,
      [entryField[section]]: Object.fromEntries(
        Object.entries(objectOf(entry[entryField[section]])).map(([key, value]) => [key, secrets[key] ?? value]),
      ),
    }));
  return {
    ...config,
    ...(config.clusters ? { clusters: hidden("clusters") } : {}),
    ...(config.users ? { users: hidden("users") } : {}),
  };
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

async function useContext(config: JsonObject, invocation: Invocation): Promise<void> {
  const [name] = invocation.args;
  if (name === undefined || invocation.args.length > 1)
    throw new UsageError(`Unexpected args: [${invocation.args.join(" ")}]`);
  if (!contextNamed(config, name)) throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`);
  await writeConfig({ ...config, "current-context": name }, invocation);
  invocation.out(`Switched to context ${JSON.stringify(name)}.`);
}

export const config: Command = {
  name: "config",
  subcommands: [
    subcommand("current-context", async (kubeconfig, invocation) => {
      if (currentContext(kubeconfig) === "") {
        invocation.err("error: current-context is not set");
        throw new SilentExit(1);
      }
      invocation.out(currentContext(kubeconfig));
    }),
    subcommand("get-contexts", getContexts, [
      { name: "no-headers", type: "bool", default: false },
      { name: "output", short: "o", type: "string", default: "" },
    ]),
    subcommand("delete-cluster", deleter("clusters", "cluster")),
    subcommand("delete-context", deleter("contexts", "context")),
    subcommand("delete-user", deleter("users", "user")),
    subcommand("get-clusters", lister("clusters")),
    subcommand("get-users", lister("users")),
    subcommand("rename-context", renameContext),
    subcommand("set", setProperty, [{ name: "set-raw-bytes", type: "bool", default: false }]),
    subcommand("set-cluster", setCluster, clusterFlags),
    subcommand("set-context", setContext, [{ name: "current", type: "bool", default: false }]),
    subcommand("set-credentials", setCredentials, credentialFlags),
    subcommand("unset", unsetProperty),
    subcommand("use-context", useContext),
    subcommand("view", view, [
      { name: "minify", type: "bool", default: false },
      boolFlag("flatten"),
      boolFlag("merge", true),
      { name: "raw", type: "bool", default: false },
      ...outputFlags,
    ]),
  ],
};
