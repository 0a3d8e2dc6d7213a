import { deepFreeze } from "../../../../api/object.ts";
import type {
  ControllerDefinition,
  Hands,
  Plan,
  PlannedWrite,
  View,
} from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { quote } from "../../../../machinery/klog.ts";
import {
  type CallResult,
  createRequest,
  deleteRequest,
  getRequest,
  isNamespaceTerminating,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { CRON_JOBS, JOBS } from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import type { CronJob, Job, JobReference } from "../../lib/batch-types.ts";
import { controllerOf } from "../../lib/pods.ts";
import {
  type CronJobEvent,
  type CronJobPass,
  hasUnexpectedJobs,
  jobsBeyondHistory,
  missingJobs,
  passOverCronJob,
  withoutActive,
  withStarted,
} from "./sync.ts";
import { scheduleOf, untilNextSchedule } from "./times.ts";

const BACKGROUND = Object.freeze({ propagationPolicy: "Background" as const });

/** `changed`: the status was changed by the clean-up already. */
type Memo =
  | {
      readonly stage: "cleaned";
      readonly cronJob: CronJob;
      readonly jobs: readonly Job[];
      readonly old: readonly Job[];
    }
  | {
      readonly stage: "asked";
      readonly cronJob: CronJob;
      readonly jobs: readonly Job[];
      readonly changed: boolean;
      readonly askedLive: boolean;
      readonly missing: readonly JobReference[];
    }
  | { readonly stage: "replaced"; readonly pass: CronJobPass }
  | { readonly stage: "created"; readonly pass: CronJobPass }
  | { readonly stage: "exists"; readonly pass: CronJobPass }
  | { readonly stage: "written"; readonly requeueAfterUs: number | null };

/** pkg/controller/cronjob, version 2. It looks at a CronJob when it or its jobs change, and when its next time is due. */
export const cronJobController: ControllerDefinition<null> = {
  name: "cronjob-controller",
  workers: 5,
  informers: [{ resource: CRON_JOBS }, { resource: JOBS, indexes: ["controllerUid"] }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "cronjobs") cronJobChanged(delta, hands);
    else jobChanged(delta, hands);
  },
  reconcile(view, key) {
    const cronJob = view.store("cronjobs").objects.get(key) as CronJob | undefined;
    if (cronJob === undefined) return {};
    const jobs = objectsByIndex<Job>(view.store("jobs"), "controllerUid", cronJob.metadata?.uid ?? "");
    const old = jobsBeyondHistory(cronJob, jobs);
    if (old.length === 0) return look(view, cronJob, jobs, false);
    const memo: Memo = { stage: "cleaned", cronJob, jobs, old };
    return { writes: old.map((job) => deletion(cronJob, job.metadata ?? {})), order: "parallel", memo };
  },
  resume(view, _key, memo, results) {
    const step = memo as Memo;
    switch (step.stage) {
      case "cleaned": {
        const gone = step.old.filter((_job, position) => results[position]?.ok);
        const cronJob = gone.reduce((held, job) => withoutActive(held, job.metadata?.uid), step.cronJob);
        return look(view, cronJob, step.jobs, gone.length > 0);
      }
      case "asked":
        return answered(view, step, results);
      case "replaced": {
        const failure = results.find(({ ok }) => !ok);
        const [first] = step.pass.replace;
        const error = `could not replace job ${first?.namespace}/${first?.name}`;
        return failure === undefined ? create(step.pass) : save({ ...step.pass, requeueAfterUs: null }, error);
      }
      case "created":
        return created(step.pass, results[0] as CallResult);
      case "exists":
        return foundExisting(step.pass, results[0] as CallResult);
      case "written": {
        const [result] = results;
        if (result !== undefined && !result.ok) return { error: result.text };
        return step.requeueAfterUs === null ? {} : later(step.requeueAfterUs);
      }
    }
  },
  logError(key, error) {
    return {
      severity: "E",
      source: "cronjob_controllerv2.go:174",
      text: `"Unhandled Error" err=${quote(`error syncing CronJobController ${key}, requeuing: ${error}`)} logger="UnhandledError"`,
    };
  },
};

function cronJobChanged(delta: Delta, hands: Hands<null>): void {
  const cronJob = delta.object as CronJob;
  const before = delta.old as CronJob | null;
  if (delta.type === "deleted") return;
  const key = keyOf(cronJob);
  const { schedule, timeZone } = cronJob.spec ?? {};
  if (before !== null && (before.spec?.schedule !== schedule || before.spec?.timeZone !== timeZone)) {
    const parsed = scheduleOf(cronJob);
    const nextUs = "error" in parsed ? null : untilNextSchedule(cronJob, parsed, hands.wallUs);
    if (nextUs !== null) hands.addAfter(key, nextUs, delta.trace);
    if (!("error" in parsed)) return;
  }
  hands.add(key, delta.trace);
}

function jobChanged(delta: Delta, hands: Hands<null>): void {
  const owner = controllerOf(delta.object);
  const before = delta.old === null ? undefined : controllerOf(delta.old);
  for (const each of before?.uid === owner?.uid ? [owner] : [before, owner]) {
    if (each?.kind !== "CronJob") continue;
    const key = `${delta.object.metadata?.namespace}/${each.name}`;
    if (hands.store("cronjobs").objects.get(key)?.metadata?.uid === each.uid) hands.add(key, delta.trace);
  }
}

