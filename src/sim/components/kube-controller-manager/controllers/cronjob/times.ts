import { CronError, type CronSchedule, parseCron } from "../../../../api/cron.ts";
import { nextTime } from "../../../../api/cron-times.ts";
import { parseTime } from "../../../../api/time.ts";
import { timeZoneError } from "../../../../api/time-zones.ts";
import type { CronJob } from "../../lib/batch-types.ts";

/** A job is made so long after its time, lest it be made too early. */
const NEXT_SCHEDULE_DELTA_US = 100_000;
const MANY_MISSED = 100;

/** All times are calendar microseconds. */
export interface RecentSchedule {
  /** Where counting begins: the last run, the creation, or the deadline. */
  readonly earliest: number;
  /** The last time that has come round since then, or null. */
  readonly mostRecent: number | null;
  readonly missed: "none" | "few" | "many";
}

/** The schedule in the zone that it is meant for; `error` in the words of the parser. */
export function scheduleOf(cronJob: CronJob): CronSchedule | { readonly error: string } {
  const { schedule = "", timeZone } = cronJob.spec ?? {};
  const isPlain = schedule.includes("TZ") || timeZone === undefined || timeZoneError(timeZone) !== null;
  try {
    return parseCron(isPlain ? schedule : `TZ=${timeZone} ${schedule}`);
  } catch (thrown) {
    if (thrown instanceof CronError) return { error: thrown.message };
    throw thrown;
  }
}

/**
 * mostRecentScheduleTime. How much was missed is estimated by the first interval, as upstream does; null: the schedule
 * never comes round.
 */
export function mostRecentSchedule(
  cronJob: CronJob,
  schedule: CronSchedule,
  now: number,
  applyDeadline: boolean,
): RecentSchedule | null {
  const { startingDeadlineSeconds } = cronJob.spec ?? {};
  const begin = cronJob.status?.lastScheduleTime ?? cronJob.metadata?.creationTimestamp;
  let earliest = (begin ? parseTime(begin) : null) ?? 0;
  if (applyDeadline && startingDeadlineSeconds !== undefined) {
    earliest = Math.max(earliest, now - startingDeadlineSeconds * 1_000_000);
  }
  const first = nextTime(schedule, earliest);
  const second = first === null ? null : nextTime(schedule, first);
  if (first === null || second === null) return null;
  if (now < first) return { earliest, mostRecent: null, missed: "none" };
  if (now < second) return { earliest, mostRecent: first, missed: "none" };
  const interval = second - first;
  const count = Math.floor((now - first) / interval) + 1;
  let mostRecent: number | null = null;
  let next = nextTime(schedule, first + (count - 2) * interval);
  while (next !== null && next <= now) {
    mostRecent = next;
    next = nextTime(schedule, next);
  }
  return { earliest, mostRecent, missed: count > MANY_MISSED ? "many" : "few" };
}

/** nextScheduleTimeDuration: microseconds until the controller looks again; null: never. */
export function untilNextSchedule(cronJob: CronJob, schedule: CronSchedule, now: number): number | null {
  const recent = mostRecentSchedule(cronJob, schedule, now, false);
  const from = recent === null ? now : (recent.mostRecent ?? (recent.missed === "none" ? recent.earliest : now));
  const next = nextTime(schedule, from);
  return next === null ? null : next + NEXT_SCHEDULE_DELTA_US - now;
}
