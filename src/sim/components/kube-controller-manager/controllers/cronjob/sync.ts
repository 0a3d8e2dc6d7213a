import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { formatRfc1123z, formatTime, formatTimeInZone, parseTime } from "../../../../api/time.ts";
import { loadTimeZone, offsetAt, timeZoneError } from "../../../../api/time-zones.ts";
import { CRON_JOBS } from "../../../../machinery/resources.ts";
import {
  type CronJob,
  type CronJobStatus,
  finishedConditionOf,
  type Job,
  type JobReference,
} from "../../lib/batch-types.ts";
import { controllerReference } from "../../lib/pods.ts";
import { mostRecentSchedule, scheduleOf, untilNextSchedule } from "./times.ts";

const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";

export interface CronJobEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** What one pass over a CronJob finds and wants. */
export interface CronJobPass {
  /** With its status as it is to be. */
  readonly cronJob: CronJob;
  readonly statusChanged: boolean;
  readonly events: readonly CronJobEvent[];
  /** Jobs that are to be replaced. */
  readonly replace: readonly JobReference[];
  readonly create: Job | null;
  readonly scheduledAt: string;
  /** Null: not again until something changes. */
  readonly requeueAfterUs: number | null;
}

/** Jobs that run for the CronJob and that its status does not name: then its live copy must be asked for. */
export function hasUnexpectedJobs(cronJob: CronJob, jobs: readonly Job[]): boolean {
  return jobs.some((job) => finishedConditionOf(job) === null && !isActive(cronJob, job.metadata?.uid));
}

/** Jobs that the status names, and that are not to be seen: they must be asked for. */
export function missingJobs(cronJob: CronJob, jobs: readonly Job[]): JobReference[] {
  const seen = new Set(jobs.map((job) => job.metadata?.uid));
  return (cronJob.status?.active ?? []).filter(({ uid }) => !seen.has(uid));
}

function isActive(cronJob: CronJob, uid: string | undefined): boolean {
  return cronJob.status?.active?.some((each) => each.uid === uid) ?? false;
}

/**
 * syncCronJob up to its writes. `live`: the CronJob as the API server has it, where it was asked for. `gone`: uids of
 * jobs that the API server does not have any more.
 */
export function passOverCronJob(
  given: CronJob,
  jobs: readonly Job[],
  live: CronJob | null,
  gone: readonly string[],
  now: number,
): CronJobPass {
  const seen = lookAtJobs(given, jobs, live, gone);
  const { cronJob } = seen;
  const events = [...seen.events];
  const rest = (requeueAfterUs: number | null): CronJobPass => ({
    cronJob,
    statusChanged: seen.statusChanged,
    events,
    replace: [],
    create: null,
    scheduledAt: "",
    requeueAfterUs,
  });
  const warn = (reason: string, message: string): void => {
    events.push({ type: "Warning", reason, message });
  };
  if (cronJob.metadata?.deletionTimestamp !== undefined) return rest(null);
  const { spec = {} } = cronJob;
  const wrongZone = timeZoneError(spec.timeZone ?? "");
  if (wrongZone !== null) {
    warn("UnknownTimeZone", `invalid timeZone: ${JSON.stringify(spec.timeZone)}: ${wrongZone}`);
    return rest(null);
  }
  if (spec.suspend) return rest(null);
  if (spec.schedule?.includes("TZ")) {
    const where = "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/";
    const what = `CRON_TZ or TZ used in schedule ${JSON.stringify(spec.schedule)} is not officially supported`;
    warn("UnsupportedSchedule", `${what}, see ${where} for more details`);
  }
  const schedule = scheduleOf(cronJob);
  if ("error" in schedule) {
    warn("UnparseableSchedule", `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${schedule.error}`);
    return rest(null);
  }
  const recent = mostRecentSchedule(cronJob, schedule, now, true);
  if (recent === null) {
    warn(
      "InvalidSchedule",
      `invalid schedule: ${spec.schedule} : time difference between two schedules is less than 1 second`,
    );
    return rest(null);
  }
  const nextUs = untilNextSchedule(cronJob, schedule, now);
  const due = recent.mostRecent;
  if (due === null) return rest(nextUs);
  if (recent.missed === "many") {
    warn(
      "TooManyMissedTimes",
      "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
    );
  }
  if (spec.startingDeadlineSeconds !== undefined && due + spec.startingDeadlineSeconds * 1_000_000 < now) {
    warn("MissSchedule", `Missed scheduled time to start a job: ${formatRfc1123z(due)}`);
    return rest(nextUs);
  }
  const name = jobNameAt(cronJob, due);
  const { active = [], lastScheduleTime } = cronJob.status ?? {};
  const last = lastScheduleTime === undefined ? null : parseTime(lastScheduleTime);
  if (active.some((each) => each.name === name) || last === due) return rest(nextUs);
  if (spec.concurrencyPolicy === "Forbid" && active.length > 0) {
    const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
    events.push({ type: "Normal", reason: "JobAlreadyActive", message });
    return rest(nextUs);
  }
  const replace = spec.concurrencyPolicy === "Replace" ? active : [];
  const kept = replace.length === 0 ? cronJob : withStatus(cronJob, { active: [] });
  const scheduledAt = formatTime(due);
  const started = withStatus(kept, { lastScheduleTime: scheduledAt });
  return {
    ...rest(untilNextSchedule(started, schedule, now)),
    cronJob: kept,
    replace,
    create: jobFromTemplate(cronJob, due),
    scheduledAt,
  };
}

