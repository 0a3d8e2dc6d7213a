import { parseGoDuration } from "../../../api/duration.ts";
import { compareQuantities, parseQuantity, wholeValue } from "../../../api/quantity.ts";

export interface ThresholdValue {
  readonly quantity?: string;
  /** 0.15 is 15 %. */
  readonly percentage?: number;
}

export interface Threshold extends ThresholdValue {
  readonly signal: string;
  readonly gracePeriodUs: number;
  readonly minReclaim?: ThresholdValue;
}

export interface EvictionConfig {
  readonly enforceAllocatable: readonly string[];
  readonly hard: Readonly<Record<string, string>>;
  readonly soft: Readonly<Record<string, string>>;
  readonly softGracePeriods: Readonly<Record<string, string>>;
  readonly minReclaim: Readonly<Record<string, string>>;
}

export interface Observation {
  readonly available: string;
  readonly capacity?: string;
}

const SIGNALS: ReadonlySet<string> = new Set([
  "memory.available",
  "nodefs.available",
  "nodefs.inodesFree",
  "imagefs.available",
  "imagefs.inodesFree",
  "containerfs.available",
  "containerfs.inodesFree",
  "pid.available",
  "allocatableMemory.available",
]);

/** helpers.go ParseThresholdConfig. Throws with upstream's words when the configuration is refused. */
export function parseThresholds(config: EvictionConfig): Threshold[] {
  const minReclaim = new Map<string, ThresholdValue>();
  for (const [signal, text] of Object.entries(config.minReclaim)) {
    needSignal(signal);
    const value = parseValue(text);
    // A whole capacity may be asked back, or more; nothing of it may not.
    const isWrong = value.percentage === undefined ? isNegative(value) : value.percentage <= 0;
    if (isWrong) throw new Error(`invalid eviction minimum reclaim ${signal}: ${text}`);
    minReclaim.set(signal, value);
  }
  const graceUs = new Map<string, number>();
  for (const [signal, text] of Object.entries(config.softGracePeriods)) {
    needSignal(signal);
    const durationUs = parseGoDuration(text);
    if (durationUs === null || durationUs < 0)
      throw new Error(`invalid eviction grace period specified: ${text}, must be a positive value`);
    graceUs.set(signal, durationUs);
  }
  const thresholds = statements(config.hard, 0);
  for (const threshold of statements(config.soft, null)) {
    const gracePeriodUs = graceUs.get(threshold.signal);
    if (gracePeriodUs === undefined)
      throw new Error(`grace period must be specified for the soft eviction threshold ${threshold.signal}`);
    thresholds.push({ ...threshold, gracePeriodUs });
  }
  const withReclaim = thresholds.map((threshold) => {
    const reclaim = minReclaim.get(threshold.signal);
    return reclaim === undefined ? threshold : { ...threshold, minReclaim: reclaim };
  });
  if (!config.enforceAllocatable.includes("pods")) return withReclaim;
  const ofPods = withReclaim.filter(
    ({ signal, gracePeriodUs }) => signal === "memory.available" && gracePeriodUs === 0,
  );
  return [...withReclaim, ...ofPods.map((threshold) => ({ ...threshold, signal: "allocatableMemory.available" }))];
}

function statements(table: Readonly<Record<string, string>>, gracePeriodUs: number | null): Threshold[] {
  return Object.entries(table).flatMap(([signal, text]) => {
    needSignal(signal);
    // Turns the threshold off.
    if (text === "0%" || text === "100%") return [];
    const value = parseValue(text);
    const { percentage = 0, quantity = "1" } = value;
    if (percentage < 0 || percentage > 1)
      throw new Error(`eviction percentage threshold ${signal} must be >= 0% and <= 100%: ${text}`);
    if (compareQuantities(quantity, "0") <= 0)
      throw new Error(`eviction threshold ${signal} must be positive: ${text}`);
    return [{ signal, ...value, gracePeriodUs: gracePeriodUs ?? 0 }];
  });
}

function needSignal(signal: string): void {
  if (!SIGNALS.has(signal)) throw new Error(`unsupported eviction signal ${signal}`);
}

function parseValue(text: string): ThresholdValue {
  if (!text.endsWith("%")) {
    parseQuantity(text);
    return { quantity: text };
  }
  if (!/^-?\d+(\.\d+)?%$/.test(text)) throw new Error(`invalid percentage ${text}`);
  return { percentage: Math.round(Number(text.slice(0, -1)) * 1e6) / 1e8 };
}

function isNegative({ quantity }: ThresholdValue): boolean {
  return quantity !== undefined && compareQuantities(quantity, "0") < 0;
}

/** helpers.go thresholdsMet: which thresholds the observations fall below. */
export function thresholdsMet(
  thresholds: readonly Threshold[],
  observations: Readonly<Record<string, Observation>>,
  enforceMinReclaim: boolean,
): Threshold[] {
  return thresholds.filter((threshold) => {
    const observed = observations[threshold.signal];
    if (observed === undefined) return false;
    const capacityBytes = wholeValue(observed.capacity);
    let limitBytes = amount(threshold, capacityBytes);
    if (enforceMinReclaim && threshold.minReclaim !== undefined)
      limitBytes += amount(threshold.minReclaim, capacityBytes);
    return limitBytes > wholeValue(observed.available);
  });
}

export function amount({ quantity, percentage }: ThresholdValue, capacityBytes: number): number {
  return quantity !== undefined ? wholeValue(quantity) : Math.floor(capacityBytes * (percentage ?? 0));
}
