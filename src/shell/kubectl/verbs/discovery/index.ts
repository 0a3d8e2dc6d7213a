/** `kubectl api-resources`, `api-versions`, `cluster-info`, `version`, `options` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { type ApiResource, apiVersionOf, qualifiedName } from "../../discovery.ts";
import { CommandError, ConnectionError, UsageError } from "../../errors.ts";
import { at, compareText, type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";
import { toPrettyJson } from "../../printers/json.ts";
import { toYaml } from "../../printers/yaml.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";
import { listItems } from "../../targets.ts";
import { dump } from "./dump.ts";

function wanted(invocation: Invocation): (resource: ApiResource) => boolean {
  const { flags } = invocation;
  const verbs = flags.list("verbs");
  const categories = flags.list("categories");
  return (resource) => {
    if (resource.verbs.length === 0) return false;
    if (flags.changed("api-group") && resource.group !== flags.text("api-group")) return false;
    if (flags.changed("namespaced") && resource.namespaced !== flags.bool("namespaced")) return false;
    return (
      verbs.every((verb) => resource.verbs.includes(verb)) &&
      categories.every((category) => resource.categories.includes(category))
    );
  };
}

/** One version of each, in the order of groups, then names. */
function preferred(all: readonly ApiResource[]): readonly ApiResource[] {
  return all.filter((one) => all.find((other) => other.name === one.name && other.group === one.group) === one);
}

async function listResources(invocation: Invocation): Promise<number> {
  const { context, flags, mapper, args } = invocation;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(" ")}]`);
  const output = flags.text("output");
  if (output !== "" && output !== "wide" && output !== "name")
    throw new CommandError(`--output ${output} is not available`);
  if (!["", "name", "kind"].includes(flags.text("sort-by")))
    throw new CommandError("--sort-by accepts only name or kind");
  const found = preferred((await mapper.resources({ fresh: true })).filter(wanted(invocation)));
  const sortBy = flags.text("sort-by");
  const byGroup = (a: ApiResource, b: ApiResource): number =>
    compareText(a.group, b.group) || compareText(a.name, b.name);
  const order =
    sortBy === "name"
      ? (a: ApiResource, b: ApiResource) => compareText(a.name, b.name)
      : sortBy === "kind"
        ? (a: ApiResource, b: ApiResource) => compareText(a.kind, b.kind)
        : byGroup;
  const sorted = [...found].sort(order);
  if (output === "name") {
    for (const resource of sorted) invocation.out(qualifiedName(resource));
    return 0;
  }
  const wide = output === "wide";
  const header = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = sorted.map((resource) =>
    [
      resource.name,
      resource.shortNames.join(","),
      apiVersionOf(resource),
      String(resource.namespaced),
      resource.kind,
      ...(wide ? [resource.verbs.join(","), resource.categories.join(",")] : []),
    ].join("\t"),
  );
  const lines = flags.bool("no-headers") ? rows : [header.join("\t"), ...rows];
  context.out.write(`${alignTabs(lines.join("\n"), tableTabs)}\n`);
  return 0;
}

export const apiResources: Command = {
  name: "api-resources",
  completes: "none",
  flags: [
    { name: "api-group", type: "string", default: "" },
    { name: "cached", type: "bool", default: false },
    {
      name: "categories",
      type: "list",
      default: [],
    },
    { name: "namespaced", type: "bool", default: true },
    { name: "no-headers", type: "bool", default: false },
    { name: "output", short: "o", type: "string", default: "" },
    { name: "sort-by", type: "string", default: "" },
    { name: "verbs", type: "list", default: [] },
  ],
  run: inSteps({ complete: (invocation) => invocation, run: listResources }),
};

export const apiVersions: Command = {
  name: "api-versions",
  completes: "none",
  run: inSteps({
    complete: ({ context, mapper }) =>
      mapper.resources({ fresh: true }).catch((thrown: unknown) => {
        if (!(thrown instanceof ConnectionError)) throw thrown;
        throw new CommandError(
          `couldn't get available api versions from server: Get "${context.api.server}/api?timeout=32s": ${thrown.failure.text}`,
        );
      }),
    run: async (resources, invocation) => {
      for (const version of [...new Set(resources.map(apiVersionOf))].sort(compareText)) invocation.out(version);
      return 0;
    },
  }),
};

