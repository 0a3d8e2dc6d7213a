/** The last section of most descriptions. */
import type { Invocation } from "../command.ts";
import { at, compareText, type JsonObject, numberOf, objectOf, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import { ageOf, type Lines } from "./writer.ts";

/** Events of an object; a server that refuses them gives none. */
export async function eventsOf(
  invocation: Invocation,
  object: JsonObject,
  kind: string,
): Promise<readonly JsonObject[]> {
  const metadata = objectOf(object.metadata);
  const uid = textOf(metadata.uid);
  const selector = [
    ["involvedObject.name", textOf(metadata.name)],
    ["involvedObject.namespace", textOf(metadata.namespace)],
    ["involvedObject.kind", kind],
    ["involvedObject.uid", uid],
  ].filter(([field, value]) => field === "involvedObject.namespace" || value !== "");
  return readEvents(invocation, textOf(metadata.namespace), selector.map((pair) => pair.join("=")).join(","));
}

export async function readEvents(
  invocation: Invocation,
  namespace: string,
  fieldSelector: string,
): Promise<readonly JsonObject[]> {
  const path = namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${namespace}/events`;
  const answer = await invocation.client.raw(
    "GET",
    `${path}?fieldSelector=${encodeURIComponent(fieldSelector)}&limit=500`,
    { accept: "application/json" },
  );
  return answer.status >= 400 ? [] : listItems(JSON.parse(answer.body) as JsonObject);
}

export function eventLines(lines: Lines, events: readonly JsonObject[], nowUs: number): void {
  if (events.length === 0) {
    lines.line(0, "Events:", "<none>");
    return;
  }
  lines.line(0, "Events:");
  lines.line(1, "Type", "Reason", "Age", "From", "Message");
  lines.line(1, "----", "------", "----", "----", "-------");
  for (const event of [...events].sort((a, b) => compareText(lastSeen(a), lastSeen(b)))) {
    const source = textOf(at(event, "source", "component")) || textOf(event.reportingComponent);
    lines.line(
      1,
      textOf(event.type),
      textOf(event.reason),
      interval(event, nowUs),
      source,
      textOf(event.message).trim(),
    );
  }
}

function lastSeen(event: JsonObject): string {
  return textOf(event.lastTimestamp) || textOf(at(event, "series", "lastObservedTime")) || textOf(event.eventTime);
}

function interval(event: JsonObject, nowUs: number): string {
  const first = ageOf(textOf(event.firstTimestamp) || textOf(event.eventTime), nowUs);
  const series = objectOf(event.series);
  if (series.count !== undefined) {
    return `${ageOf(series.lastObservedTime, nowUs)} (x${numberOf(series.count)} over ${first})`;
  }
  const count = numberOf(event.count);
  return count > 1 ? `${ageOf(event.lastTimestamp, nowUs)} (x${count} over ${first})` : first;
}
