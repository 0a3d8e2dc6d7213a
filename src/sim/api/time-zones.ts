import { dateOfDays, daysOfDate } from "../kernel/calendar.ts";
import { ZONES } from "./time-zones.generated.ts";

/** Time zones of the tz database as Go's `time.LoadLocation` knows them, from 2015 on. Times are seconds since 1970. */
export interface TimeZone {
  readonly name: string;
  readonly standardSeconds: number;
  readonly summer: Summer | null;
  /** Changes that the rule does not explain, in order, and the offset before the first. */
  readonly firstSeconds: number;
  readonly changes: readonly { readonly at: number; readonly offsetSeconds: number }[];
}

interface Summer {
  readonly offsetSeconds: number;
  readonly begin: YearlyChange;
  readonly end: YearlyChange;
}

/** The `week`th (5: last) `weekday` (0: Sunday) of a month, and minutes of the local time before the change. */
interface YearlyChange {
  readonly month: number;
  readonly week: number;
  readonly weekday: number;
  readonly minute: number;
}

const SECONDS_PER_DAY = 86_400;

const UTC: TimeZone = Object.freeze({
  name: "UTC",
  standardSeconds: 0,
  summer: null,
  firstSeconds: 0,
  changes: Object.freeze([]),
});

/** Go's `time.LoadLocation`: the text of its error, or null where `name` is a zone. */
export function timeZoneError(name: string): string | null {
  if (name.startsWith("/") || name.startsWith("\\") || name.split(/[/\\]/).includes("..")) {
    return "time: invalid location name";
  }
  return loadTimeZone(name) === null ? `unknown time zone ${name}` : null;
}

/** Null: unknown. "" and `UTC` are UTC, as is the zone of the machines. Names count letter by letter, in their case. */
export function loadTimeZone(name: string): TimeZone | null {
  if (name === "" || name === "UTC" || name === "Local") return UTC;
  if (!/^[A-Za-z0-9_+/-]+$/.test(name)) return null;
  const row = ZONES.find((each) => ` ${each.slice(each.lastIndexOf("|") + 1)} `.includes(` ${name} `));
  return row === undefined ? null : readRow(name, row);
}

function readRow(name: string, row: string): TimeZone {
  const [rule = "", odd = ""] = row.split("|");
  const [standard, summer, begin, end] = rule.split(",");
  const [first, ...changes] = odd.split(",");
  return {
    name,
    standardSeconds: Number(standard) * 60,
    summer:
      begin === undefined || end === undefined
        ? null
        : { offsetSeconds: Number(summer) * 60, begin: readChange(begin), end: readChange(end) },
    firstSeconds: Number(first) * 60,
    changes: changes.map((change) => {
      const [at = "", offset] = change.split(":");
      return { at: Number.parseInt(at, 36) * 60, offsetSeconds: Number(offset) * 60 };
    }),
  };
}

function readChange(text: string): YearlyChange {
  const [month = 1, week = 1, weekday = 0, minute = 0] = text.split(".").map(Number);
  return { month, week, weekday, minute };
}

/** Seconds east of UTC at a moment. */
export function offsetAt(zone: TimeZone, at: number): number {
  const last = zone.changes.at(-1);
  if (last !== undefined && at < last.at) {
    return zone.changes.findLast((change) => change.at <= at)?.offsetSeconds ?? zone.firstSeconds;
  }
  const { standardSeconds, summer } = zone;
  if (summer === null) return standardSeconds;
  const { year } = dateOfDays(Math.floor((at + standardSeconds) / SECONDS_PER_DAY));
  const begin = timeOfChange(summer.begin, year, standardSeconds);
  const end = timeOfChange(summer.end, year, summer.offsetSeconds);
  const isSummer = begin < end ? at >= begin && at < end : at >= begin || at < end;
  return isSummer ? summer.offsetSeconds : standardSeconds;
}

function timeOfChange({ month, week, weekday, minute }: YearlyChange, year: number, offsetSeconds: number): number {
  const first = daysOfDate({ year, month, day: 1 });
  const next =
    month === 12 ? daysOfDate({ year: year + 1, month: 1, day: 1 }) : daysOfDate({ year, month: month + 1, day: 1 });
  const firstWeekday = (((first + 4) % 7) + 7) % 7;
  let day = first + ((weekday - firstWeekday + 7) % 7) + (week - 1) * 7;
  if (day >= next) day -= 7;
  return day * SECONDS_PER_DAY + minute * 60 - offsetSeconds;
}

/** The moment at which clocks of the zone show `local` (seconds as if it were UTC), as Go's `time.Date` finds it. */
export function momentOfLocal(zone: TimeZone, local: number): number {
  const offset = offsetAt(zone, local);
  return local - offsetAt(zone, local - offset);
}
