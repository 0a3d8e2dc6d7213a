import type { Tone } from "../../protocol/views.ts";

/** Colour of text by tone. The words and signs beside it say the same. */
export const toneText: Readonly<Record<Tone, string>> = {
  good: "text-good",
  busy: "text-accent",
  warning: "text-warning",
  bad: "text-bad",
  off: "text-muted",
};
