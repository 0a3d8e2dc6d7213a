import { EventKind } from "../sim/kernel/event-queue.ts";
import type { SessionHost, TimeKeeper } from "./host.ts";
import type { Session } from "./session.ts";

/** How long one slice of simulation may keep the worker from answering. */
const SLICE_MS = 8;
const SLICE_EVENTS = 2_000;
/**
 * While somebody outside waits for an answer, time runs neither slower nor faster than this: a command is answered soon,
 * and its requests lie close together.
 */
const WAITING_SPEED_MIN = 1;
const WAITING_SPEED_MAX = 10;
/**
 * Following: how long the next hop of the followed trace is meant to be on its way, wall clock. The first hops tell most;
 * the further a trace has come, the quicker it goes on, and one that goes on and on (a program in a loop, a thousand
 * pods) is let go.
 */
const HOP_SECONDS = 0.4;
const HOP_SECONDS_MIN = 0.08;
const HOPS_UNTIL_QUICK = 90;
const HOPS_UNTIL_QUICKER = 400;
const HOP_SECONDS_QUICKER = 0.01;
const HOPS_MAX = 3_000;
/** A trace whose next event is further away than this has nothing on its way: a container that sleeps, say. */
const FOLLOW_WAIT_US = 60_000_000;
const FOLLOW_RATE_MIN = 1 / 4_000;
const FOLLOW_RATE_MAX = 20;
/** Beyond this many pending events, looking for the followed trace would cost more than it shows. */
const FOLLOW_HEAP_MAX = 50_000;

export type StepKind = "message" | "hop" | "change" | "warning";

export interface PaceReport {
  readonly rate: number;
  /** `slow: POST deployments web is on its way`. */
  readonly text: string;
}

/** Maps wall time to virtual time. `nowMs` is the wall clock; it decides when things are shown, never what happens. */
export class Pacer implements TimeKeeper {
  playing = true;
  speed = 1;
  following = true;
  followed: number | null = null;
  /** A long piece of work, in words, for the page: `going back to 2m10s`. */
  busy = "";
  report: PaceReport = { rate: 1, text: "" };
  private readonly host: SessionHost;
  private readonly nowMs: () => number;
  private lastMs: number;
  private debtUs = 0;
  private aim: { readonly atUs: number; readonly rate: number } | null = null;
  private hurryToUs: number | null = null;
  private measuredFromUs = 0;
  private measuredFromMs = 0;

  constructor(host: SessionHost, nowMs: () => number) {
    this.host = host;
    this.nowMs = nowMs;
    this.lastMs = nowMs();
    host.onNewSession.push((session) => {
      this.forget();
      this.followed = null;
      session.listeners.push({ onReset: () => this.forget() });
    });
  }

  /** After a rewind and in a new world: what was under way is off. */
  private forget(): void {
    this.hurryToUs = null;
    this.debtUs = 0;
    if (this.followed !== null && this.host.session.spans.traceOf(this.followed) === undefined) this.followed = null;
  }

  /** As fast as it goes until then. */
  skipTo(atUs: number): void {
    if (atUs > this.host.session.nowUs) this.hurryToUs = atUs;
  }

  get skippingTo(): number | null {
    return this.hurryToUs;
  }

  /** For `lab wait` and `sleep`: the person asked for the waiting to be over, so it is hurried through. */
  async pass(us: number, signal: AbortSignal): Promise<boolean> {
    const { session } = this.host;
    this.hurryToUs = Math.max(this.hurryToUs ?? 0, session.nowUs + us);
    const inTime = await session.sleep(us, signal);
    if (signal.aborted) this.hurryToUs = null;
    return inTime;
  }

  /** One slice. True when anything moved, or there is something else to say about the pace. */
  tick(): boolean {
    const nowMs = this.nowMs();
    const elapsedMs = Math.min(nowMs - this.lastMs, 250);
    this.lastMs = nowMs;
    if (!this.host.started) return false;
    const { session } = this.host;
    const beforeUs = session.nowUs;
    const said = this.report.text;
    if (this.hurryToUs !== null) {
      this.hurry(session, nowMs);
    } else if (!this.playing) {
      this.report = { rate: 0, text: session.awaited ? "a command waits until time goes on" : "" };
    } else {
      const { rate, text } = this.pace(session);
      this.debtUs += elapsedMs * 1000 * rate;
      const wholeUs = Math.floor(this.debtUs);
      const reached = this.run(session, session.nowUs + wholeUs, nowMs);
      // What this machine cannot keep up with is let go, not owed.
      this.debtUs = reached ? this.debtUs - wholeUs : 0;
      this.report = { rate, text };
    }
    this.measure(session, nowMs);
    return session.nowUs !== beforeUs || this.report.text !== said;
  }

  private hurry(session: Session, startMs: number): void {
    const untilUs = this.hurryToUs as number;
    if (this.run(session, untilUs, startMs)) this.hurryToUs = null;
    this.report = { rate: Number.POSITIVE_INFINITY, text: "as fast as it goes" };
  }

