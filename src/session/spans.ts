import { EventKind, type KernelEvent } from "../sim/kernel/event-queue.ts";
import type { Process } from "../sim/kernel/state.ts";
import type { TraceRef } from "../sim/kernel/types.ts";
import type { Observer, World } from "../sim/kernel/world.ts";
import { isWrite, type SessionInput } from "./inputs.ts";

/**
 * Something that a process handled: one step in a trace. Not part of the world; a replay makes it again. A class, and so
 * is Trace: of literals whose first ones live long V8 makes all later ones in the old generation, where they keep alive
 * whatever they have known until the next full collection.
 */
export class Span {
  readonly span: number;
  readonly cause: number;
  readonly trace: number;
  readonly atUs: number;
  readonly sentAtUs: number;
  readonly process: string;
  readonly from: string;
  readonly label: string;
  readonly message: unknown;
  /** What was decided in it. */
  notes: readonly Note[] = NO_NOTES;

  /** Keeps nothing of the event but numbers and its label: it holds on to what was sent, all through. */
  constructor(event: KernelEvent, process: string, from: string, message: unknown) {
    this.span = event.sequence;
    this.cause = event.cause;
    this.trace = event.trace;
    this.atUs = event.atUs;
    this.sentAtUs = event.sentAtUs;
    this.process = process;
    this.from = from;
    this.label = event.label;
    this.message = message;
  }

  /** `request`, `response`, `streamFrame`, a timer's type, ... */
  get type(): string {
    return (this.message as { readonly type?: string } | null)?.type ?? "start";
  }
}

export interface Note {
  readonly stage: string;
  readonly detail: unknown;
  readonly atUs: number;
}

const NO_NOTES: readonly Note[] = Object.freeze([]);

const NO_SPANS: readonly Span[] = Object.freeze([]);

export class Trace {
  readonly id: number;
  readonly atUs: number;
  /** What rooted it; null for a timer's. */
  readonly input: SessionInput | null;
  /** Whether a request of it asked to change something. */
  writes: boolean;
  /** A copy, not a literal, for the same reason. */
  readonly spans: Span[] = NO_SPANS.slice();

  constructor(id: number, atUs: number, input: SessionInput | null) {
    this.id = id;
    this.atUs = atUs;
    this.input = input;
    this.writes = input !== null && isWrite(input);
  }

  get origin(): "input" | "timer" {
    return this.input === null ? "timer" : "input";
  }
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
  /**
   * A ring; the next place is `nextTimerTrace`. No Map: V8's hold on to the tables that they have outgrown, in a chain
   * through which whatever once was in one lives until the next full collection.
   */
  private readonly timerTraces: (Trace | undefined)[] = Array.from({ length: TIMER_TRACES_MAX });
  private nextTimerTrace = 0;
  /** Cache: whose span was the last one. */
  private latest: Trace | undefined;
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
    this.inputTraces.set(trace, new Trace(trace, atUs, input));
    dropOldest(this.inputTraces, INPUT_TRACES_MAX);
  }

  traceOf(id: number): Trace | undefined {
    if (this.latest?.id === id) return this.latest;
    const found = this.inputTraces.get(id) ?? this.timerTraceOf(id);
    if (found !== undefined) this.latest = found;
    return found;
  }

  /** After a rewind: what had not happened yet then. */
  forgetAfter(sequence: number): void {
    this.forget(
      ({ id }) => id >= sequence,
      ({ span }) => span >= sequence,
    );
    this.changes = this.changes.filter((change) => change.sequence < sequence);
    if (this.lastInputTrace !== null && this.lastInputTrace >= sequence)
      this.lastInputTrace = [...this.inputTraces.keys()].at(-1) ?? null;
  }

  /** Before a change of branch: what happened in the life that is left only. */
  forgetSince(atUs: number): void {
    this.forget(
      (trace) => trace.atUs > atUs,
      (span) => span.atUs > atUs,
    );
    this.changes = this.changes.filter((change) => change.atUs <= atUs);
  }

  private forget(isOver: (trace: Trace) => boolean, isSpanOver: (span: Span) => boolean): void {
    this.latest = undefined;
    this.pendingRoot = null;
    this.pendingProcess = null;
    for (const trace of [...this.inputTraces.values(), ...this.timerTraces]) {
      if (trace === undefined) continue;
      if (!isOver(trace)) {
        for (let last = trace.spans.at(-1); last !== undefined && isSpanOver(last); last = trace.spans.at(-1))
          trace.spans.pop();
      } else if (trace.origin === "input") this.inputTraces.delete(trace.id);
      else this.timerTraces[this.timerTraces.indexOf(trace)] = undefined;
    }
    this.takeBackPlaces();
  }

  /** Of the newest timer traces that are gone: else the oldest that are left would have to go for the next ones. */
  private takeBackPlaces(): void {
    for (let count = 0; count < TIMER_TRACES_MAX; count += 1) {
      const before = (this.nextTimerTrace + TIMER_TRACES_MAX - 1) % TIMER_TRACES_MAX;
      if (this.timerTraces[before] !== undefined) return;
      this.nextTimerTrace = before;
    }
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
      const note = { stage, detail, atUs };
      if (span.notes.length === 0) span.notes = [note];
      else (span.notes as Note[]).push(note);
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
    const trace = new Trace(event.trace, event.atUs, null);
    if (this.pendingRoot?.sequence === event.trace && this.pendingProcess !== null) {
      trace.spans.push(this.spanOf(this.pendingRoot, this.pendingProcess, this.pendingRoot.payload));
    }
    this.rememberTimerTrace(trace);
    this.latest = trace;
    return trace;
  }

  private rememberTimerTrace(trace: Trace): void {
    this.timerTraces[this.nextTimerTrace] = trace;
    this.nextTimerTrace = (this.nextTimerTrace + 1) % TIMER_TRACES_MAX;
  }

  /** Newest first: mostly it is one of the last few. */
  private timerTraceOf(id: number): Trace | undefined {
    const { timerTraces, nextTimerTrace } = this;
    for (let place = nextTimerTrace - 1; place >= 0; place -= 1)
      if (timerTraces[place]?.id === id) return timerTraces[place];
    for (let place = TIMER_TRACES_MAX - 1; place >= nextTimerTrace; place -= 1)
      if (timerTraces[place]?.id === id) return timerTraces[place];
    return undefined;
  }

  private spanOf(event: KernelEvent, process: Process, message: unknown): Span {
    const from = event.fromPid === 0 ? "" : (this.world?.state.processes.get(event.fromPid)?.name ?? "");
    return new Span(event, process.name, from, message);
  }
}

function dropOldest(traces: Map<number, Trace>, max: number): void {
  if (traces.size <= max) return;
  for (const id of traces.keys()) {
    traces.delete(id);
    return;
  }
}
