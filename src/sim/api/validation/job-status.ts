/** A Job's status: what the Job controller, or another one by `managedBy`, may say (batch validation, job strategy). */
import { equalJson } from "../equal.ts";
import { duplicate, invalid, invalidWhole, required } from "../field-errors.ts";
import { parseTime } from "../time.ts";
import { checkNonNegative, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { CompletedIndexesError, countIndexes, parseIndexes } from "./job-indexes.ts";

function isTrue(status: Fields, type: string): boolean {
  return list(status.conditions).some((one) => record(one).type === type && record(one).status === "True");
}

export function validateJobStatusUpdate(errors: Errors, object: Fields, old: Fields): void {
  const [status, before] = [record(object.status), record(old.status)];
  for (const name of ["active", "succeeded", "failed", "ready", "terminating"]) {
    checkNonNegative(errors, child("status", name), status[name]);
  }
  checkUncounted(errors, record(status.uncountedTerminatedPods));
  checkCounters(errors, record(object.spec), status, before);
  checkConditions(errors, status, before);
  checkTimes(errors, status, before, record(object.spec));
  if (isFinished(status)) checkFinished(errors, status, before);
  checkIndexes(errors, record(object.spec), status, before);
  if (isPresent(status.ready) && differs("ready", status, before) | differs("active", status, before)) {
    if (Number(status.ready) > Number(status.active ?? 0)) {
      errors.push(invalid("status.ready", status.ready, "cannot set more ready pods than active"));
    }
  }
}

function differs(name: string, a: Fields, b: Fields): number {
  return equalJson(a[name] ?? null, b[name] ?? null) ? 0 : 1;
}

function isFinished(status: Fields): boolean {
  return isTrue(status, "Complete") || isTrue(status, "Failed");
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

/** Elastic indexed jobs may be scaled down; all others only count up. */
function checkCounters(errors: Errors, spec: Fields, status: Fields, old: Fields): void {
  const elastic = spec.completionMode === "Indexed" && (spec.completions ?? null) === (spec.parallelism ?? null);
  for (const name of ["failed", "succeeded"]) {
    if (name === "succeeded" && elastic) continue;
    if (Number(status[name] ?? 0) < Number(old[name] ?? 0)) {
      errors.push(invalid(child("status", name), status[name] ?? 0, `cannot decrease the ${name} counter`));
    }
  }
}

/** Pairs that must not be, pairs that must be; and what is over stays so. */
function checkConditions(errors: Errors, status: Fields, old: Fields): void {
  const path = "status.conditions";
  for (const type of ["Failed", "Complete", "FailureTarget", "SuccessCriteriaMet"]) {
    if (isTrue(old, type) && !isTrue(status, type)) {
      errors.push(invalidWhole(path, `cannot disable the terminal ${type}=True condition`));
    }
  }
  if (equalJson(status.conditions ?? null, old.conditions ?? null)) return;
  if (isTrue(status, "Complete")) {
    if (isTrue(status, "Failed"))
      errors.push(invalidWhole(path, "cannot set Complete=True and Failed=true conditions"));
    if (isTrue(status, "FailureTarget"))
      errors.push(invalidWhole(path, "cannot set Complete=True and FailureTarget=true conditions"));
    if (!isTrue(status, "SuccessCriteriaMet"))
      errors.push(
        invalidWhole(path, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"),
      );
  }
  if (isTrue(status, "Failed") && !isTrue(status, "FailureTarget"))
    errors.push(invalidWhole(path, "cannot set Failed=True condition without the FailureTarget=true condition"));
  if (isTrue(status, "SuccessCriteriaMet")) {
    if (isTrue(status, "Failed"))
      errors.push(invalidWhole(path, "cannot set Failed=True and SuccessCriteriaMet=true conditions"));
    if (isTrue(status, "FailureTarget"))
      errors.push(invalidWhole(path, "cannot set FailureTarget=true and SuccessCriteriaMet=true conditions"));
  }
}

function checkTimes(errors: Errors, status: Fields, old: Fields, spec: Fields): void {
  const path = "status.completionTime";
  const complete = isTrue(status, "Complete");
  if (differs("completionTime", status, old) | differs("conditions", status, old)) {
    if (isPresent(status.completionTime) && !complete) {
      errors.push(
        invalid(path, status.completionTime, "cannot set completionTime when there is no Complete=True condition"),
      );
    }
    if (!isPresent(status.completionTime) && complete) {
      errors.push(required(path, "completionTime is required for Complete jobs"));
    }
    if (isPresent(old.completionTime) && !equalJson(status.completionTime ?? null, old.completionTime)) {
      errors.push(invalid(path, status.completionTime, "field is immutable"));
    }
  }
  const [start, end] = [parseTime(text(status.startTime)), parseTime(text(status.completionTime))];
  if (start !== null && end !== null && end < start) {
    errors.push(invalid(path, status.completionTime, "completionTime cannot be set before startTime"));
  }
  if (!isPresent(old.startTime) || spec.suspend === true || !differs("startTime", status, old)) return;
  // A job's time begins anew when it resumes.
  const resumes = isPresent(status.startTime) && isTrue(old, "Suspended") && !isTrue(status, "Suspended");
  if (!resumes) errors.push(required("status.startTime", "startTime cannot be removed for unsuspended job"));
}

function checkFinished(errors: Errors, status: Fields, old: Fields): void {
  if (isFinished(old) && equalJson(status, old)) return;
  for (const name of ["active", "terminating"]) {
    if (Number(status[name] ?? 0) > 0) {
      errors.push(invalid(child("status", name), status[name], `${name}>0 is invalid for finished job`));
    }
  }
  if (!isPresent(status.startTime)) errors.push(required("status.startTime", "startTime is required for finished job"));
  const uncounted = record(status.uncountedTerminatedPods);
  if (list(uncounted.failed).length + list(uncounted.succeeded).length > 0) {
    errors.push(
      invalid(
        "status.uncountedTerminatedPods",
        uncounted,
        "uncountedTerminatedPods needs to be empty for finished job",
      ),
    );
  }
}

function checkIndexes(errors: Errors, spec: Fields, status: Fields, old: Fields): void {
  const completions = Number(spec.completions ?? 0);
  const indexed = spec.completionMode === "Indexed";
  for (const name of ["completedIndexes", "failedIndexes"]) {
    const value = status[name];
    if (!differs(name, status, old) || !isPresent(value) || value === "") continue;
    const path = child("status", name);
    if (name === "completedIndexes" && !indexed) {
      errors.push(invalid(path, value, "cannot set non-empty completedIndexes when non-indexed completion mode"));
      continue;
    }
    if (name === "failedIndexes" && !isPresent(spec.backoffLimitPerIndex)) {
      errors.push(invalid(path, value, "cannot set non-null failedIndexes when backoffLimitPerIndex is null"));
      continue;
    }
    try {
      countIndexes(text(value), completions);
    } catch (error) {
      if (!(error instanceof CompletedIndexesError)) throw error;
      errors.push(invalid(path, value, `error parsing ${name}: ${error.message}`));
    }
  }
  checkOverlap(errors, status, completions);
}

function checkOverlap(errors: Errors, status: Fields, completions: number): void {
  if (!isPresent(status.failedIndexes)) return;
  try {
    const done = parseIndexes(text(status.completedIndexes), completions);
    const failed = parseIndexes(text(status.failedIndexes), completions);
    for (const [first, last] of failed) {
      const shared = done.find(([from, to]) => from <= last && first <= to);
      if (shared === undefined) continue;
      const index = Math.max(first, shared[0]);
      const why = `failedIndexes and completedIndexes overlap at index: ${index}`;
      errors.push(invalid("status.failedIndexes", status.failedIndexes, why));
      return;
    }
  } catch (error) {
    if (!(error instanceof CompletedIndexesError)) throw error;
  }
}
