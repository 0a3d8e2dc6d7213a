/** `kubectl top node|pod`: what the metrics API says. */
import { milliValue, wholeValue } from "../../../../sim/api/quantity.ts";
import { acceptJson } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { at, compareText, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";
import { listItems, selectorFlag } from "../../targets.ts";

const root = "/apis/metrics.k8s.io/v1beta1";

async function requireMetrics({ mapper }: Invocation): Promise<void> {
  const resources = await mapper.resources({ fresh: true });
  if (!resources.some(({ group }) => group === "metrics.k8s.io")) throw new CommandError("Metrics API not available");
}

async function read(
  { client, flags }: Invocation,
  path: string,
  name: string | undefined,
): Promise<readonly JsonObject[]> {
  if (name !== undefined) return [await client.get(`${root}${path}/${name}`, [], acceptJson)];
  return listItems(
    await client.get(`${root}${path}`, [["labelSelector", flags.text("selector") || undefined]], acceptJson),
  );
}

function mebibytes(bytes: number): string {
  return `${Math.trunc(bytes / 1_048_576)}Mi`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "<unknown>" : `${Math.trunc((part * 100) / whole)}%`;
}

async function topNodes(invocation: Invocation): Promise<number> {
  const { args, client, context, flags } = invocation;
  const metrics = await read(invocation, "/nodes", args[0]);
  if (metrics.length === 0) throw new CommandError("metrics not available yet");
  const nodes = listItems(await client.get("/api/v1/nodes"));
  const rows = metrics.map((metric) => {
    const name = textOf(at(metric, "metadata", "name"));
    const node = nodes.find((one) => at(one, "metadata", "name") === name);
    const cpu = milliValue(textOf(at(metric, "usage", "cpu")));
    const memory = wholeValue(textOf(at(metric, "usage", "memory")));
    const cells = [
      percent(cpu, milliValue(String(at(node, "status", "allocatable", "cpu") ?? "0"))),
      percent(memory, wholeValue(String(at(node, "status", "allocatable", "memory") ?? "0"))),
    ];
    return [name, formatMilliCpu(cpu), cells[0]!, mebibytes(memory), cells[1]!].join("\t");
  });
  const head = flags.bool("no-headers") ? [] : ["NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)"];
  context.out.write(`${alignTabs([...head, ...rows].join("\n"), tableTabs)}\n`);
  return 0;
}

function formatMilliCpu(milli: number): string {
  return `${milli}m`;
}

async function topPods(invocation: Invocation): Promise<number> {
  const { args, context, flags, namespace } = invocation;
  const all = flags.bool("all-namespaces");
  const metrics = await read(invocation, all ? "/pods" : `/namespaces/${namespace}/pods`, args[0]);
  if (metrics.length === 0) {
    invocation.err(all ? "No resources found" : `No resources found in ${namespace} namespace.`);
    return 0;
  }
  const byContainer = flags.bool("containers");
  const rows = metrics.flatMap((metric) => {
    const containers = objectsOf(metric.containers);
    const cpu = (list: readonly JsonObject[]): number =>
      list.reduce((sum, one) => sum + milliValue(textOf(at(one, "usage", "cpu"))), 0);
    const memory = (list: readonly JsonObject[]): number =>
      list.reduce((sum, one) => sum + wholeValue(textOf(at(one, "usage", "memory"))), 0);
    const name = textOf(at(metric, "metadata", "name"));
    const place = all ? [textOf(at(metric, "metadata", "namespace"))] : [];
    if (!byContainer)
      return [[...place, name, formatMilliCpu(cpu(containers)), mebibytes(memory(containers))].join("\t")];
    return [...containers]
      .sort((a, b) => compareText(textOf(a.name), textOf(b.name)))
      .map((one) =>
        [...place, name, textOf(one.name), formatMilliCpu(cpu([one])), mebibytes(memory([one]))].join("\t"),
      );
  });
  const columns = [
    ...(all ? ["NAMESPACE"] : []),
    ...(byContainer ? ["POD", "NAME"] : ["NAME"]),
    "CPU(cores)",
    "MEMORY(bytes)",
  ];
  const head = flags.bool("no-headers") ? [] : [columns.join("\t")];
  context.out.write(`${alignTabs([...head, ...rows].join("\n"), tableTabs)}\n`);
  return 0;
}

function subcommand(
  name: string,
  aliases: readonly string[],
  short: string,
  run: (invocation: Invocation) => Promise<number>,
  flags: Command["flags"] = [],
): Command {
  return {
    name,
    aliases,
    short,
    usage: `top ${name} [NAME | -l label] [options]`,
    completes: name === "node" ? "nodes" : "pods",
    flags: [{ name: "no-headers", type: "bool", default: false, usage: "Print no headers." }, selectorFlag, ...flags],
    run: inSteps({
      complete: requireMetrics,
      run: (_options, invocation) => run(invocation),
    }),
  };
}

export const top: Command = {
  name: "top",
  short: "Display resource (CPU/memory) usage",
  long: "Display resource (CPU/memory) usage.\n\n What nodes or pods consume, as the metrics server says; it must be there.",
  usage: "top [flags] [options]",
  subcommands: [
    subcommand("node", ["nodes", "no"], "Display resource (CPU/memory) usage of nodes", topNodes),
    subcommand("pod", ["pods", "po"], "Display resource (CPU/memory) usage of pods", topPods, [
      { name: "all-namespaces", short: "A", type: "bool", default: false, usage: "Show the pods of all namespaces." },
      { name: "containers", type: "bool", default: false, usage: "Show the usage of each container." },
    ]),
  ],
};
