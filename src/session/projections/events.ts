import type { EventRow, TimelineMark } from "../../protocol/views.ts";
import type { ApiObject } from "../../sim/api/object.ts";
import { parseTime } from "../../sim/api/time.ts";
import type { Records } from "../records.ts";

const EVENTS_MAX = 200;

interface EventFields {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly involvedObject?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
}

/** The cluster's events, newest last. */
export function eventRows(records: Records, epochWallUs: number): EventRow[] {
  const rows = records.list("/registry/events/").map((object) => rowOf(object, epochWallUs));
  rows.sort((a, b) => a.lastSeenUs - b.lastSeenUs || (a.id < b.id ? -1 : 1));
  return rows.slice(-EVENTS_MAX);
}

function rowOf(object: ApiObject, epochWallUs: number): EventRow {
  const event = object as ApiObject & EventFields;
  const time =
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata?.creationTimestamp;
  const wallUs = time ? parseTime(time) : null;
  const about = event.involvedObject;
  return {
    id: event.metadata?.uid ?? event.metadata?.name ?? "",
    lastSeenUs: wallUs === null ? 0 : wallUs - epochWallUs,
    type: event.type === "Warning" ? "Warning" : "Normal",
    reason: event.reason ?? "",
    object: `${(about?.kind ?? "").toLowerCase()}/${about?.name ?? ""}`,
    message: event.message ?? "",
    count: event.series?.count ?? event.count ?? 1,
    source: event.source?.component || event.reportingComponent || "",
  };
}

export function warningMarks(rows: readonly EventRow[], readyUs: number): TimelineMark[] {
  return rows
    .filter((row) => row.type === "Warning" && row.lastSeenUs >= readyUs)
    .map((row) => ({
      id: `warning/${row.id}/${row.count}`,
      atUs: row.lastSeenUs,
      kind: "warning" as const,
      label: `${row.object}: ${row.reason}`,
    }));
}
