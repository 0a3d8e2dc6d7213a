/** `kubectl events` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { ageOf } from "../../describe/writer.ts";
import { CommandError } from "../../errors.ts";
import { at, compareText, type JsonObject, numberOf, objectOf, textOf } from "../../json.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";
import { listItems, listOfInfos } from "../../targets.ts";

interface Options {
  readonly object: { readonly kind: string; readonly name: string } | null;
  readonly types: readonly string[];
}

async function complete({ flags, mapper }: Invocation): Promise<Options> {
  const types = flags.list("types");
  for (const type of types) {
    if (!/^(Normal|Warning)$/i.test(type)) throw new CommandError(`valid --types are Normal or Warning`);
  }
  const word = flags.text("for");
  if (word === "") return { object: null, types };
  const [kind, name] = word.split("/");
  if (!kind || !name) throw new CommandError("--for must be in resource/name form");
  const resource = await mapper.resource(kind);
  return { object: { kind: resource.kind, name }, types };
}

function lastSeen(event: JsonObject): string {
  return textOf(at(event, "series", "lastObservedTime")) || textOf(event.lastTimestamp) || textOf(event.eventTime);
}

function interval(event: JsonObject, nowUs: number): string {
  const first = ageOf(textOf(event.firstTimestamp) || textOf(event.eventTime), nowUs);
  const count = numberOf(at(event, "series", "count")) || numberOf(event.count);
  return count > 1 ? `${ageOf(lastSeen(event), nowUs)} (x${count} over ${first})` : first;
}

function row(event: JsonObject, nowUs: number, allNamespaces: boolean): string {
  const { kind, name, namespace } = objectOf(event.involvedObject);
  const cells = [
    interval(event, nowUs),
    textOf(event.type),
    textOf(event.reason),
    `${textOf(kind)}/${textOf(name)}`,
    textOf(event.message).trim(),
  ];
  return [...(allNamespaces ? [textOf(at(event, "metadata", "namespace")) || textOf(namespace)] : []), ...cells].join(
    "\t",
  );
}

async function run({ object, types }: Options, invocation: Invocation): Promise<number> {
  const { client, context, flags } = invocation;
  const all = flags.bool("all-namespaces");
  const path = all ? "/api/v1/events" : `/api/v1/namespaces/${invocation.namespace}/events`;
  const selector = object ? `involvedObject.kind=${object.kind},involvedObject.name=${object.name}` : undefined;
  const list = await client.get(path, [
    ["fieldSelector", selector],
    ["limit", String(flags.int("chunk-size"))],
  ]);
  const isWanted = (event: JsonObject): boolean =>
    types.length === 0 || types.some((type) => type.toLowerCase() === textOf(event.type).toLowerCase());
  const events = [...listItems(list)].filter(isWanted).sort((a, b) => compareText(lastSeen(a), lastSeen(b)));
  const printer = await printerFor(flags, context);
  const nowUs = await context.session.wallUs();
  const header = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"];
  if (printer) context.out.write(printer(listOfInfos(events)));
  else if (events.length === 0 && !flags.bool("watch")) {
    const what = object ? ` for ${object.kind.toLowerCase()}/${object.name}` : "";
    invocation.err(
      all ? "No events found." : `No events found in ${invocation.namespace} namespace.`.replace(" for", what),
    );
    return 0;
  } else {
    const head = flags.bool("no-headers") ? [] : [[...(all ? ["NAMESPACE"] : []), ...header].join("\t")];
    context.out.write(
      `${alignTabs([...head, ...events.map((event) => row(event, nowUs, all))].join("\n"), tableTabs)}\n`,
    );
  }
  if (!flags.bool("watch")) return 0;
  const stream = await client.watch(path, [
    ["fieldSelector", selector],
    ["resourceVersion", textOf(at(list, "metadata", "resourceVersion"))],
  ]);
  for await (const event of stream.events) {
    if (event.type === "BOOKMARK" || event.type === "DELETED" || !isWanted(event.object)) continue;
    context.out.write(`${alignTabs(row(event.object, await context.session.wallUs(), all), tableTabs)}\n`);
  }
  return 0;
}

export const events: Command = {
  name: "events",
  completes: "none",
  flags: [
    { name: "all-namespaces", short: "A", type: "bool", default: false },
    { name: "chunk-size", type: "int", default: 500 },
    { name: "for", type: "string", default: "" },
    { name: "no-headers", type: "bool", default: false },
    { name: "types", type: "list", default: [] },
    { name: "watch", short: "w", type: "bool", default: false },
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
