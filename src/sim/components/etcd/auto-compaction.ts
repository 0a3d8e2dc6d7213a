import { goDuration } from "../../api/duration.ts";
import type { Context } from "../../kernel/types.ts";
import { ERRORS } from "./errors.ts";
import { isError } from "./is-error.ts";
import type { EtcdResponse } from "./messages.ts";
import { enqueue } from "./proposals.ts";
import type { Command, EtcdState } from "./state.ts";
import { zap } from "./zap-log.ts";

/** `--auto-compaction-mode` and `-retention`: history goes by age, or down to a number of revisions. */
export type AutoCompactionConfig =
  | { readonly mode: "periodic"; readonly periodUs: number }
  | { readonly mode: "revision"; readonly retention: number };

/** What the leader remembers of it (upstream's `v3compactor`). */
export interface AutoCompaction {
  /** By age: the revision at every look, the oldest of them a whole period ago. */
  readonly revisions: number[];
  lastSuccessUs: number;
  lastRevision: number;
  /** By age: the first time it waits for a whole period. */
  hasWaited: boolean;
  asked: { readonly revision: number; readonly sinceUs: number } | null;
}

export function createAutoCompaction(): AutoCompaction {
  return { revisions: [], lastSuccessUs: 0, lastRevision: 0, hasWaited: false, asked: null };
}

const HOUR_US = 3_600_000_000;
const REVISION_INTERVAL_US = 300_000_000;
const LOOKS_PER_INTERVAL = 10;
const GIVE_UP_US = 7_000_000;

export function startAutoCompaction(state: EtcdState, context: Context): void {
  if (state.config.autoCompaction === null) return;
  state.autoCompaction.lastSuccessUs = context.nowUs;
  lookAgain(state, context, state.config.autoCompaction);
}

function lookAgain({ autoCompaction, store }: EtcdState, context: Context, config: AutoCompactionConfig): void {
  if (config.mode === "periodic") {
    const { revisions } = autoCompaction;
    revisions.push(store.revision);
    if (revisions.length > Math.floor(config.periodUs / lookUs(config)) + 1) revisions.shift();
  }
  context.setTimer(lookUs(config), { type: "autoCompactionTimer" });
}

/** Time between two looks. */
function lookUs(config: AutoCompactionConfig): number {
  return config.mode === "periodic" ? Math.floor(intervalUs(config) / LOOKS_PER_INTERVAL) : REVISION_INTERVAL_US;
}

/** Time between two compactions by age: an hour at the most. */
function intervalUs({ periodUs }: Extract<AutoCompactionConfig, { mode: "periodic" }>): number {
  return Math.min(periodUs, HOUR_US);
}

/** Followers look too, but leave it to the leader. */
export function autoCompactionTimer(state: EtcdState, context: Context): void {
  const { autoCompaction, config } = state;
  if (config.autoCompaction === null) return;
  if (autoCompaction.asked !== null) giveUpWhenLate(state, context, autoCompaction.asked);
  if (state.raft.role === "leader" && autoCompaction.asked === null) {
    const revision = dueRevision(state, context, config.autoCompaction);
    if (revision !== null) compactAt(state, context, config.autoCompaction, revision);
  }
  lookAgain(state, context, config.autoCompaction);
}

function dueRevision(
  { autoCompaction, store }: EtcdState,
  { nowUs }: Context,
  config: AutoCompactionConfig,
): number | null {
  const { revisions, lastSuccessUs, lastRevision, hasWaited } = autoCompaction;
  if (config.mode === "revision") {
    const revision = store.revision - config.retention;
    return revision <= 0 || revision === lastRevision ? null : revision;
  }
  const revision = revisions[0] ?? 0;
  const waitUs = hasWaited ? intervalUs(config) : config.periodUs;
  return nowUs - lastSuccessUs < waitUs || revision === lastRevision ? null : revision;
}

function compactAt(state: EtcdState, context: Context, config: AutoCompactionConfig, revision: number): void {
  state.autoCompaction.hasWaited = true;
  state.autoCompaction.asked = Object.freeze({ revision, sinceUs: context.nowUs });
  say(state, context, "info", "starting", revision, {});
  enqueue(state, context, Object.freeze({ op: "compact", revision, physical: config.mode === "periodic" }), 0, 64);
}

/** A compaction that nobody else waits for has been applied. */
export function autoCompacted(state: EtcdState, context: Context, command: Command, response: EtcdResponse): void {
  const { autoCompaction, id } = state;
  const { asked } = autoCompaction;
  if (asked === null || command.request !== 0 || command.origin !== id) return;
  autoCompaction.asked = null;
  if (isError(response) && response !== ERRORS.compacted) {
    say(state, context, "warn", "failed", asked.revision, { ...retryFields(state), error: response.text });
    return;
  }
  say(state, context, "info", "completed", asked.revision, { took: goDuration(context.nowUs - asked.sinceUs) });
  autoCompaction.lastRevision = asked.revision;
  autoCompaction.lastSuccessUs = context.nowUs;
}

function giveUpWhenLate(state: EtcdState, context: Context, asked: NonNullable<AutoCompaction["asked"]>): void {
  if (context.nowUs - asked.sinceUs < GIVE_UP_US) return;
  state.autoCompaction.asked = null;
  say(state, context, "warn", "failed", asked.revision, { ...retryFields(state), error: ERRORS.timeout.text });
}

function retryFields({ config }: EtcdState): object {
  return { "retry-interval": goDuration(lookUs(config.autoCompaction as AutoCompactionConfig)) };
}

function say(
  { config }: EtcdState,
  context: Context,
  level: "info" | "warn",
  what: string,
  revision: number,
  more: object,
): void {
  const { autoCompaction } = config;
  if (autoCompaction?.mode === "periodic") {
    const fields = { revision, "compact-period": goDuration(autoCompaction.periodUs), ...more };
    zap(context, level, "v3compactor/periodic.go:134", `${what} auto periodic compaction`, fields);
  } else if (autoCompaction !== null) {
    const fields = { revision, "revision-compaction-retention": autoCompaction.retention, ...more };
    zap(context, level, "v3compactor/revision.go:96", `${what} auto revision compaction`, fields);
  }
}
