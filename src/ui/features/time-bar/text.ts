import type { TimelineMark } from "../../../protocol/views.ts";

/** Words of the time bar. */
export const text = {
  bar: "Time",
  play: "Play (Space)",
  pause: "Pause (Space)",
  back: "Back to the mark before (Page up)",
  step: "Step",
  stepHop: "Next hop",
  stepHopHint: "of the followed trace",
  stepMessage: "Next message",
  stepMessageHint: "any one that arrives",
  stepChange: "Next change",
  stepChangeHint: "of any object or component",
  stepWarning: "Next warning",
  stepWarningHint: "event, crash or refusal",
  speed: "Speed",
  follow: "Follow",
  followTitle: "Slow while something you caused is on its way, fast while nothing happens (F)",
  clock: "Time since the cluster began",
  skip: (label: string, wait: string) => `Skip ${wait}: ${label}`,
  skips: "Skip to",
  skipIn: (wait: string) => `in ${wait}`,
  busy: "Working",
  timeline: "Timeline: drag to go back",
  timelineValue: (clock: string) => `at ${clock}`,
  branches: "Branches",
  branch: (name: string) => `Go to branch ${name}`,
  goTo: (label: string, clock: string) => `${label} (${clock})`,
  mark: "Name this moment",
  rewindAt: (clock: string) => `Go to ${clock}`,
  paused: "paused",
  realTime: "real time",
  perSecond: (amount: string) => `${amount} per second`,
  times: (factor: string) => `${factor} times real time`,
};

export const markNames: Readonly<Record<TimelineMark["kind"], string>> = {
  input: "input",
  fault: "broken",
  heal: "mended",
  warning: "warning",
  checkpoint: "checkpoint",
  mark: "mark",
};

/** Words for a speed: `1 ms per second`, `real time`, `20 times real time`. */
export function speedWords(speed: number): string {
  if (speed < 0.95) return text.perSecond(`${Number((speed * 1000).toPrecision(2))} ms`);
  if (speed < 1.05) return text.realTime;
  return text.times(String(Number(speed.toPrecision(2))));
}
