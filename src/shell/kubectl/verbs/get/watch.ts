/** `kubectl get -w`: what there is, then every change, until the server or the person ends it. */

import type { Status } from "../../../../sim/api/object.ts";
import { acceptJson, acceptTable } from "../../client.ts";
import type { Invocation } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { CommandError, StatusError } from "../../errors.ts";
import { at, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { listItems, readTarget, type Target, typed } from "../../targets.ts";
import { type GetOptions, readOptions, tablePrinter } from "./options.ts";

export async function watchTarget(options: GetOptions, invocation: Invocation): Promise<number> {
  const { client, context, flags } = invocation;
  if (options.targets.length !== 1) {
    throw new CommandError(
      "watch is only supported on individual resources and resource collections - more than 1 resource was found",
    );
  }
  const target = options.targets[0]!;
  const accept = options.printer ? acceptJson : acceptTable;
  const print = printerOf(options, target, invocation);
  const answer = await readTarget(invocation, target, { ...readOptions(invocation), accept });
  const isList = target.name === null;
  if (!flags.bool("watch-only")) {
    const first = options.printer && isList ? listItems(answer) : [answer];
    for (const object of first) context.out.write(print(object, "ADDED"));
  }
  const version = isList ? textOf(at(answer, "metadata", "resourceVersion")) : "0";
  const { resource, namespace, name } = target;
  const stream = await client.watch(
    resourcePath(resource, namespace),
    [
      ["labelSelector", flags.text("selector") || undefined],
      ["fieldSelector", name === null ? flags.text("field-selector") || undefined : `metadata.name=${name}`],
      ["resourceVersion", version],
    ],
    accept,
  );
  try {
    let skips = isList ? 0 : 1;
    for await (const event of stream.events) {
      if (event.type === "BOOKMARK") continue;
      if (event.type === "ERROR") throw new StatusError(event.object as unknown as Status);
      if (skips > 0) skips -= 1;
      else context.out.write(print(event.object, event.type));
    }
  } finally {
    stream.close();
  }
  return 0;
}

function printerOf(
  options: GetOptions,
  target: Target,
  invocation: Invocation,
): (object: JsonObject, type: string) => string {
  const { flags } = invocation;
  const { printer } = options;
  if (printer) {
    return (object, type) =>
      flags.bool("output-watch-events")
        ? printer({ type, object: typed(target.resource, object) })
        : printer(typed(target.resource, object));
  }
  const withKind = flags.bool("show-kind") ? target.resource.kind.toLowerCase() : "";
  const table = tablePrinter(options, invocation, withKind, target.resource.namespaced);
  if (!flags.bool("output-watch-events")) return (object) => table.print(object);
  return (object, type) => table.print(withEvent(object, type));
}

/** The event's type as the first column. */
function withEvent(table: JsonObject, type: string): JsonObject {
  const columns = objectsOf(table.columnDefinitions);
  const rows = table.rows as readonly JsonObject[];
  return {
    ...table,
    columnDefinitions: columns.length === 0 ? [] : [{ name: "Event", priority: 0 }, ...columns],
    rows: rows.map((row) => ({ ...row, cells: [type, ...(row.cells as readonly string[])] })),
  };
}
