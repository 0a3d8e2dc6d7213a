/** `kubectl logs` */
import { parseGoDuration } from "../../../../sim/api/duration.ts";
import { parseTime } from "../../../../sim/api/time.ts";
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, isNotFound, toError, UsageError } from "../../errors.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { chooseContainer, containersOf, namedObject, nameOfPod, podsOf } from "../../pods.ts";
import { listItems, selectorFlag } from "../../targets.ts";

interface Source {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

interface Options {
  readonly target: string | null;
  readonly container: string;
}

function complete({ args, flags }: Invocation): Options {
  const selector = flags.text("selector");
  if (args.length === 0 && selector === "") {
    throw new UsageError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  }
  if (args.length > 0 && selector !== "") throw new UsageError("only a selector (-l) or a POD name is allowed");
  if (args.length > 2)
    throw new UsageError(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  return { target: args[0] ?? null, container: flags.text("container") || args[1] || "" };
}

function validate({ container }: Options, { flags }: Invocation): void {
  if (flags.changed("since") && flags.changed("since-time"))
    throw new CommandError("at most one of `sinceTime` or `sinceSeconds` may be specified");
  if (flags.bool("all-containers") && container !== "")
    throw new CommandError(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.int("tail") < -1) throw new CommandError(`--tail must be greater than or equal to -1`);
}

async function podsFor({ target }: Options, invocation: Invocation): Promise<readonly JsonObject[]> {
  const { client, flags, namespace } = invocation;
  if (target === null) {
    const list = await client.get(`/api/v1/namespaces/${namespace}/pods`, [["labelSelector", flags.text("selector")]]);
    return listItems(list);
  }
  let found: Awaited<ReturnType<typeof namedObject>>;
  try {
    found = await namedObject(invocation, target);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CommandError(
      `error from server (NotFound): ${toError(error).message} in namespace ${JSON.stringify(namespace)}`,
    );
  }
  const pods = await podsOf(invocation, found.resource, found.object);
  const [first] = pods;
  if (!first) throw new CommandError("timed out waiting for the condition");
  if (flags.bool("all-pods")) return pods;
  if (pods.length > 1) {
    invocation.err(`Found ${pods.length} pods, using pod/${nameOfPod(first)}`);
  }
  return [first];
}

function sourcesOf(pods: readonly JsonObject[], options: Options, invocation: Invocation): readonly Source[] {
  const { flags } = invocation;
  return pods.flatMap((pod) => {
    const namespace = textOf(at(pod, "metadata", "namespace")) || invocation.namespace;
    const { init, main, ephemeral } = containersOf(pod);
    const names = flags.bool("all-containers")
      ? [...init, ...main, ...ephemeral]
      : [containerFor(pod, options, invocation)];
    return names.map((container) => ({ namespace, pod: nameOfPod(pod), container }));
  });
}

function containerFor(pod: JsonObject, { container }: Options, invocation: Invocation): string {
  try {
    return chooseContainer(invocation, pod, container);
  } catch {
    throw new CommandError(`container ${container} is not valid for pod ${nameOfPod(pod)}`);
  }
}

function pathOf(source: Source, { flags }: Invocation): string {
  const tail = flags.int("tail");
  const lines = tail === -1 && flags.text("selector") !== "" && !flags.changed("tail") ? 10 : tail;
  const since = parseGoDuration(flags.text("since")) ?? 0;
  const limit = flags.int("limit-bytes");
  if (flags.text("since-time") !== "" && parseTime(flags.text("since-time")) === null) {
    throw new CommandError(
      `parsing time ${JSON.stringify(flags.text("since-time"))} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(flags.text("since-time"))} as "2006"`,
    );
  }
  return withQuery(`/api/v1/namespaces/${source.namespace}/pods/${source.pod}/log`, [
    ["container", source.container],
    ["follow", flags.bool("follow") ? "true" : undefined],
    ["limitBytes", limit > 0 ? String(limit) : undefined],
    ["previous", flags.bool("previous") ? "true" : undefined],
    ["sinceSeconds", since > 0 ? String(Math.ceil(since / 1_000_000)) : undefined],
    ["sinceTime", flags.text("since-time") || undefined],
    ["tailLines", lines >= 0 ? String(lines) : undefined],
    ["timestamps", flags.bool("timestamps") ? "true" : undefined],
  ]);
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const sources = sourcesOf(await podsFor(options, invocation), options, invocation);
  const limit = flags.int("max-log-requests");
  if (sources.length === 0) {
    invocation.err(`No resources found in ${invocation.namespace} namespace.`);
    return 0;
  }
  if (!flags.bool("follow")) {
    for (const source of sources) await copy(source, invocation);
    return 0;
  }
  if (sources.length > limit) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  }
  await Promise.all(sources.map((source) => copy(source, invocation)));
  return context.signal.aborted ? 130 : 0;
}

/** One container's log; with `--prefix` each line says whose it is. */
async function copy(source: Source, invocation: Invocation): Promise<void> {
  const { client, context, flags } = invocation;
  const prefix = flags.bool("prefix") ? `[pod/${source.pod}/${source.container}] ` : "";
  const path = pathOf(source, invocation);
  if (!flags.bool("follow")) {
    const answer = await client.raw("GET", path);
    if (answer.status >= 400) await client.send("GET", path);
    context.out.write(prefixed(answer.body, prefix));
    return;
  }
  const stream = await client.open("GET", path);
  let rest = "";
  for await (const frame of stream.frames) {
    if (frame.type !== "chunk") continue;
    if (prefix === "") {
      context.out.write(frame.data);
      continue;
    }
    const lines = (rest + frame.data).split("\n");
    rest = lines.pop()!;
    for (const line of lines) context.out.write(`${prefix}${line}\n`);
  }
  if (rest !== "") context.out.write(`${prefix}${rest}\n`);
}

function prefixed(text: string, prefix: string): string {
  if (prefix === "" || text === "") return text;
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n").map((line) => `${prefix}${line}`);
  return `${lines.join("\n")}${ends ? "\n" : ""}`;
}

export const logs: Command = {
  name: "logs",
  completes: "pods",
  flags: [
    { name: "all-containers", type: "bool", default: false },
    { name: "all-pods", type: "bool", default: false },
    { name: "container", short: "c", type: "string", default: "" },
    { name: "follow", short: "f", type: "bool", default: false },
    { name: "ignore-errors", type: "bool", default: false },
    { name: "limit-bytes", type: "int", default: 0 },
    { name: "max-log-requests", type: "int", default: 5 },
    { name: "pod-running-timeout", type: "duration", default: "20s" },
    {
      name: "prefix",
      type: "bool",
      default: false,
    },
    {
      name: "previous",
      short: "p",
      type: "bool",
      default: false,
    },
    {
      name: "since",
      type: "duration",
      default: "0s",
    },
    { name: "since-time", type: "string", default: "" },
    {
      name: "tail",
      type: "int",
      default: -1,
    },
    { name: "timestamps", type: "bool", default: false },
    selectorFlag,
  ],
  run: inSteps({ complete, validate, run }),
};
