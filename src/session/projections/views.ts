import type { Notice, StageDiff, ViewUpdate } from "../../protocol/updates.ts";
import type { EventRow, Selection, StageView, TraceSummary, TraceView, ViewName } from "../../protocol/views.ts";
import { EventKind } from "../../sim/kernel/event-queue.ts";
import type { Pacer } from "../pacing.ts";
import { Records } from "../records.ts";
import type { Session } from "../session.ts";
import type { Trace } from "../spans.ts";
import { inputLabel, traceRows } from "../trace-tree.ts";
import { captionOf } from "./caption.ts";
import { ListDiffer, ValueDiffer } from "./diff.ts";
import { eventRows, warningMarks } from "./events.ts";
import { inspect } from "./inspector/inspector.ts";
import { messageViews } from "./messages.ts";
import { skipsOf } from "./skips.ts";
import { StageProjection } from "./stage.ts";
import { timeView } from "./time.ts";

const TRACES_SHOWN = 60;
const TRACE_ROWS_MAX = 800;

/** Turns a session into view updates: computes what is on screen, sends what changed. */
export class Views {
  readonly records = new Records();
  shown: ReadonlySet<ViewName> = new Set();
  selection: Selection | null = null;
  private readonly stage = new StageProjection();
  private readonly machines = new ListDiffer<StageView["machines"][number]>();
  private readonly components = new ListDiffer<StageView["components"][number]>();
  private readonly pods = new ListDiffer<StageView["pods"][number]>();
  private readonly links = new ListDiffer<StageView["links"][number]>();
  private readonly messages = new ListDiffer<ReturnType<typeof messageViews>[number]>();
  private readonly events = new ListDiffer<EventRow>();
  private readonly head = new ValueDiffer<unknown>();
  private readonly time = new ValueDiffer<unknown>();
  private readonly caption = new ValueDiffer<unknown>();
  private readonly inspector = new ValueDiffer<unknown>();
  private readonly trace = new ValueDiffer<unknown>();
  private forgotten = true;
  private notices: Notice[] = [];

  /** A new world, a rewind, a branch: everything is sent anew. */
  reset(): void {
    this.records.reset();
    for (const differ of [this.machines, this.components, this.pods, this.links, this.messages, this.events])
      differ.reset();
    for (const differ of [this.head, this.time, this.caption, this.inspector, this.trace]) differ.reset();
    this.forgotten = true;
  }

  tell(notice: Notice): void {
    this.notices.push(notice);
  }

  /** Null: nothing changed. */
  update(session: Session, pacer: Pacer): ViewUpdate | null {
    this.records.refresh(session.world);
    const stage = this.stage.view(session, this.records);
    const rows = eventRows(this.records, session.world.state.epochWallUs);
    const parts: Record<string, unknown> = {};
    const put = (name: string, value: unknown) => {
      if (value !== undefined) parts[name] = value;
    };
    put("stage", this.stageDiff(stage));
    const time = timeView(
      session,
      pacer,
      warningMarks(rows, session.readyAtUs ?? 0),
      skipsOf(session, stage, this.records),
    );
    if (this.time.changed(time)) put("time", time);
    const caption = captionOf(session, stage, this.followedNow(session, pacer));
    if (this.caption.changed(caption)) put("caption", caption);
    if (this.shown.has("messages")) put("messages", this.messages.diff(messageViews(session, pacer.followed)));
    if (this.shown.has("events")) put("events", this.events.diff(rows));
    if (this.shown.has("inspector")) {
      const value = this.selection === null ? null : inspect(session, this.records, stage, this.selection);
      if (this.inspector.changed(value)) put("inspector", { value });
    }
    if (this.shown.has("trace")) {
      const view = traceView(session, this.selection?.type === "trace" ? this.selection.id : pacer.followed);
      if (this.trace.changed(view)) put("trace", view);
    }
    if (this.notices.length > 0) put("notices", this.notices);
    this.notices = [];
    if (Object.keys(parts).length === 0 && !this.forgotten) return null;
    const reset = this.forgotten;
    this.forgotten = false;
    return { reset, ...parts };
  }

  private stageDiff(stage: StageView): StageDiff | undefined {
    const { topology, seed, ready, faults } = stage;
    const head = { topology, seed, ready, faults };
    const diff: Record<string, unknown> = {};
    if (this.head.changed(head)) diff.head = head;
    const lists = {
      machines: this.machines.diff(stage.machines),
      components: this.components.diff(stage.components),
      pods: this.pods.diff(stage.pods),
      links: this.links.diff(stage.links),
    };
    for (const [name, value] of Object.entries(lists)) if (value !== undefined) diff[name] = value;
    return Object.keys(diff).length === 0 ? undefined : (diff as StageDiff);
  }

  /** The followed trace's next message, for the caption. */
  private followedNow(
    session: Session,
    pacer: Pacer,
  ): { readonly label: string; readonly from: string; readonly to: string } | null {
    if (pacer.followed === null) return null;
    let soonest = null;
    for (const event of session.world.state.heap) {
      if (event.trace !== pacer.followed || event.kind !== EventKind.Arrive) continue;
      if (soonest === null || event.atUs < soonest.atUs) soonest = event;
    }
    if (soonest === null) return null;
    const view = messageViews(session, pacer.followed).find((each) => each.id === soonest.sequence);
    return view === undefined ? null : { label: view.label, from: view.from, to: view.to };
  }
}

function traceView(session: Session, selected: number | null): TraceView {
  const traces: TraceSummary[] = [...session.spans.inputTraces.values()]
    .slice(-TRACES_SHOWN)
    .reverse()
    .map(summaryOf(session));
  const trace = selected === null ? undefined : session.spans.traceOf(selected);
  return { traces, selected: trace === undefined ? null : { id: trace.id, rows: traceRows(trace, TRACE_ROWS_MAX) } };
}

function summaryOf(session: Session): (trace: Trace) => TraceSummary {
  const { heap, connections } = session.world.state;
  const alive = new Set(heap.map((event) => event.trace));
  for (const { stream, trace } of connections.values()) if (!stream) alive.add(trace);
  return (trace) => ({
    id: trace.id,
    label: trace.input === null ? "" : inputLabel(trace.input),
    atUs: trace.atUs,
    spans: trace.spans.length,
    done: !alive.has(trace.id),
    origin: trace.origin,
  });
}
