/** When schedules come round, as robfig/cron's `Schedule.Next` says. */
import { dateOfDays, daysOfDate } from "../kernel/calendar.ts";
import type { CronFields, CronSchedule } from "./cron.ts";
import { loadTimeZone, momentOfLocal, offsetAt, type TimeZone } from "./time-zones.ts";

const SECONDS_PER_DAY = 86_400;
const YEARS_AHEAD = 5;

/** The first time after `us` (calendar microseconds) at which the schedule comes round; null: never in five years. */
export function nextTime(schedule: CronSchedule, us: number): number | null {
  const seconds = Math.floor(us / 1_000_000);
  if ("everyUs" in schedule) return seconds * 1_000_000 + schedule.everyUs;
  const zone = loadTimeZone(schedule.timeZone);
  const next = zone === null ? null : nextSecond(schedule.fields, zone, seconds + 1);
  return next === null ? null : next * 1_000_000;
}

/** SpecSchedule.Next: month, day, hour, minute, second, each as far as needed; begins anew when one wraps around. */
function nextSecond(fields: CronFields, zone: TimeZone, from: number): number | null {
  let at = from;
  let clock = clockAt(zone, at);
  const lastYear = clock.year + YEARS_AHEAD;
  /** Set once what is smaller than the field looked at begins at its start. */
  let aligned = false;
  const move = (to: number): void => {
    at = to;
    clock = clockAt(zone, at);
  };
  search: while (clock.year <= lastYear) {
    while (!fields.month.values.includes(clock.month)) {
      aligned = true;
      const { year, month } = clock;
      move(momentOf(zone, month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1));
      if (clock.month === 1) continue search;
    }
    while (!matchesDay(fields, clock)) {
      if (!aligned) move(momentOf(zone, clock.year, clock.month, clock.day));
      aligned = true;
      move(momentOfLocal(zone, at + offsetAt(zone, at) + SECONDS_PER_DAY));
      // Where clocks skip midnight, the day begins an hour off.
      if (clock.hour > 12) move(at + (24 - clock.hour) * 3600);
      else if (clock.hour > 0) move(at - clock.hour * 3600);
      if (clock.day === 1) continue search;
    }
    while (!fields.hour.values.includes(clock.hour)) {
      if (!aligned) move(at - clock.minute * 60 - clock.second);
      aligned = true;
      move(at + 3600);
      if (clock.hour === 0) continue search;
    }
    while (!fields.minute.values.includes(clock.minute)) {
      if (!aligned) move(at - clock.second);
      aligned = true;
      move(at + 60);
      if (clock.minute === 0) continue search;
    }
    if (clock.second === 0) return at;
    aligned = true;
    move(at + 60 - clock.second);
  }
  return null;
}

interface Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

function clockAt(zone: TimeZone, at: number): Clock {
  const local = at + offsetAt(zone, at);
  const days = Math.floor(local / SECONDS_PER_DAY);
  const rest = local - days * SECONDS_PER_DAY;
  return {
    ...dateOfDays(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

function momentOf(zone: TimeZone, year: number, month: number, day: number): number {
  return momentOfLocal(zone, daysOfDate({ year, month, day }) * SECONDS_PER_DAY);
}

/** With `*` for one of the two, both must match; else one is enough. */
function matchesDay({ dayOfMonth, dayOfWeek }: CronFields, { day, weekday }: Clock): boolean {
  const byDay = dayOfMonth.values.includes(day);
  const byWeekday = dayOfWeek.values.includes(weekday);
  return dayOfMonth.any || dayOfWeek.any ? byDay && byWeekday : byDay || byWeekday;
}
