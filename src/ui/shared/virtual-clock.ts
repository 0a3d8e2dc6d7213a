import type { TimeView } from "../../protocol/views.ts";

/** How far the page may run ahead of the session's last word, in real milliseconds. */
const maxLeadMs = 120;

/** Virtual time between two updates: the session's last word, carried on at its rate. Paused, it is exact. */
export class VirtualClock {
  private nowUs = 0;
  private atMs = 0;
  private usPerMs = 0;
  private shownUs = 0;

  /** `atMs` is the page's own clock (performance.now). A jump back (rewind, pause) is taken at once. */
  sync(time: Pick<TimeView, "nowUs" | "playing" | "rate">, atMs: number): void {
    const back = time.nowUs < this.nowUs;
    this.nowUs = time.nowUs;
    this.atMs = atMs;
    this.usPerMs = time.playing && Number.isFinite(time.rate) ? time.rate * 1000 : 0;
    if (back || !time.playing) this.shownUs = time.nowUs;
  }

  /** Never goes back between two updates. */
  now(atMs: number): number {
    const lead = Math.min(Math.max(atMs - this.atMs, 0), maxLeadMs) * this.usPerMs;
    this.shownUs = this.usPerMs === 0 ? this.nowUs : Math.max(this.shownUs, this.nowUs + lead);
    return this.shownUs;
  }
}

/** The one clock of the page; the adapter sets it. */
export const virtualClock = new VirtualClock();
