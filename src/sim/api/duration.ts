/** Durations as kubectl prints ages, and Go's own notation (`1h0m0.1s`). */

const HOUR = 3600;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Whole seconds, cut towards zero. */
function secondsOf(durationUs: number): number {
  return Math.trunc(durationUs / 1_000_000);
}

function twoUnits(first: number, firstUnit: string, second: number, secondUnit: string): string {
  return second === 0 ? `${first}${firstUnit}` : `${first}${firstUnit}${second}${secondUnit}`;
}

/** AGE cells and "ago": two units at most, coarser the longer it is (apimachinery's `HumanDuration`). */
export function humanDuration(durationUs: number): string {
  const seconds = secondsOf(durationUs);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(seconds / HOUR);
  if (hours < 8) return twoUnits(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return twoUnits(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  if (years < 8) return twoUnits(years, "y", days % 365, "d");
  return `${years}y`;
}

/** One unit only (`ShortHumanDuration`). */
export function shortHumanDuration(durationUs: number): string {
  const seconds = secondsOf(durationUs);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.trunc(seconds / 60)}m`;
  if (seconds < DAY) return `${Math.trunc(seconds / HOUR)}h`;
  if (seconds < YEAR) return `${Math.trunc(seconds / DAY)}d`;
  return `${Math.trunc(seconds / YEAR)}y`;
}

function trimFraction(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Go's `time.Duration.String()`: `0s`, `250µs`, `1.5ms`, `1h0m0.1s`. */
export function goDuration(durationUs: number): string {
  if (durationUs === 0) return "0s";
  const sign = durationUs < 0 ? "-" : "";
  const us = Math.abs(durationUs);
  if (us < 1000) return `${sign}${us}µs`;
  if (us < 1_000_000) return `${sign}${trimFraction((us / 1000).toFixed(3))}ms`;
  const minutes = Math.floor(us / 60_000_000);
  const seconds = trimFraction(((us - minutes * 60_000_000) / 1_000_000).toFixed(6));
  if (minutes === 0) return `${sign}${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${hours}h${minutes % 60}m${seconds}s`;
}

const UNIT_US: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/** Microseconds of a Go duration text (`1m30s`, `500ms`), or null where it is none. */
export function parseGoDuration(text: string): number | null {
  if (text === "0") return 0;
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.exec(text);
  if (!match) return null;
  let us = 0;
  for (const part of match[2]!.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    us += Number(part[1]) * UNIT_US[part[2]!]!;
  return Math.round(match[1] === "-" ? -us : us);
}
