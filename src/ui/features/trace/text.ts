import type { TraceSummary } from "../../../protocol/views.ts";

/** Words of the trace panel. */
export const text = {
  list: "Traces",
  none: "Nothing was caused yet. Apply something, or break something.",
  choose: "Choose a trace to see everything that it caused.",
  follow: "Follow",
  followed: "Followed",
  spans: (count: number) => `${count} steps`,
  running: "still going on",
  goTo: (clock: string) => `Go to ${clock}`,
  tree: "What it caused",
};

export const origins: Readonly<Record<TraceSummary["origin"], string>> = {
  input: "you",
  timer: "by itself",
  fault: "broken",
};