  /** Runs to `untilUs` or until the slice is over. True if it got there. */
  private run(session: Session, untilUs: number, startMs: number): boolean {
    for (;;) {
      session.advance(untilUs, SLICE_EVENTS);
      if (session.nowUs >= untilUs) return true;
      if (this.nowMs() - startMs >= SLICE_MS) return false;
    }
  }

  private pace(session: Session): PaceReport {
    const followed = this.following ? this.followed : null;
    if (followed !== null) {
      const next = nextOfTrace(session, followed);
      if (next !== null) {
        // One rate for the whole hop: taken anew on the way, it would slow down before every arrival.
        if (this.aim?.atUs !== next.atUs) {
          const seconds = (next.atUs - session.nowUs) / 1_000_000;
          const rate = Math.min(FOLLOW_RATE_MAX, Math.max(FOLLOW_RATE_MIN, seconds / hopSeconds(session, followed)));
          this.aim = { atUs: next.atUs, rate };
        }
        const rate = this.aim.rate * Math.min(1, Math.max(this.speed, 1 / 100));
        return next.travelling
          ? { rate, text: `slow: ${next.label || "a message"} is on its way` }
          : { rate, text: "fast: waiting for what comes next" };
      }
    }
    const rate = session.awaited ? speedWhileAwaited(this.speed) : this.speed;
    if (rate !== this.speed) return { rate, text: "a command waits for its answer" };
    return { rate: this.speed, text: followed === null ? "" : "nothing of it is on its way" };
  }

  private measure(session: Session, nowMs: number): void {
    if (nowMs - this.measuredFromMs < 500) return;
    const rate = (session.nowUs - this.measuredFromUs) / 1000 / (nowMs - this.measuredFromMs);
    this.measuredRate = rate < 0 ? 0 : rate;
    this.measuredFromMs = nowMs;
    this.measuredFromUs = session.nowUs;
  }

  measuredRate = 0;

  /** Runs to the next thing worth stopping at; gives up after `limitUs` of virtual time. */
  step(kind: StepKind, isWarning: (session: Session) => number, limitUs = 600_000_000): void {
    const { session } = this.host;
    this.playing = false;
    this.hurryToUs = null;
    const untilUs = session.nowUs + limitUs;
    const { spans } = session;
    const changes = spans.changes.length;
    const warnings = kind === "warning" ? isWarning(session) : 0;
    const startMs = this.nowMs();
    while (this.nowMs() - startMs < 2_000) {
      const next = session.world.state.heap[0];
      if (next === undefined || next.atUs > untilUs) return;
      session.step();
      if (kind === "message" && next.kind === EventKind.Arrive) return;
      if (
        kind === "hop" &&
        (next.kind === EventKind.Arrive || next.kind === EventKind.Deliver) &&
        (this.followed === null || next.trace === this.followed)
      )
        return;
      if (kind === "change" && spans.changes.length !== changes) return;
      if (kind === "warning" && isWarning(session) > warnings) return;
    }
  }
}

/** The speed at which time runs while somebody outside waits for an answer. Time that stands still goes on standing. */
function speedWhileAwaited(speed: number): number {
  return Math.max(WAITING_SPEED_MIN, Math.min(speed, WAITING_SPEED_MAX));
}

function hopSeconds(session: Session, trace: number): number {
  const hops = hopsOf(session, trace);
  if (hops > HOPS_UNTIL_QUICKER) return HOP_SECONDS_QUICKER;
  return Math.max(HOP_SECONDS_MIN, HOP_SECONDS * (1 - hops / HOPS_UNTIL_QUICK));
}

function hopsOf(session: Session, trace: number): number {
  return session.spans.traceOf(trace)?.spans.length ?? 0;
}

/** Events and leases are written beside the work; they are drawn, and do not hold it up. */
function isAside(label: string): boolean {
  return label.includes("/events") || label.includes("/leases");
}

interface NextOfTrace {
  readonly atUs: number;
  readonly travelling: boolean;
  readonly label: string;
}

/** The soonest thing that is still to come of a trace. */
function nextOfTrace(session: Session, trace: number): NextOfTrace | null {
  const { heap } = session.world.state;
  if (heap.length > FOLLOW_HEAP_MAX || hopsOf(session, trace) >= HOPS_MAX) return null;
  const untilUs = session.nowUs + FOLLOW_WAIT_US;
  let soonest: NextOfTrace | null = null;
  for (const event of heap) {
    if (event.trace !== trace || event.kind === EventKind.KeepAlive || event.atUs > untilUs) continue;
    if (isAside(event.label)) continue;
    if (soonest === null || event.atUs < soonest.atUs)
      soonest = { atUs: event.atUs, travelling: event.kind === EventKind.Arrive, label: event.label };
  }
  return soonest;
}