export const clusterInfo: Command = {
  name: "cluster-info",
  subcommands: [dump],
  completes: "none",
  run: inSteps({
    complete: ({ client, mapper }) =>
      mapper
        .resources()
        .then(() =>
          client.get("/api/v1/namespaces/kube-system/services", [
            ["labelSelector", "kubernetes.io/cluster-service=true"],
          ]),
        ),
    run: async (list, invocation) => {
      const { server } = invocation.context.api;
      const colored = (text: string): string => (invocation.context.columns === null ? text : text);
      invocation.out(`${colored("Kubernetes control plane")} is running at ${colored(server)}`);
      for (const service of listItems(list)) invocation.out(serviceLine(service, server));
      invocation.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
      return 0;
    },
  }),
};

function serviceLine(service: JsonObject, server: string): string {
  const { name, namespace, labels } = objectOf(service.metadata);
  const shown = textOf(objectOf(labels)["kubernetes.io/name"]) || textOf(name);
  const port = objectsOf(at(service, "spec", "ports"))[0];
  const portName = textOf(port?.name);
  const scheme = portName === "https" || port?.port === 443 ? "https:" : "";
  const id = `${scheme}${textOf(name)}${portName || scheme ? `:${portName}` : ""}`;
  return `${shown} is running at ${server}/api/v1/namespaces/${textOf(namespace)}/services/${id}/proxy`;
}

const clientVersion = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.1",
  gitCommit: "8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828",
  gitTreeState: "clean",
  buildDate: "2025-05-15T08:27:33Z",
  goVersion: "go1.24.2",
  compiler: "gc",
  platform: "linux/amd64",
};

const kustomizeVersion = "v5.6.0";

export const version: Command = {
  name: "version",
  completes: "none",
  flags: [
    { name: "client", type: "bool", default: false },
    { name: "output", short: "o", type: "string", default: "" },
  ],
  run: inSteps({
    complete: ({ args, flags }) => {
      if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(" ")}]`);
      const output = flags.text("output");
      if (output !== "" && output !== "yaml" && output !== "json")
        throw new CommandError(`--output must be 'yaml' or 'json'`);
      return output;
    },
    run: showVersion,
  }),
};

async function showVersion(output: string, invocation: Invocation): Promise<number> {
  const { client, context, flags } = invocation;
  let server: JsonObject | null = null;
  let failure: unknown = null;
  if (!flags.bool("client")) {
    try {
      server = await client.get("/version", [["timeout", "32s"]]);
    } catch (error) {
      failure = error;
    }
  }
  if (output === "") {
    invocation.out(`Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${kustomizeVersion}`);
    if (server) invocation.out(`Server Version: ${textOf(server.gitVersion)}`);
  } else {
    const all: JsonObject = { clientVersion, kustomizeVersion, ...(server ? { serverVersion: server } : {}) };
    context.out.write(
      output === "json"
        ? toPrettyJson(all, true)
            .replace(/^ {4}/gm, "  ")
            .replace(/^ {6}(?=")/gm, "    ")
        : `${toYaml(all)}\n`,
    );
  }
  if (failure) throw failure;
  const skew = server ? Number.parseInt(textOf(server.minor), 10) - Number(clientVersion.minor) : 0;
  if (Math.abs(skew) > 1) {
    invocation.err(
      `WARNING: version difference between client (1.33) and server (1.${textOf(server!.minor)}) exceeds the supported minor version skew of +/-1`,
    );
  }
  return 0;
}
