import type { ComponentView, MachineView, PodView, Tone } from "../../protocol/views.ts";

/** Words that several features use. Each feature has its own text.ts; translating the page means translating these. */
export const sentences = {
  sessionFailed: "The cluster's worker could not do that. Try again, or start afresh with Shift+N.",
  noWorker:
    "The cluster could not start in this browser. Reload the page; a current Chrome, Firefox, Edge or Safari is needed.",
};

export const bridgeSentences = {
  hereNow: "Your own kubectl reaches this tab now: its session is the newest.",
  elsewhere: "A newer session in another tab answers your own kubectl now.",
  hereAgain: "Your own kubectl reaches this tab again.",
};

export const toneWords: Readonly<Record<Tone, string>> = {
  good: "well",
  busy: "busy",
  warning: "warning",
  bad: "failing",
  off: "off",
};

export const componentStates: Readonly<Record<ComponentView["state"], string>> = {
  running: "running",
  starting: "starting",
  stopped: "stopped",
  crashed: "crashed",
  hung: "hung",
  slow: "slow",
  "no power": "no power",
};

export const podStates: Readonly<Record<PodView["state"], string>> = {
  waiting: "Pending",
  pulling: "Pulling",
  starting: "Starting",
  running: "Running",
  "not ready": "Not ready",
  "crash loop": "Crash loop",
  terminating: "Terminating",
  succeeded: "Completed",
  failed: "Failed",
  lost: "Unknown",
};

export const powerWords: Readonly<Record<MachineView["power"], string>> = {
  on: "on",
  off: "powered off",
  booting: "booting",
  frozen: "frozen",
};

export const controls = { close: "Close", loading: "Loading", mend: "Mend", cancel: "Cancel" };
