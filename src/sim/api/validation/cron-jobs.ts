/** CronJobs (pkg/apis/batch/validation). */
import { CronError, parseCron } from "../cron.ts";
import { invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { nameIsDnsSubdomain } from "../names.ts";
import { timeZoneError } from "../time-zones.ts";
import { checkNonNegative, type Errors, type Fields, isPresent, record, text } from "./common.ts";
import { checkJobSpec } from "./jobs.ts";
import { checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { goLabelSelector } from "./selectors.ts";

/** A job's name is its cron job's, a dash and ten digits. */
const NAME_LENGTH_MAX = 52;
const POLICIES: readonly string[] = ["Allow", "Forbid", "Replace"];

export function validateCronJob(errors: Errors, object: Fields): void {
  const metadata = record(object.metadata);
  checkObjectMeta(errors, metadata, true, nameIsDnsSubdomain);
  checkCronJobSpec(errors, record(object.spec), null);
  if (text(metadata.name).length > NAME_LENGTH_MAX) {
    errors.push(invalid("metadata.name", metadata.name, `must be no more than ${NAME_LENGTH_MAX} characters`));
  }
}

export function validateCronJobUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource !== "status") checkCronJobSpec(errors, record(object.spec), record(old.spec));
}

function checkCronJobSpec(errors: Errors, spec: Fields, old: Fields | null): void {
  if (text(spec.schedule) === "") errors.push(required("spec.schedule"));
  else checkSchedule(errors, spec, old !== null && text(old.schedule).includes("TZ"));
  checkNonNegative(errors, "spec.startingDeadlineSeconds", spec.startingDeadlineSeconds);
  if (old === null || (old.timeZone ?? null) !== (spec.timeZone ?? null)) checkTimeZone(errors, spec.timeZone);
  if (text(spec.concurrencyPolicy) === "") errors.push(required("spec.concurrencyPolicy"));
  else if (!POLICIES.includes(text(spec.concurrencyPolicy))) {
    errors.push(notSupported("spec.concurrencyPolicy", spec.concurrencyPolicy, POLICIES));
  }
  const job = record(record(spec.jobTemplate).spec);
  checkJobSpec(errors, "spec.jobTemplate.spec", job);
  if (isPresent(job.selector)) {
    errors.push(
      invalidAsGo("spec.jobTemplate.spec.selector", goLabelSelector(job.selector), "`selector` will be auto-generated"),
    );
  }
  if (job.manualSelector === true) {
    errors.push(notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]));
  }
  checkNonNegative(errors, "spec.successfulJobsHistoryLimit", spec.successfulJobsHistoryLimit);
  checkNonNegative(errors, "spec.failedJobsHistoryLimit", spec.failedJobsHistoryLimit);
}

function checkSchedule(errors: Errors, { schedule, timeZone }: Fields, allowZone: boolean): void {
  const wrong = (why: string): void => {
    errors.push(invalid("spec.schedule", schedule, why));
  };
  try {
    parseCron(text(schedule));
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    wrong(error.message);
  }
  if (!text(schedule).includes("TZ")) return;
  if (!allowZone) wrong("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
  else if (isPresent(timeZone)) wrong("cannot use both timeZone field and TZ or CRON_TZ in schedule");
}

function checkTimeZone(errors: Errors, value: unknown): void {
  if (!isPresent(value)) return;
  const zone = text(value);
  const wrong = (why: string): void => {
    errors.push(invalid("spec.timeZone", zone, why));
  };
  if (zone === "") {
    wrong("timeZone must be nil or non-empty string");
    return;
  }
  if (zone.toLowerCase() === "local") {
    wrong("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
  }
  const unknown = timeZoneError(zone);
  if (unknown !== null) wrong(unknown);
}
