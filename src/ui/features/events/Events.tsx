import { useMemo, useState } from "react";
import type { EventRow, Selection } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { Scroll } from "../../shared/controls/Scroll.tsx";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { formatClock } from "../../shared/format-time.ts";
import { select } from "../../shared/session.ts";
import { goTo } from "../../shared/time-actions.ts";
import { text } from "./text.ts";

const most = 300;

/** The cluster's own Event objects, newest first. */
export default function Events() {
  const events = useCluster((state) => state.events);
  const [warningsOnly, setWarningsOnly] = useState(false);
  const rows = useMemo(
    () =>
      [...events.values()]
        .filter(({ type }) => !warningsOnly || type === "Warning")
        .sort((a, b) => b.lastSeenUs - a.lastSeenUs)
        .slice(0, most),
    [events, warningsOnly],
  );
  return (
    <div className="flex h-full flex-col">
      <label className="flex cursor-pointer items-center gap-2 self-end px-3 py-1 text-small">
        <input
          type="checkbox"
          checked={warningsOnly}
          onChange={(event) => setWarningsOnly(event.target.checked)}
          className="accent-accent"
        />
        {text.warningsOnly}
      </label>
      <Scroll className="min-h-0 flex-1 overflow-auto" label={text.title}>
        {rows.length === 0 && <p className="px-3 text-muted">{text.none}</p>}
        {rows.length > 0 && (
          <table className="w-full border-collapse text-left text-small">
            <thead className="sticky top-0 bg-surface">
              <tr>
                {text.columns.map((column) => (
                  <th key={column} scope="col" className="border-b border-line px-3 py-1 font-semibold text-muted">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </tbody>
          </table>
        )}
      </Scroll>
    </div>
  );
}

function Row({ row }: { readonly row: EventRow }) {
  const selection = selectionOf(row.object);
  return (
    <tr className="border-b border-line/60 align-top hover:bg-raised">
      <td className="px-3 py-1 font-mono whitespace-nowrap">
        <button type="button" className="hover:text-accent hover:underline" onClick={() => goTo(row.lastSeenUs)}>
          {formatClock(row.lastSeenUs).slice(0, 8)}
        </button>
      </td>
      <td className={`px-3 py-1 whitespace-nowrap ${row.type === "Warning" ? "font-semibold text-warning" : ""}`}>
        <span className="inline-flex items-center gap-1.5">
          <ToneSign tone={row.type === "Warning" ? "warning" : "good"} size={10} />
          {row.type}
        </span>
      </td>
      <td className="px-3 py-1 whitespace-nowrap">{row.reason}</td>
      <td className="max-w-72 truncate px-3 py-1">
        {selection ? (
          <button type="button" className="text-accent hover:underline" onClick={() => select(selection)}>
            {row.object}
          </button>
        ) : (
          row.object
        )}
      </td>
      <td className="px-3 py-1">
        {row.message} {row.count > 1 && <span className="text-muted">{text.times(row.count)}</span>}
      </td>
    </tr>
  );
}

const resources: Readonly<Record<string, string>> = {
  pod: "pods",
  node: "nodes",
  service: "services",
  deployment: "deployments.apps",
  replicaset: "replicasets.apps",
  daemonset: "daemonsets.apps",
};

/** `pod/web-0`, or `namespace/pod/web-0`, as something to select. */
function selectionOf(object: string): Selection | null {
  const parts = object.split("/");
  const [kind, name] = parts.slice(-2);
  const resource = resources[kind?.toLowerCase() ?? ""];
  if (!resource || !name) return null;
  return { type: "object", resource, namespace: resource === "nodes" ? "" : (parts.at(-3) ?? "default"), name };
}
