/**
 * A Job's status: what the Job controller, or another one by `managedBy`, may say (batch validation, job strategy). Most
 * rules hold only where what they are about changes, so that old mistakes do not stop other news.
 */
import { equalJson } from "../equal.ts";
import { duplicate, invalid, invalidWhole, required } from "../field-errors.ts";
import { parseTime } from "../time.ts";
import { checkNonNegative, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { CompletedIndexesError, countIndexes, parseIndexes } from "./job-indexes.ts";

const CONDITIONS = "status.conditions";

function isTrue(status: Fields, type: string): boolean {
  return list(status.conditions).some((one) => record(one).type === type && record(one).status === "True");
}

function isFinished(status: Fields): boolean {
  return isTrue(status, "Complete") || isTrue(status, "Failed");
}

/** The status that is to be, the one that was, and what is different. */
interface News {
  readonly status: Fields;
  readonly old: Fields;
  readonly spec: Fields;
  /** Whether any of the fields changes. */
  readonly changes: (...names: readonly string[]) => boolean;
  /** Whether any of the conditions comes or goes. */
  readonly turns: (...types: readonly string[]) => boolean;
  readonly finishes: boolean;
}

export function validateJobStatusUpdate(errors: Errors, object: Fields, before: Fields): void {
  const [status, old] = [record(object.status), record(before.status)];
  const news: News = {
    status,
    old,
    spec: record(object.spec),
    changes: (...names) => names.some((name) => !equalJson(status[name] ?? null, old[name] ?? null)),
    turns: (...types) => types.some((type) => isTrue(status, type) !== isTrue(old, type)),
    finishes: isFinished(status) !== isFinished(old),
  };
  for (const name of ["active", "succeeded", "failed", "ready", "terminating"])
    checkNonNegative(errors, child("status", name), status[name]);
  checkUncounted(errors, record(status.uncountedTerminatedPods));
  checkCompletion(errors, news);
  checkFinished(errors, news);
  checkIndexes(errors, news);
  checkPods(errors, news);
  checkSuccess(errors, news);
  checkLasting(errors, news);
}

function checkUncounted(errors: Errors, pods: Fields): void {
  const seen = new Set<string>();
  for (const name of ["succeeded", "failed"]) {
    list(pods[name]).forEach((value, index) => {
      const path = item(child("status.uncountedTerminatedPods", name), index);
      const uid = text(value);
      if (uid === "") errors.push(invalid(path, uid, "must not be empty"));
      else if (seen.has(uid)) errors.push(duplicate(path, uid));
      seen.add(uid);
    });
  }
}

/** What a job that is complete is not, and when it became so. */
function checkCompletion(errors: Errors, { status, changes, turns }: News): void {
  const complete = isTrue(status, "Complete");
  const path = "status.completionTime";
  const end = status.completionTime;
  if (turns("Complete", "Failed") && complete && isTrue(status, "Failed"))
    errors.push(invalidWhole(CONDITIONS, "cannot set Complete=True and Failed=true conditions"));
  if (turns("Complete", "FailureTarget") && complete && isTrue(status, "FailureTarget"))
    errors.push(invalidWhole(CONDITIONS, "cannot set Complete=True and FailureTarget=true conditions"));
  if (turns("Complete") || changes("completionTime")) {
    if (isPresent(end) && !complete)
      errors.push(invalid(path, end, "cannot set completionTime when there is no Complete=True condition"));
    if (!isPresent(end) && complete) errors.push(required(path, "completionTime is required for Complete jobs"));
  }
  if (!changes("startTime", "completionTime")) return;
  const [startUs, endUs] = [parseTime(text(status.startTime)), parseTime(text(end))];
  if (startUs !== null && endUs !== null && endUs < startUs)
    errors.push(invalid(path, end, "completionTime cannot be set before startTime"));
}

function checkFinished(errors: Errors, { status, changes, turns, finishes }: News): void {
  const finished = isFinished(status);
  const path = (name: string): string => child("status", name);
  if (turns("Failed", "FailureTarget") && isTrue(status, "Failed") && !isTrue(status, "FailureTarget"))
    errors.push(invalidWhole(CONDITIONS, "cannot set Failed=True condition without the FailureTarget=true condition"));
  if (turns("Complete", "SuccessCriteriaMet") && isTrue(status, "Complete") && !isTrue(status, "SuccessCriteriaMet")) {
    const why = "cannot set Complete=True condition without the SuccessCriteriaMet=true condition";
    errors.push(invalidWhole(CONDITIONS, why));
  }
  if ((finishes || changes("active")) && finished && Number(status.active ?? 0) > 0)
    errors.push(invalid(path("active"), status.active, "active>0 is invalid for finished job"));
  if ((finishes || changes("startTime")) && finished && !isPresent(status.startTime))
    errors.push(required(path("startTime"), "startTime is required for finished job"));
  const uncounted = record(status.uncountedTerminatedPods);
  const count = list(uncounted.failed).length + list(uncounted.succeeded).length;
  if ((finishes || changes("uncountedTerminatedPods")) && finished && count > 0) {
    const why = "uncountedTerminatedPods needs to be empty for finished job";
    errors.push(invalid(path("uncountedTerminatedPods"), uncounted, why));
  }
}

function checkIndexes(errors: Errors, { status, spec, changes }: News): void {
  const { completedIndexes: completed, failedIndexes: failed } = status;
  const perIndex = isPresent(spec.backoffLimitPerIndex);
  const counted = isPresent(spec.completions);
  const completions = Number(spec.completions ?? 0);
  if (changes("completedIndexes") && counted) checkForm(errors, "completedIndexes", text(completed), completions);
  if (changes("failedIndexes") && counted && perIndex && isPresent(failed))
    checkForm(errors, "failedIndexes", text(failed), completions);
  if (changes("completedIndexes") && text(completed) !== "" && spec.completionMode !== "Indexed") {
    const why = "cannot set non-empty completedIndexes when non-indexed completion mode";
    errors.push(invalid("status.completedIndexes", completed, why));
  }
  if (changes("failedIndexes") && !perIndex && isPresent(failed)) {
    const why = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    errors.push(invalid("status.failedIndexes", failed, why));
  }
  if (changes("completedIndexes", "failedIndexes") && counted) checkOverlap(errors, status, completions);
}

function checkForm(errors: Errors, name: string, indexes: string, completions: number): void {
  try {
    countIndexes(indexes, completions);
  } catch (error) {
    if (!(error instanceof CompletedIndexesError)) throw error;
    errors.push(invalid(child("status", name), indexes, `error parsing ${name}: ${error.message}`));
  }
}

/** Of the intervals that can be read. */
function checkOverlap(errors: Errors, status: Fields, completions: number): void {
  const [done, failed] = [status.completedIndexes, status.failedIndexes].map((indexes) =>
    text(indexes) === ""
      ? []
      : text(indexes)
          .split(",")
          .flatMap((interval) => readInterval(interval, completions)),
  ) as [Interval[], Interval[]];
  let [i, j] = [0, 0];
  while (i < done.length && j < failed.length) {
    const [[doneFirst, doneLast], [failedFirst, failedLast]] = [done[i]!, failed[j]!];
    if (doneFirst <= failedLast && failedFirst <= doneLast) {
      const index = Math.max(doneFirst, failedFirst);
      const why = `failedIndexes and completedIndexes overlap at index: ${index}`;
      errors.push(invalid("status.failedIndexes", status.failedIndexes, why));
      return;
    }
    if (doneFirst <= failedFirst) i++;
    else j++;
  }
}

type Interval = readonly [first: number, last: number];

function readInterval(interval: string, completions: number): readonly Interval[] {
  try {
    return parseIndexes(interval, completions);
  } catch (error) {
    if (error instanceof CompletedIndexesError) return [];
    throw error;
  }
}

function checkPods(errors: Errors, { status, changes, finishes }: News): void {
  const { terminating, ready } = status;
  if ((finishes || changes("terminating")) && isFinished(status) && Number(terminating ?? 0) > 0)
    errors.push(invalid("status.terminating", terminating, "terminating>0 is invalid for finished job"));
  if (changes("ready", "active") && isPresent(ready) && Number(ready) > Number(status.active ?? 0))
    errors.push(invalid("status.ready", ready, "cannot set more ready pods than active"));
}

function checkSuccess(errors: Errors, { status, spec }: News): void {
  const met = isTrue(status, "SuccessCriteriaMet");
  const wrong = (why: string): void => {
    errors.push(invalidWhole(CONDITIONS, why));
  };
  if (met && isTrue(status, "Failed")) wrong("cannot set SuccessCriteriaMet=True and Failed=true conditions");
  if (met && isTrue(status, "FailureTarget"))
    wrong("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
  if (isPresent(spec.successPolicy) && !met && isTrue(status, "Complete"))
    wrong("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
}

/** What is over stays so, and what has been counted is not taken back. */
function checkLasting(errors: Errors, { status, old, spec, changes }: News): void {
  for (const type of ["Failed", "Complete", "FailureTarget"]) {
    if (isTrue(old, type) && !isTrue(status, type))
      errors.push(invalidWhole(CONDITIONS, `cannot disable the terminal ${type}=True condition`));
  }
  // Elastic indexed jobs may be scaled down.
  const elastic = spec.completionMode === "Indexed" && (spec.completions ?? null) === (spec.parallelism ?? null);
  for (const name of elastic ? ["failed"] : ["failed", "succeeded"]) {
    if (Number(status[name] ?? 0) < Number(old[name] ?? 0))
      errors.push(invalid(child("status", name), status[name] ?? 0, `cannot decrease the ${name} counter`));
  }
  const end = status.completionTime;
  if (isPresent(end) && isPresent(old.completionTime) && changes("completionTime"))
    errors.push(invalid("status.completionTime", end, "completionTime cannot be mutated"));
  // A job's time begins anew when it resumes.
  const resumes = isPresent(status.startTime) && isTrue(old, "Suspended") && !isTrue(status, "Suspended");
  if (isPresent(old.startTime) && changes("startTime") && spec.suspend !== true && !resumes)
    errors.push(required("status.startTime", "startTime cannot be removed for unsuspended job"));
  const [met, before] = [isTrue(status, "SuccessCriteriaMet"), isTrue(old, "SuccessCriteriaMet")];
  if (before && !met) errors.push(invalidWhole(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition"));
  if (isTrue(old, "Complete") && !before && met) {
    const why = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions";
    errors.push(invalidWhole(CONDITIONS, why));
  }
}
