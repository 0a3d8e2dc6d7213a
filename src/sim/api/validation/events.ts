/** Events: lenient to core's, strict to those of events.k8s.io (pkg/apis/core/validation/events.go). */
import { invalid, required } from "../field-errors.ts";
import { nameIsDnsSubdomain, nameIsPathSegment, validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
import { addInvalid, type Errors, type Fields, isPresent, record, text } from "./common.ts";
import type { Validate } from "./core.ts";
import { checkGenericObjectMeta, checkImmutable, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";

const NAME_LENGTH_MAX = 128;
const NOTE_LENGTH_MAX = 1024;
/** Namespaces of events about what is in none. */
const CLUSTER_NAMESPACES = ["default", "kube-system"];

/** Of core's group. */
export const validateEvent: Validate = (errors, event, old) => {
  if (!old) checkGenericObjectMeta(errors, record(event.metadata), true, nameIsPathSegment);
  checkEvent(errors, event, "reportingComponent");
};

/** Of events.k8s.io; what is wrong is told by the names that core has for it. */
export const validateNewEvent: Validate = (errors, given, givenOld) => {
  const event = withCoreNames(given);
  checkEvent(errors, event, "reportingController");
  if (givenOld) checkNewEventUpdate(errors, event, withCoreNames(givenOld));
  else checkNewEvent(errors, event);
};

/** Name in events.k8s.io, name of what is stored. */
const CORE_NAMES: readonly (readonly [name: string, coreName: string])[] = [
  ["regarding", "involvedObject"],
  ["note", "message"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
  ["reportingController", "reportingComponent"],
];

function withCoreNames(event: Fields): Fields {
  const named: Record<string, unknown> = { ...event };
  for (const [name, coreName] of CORE_NAMES) named[coreName] = event[name];
  named.source ??= {};
  return named;
}

function checkEvent(errors: Errors, event: Fields, controllerField: string): void {
  const namespace = text(record(event.metadata).namespace);
  const about = text(record(event.involvedObject).namespace);
  const mismatch = () => errors.push(invalid("involvedObject.namespace", about, "does not match event.namespace"));
  if (!isPresent(event.eventTime)) {
    if (namespace !== (about || "default")) mismatch();
  } else {
    if (about === "" && !CLUSTER_NAMESPACES.includes(namespace)) mismatch();
    checkSentence(errors, event, controllerField);
  }
  addInvalid(errors, "namespace", namespace, validateDns1123Subdomain(namespace));
}

/** Who did what, and why. */
function checkSentence(errors: Errors, event: Fields, controllerField: string): void {
  const controller = text(event.reportingComponent);
  if (controller === "") errors.push(required(controllerField));
  addInvalid(errors, controllerField, controller, validateQualifiedName(controller));
  for (const field of ["reportingInstance", "action", "reason"]) {
    if (text(event[field]) === "") errors.push(required(field));
    checkLength(errors, event, field, NAME_LENGTH_MAX);
  }
  checkLength(errors, event, "message", NOTE_LENGTH_MAX);
}

function checkLength(errors: Errors, event: Fields, field: string, most: number): void {
  if (text(event[field]).length > most) errors.push(invalid(field, "", `can have at most ${most} characters`));
}

function checkNewEvent(errors: Errors, event: Fields): void {
  checkObjectMeta(errors, record(event.metadata), true, nameIsDnsSubdomain);
  checkSeries(errors, event);
  if (!isPresent(event.eventTime)) errors.push(required("eventTime"));
  const type = text(event.type);
  if (type !== "Normal" && type !== "Warning") errors.push(invalid("type", "", `has invalid value: ${type}`));
  for (const field of ["firstTimestamp", "lastTimestamp", "count", "source"])
    if (isSet(event[field])) errors.push(invalid(field, "", "needs to be unset"));
}

function isSet(value: unknown): boolean {
  if (!isPresent(value) || value === 0) return false;
  return typeof value !== "object" || text(record(value).component) !== "" || text(record(value).host) !== "";
}

/** Only the series of an event goes on. */
function checkNewEventUpdate(errors: Errors, event: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(event.metadata), record(old.metadata));
  if (JSON.stringify(event.series) !== JSON.stringify(old.series)) checkSeries(errors, event);
  for (const field of IMMUTABLE_FIELDS) checkImmutable(errors, field, event[field], old[field]);
  checkImmutable(errors, "reportingController", event.reportingComponent, old.reportingComponent);
  checkImmutable(errors, "reportingInstance", event.reportingInstance, old.reportingInstance);
}

/** In upstream's order, which looks at the reason twice. */
const IMMUTABLE_FIELDS: readonly string[] = [
  "involvedObject",
  "reason",
  "message",
  "source",
  "firstTimestamp",
  "lastTimestamp",
  "count",
  "reason",
  "type",
  "eventTime",
  "action",
  "related",
];

function checkSeries(errors: Errors, event: Fields): void {
  if (!isPresent(event.series)) return;
  const { count, lastObservedTime } = record(event.series);
  if (Number(count ?? 0) < 2) errors.push(invalid("series.count", "", "should be at least 2"));
  if (!isPresent(lastObservedTime)) errors.push(required("series.lastObservedTime"));
}
