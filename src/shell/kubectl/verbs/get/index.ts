/** `kubectl get` */

import { acceptTable } from "../../client.ts";
import type { Command, Invocation } from "../../command.ts";
import { inSteps } from "../../command.ts";
import { kindName } from "../../discovery.ts";
import { CommandError, isNotFound, SilentExit, throwCollected, toError } from "../../errors.ts";
import { type JsonObject, objectsOf } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type ObjectPrinter, outputFlags, printerFor } from "../../output.ts";
import { listItems, listOfInfos, readTarget, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { type GetOptions, readOptions, tablePrinter } from "./options.ts";
import { sortObjects, sortTable } from "./sort.ts";
import { watchTarget } from "./watch.ts";

async function complete(invocation: Invocation): Promise<GetOptions> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (flags.changed("raw")) return { raw: flags.text("raw"), targets: [], printer: null, wide: false };
  if (args.length === 0 && files.length === 0) throw noResource(invocation);
  if (flags.bool("output-watch-events") && !isWatch(invocation)) {
    throw new CommandError("--output-watch-events option can only be used with --watch or --watch-only");
  }
  const printer = await printerFor(flags, invocation.context, { columns: true, noHeaders: flags.bool("no-headers") });
  const targets = await resolveTargets(invocation, args, {
    kindAlone: true,
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.bool("all-namespaces"),
    files,
    recursive: flags.bool("recursive"),
  });
  return { raw: "", targets, printer, wide: flags.text("output") === "wide" };
}

function noResource(invocation: Invocation): SilentExit {
  invocation.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n' +
      "error: Required resource not specified.\n" +
      'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n' +
      "See 'kubectl get -h' for help and examples",
  );
  return new SilentExit(1);
}

function isWatch({ flags }: Invocation): boolean {
  return flags.bool("watch") || flags.bool("watch-only");
}

async function run(options: GetOptions, invocation: Invocation): Promise<number | undefined> {
  if (options.raw !== "") return runRaw(options.raw, invocation);
  if (isWatch(invocation)) return watchTarget(options, invocation);
  return options.printer ? printObjects(options, options.printer, invocation) : printTables(options, invocation);
}

async function runRaw(path: string, invocation: Invocation): Promise<number> {
  const body = await invocation.client.raw("GET", path);
  if (body.status >= 400) await invocation.client.send("GET", path);
  invocation.context.out.write(body.body);
  return 0;
}

interface TableGroup {
  readonly target: Target;
  table: JsonObject;
}

async function printTables(options: GetOptions, invocation: Invocation): Promise<number | undefined> {
  const { context, flags } = invocation;
  const errors: Error[] = [];
  const groups: TableGroup[] = [];
  const sortBy = flags.text("sort-by");
  for (const target of options.targets) {
    try {
      const query = sortBy === "" ? [] : [["includeObject", "Object"] as const];
      const read = { ...readOptions(invocation), ...(sortBy === "" ? {} : { limit: 0 }) };
      const answer = await readTarget(invocation, target, { ...read, accept: acceptTable, query });
      addTable(groups, target, answer.kind === "Table" ? answer : plainTable(target, answer));
    } catch (error) {
      if (!(flags.bool("ignore-not-found") && isNotFound(error))) errors.push(toError(error));
    }
  }
  const kinds = new Set(groups.map(({ target }) => target.resource));
  const showKind = kinds.size > 1 || flags.bool("show-kind");
  let written = "";
  for (const { target, table } of groups) {
    const sorted = sortBy === "" ? table : sortTable(table, sortBy);
    const printer = tablePrinter(
      options,
      invocation,
      showKind ? kindName(target.resource) : "",
      target.resource.namespaced,
    );
    const text = printer.print(sorted);
    if (text !== "") written += written === "" ? text : `\n${text}`;
  }
  context.out.write(written);
  if (written === "" && errors.length === 0 && !flags.bool("ignore-not-found")) sayNothingFound(options, invocation);
  throwCollected(errors);
  return 0;
}

function addTable(groups: TableGroup[], target: Target, table: JsonObject): void {
  const last = groups.at(-1);
  if (last && last.target.resource === target.resource) {
    last.table = { ...last.table, rows: [...objectsOf(last.table.rows), ...objectsOf(table.rows)] };
  } else groups.push({ target, table });
}

/** For a server without tables: names only. */
function plainTable(target: Target, answer: JsonObject): JsonObject {
  const items = target.name === null ? listItems(answer) : [answer];
  const rows = items.map((item) => {
    const metadata = item.metadata as JsonObject | undefined;
    return { cells: [metadata?.name ?? "", metadata?.creationTimestamp ?? "<unknown>"], object: item };
  });
  return {
    kind: "Table",
    columnDefinitions: [
      { name: "Name", priority: 0 },
      { name: "Age", priority: 0 },
    ],
    rows,
  };
}

function sayNothingFound(options: GetOptions, invocation: Invocation): void {
  const namespaced =
    !invocation.flags.bool("all-namespaces") && options.targets.every((target) => target.resource.namespaced);
  const place = options.targets[0]?.namespace || invocation.namespace;
  invocation.err(namespaced ? `No resources found in ${place} namespace.` : "No resources found");
}

async function printObjects(
  options: GetOptions,
  printer: ObjectPrinter,
  invocation: Invocation,
): Promise<number | undefined> {
  const { context, flags } = invocation;
  const errors: Error[] = [];
  const objects: JsonObject[] = [];
  for (const target of options.targets) {
    try {
      const answer = await readTarget(invocation, target, readOptions(invocation));
      const items = target.name === null ? listItems(answer) : [answer];
      objects.push(...items.map((item) => typed(target.resource, item)));
    } catch (error) {
      if (!(flags.bool("ignore-not-found") && isNotFound(error))) errors.push(toError(error));
    }
  }
  const single = options.targets.length === 1 && options.targets[0]!.name !== null;
  const sortBy = flags.text("sort-by");
  const sorted = sortBy === "" || single || flags.text("output") === "name" ? objects : sortObjects(objects, sortBy);
  const nothing = objects.length === 0 && (errors.length > 0 || single);
  if (!nothing) context.out.write(printer(single ? sorted[0]! : listOfInfos(sorted)));
  throwCollected(errors);
  return 0;
}

export const get: Command = {
  name: "get",
  completes: "resources",
  flags: [
    {
      name: "all-namespaces",
      short: "A",
      type: "bool",
    },
    {
      name: "chunk-size",
      type: "int",
      default: 500,
    },
    {
      name: "field-selector",
      type: "string",
    },
    { name: "ignore-not-found", type: "bool" },
    {
      name: "label-columns",
      short: "L",
      type: "list",
    },
    { name: "no-headers", type: "bool", default: false },
    {
      name: "output-watch-events",
      type: "bool",
    },
    { name: "raw", type: "string" },
    { name: "server-print", type: "bool", default: true },
    { name: "show-kind", type: "bool" },
    { name: "show-labels", type: "bool" },
    {
      name: "sort-by",
      type: "string",
    },
    { name: "subresource", type: "string" },
    { name: "watch", short: "w", type: "bool" },
    { name: "watch-only", type: "bool" },
    selectorFlag,
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
