/** `kubectl top node|pod`: what the metrics API says. */

import { goDuration } from "../../../../sim/api/duration.ts";
import { milliValue, wholeValue } from "../../../../sim/api/quantity.ts";
import { genericServerResponse } from "../../../../sim/api/status-errors.ts";
import { parseTime } from "../../../../sim/api/time.ts";
import { acceptJson } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, StatusError } from "../../errors.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { listItems, selectorFlag } from "../../targets.ts";
import { nodeTable, podTable, type Use } from "./printer.ts";

const root = "/apis/metrics.k8s.io/v1beta1";
/** So long after a pod's creation nobody wonders why there are no metrics. */
const METRICS_DELAY_US = 120_000_000;

async function requireMetrics({ mapper, args, command }: Invocation): Promise<void> {
  if (args.length > 1) throw new CommandError(`${command.name} [NAME | -l label]`);
  const resources = await mapper.resources({ fresh: true });
  if (!resources.some(({ group }) => group === "metrics.k8s.io")) throw new CommandError("Metrics API not available");
}

function validate({ args, flags }: Invocation): void {
  const sortBy = flags.text("sort-by");
  if (sortBy !== "" && sortBy !== "cpu" && sortBy !== "memory")
    throw new CommandError("--sort-by accepts only cpu or memory");
  if (args[0] !== undefined && flags.text("selector") !== "")
    throw new CommandError("only one of NAME or --selector can be provided");
}

type Query = readonly (readonly [string, string | undefined])[];

function selection({ flags }: Invocation, withFields: boolean): Query {
  return [
    ["labelSelector", flags.text("selector") || undefined],
    ...(withFields ? [["fieldSelector", flags.text("field-selector") || undefined] as const] : []),
  ];
}

async function read(
  { client }: Invocation,
  path: string,
  name: string | undefined,
  query: Query,
): Promise<readonly JsonObject[]> {
  if (name !== undefined) return [await client.get(`${path}/${name}`, [], acceptJson)];
  return listItems(await client.get(path, query, acceptJson));
}

/** Whoever serves the metrics may be away: then the answer is no Status, and the error names what was asked for. */
async function readMetrics(
  invocation: Invocation,
  resource: "nodes" | "pods",
  path: string,
  query: Query,
): Promise<readonly JsonObject[]> {
  const [name] = invocation.args;
  try {
    return await read(invocation, path, name, query);
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.code !== 503) throw error;
    const asked = { group: "metrics.k8s.io", resource };
    throw new StatusError(genericServerResponse(503, "GET", asked, name ?? "", ""));
  }
}

async function topNodes(invocation: Invocation): Promise<number> {
  const { args, context, flags } = invocation;
  const query = selection(invocation, false);
  const metrics = await readMetrics(invocation, "nodes", `${root}/nodes`, query);
  if (metrics.length === 0) throw new CommandError("metrics not available yet");
  const nodes = await read(invocation, "/api/v1/nodes", args[0], query);
  const part = flags.bool("show-capacity") ? "capacity" : "allocatable";
  const available = new Map(
    nodes.map((node): [string, Use] => [
      textOf(at(node, "metadata", "name")),
      {
        cpu: milliValue(String(at(node, "status", part, "cpu") ?? "0")),
        memory: wholeValue(String(at(node, "status", part, "memory") ?? "0")),
      },
    ]),
  );
  const [noHeaders, sortBy] = [flags.bool("no-headers"), flags.text("sort-by")];
  context.out.write(nodeTable({ metrics, available, noHeaders, sortBy }));
  return 0;
}

async function topPods(invocation: Invocation): Promise<number> {
  const { args, context, flags, namespace } = invocation;
  const all = flags.bool("all-namespaces") && args[0] === undefined;
  const place = all ? "" : `/namespaces/${namespace}`;
  const query = selection(invocation, true);
  const metrics = await readMetrics(invocation, "pods", `${root}${place}/pods`, query);
  if (metrics.length === 0) {
    await explainNoMetrics(invocation, `/api/v1${place}/pods`, query);
    invocation.err(all ? "No resources found" : `No resources found in ${namespace} namespace.`);
    return 0;
  }
  context.out.write(
    podTable({
      metrics,
      withNamespace: all,
      byContainer: flags.bool("containers"),
      noHeaders: flags.bool("no-headers"),
      sortBy: flags.text("sort-by"),
      sum: flags.bool("sum"),
    }),
  );
  return 0;
}

/** There are pods, and nothing is known of them. */
async function explainNoMetrics(invocation: Invocation, path: string, query: Query): Promise<void> {
  const pods = await read(invocation, path, undefined, query);
  if (pods.length === 0) return;
  const nowUs = await invocation.context.session.wallUs();
  for (const pod of pods) {
    const ageUs = nowUs - (parseTime(textOf(at(pod, "metadata", "creationTimestamp"))) ?? 0);
    if (ageUs <= METRICS_DELAY_US) continue;
    const name = `${textOf(at(pod, "metadata", "namespace"))}/${textOf(at(pod, "metadata", "name"))}`;
    throw new CommandError(`Metrics not available for pod ${name}, age: ${goDuration(ageUs)}`);
  }
  throw new CommandError("metrics not available yet");
}

const SORT_BY = {
  name: "sort-by",
  type: "string",
  default: "",
} as const;

function subcommand(
  name: string,
  aliases: readonly string[],
  run: (invocation: Invocation) => Promise<number>,
  flags: Command["flags"] = [],
): Command {
  return {
    name,
    aliases,
    completes: name === "node" ? "nodes" : "pods",
    flags: [
      { name: "no-headers", type: "bool", default: false },
      SORT_BY,
      {
        name: "use-protocol-buffers",
        type: "bool",
        default: true,
      },
      selectorFlag,
      ...flags,
    ],
    run: inSteps({
      complete: requireMetrics,
      validate: (_options, invocation) => validate(invocation),
      run: (_options, invocation) => run(invocation),
    }),
  };
}

export const top: Command = {
  name: "top",
  subcommands: [
    subcommand("node", ["nodes", "no"], topNodes, [
      {
        name: "show-capacity",
        type: "bool",
        default: false,
      },
    ]),
    subcommand("pod", ["pods", "po"], topPods, [
      { name: "all-namespaces", short: "A", type: "bool", default: false },
      { name: "containers", type: "bool", default: false },
      { name: "field-selector", type: "string", default: "" },
      { name: "sum", type: "bool", default: false },
    ]),
  ],
};
