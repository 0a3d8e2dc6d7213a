import type { SessionHost } from "../../session/host.ts";

const SLICE_MS = 8;
const SLICE_EVENTS = 2_000;
const IDLE_MS = 5;
/** What the world missed while this computer stood still does not come all at once. */
const ELAPSED_MAX_MS = 250;
/** While a client waits for an answer: this much at once, then no slower than this. Nobody looks on who could miss it. */
const HURRY_US = 100_000;
const HURRY_SPEED_MIN = 10;
const HURRY_STEP_US = 2_000;

/**
 * At speed 1 the world's clocks keep with this computer's, from which kubectl counts ages: hurrying may put them this
 * much ahead (kubectl calls what is made two seconds ahead of it `<invalid>`) ...
 */
const LEAD_MAX_US = 1_000_000;
/** ... and while nobody waits, a lead or a lag is given back at this rate, as adjtime does, so that time never stands. */
const SLEW = 0.25;
/** Less than this is no lead. */
const SLEW_FROM_US = 20_000;

/** Lets the world's time follow the wall clock, and go faster while a client waits for an answer. */
export class Clock {
  private readonly host: SessionHost;
  private readonly speed: number;
  private readonly nowMs: () => number;
  private lastMs: number;
  private debtUs = 0;
  private hurrying = false;
  private allowanceUs = 0;
  /** How far the world's clocks are ahead of this computer's; kept at speed 1 only. */
  private leadUs = 0;
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private running = true;

  constructor(host: SessionHost, speed: number, nowMs: () => number) {
    this.host = host;
    this.speed = speed;
    this.nowMs = nowMs;
    this.lastMs = nowMs();
    host.session.listeners.push({
      onInput: () => {
        if (this.mayHurry()) this.allowanceUs = HURRY_US;
        if (!this.hurrying) this.wake();
      },
    });
    this.rest();
  }

  stop(): void {
    this.running = false;
    this.clear();
  }

  private rest(): void {
    this.timer = setTimeout(() => this.tick(), IDLE_MS);
  }

  private wake(): void {
    if (!this.running) return;
    this.clear();
    this.timer = setImmediate(() => this.tick());
  }

  private clear(): void {
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
  }

  private tick(): void {
    if (!this.running) return;
    const nowMs = this.nowMs();
    const sinceMs = nowMs - this.lastMs;
    const elapsedMs = Math.min(sinceMs, ELAPSED_MAX_MS);
    this.lastMs = nowMs;
    const { session } = this.host;
    const beforeUs = session.nowUs;
    this.hurrying = session.awaited;
    const caughtUp = this.hurrying ? this.hurry(elapsedMs, nowMs) : this.follow(elapsedMs, nowMs);
    if (this.speed === 1) this.leadUs += session.nowUs - beforeUs - sinceMs * 1000;
    if (caughtUp) this.rest();
    else this.wake();
  }

  private follow(elapsedMs: number, startMs: number): boolean {
    const { session } = this.host;
    this.debtUs += elapsedMs * 1000 * this.speed * (1 - SLEW * Math.sign(Math.trunc(this.leadUs / SLEW_FROM_US)));
    const untilUs = session.nowUs + Math.floor(this.debtUs);
    this.debtUs -= Math.floor(this.debtUs);
    do session.advance(untilUs, SLICE_EVENTS);
    while (session.nowUs < untilUs && this.nowMs() - startMs < SLICE_MS);
    // What this machine cannot keep up with is let go, not owed.
    return session.nowUs >= untilUs;
  }

  private mayHurry(): boolean {
    return this.leadUs < LEAD_MAX_US;
  }

  private hurry(elapsedMs: number, startMs: number): boolean {
    const { session } = this.host;
    this.allowanceUs += elapsedMs * 1000 * (this.mayHurry() ? Math.max(this.speed, HURRY_SPEED_MIN) : this.speed);
    // Virtual time is whole microseconds.
    while (this.allowanceUs >= 1) {
      const beforeUs = session.nowUs;
      const why = session.advanceUntilAnswer(beforeUs + Math.min(Math.floor(this.allowanceUs), HURRY_STEP_US));
      this.allowanceUs -= session.nowUs - beforeUs;
      if (why === "answered" || this.nowMs() - startMs >= SLICE_MS) break;
    }
    this.allowanceUs = Math.min(this.allowanceUs, HURRY_US);
    return false;
  }
}
