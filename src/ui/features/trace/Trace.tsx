import { memo } from "react";
import type { TraceRow, TraceSummary } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { Button } from "../../shared/controls/Button.tsx";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { formatClock } from "../../shared/format-time.ts";
import { readable } from "../../shared/readable.ts";
import { ask, select } from "../../shared/session.ts";
import { goTo } from "../../shared/time-actions.ts";
import { origins, text } from "./text.ts";

/** Everything that an input caused: the list of traces, and the chosen one as an indented tree. */
export default function Trace() {
  const { traces, selected } = useCluster((state) => state.trace);
  const followed = useCluster(({ time }) => time.followedTrace);
  return (
    <div className="grid h-full grid-cols-[minmax(14rem,22rem)_1fr] max-sm:grid-cols-1">
      <section aria-label={text.list} className="min-h-0 overflow-y-auto border-r border-line p-1">
        {traces.length === 0 && <p className="p-2 text-muted">{text.none}</p>}
        <ul>
          {[...traces].reverse().map((trace) => (
            <TraceItem key={trace.id} trace={trace} selected={selected?.id === trace.id} />
          ))}
        </ul>
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section aria-label={text.tree} className="min-h-0 overflow-auto p-1" tabIndex={0}>
        {selected ? (
          <>
            <div className="flex justify-end px-2">
              <Button
                size="small"
                tone={followed === selected.id ? "accent" : "plain"}
                aria-pressed={followed === selected.id}
                onClick={() =>
                  void ask((session) => session.followTrace(followed === selected.id ? null : selected.id))
                }
              >
                {followed === selected.id ? text.followed : text.follow}
              </Button>
            </div>
            <ol>
              {selected.rows.map((row) => (
                <Row key={row.span} row={row} />
              ))}
            </ol>
          </>
        ) : (
          <p className="p-2 text-muted">{text.choose}</p>
        )}
      </section>
    </div>
  );
}

function TraceItem({ trace, selected }: { readonly trace: TraceSummary; readonly selected: boolean }) {
  return (
    <li>
      <button
        type="button"
        aria-current={selected}
        onClick={() => select({ type: "trace", id: trace.id })}
        className={`block w-full rounded-md px-2 py-1 text-left ${selected ? "bg-accent-soft" : "hover:bg-raised"}`}
      >
        <span className="block truncate font-medium">{readable(trace.label)}</span>
        <span className="flex gap-2 text-small text-muted">
          <span className="font-mono">{formatClock(trace.atUs)}</span>
          <span>{origins[trace.origin]}</span>
          <span>{text.spans(trace.spans)}</span>
          {!trace.done && <span className="text-accent">{text.running}</span>}
        </span>
      </button>
    </li>
  );
}

const Row = memo(function Row({ row }: { readonly row: TraceRow }) {
  const clock = formatClock(row.atUs);
  return (
    <li className="flex items-start gap-3 rounded px-2 py-0.5 text-small hover:bg-raised">
      <button
        type="button"
        title={text.goTo(clock)}
        aria-label={text.goTo(clock)}
        onClick={() => goTo(row.atUs)}
        className="shrink-0 font-mono text-muted hover:text-accent hover:underline"
      >
        {clock}
      </button>
      <div className="min-w-0 border-l border-line pl-2" style={{ marginLeft: row.depth * 14 }}>
        <button
          type="button"
          onClick={() => select({ type: "component", id: row.component })}
          className="inline-flex items-center gap-1.5 text-left hover:text-accent"
        >
          <ToneSign tone={row.tone} size={10} />
          <span className="font-semibold">{row.component}</span>
          <span>{readable(row.text)}</span>
        </button>
        {row.decisions.map((decision) => (
          <p key={`${decision.stage} ${decision.text}`} className="pl-4 text-muted">
            <span className="font-medium">{decision.stage}</span>: {decision.text}
          </p>
        ))}
      </div>
    </li>
  );
});