function deletion(cronJob: CronJob, job: { readonly namespace?: string; readonly name?: string }): PlannedWrite {
  const { name = "", namespace = cronJob.metadata?.namespace ?? "" } = job;
  return {
    request: deleteRequest(JOBS, namespace, name, BACKGROUND),
    onSuccess: eventOn(cronJob, { type: "Normal", reason: "SuccessfulDelete", message: `Deleted job ${name}` }),
    onFailure: eventOn(cronJob, { type: "Warning", reason: "FailedDelete", message: "Deleted job: {error}" }),
  };
}

function eventOn(cronJob: CronJob, event: CronJobEvent): EventToRecord {
  return { object: referenceTo(CRON_JOBS, cronJob), ...event };
}

/** What the informers do not know, the API server is asked for, before anything is concluded from it. */
function look(view: View<null>, cronJob: CronJob, jobs: readonly Job[], changed: boolean): Plan {
  const { namespace = "", name = "" } = cronJob.metadata ?? {};
  const askedLive = hasUnexpectedJobs(cronJob, jobs);
  const missing = missingJobs(cronJob, jobs);
  const step = { stage: "asked" as const, cronJob, jobs, changed, askedLive, missing };
  if (!askedLive && missing.length === 0) return answered(view, step, []);
  const writes: PlannedWrite[] = [
    ...(askedLive ? [{ request: getRequest(CRON_JOBS, namespace, name), ignore: ["NotFound"] }] : []),
    ...missing.map((job) => ({
      request: getRequest(JOBS, job.namespace ?? namespace, job.name ?? ""),
      ignore: ["NotFound"],
    })),
  ];
  return { writes, order: "parallel", memo: step };
}

function answered(view: View<null>, step: Extract<Memo, { stage: "asked" }>, results: readonly CallResult[]): Plan {
  const failure = results.find((result) => !result.ok && result.reason !== "NotFound");
  if (failure !== undefined && !failure.ok) return { error: failure.text };
  const [first] = results;
  const live = step.askedLive && first?.ok ? (first.object as CronJob) : null;
  const answers = step.askedLive ? results.slice(1) : results;
  const gone = step.missing.filter((_job, position) => !answers[position]?.ok).map(({ uid = "" }) => uid);
  const found = passOverCronJob(step.cronJob, step.jobs, live, gone, view.wallUs);
  const pass = step.changed ? { ...found, statusChanged: true } : found;
  if (pass.create === null) return save(pass, "");
  if (pass.replace.length === 0) return create(pass);
  const memo: Memo = { stage: "replaced", pass };
  return {
    events: pass.events.map((event) => eventOn(pass.cronJob, event)),
    writes: pass.replace.map((job) => deletion(pass.cronJob, job)),
    memo: { ...memo, pass: { ...pass, events: [], statusChanged: true } },
  };
}

function create(pass: CronJobPass): Plan {
  const { cronJob } = pass;
  const memo: Memo = { stage: "created", pass: { ...pass, events: [] } };
  return {
    events: pass.events.map((event) => eventOn(cronJob, event)),
    writes: [
      {
        request: createRequest(JOBS, pass.create as Job),
        onSuccess: eventOn(cronJob, { type: "Normal", reason: "SuccessfulCreate", message: "Created job {name}" }),
      },
    ],
    memo,
  };
}

function created(pass: CronJobPass, result: CallResult): Plan {
  const { cronJob } = pass;
  if (result.ok) {
    return save({ ...pass, cronJob: withStarted(cronJob, result.object, pass.scheduledAt), statusChanged: true }, "");
  }
  if (result.reason === "AlreadyExists") {
    const { namespace = "", name = "" } = pass.create?.metadata ?? {};
    const memo: Memo = { stage: "exists", pass };
    return { writes: [{ request: getRequest(JOBS, namespace, name), ignore: ["NotFound"] }], memo };
  }
  if (isNamespaceTerminating(result)) return save({ ...pass, requeueAfterUs: null }, result.text);
  const event: CronJobEvent = {
    type: "Warning",
    reason: "FailedCreate",
    message: `Error creating job: ${result.text}`,
  };
  return save({ ...pass, events: [event], requeueAfterUs: null }, result.text);
}

/** Made before, by this controller, which could not write it down; or by somebody else, who looks after it. */
function foundExisting(pass: CronJobPass, result: CallResult): Plan {
  if (!result.ok) return save({ ...pass, requeueAfterUs: null }, result.text);
  const job = result.object as Job;
  if (controllerOf(job)?.uid !== pass.cronJob.metadata?.uid) return save({ ...pass, requeueAfterUs: null }, "");
  return save({ ...pass, cronJob: withStarted(pass.cronJob, job, pass.scheduledAt), statusChanged: true }, "");
}

function save(pass: CronJobPass, error: string): Plan {
  const events = pass.events.map((event) => eventOn(pass.cronJob, event));
  const { requeueAfterUs } = pass;
  if (error !== "" && !pass.statusChanged) return { events, error };
  if (!pass.statusChanged) return { events, ...(requeueAfterUs === null ? {} : later(requeueAfterUs)) };
  const memo: Memo = { stage: "written", requeueAfterUs };
  const write: PlannedWrite = { request: updateStatusRequest(CRON_JOBS, deepFreeze(pass.cronJob)) };
  return error === "" ? { events, writes: [write], memo } : { events, writes: [write], error };
}

function later(requeueAfterUs: number): Plan {
  return { requeueAfterUs, periodic: true };
}
