import type { Certificate, Context, NetworkError } from "../../../kernel/types.ts";

/** Writes at a steady pace, as `etcdctl check perf` makes them: of keys that nobody has, with empty values of a length. */
export interface Load {
  /** Taken in turn. */
  readonly addresses: readonly string[];
  readonly certificate: string | null;
  readonly keyPrefix: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** As many requests are under way at the most; as many again may wait. */
  readonly clients: number;
}

/** How it went. Times in seconds; those that failed count too. */
export interface LoadReport {
  readonly perSecond: number;
  readonly slowest: number;
  readonly deviation: number;
  readonly errors: readonly (readonly [text: string, count: number])[];
}

/** One that is under way. Plain data. */
export interface RunningLoad {
  readonly load: Load;
  readonly certificate: Certificate | undefined;
  readonly startedUs: number;
  underWay: number;
  waiting: number;
  sent: number;
  done: number;
  sumUs: number;
  sumOfSquares: number;
  slowestUs: number;
  isOver: boolean;
  readonly errors: Map<string, number>;
}

/** What comes back with an answer. */
export interface LoadTag {
  readonly load: number;
  readonly sentUs: number;
}

const REQUEST_TIMEOUT_US = 60_000_000;

export function beginLoad(load: Load, certificate: Certificate | undefined, { nowUs }: Context): RunningLoad {
  return {
    load,
    certificate,
    startedUs: nowUs,
    underWay: 0,
    waiting: 0,
    sent: 0,
    done: 0,
    sumUs: 0,
    sumOfSquares: 0,
    slowestUs: 0,
    isOver: false,
    errors: new Map(),
  };
}

/** Until the next write is due; null: it was the last one. */
export function nextWrite(running: RunningLoad, slot: number, context: Context): number | null {
  const { load, startedUs } = running;
  if (context.nowUs - startedUs >= load.seconds * 1_000_000) {
    running.isOver = true;
    return null;
  }
  if (running.underWay < load.clients) write(running, slot, context);
  // Whoever finds no place waits with the next one.
  else if (running.waiting < load.clients) running.waiting += 1;
  return Math.floor(1_000_000 / load.perSecond);
}

function write(running: RunningLoad, slot: number, context: Context): void {
  const { load, certificate, sent } = running;
  const number = context.random.int(2 ** 31) * 2 ** 20 + context.random.int(2 ** 20);
  const key = load.keyPrefix + number.toString(36).padEnd(load.keyBytes, "\0");
  const value = Object.freeze({ data: "\0".repeat(load.valueBytes), sizeBytes: load.valueBytes });
  const tag: LoadTag = { load: slot, sentUs: context.nowUs };
  running.sent += 1;
  running.underWay += 1;
  context.request({
    to: load.addresses[sent % load.addresses.length] as string,
    body: Object.freeze({ op: "put", key, value, lease: 0 }),
    timeoutUs: REQUEST_TIMEOUT_US,
    tag: Object.freeze(tag),
    certificate,
    label: "put",
  });
}

/** Takes an answer in; the report, when that was all. */
export function writeDone(
  running: RunningLoad,
  { load: slot, sentUs }: LoadTag,
  outcome: { readonly body: unknown } | { readonly error: NetworkError },
  context: Context,
): void {
  const tookUs = context.nowUs - sentUs;
  running.underWay -= 1;
  running.done += 1;
  running.sumUs += tookUs;
  running.sumOfSquares += tookUs * tookUs;
  running.slowestUs = Math.max(running.slowestUs, tookUs);
  const error = errorOf(outcome);
  if (error !== null) running.errors.set(error, (running.errors.get(error) ?? 0) + 1);
  if (running.waiting === 0) return;
  running.waiting -= 1;
  write(running, slot, context);
}

function errorOf(outcome: { readonly body: unknown } | { readonly error: NetworkError }): string | null {
  if ("error" in outcome) return outcome.error.text;
  const { op, text } = outcome.body as { readonly op: string; readonly text?: string };
  return op === "error" ? (text ?? "") : null;
}

/** Null: it is not over. */
export function reportOf(running: RunningLoad, { nowUs }: Context): LoadReport | null {
  const { isOver, underWay, waiting, done, sumUs, sumOfSquares, slowestUs, startedUs, errors } = running;
  if (!isOver || underWay > 0 || waiting > 0) return null;
  const mean = done === 0 ? 0 : sumUs / done;
  const variance = done === 0 ? 0 : Math.max(0, sumOfSquares / done - mean * mean);
  return Object.freeze({
    perSecond: done / ((nowUs - startedUs) / 1_000_000),
    slowest: slowestUs / 1_000_000,
    deviation: Math.sqrt(variance) / 1_000_000,
    errors: Object.freeze([...errors]),
  });
}
