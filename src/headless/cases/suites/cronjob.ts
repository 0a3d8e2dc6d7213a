import type { CronSchedule } from "../../../sim/api/cron.ts";
import { goDuration } from "../../../sim/api/duration.ts";
import { formatTime, parseTime } from "../../../sim/api/time.ts";
import {
  jobFromTemplate,
  passOverCronJob,
} from "../../../sim/components/kube-controller-manager/controllers/cronjob/sync.ts";
import {
  mostRecentSchedule,
  scheduleOf,
  untilNextSchedule,
} from "../../../sim/components/kube-controller-manager/controllers/cronjob/times.ts";
import {
  type CronJob,
  finishedConditionOf,
  type Job,
} from "../../../sim/components/kube-controller-manager/lib/batch-types.ts";
import { expectPartly, expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly cronJob: CronJob;
  readonly jobs?: readonly Job[];
  readonly now: string;
  readonly applyStartingDeadline: boolean;
  readonly scheduledTime: string;
}

function parsed(cronJob: CronJob): CronSchedule {
  const schedule = scheduleOf(cronJob);
  if ("error" in schedule) throw new Error(schedule.error);
  return schedule;
}

function time(text: string): number {
  const us = parseTime(text);
  if (us === null) throw new Error(`no time: ${text}`);
  return us;
}

/** The API server's copy in the recordings: its status names all unfinished jobs, however old the informer's is. */
function liveCopy(cronJob: CronJob, jobs: readonly Job[]): CronJob {
  const active = jobs
    .filter((job) => finishedConditionOf(job) === null)
    .map(({ metadata }) => ({ name: metadata?.name ?? "", uid: metadata?.uid ?? "" }));
  return { ...cronJob, status: { ...cronJob.status, active } };
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "most-recent-schedule": ({ cronJob, now, applyStartingDeadline }, expected) => {
    const recent = mostRecentSchedule(cronJob, parsed(cronJob), time(now), applyStartingDeadline);
    if (recent === null) throw new Error("never comes round");
    const { earliest, mostRecent, missed } = recent;
    const texts = { earliest: formatTime(earliest), mostRecent: mostRecent === null ? null : formatTime(mostRecent) };
    return expectSame({ ...texts, missed }, expected);
  },
  "due-schedule": ({ cronJob, now }, { scheduledTime }) => {
    const due = mostRecentSchedule(cronJob, parsed(cronJob), time(now), true)?.mostRecent ?? null;
    const { startingDeadlineSeconds } = cronJob.spec ?? {};
    const isLate =
      due !== null && startingDeadlineSeconds !== undefined && due + startingDeadlineSeconds * 1_000_000 < time(now);
    return expectSame(due === null || isLate ? null : formatTime(due), scheduledTime);
  },
  "wait-until-next": ({ cronJob, now }, { wait }) => {
    const us = untilNextSchedule(cronJob, parsed(cronJob), time(now));
    return expectSame(us === null ? null : goDuration(us), wait);
  },
  "job-from-template": ({ cronJob, scheduledTime }, { spec, ...metadata }) => {
    const job = jobFromTemplate(cronJob, time(scheduledTime));
    return expectPartly({ ...job.metadata, spec: job.spec }, { ...metadata, spec });
  },
  sync: ({ cronJob, jobs = [], now }, { jobCreated, activeJobDeleted, statusChanged, requeueAfter }) => {
    const gone = (cronJob.status?.active ?? []).map(({ uid = "" }) => uid);
    const missing = gone.filter((uid) => !jobs.some((job) => job.metadata?.uid === uid));
    const pass = passOverCronJob(cronJob, jobs, liveCopy(cronJob, jobs), missing, time(now));
    const isNew = pass.create !== null && !jobs.some((job) => job.metadata?.name === pass.create?.metadata?.name);
    return expectSame(
      {
        jobCreated: isNew,
        activeJobDeleted: pass.replace.length > 0,
        statusChanged: pass.statusChanged || pass.create !== null,
        requeueAfter: pass.requeueAfterUs === null ? null : goDuration(pass.requeueAfterUs),
      },
      { jobCreated, activeJobDeleted, statusChanged, requeueAfter },
    );
  },
};

/** When a CronJob's jobs are due, and what one pass over it does. */
export const cronJob: Suite = { name: "cronjob", run: (recorded) => ask(ANSWERS, recorded) };
