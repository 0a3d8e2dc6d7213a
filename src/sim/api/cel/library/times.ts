import { dateOfDays, daysOfDate } from "../../../kernel/calendar.ts";
import { parseGoDuration } from "../../duration.ts";
import { formatTimeInZone, parseTime } from "../../time.ts";
import { loadTimeZone, offsetAt, timeZoneError } from "../../time-zones.ts";
import { CelFault, type Duration, type Timestamp } from "../values.ts";
import { type Overload, overload } from "./overload.ts";

const SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400;
const TIMESTAMP_MIN = -62_135_596_800n * SECOND;
const TIMESTAMP_MAX = 253_402_300_800n * SECOND - 1n;
const DURATION_MAX = 2n ** 63n - 1n;

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** Null: it is no RFC 3339 time. */
export function parseTimestamp(text: string): Timestamp | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const microseconds = parseTime(text.toUpperCase());
  if (microseconds === null) return null;
  const seconds = Math.floor(microseconds / 1_000_000);
  const zone = match[2] ?? "Z";
  const offset = /^[Zz]$/.test(zone) ? 0 : offsetOf(zone)!;
  return timestamp(BigInt(seconds) * SECOND + BigInt((match[1] ?? "").slice(0, 9).padEnd(9, "0")), offset);
}

function timestamp(nanoseconds: bigint, offsetSeconds = 0): Timestamp {
  if (nanoseconds < TIMESTAMP_MIN || nanoseconds > TIMESTAMP_MAX) throw new CelFault("timestamp overflow");
  return { kind: "timestamp", nanoseconds, offsetSeconds };
}

export function durationOf(nanoseconds: bigint): Duration {
  if (nanoseconds > DURATION_MAX || nanoseconds < -DURATION_MAX) throw new CelFault("integer overflow");
  return { kind: "duration", nanoseconds };
}

/** Null: it is none of Go's. */
export function parseDuration(text: string): Duration | null {
  const microseconds = parseGoDuration(text);
  return microseconds === null ? null : durationOf(BigInt(Math.round(microseconds * 1000)));
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export function formatTimestamp({ nanoseconds, offsetSeconds }: Timestamp): string {
  const seconds = floorDivide(nanoseconds, SECOND);
  const rest = nanoseconds - seconds * SECOND;
  const fraction = rest === 0n ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
  const [, whole = "", zone = ""] = /^(.{19})(.*)$/.exec(formatTimeInZone(Number(seconds) * 1_000_000, offsetSeconds))!;
  return `${whole}${fraction}${zone}`;
}

/** Seconds, as protobuf's JSON writes a duration. */
export function formatDuration({ nanoseconds }: Duration): string {
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = size % SECOND;
  const tail = fraction === 0n ? "" : `.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
  return `${sign}${size / SECOND}${tail}s`;
}

/** `+02:00` or `02:00`; null: it is no offset. */
function offsetOf(zone: string): number | null {
  const match = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (match === null) return null;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === "-" ? -seconds : seconds;
}

/** The clock on the wall there: seconds since 1970, as if it were UTC's. */
function wallOf({ nanoseconds }: Timestamp, zone: string): Wall {
  const seconds = Number(floorDivide(nanoseconds, SECOND));
  const milliseconds = Number((nanoseconds - BigInt(seconds) * SECOND) / 1_000_000n);
  const local = seconds + offsetIn(zone, seconds);
  const days = Math.floor(local / SECONDS_PER_DAY);
  return { ...dateOfDays(days), days, secondOfDay: local - days * SECONDS_PER_DAY, milliseconds };
}

function offsetIn(zone: string, seconds: number): number {
  const fixed = zone === "" || zone === "UTC" ? 0 : offsetOf(zone);
  if (fixed !== null) return fixed;
  const wrong = timeZoneError(zone);
  if (wrong !== null) throw new CelFault(wrong);
  return offsetAt(loadTimeZone(zone)!, seconds);
}

interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly days: number;
  readonly secondOfDay: number;
  readonly milliseconds: number;
}

const PARTS: Readonly<Record<string, (wall: Wall) => number>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ day }) => day,
  getDayOfMonth: ({ day }) => day - 1,
  // 1970 began on a Thursday.
  getDayOfWeek: ({ days }) => (((days + 4) % 7) + 7) % 7,
  getDayOfYear: ({ days, year }) => days - daysOfDate({ year, month: 1, day: 1 }),
  getHours: ({ secondOfDay }) => Math.floor(secondOfDay / 3600),
  getMinutes: ({ secondOfDay }) => Math.floor(secondOfDay / 60) % 60,
  getSeconds: ({ secondOfDay }) => secondOfDay % 60,
  getMilliseconds: ({ milliseconds }) => milliseconds,
};

const UNITS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * SECOND,
  getMinutes: 60n * SECOND,
  getSeconds: SECOND,
};

export const TIMES: readonly Overload[] = [
  overload("timestamp(timestamp): timestamp", (a: Timestamp) => a),
  overload("timestamp(int): timestamp", (a: bigint) => timestamp(a * SECOND)),
  overload("timestamp(string): timestamp", (a: string) => {
    const parsed = parseTimestamp(a);
    if (parsed === null)
      throw new CelFault(
        `parsing time ${JSON.stringify(a)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(a)} as "2006"`,
      );
    return parsed;
  }),
  overload("duration(duration): duration", (a: Duration) => a),
  overload("duration(int): duration", (a: bigint) => durationOf(a)),
  overload("duration(string): duration", (a: string) => {
    const parsed = parseDuration(a);
    if (parsed === null) throw new CelFault(`time: invalid duration ${JSON.stringify(a)}`);
    return parsed;
  }),
  overload("int(timestamp): int", (a: Timestamp) => floorDivide(a.nanoseconds, SECOND)),
  overload("int(duration): int", (a: Duration) => a.nanoseconds),
  overload("_+_(timestamp, duration): timestamp", (a: Timestamp, b: Duration) =>
    timestamp(a.nanoseconds + b.nanoseconds),
  ),
  overload("_+_(duration, timestamp): timestamp", (a: Duration, b: Timestamp) =>
    timestamp(a.nanoseconds + b.nanoseconds),
  ),
  overload("_+_(duration, duration): duration", (a: Duration, b: Duration) =>
    durationOf(a.nanoseconds + b.nanoseconds),
  ),
  overload("_-_(timestamp, timestamp): duration", (a: Timestamp, b: Timestamp) =>
    durationOf(a.nanoseconds - b.nanoseconds),
  ),
  overload("_-_(timestamp, duration): timestamp", (a: Timestamp, b: Duration) =>
    timestamp(a.nanoseconds - b.nanoseconds),
  ),
  overload("_-_(duration, duration): duration", (a: Duration, b: Duration) =>
    durationOf(a.nanoseconds - b.nanoseconds),
  ),
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    overload(`timestamp.${name}(): int`, (a: Timestamp) => BigInt(part(wallOf(a, "")))),
    overload(`timestamp.${name}(string): int`, (a: Timestamp, zone: string) => BigInt(part(wallOf(a, zone)))),
  ]),
  ...Object.entries(UNITS).map(([name, unit]) =>
    overload(`duration.${name}(): int`, (a: Duration) => a.nanoseconds / unit),
  ),
  overload("duration.getMilliseconds(): int", (a: Duration) => a.nanoseconds / 1_000_000n),
];
