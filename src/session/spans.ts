import { EventKind, type KernelEvent } from "../sim/kernel/event-queue.ts";
import type { Process } from "../sim/kernel/state.ts";
import type { TraceRef } from "../sim/kernel/types.ts";
import type { Observer, World } from "../sim/kernel/world.ts";
import { isWrite, type SessionInput } from "./inputs.ts";

/** Something that a process handled: one step in a trace. Not part of the world; a replay makes it again. */
export interface Span {
  readonly span: number;
  readonly cause: number;
  readonly trace: number;
  readonly atUs: number;
  readonly sentAtUs: number;
  readonly process: string;
  readonly from: string;
  /** `request`, `response`, `streamFrame`, a timer's type, ... */
  readonly type: string;
  readonly label: string;
  readonly message: unknown;
  readonly notes: Note[];
}

export interface Note {
  readonly stage: string;
  readonly detail: unknown;
  readonly atUs: number;
}

export interface Trace {
  readonly id: number;
  readonly atUs: number;
  readonly origin: "input" | "timer";
  /** What rooted it; null for a timer's. */
  readonly input: SessionInput | null;
  /** Whether a request of it asked to change something. */
  writes: boolean;
  readonly spans: Span[];
}

/** What changed the state of a process or machine. */
export interface Change {
  readonly what: string;
  readonly name: string;
  readonly atUs: number;
  readonly sequence: number;
}

const TIMER_TRACES_MAX = 400;
const INPUT_TRACES_MAX = 300;
const SPANS_PER_TRACE_MAX = 4_000;
const CHANGES_MAX = 2_000;

/** The span store: who handled what, when, because of what, and what was decided. Bounded. */
export class Spans implements Observer {
  readonly inputTraces = new Map<number, Trace>();
  readonly timerTraces = new Map<number, Trace>();
  changes: Change[] = [];
  /** Trace of what a person did last; null: nothing yet. */
  lastInputTrace: number | null = null;
  private world: World | null = null;

  attach(world: World): void {
    if (this.world !== null) this.world.observer = null;
    this.world = world;
    world.observer = this;
  }

  /** A command's first request roots the trace, the next ones join it. */
  rootedByInput(trace: number, input: SessionInput): void {
    this.lastInputTrace = trace;
    const known = this.inputTraces.get(trace);
    if (known !== undefined) {
      known.writes ||= isWrite(input);
      return;
    }
    const atUs = this.world?.nowUs ?? 0;
    this.inputTraces.set(trace, { id: trace, atUs, origin: "input", input, writes: isWrite(input), spans: [] });
    dropOldest(this.inputTraces, INPUT_TRACES_MAX);
  }

  traceOf(id: number): Trace | undefined {
    return this.inputTraces.get(id) ?? this.timerTraces.get(id);
  }

  /** After a rewind: what had not happened yet then. */
  forgetAfter(sequence: number): void {
    for (const traces of [this.inputTraces, this.timerTraces]) {
      for (const [id, trace] of traces) {
        if (id >= sequence) traces.delete(id);
        else while ((trace.spans.at(-1)?.span ?? 0) >= sequence) trace.spans.pop();
      }
    }
    this.changes = this.changes.filter((change) => change.sequence < sequence);
    if (this.lastInputTrace !== null && this.lastInputTrace >= sequence)
      this.lastInputTrace = [...this.inputTraces.keys()].at(-1) ?? null;
  }

  /** Before a change of branch: what happened in the life that is left only. */
  forgetSince(atUs: number): void {
    for (const traces of [this.inputTraces, this.timerTraces]) {
      for (const [id, trace] of traces) {
        if (trace.atUs > atUs) traces.delete(id);
        else while ((trace.spans.at(-1)?.atUs ?? 0) > atUs) trace.spans.pop();
      }
    }
    this.changes = this.changes.filter((change) => change.atUs <= atUs);
  }

  handled(event: KernelEvent, process: Process, message: unknown): void {
    if (event.trace === event.sequence && event.kind === EventKind.Timer) {
      // Most timers come to nothing; a trace begins with what they set off.
      this.pendingRoot = event;
      this.pendingProcess = process;
      return;
    }
    const trace = this.traceFor(event);
    if (trace === undefined || trace.spans.length >= SPANS_PER_TRACE_MAX) return;
    trace.spans.push(this.spanOf(event, process, message));
  }

  noted(process: Process, stage: string, detail: unknown, trace: TraceRef, atUs: number): void {
    const spans = this.traceOf(trace.trace)?.spans;
    if (spans === undefined) return;
    for (let index = spans.length - 1; index >= 0 && index >= spans.length - 8; index -= 1) {
      const span = spans[index] as Span;
      if (span.process !== process.name) continue;
      span.notes.push({ stage, detail, atUs });
      return;
    }
  }

  changed(what: string, name: string, atUs: number): void {
    this.changes.push({ what, name, atUs, sequence: this.world?.state.nextSequence ?? 0 });
    if (this.changes.length > CHANGES_MAX) this.changes.splice(0, CHANGES_MAX / 2);
  }

  private pendingRoot: KernelEvent | null = null;
  private pendingProcess: Process | null = null;

  private traceFor(event: KernelEvent): Trace | undefined {
    const known = this.traceOf(event.trace);
    if (known !== undefined) return known;
    const trace: Trace = { id: event.trace, atUs: event.atUs, origin: "timer", input: null, writes: false, spans: [] };
    if (this.pendingRoot?.sequence === event.trace && this.pendingProcess !== null) {
      trace.spans.push(this.spanOf(this.pendingRoot, this.pendingProcess, this.pendingRoot.payload));
    }
    this.timerTraces.set(event.trace, trace);
    dropOldest(this.timerTraces, TIMER_TRACES_MAX);
    return trace;
  }

  private spanOf(event: KernelEvent, process: Process, message: unknown): Span {
    const from = event.fromPid === 0 ? "" : (this.world?.state.processes.get(event.fromPid)?.name ?? "");
    return {
      span: event.sequence,
      cause: event.cause,
      trace: event.trace,
      atUs: event.atUs,
      sentAtUs: event.sentAtUs,
      process: process.name,
      from,
      type: (message as { readonly type?: string } | null)?.type ?? "start",
      label: event.label,
      message,
      notes: [],
    };
  }
}

function dropOldest(traces: Map<number, Trace>, max: number): void {
  if (traces.size <= max) return;
  for (const id of traces.keys()) {
    traces.delete(id);
    return;
  }
}