interface Seen {
  readonly cronJob: CronJob;
  readonly statusChanged: boolean;
  readonly events: readonly CronJobEvent[];
}

/** Brings `status.active` and `lastSuccessfulTime` up to what the jobs say. */
function lookAtJobs(given: CronJob, jobs: readonly Job[], live: CronJob | null, gone: readonly string[]): Seen {
  let cronJob = given;
  let statusChanged = false;
  const events: CronJobEvent[] = [];
  for (const job of jobs) {
    const { uid, name } = job.metadata ?? {};
    const end = finishedConditionOf(job);
    const found = isActive(cronJob, uid);
    if (!found && end === null) {
      if (live !== null && isActive(live, uid)) cronJob = live;
      else {
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        events.push({ type: "Warning", reason: "UnexpectedJob", message });
      }
    } else if (found && end !== null) {
      cronJob = withoutActive(cronJob, uid);
      statusChanged = true;
      events.push({
        type: "Normal",
        reason: "SawCompletedJob",
        message: `Saw completed job: ${name}, condition: ${end.type}`,
      });
    } else if (end?.type === "Complete" && isLater(job, cronJob)) {
      cronJob = withStatus(cronJob, { lastSuccessfulTime: job.status?.completionTime as string });
      statusChanged = true;
    }
  }
  for (const { uid, name } of missingJobs(cronJob, jobs)) {
    if (!gone.includes(uid ?? "")) continue;
    events.push({ type: "Normal", reason: "MissingJob", message: `Active job went missing: ${name}` });
    cronJob = withoutActive(cronJob, uid);
    statusChanged = true;
  }
  return { cronJob, statusChanged, events };
}

function isLater(job: Job, cronJob: CronJob): boolean {
  const { completionTime } = job.status ?? {};
  if (completionTime === undefined) return false;
  const { lastSuccessfulTime } = cronJob.status ?? {};
  return lastSuccessfulTime === undefined || (parseTime(completionTime) ?? 0) > (parseTime(lastSuccessfulTime) ?? 0);
}

export function withStatus(cronJob: CronJob, change: Partial<CronJobStatus>): CronJob {
  const { active = [], ...rest } = { ...cronJob.status, ...change };
  return { ...cronJob, status: active.length === 0 ? rest : { active, ...rest } };
}

export function withoutActive(cronJob: CronJob, uid: string | undefined): CronJob {
  return withStatus(cronJob, { active: (cronJob.status?.active ?? []).filter((each) => each.uid !== uid) });
}

/** A job that was created for `scheduledAt` is active from now on. */
export function withStarted(cronJob: CronJob, job: ApiObject, scheduledAt: string): CronJob {
  const { namespace = "", name = "", uid = "", resourceVersion = "" } = job.metadata ?? {};
  const reference: JobReference = { apiVersion: "batch/v1", kind: "Job", namespace, name, uid, resourceVersion };
  return withStatus(cronJob, {
    active: [...(cronJob.status?.active ?? []), reference],
    lastScheduleTime: scheduledAt,
  });
}

/** `<cron job>-<minutes since 1970>`: the same name whoever makes it, so that it is made once. */
export function jobNameAt(cronJob: CronJob, us: number): string {
  return `${cronJob.metadata?.name}-${Math.floor(us / 60_000_000)}`;
}

export function jobFromTemplate(cronJob: CronJob, us: number): Job {
  const { jobTemplate, timeZone = "" } = cronJob.spec ?? {};
  const zone = loadTimeZone(timeZone);
  const offsetSeconds = zone === null ? 0 : offsetAt(zone, us / 1_000_000);
  const { namespace } = cronJob.metadata ?? {};
  return deepFreeze({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: jobNameAt(cronJob, us),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...jobTemplate?.metadata?.labels },
      annotations: { ...jobTemplate?.metadata?.annotations, [SCHEDULED_AT]: formatTimeInZone(us, offsetSeconds) },
      ownerReferences: [controllerReference(CRON_JOBS, cronJob)],
    },
    spec: jobTemplate?.spec ?? {},
  });
}

/** The oldest finished jobs beyond the history's limits: those that succeeded, then those that failed. */
export function jobsBeyondHistory(cronJob: CronJob, jobs: readonly Job[]): Job[] {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec ?? {};
  const beyond = (type: string, limit: number | undefined): Job[] => {
    if (limit === undefined) return [];
    const ended = jobs.filter((job) => finishedConditionOf(job)?.type === type).sort(byStart);
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...beyond("Complete", successfulJobsHistoryLimit), ...beyond("Failed", failedJobsHistoryLimit)];
}

/** By start, those that never started last; then by name. */
function byStart(a: Job, b: Job): number {
  const left = a.status?.startTime ?? "~";
  const right = b.status?.startTime ?? "~";
  if (left !== right) return left < right ? -1 : 1;
  return (a.metadata?.name ?? "") < (b.metadata?.name ?? "") ? -1 : 1;
}
