import { servedCustom, storedCustom } from "../../../api/custom/convert.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { withFields } from "../../../kernel/records.ts";
import { hpaToServed, hpaToStored } from "./hpa-conversion.ts";

/** Cache: stored objects in the form of another version, by the frozen stored object. */
const converted = new WeakMap<object, ApiObject>();

/** The object as it is stored: events of `events.k8s.io` as core events, autoscalers of v1 as v2. */
export function toStored(kind: Kind, object: ApiObject): ApiObject {
  if (kind.custom !== null) return storedCustom(kind, object);
  if (isAutoscaler(kind)) return hpaToStored(object);
  return isNewEvent(kind) ? toCoreEvent(object) : object;
}

/** Whether objects are changed in the version that a request speaks, and stored in another one perhaps. */
export function changesInItsVersion(kind: Kind): boolean {
  return kind.custom !== null || isAutoscaler(kind) || isNewEvent(kind);
}

/** A stored object as the kind that was asked for. */
export function toServed(kind: Kind, object: ApiObject): ApiObject {
  if (kind.custom !== null) return servedCustom(kind, object);
  const isEvent = isNewEvent(kind);
  if ((!isEvent && !isAutoscaler(kind)) || object.apiVersion === apiVersionOf(kind)) return object;
  const known = converted.get(object);
  if (known !== undefined) return known;
  const served = deepFreeze(isEvent ? toNewEvent(object) : hpaToServed(kind.version, object));
  if (Object.isFrozen(object)) converted.set(object, served);
  return served;
}

function isNewEvent({ group }: Kind): boolean {
  return group === "events.k8s.io";
}

function isAutoscaler({ group, resource }: Kind): boolean {
  return resource === "horizontalpodautoscalers" && group === "autoscaling";
}

const NAMES: readonly (readonly [newName: string, coreName: string])[] = [
  ["regarding", "involvedObject"],
  ["note", "message"],
  ["reportingController", "reportingComponent"],
  ["reportingInstance", "reportingInstance"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];

function toCoreEvent(event: ApiObject): ApiObject {
  const core: Record<string, unknown> = withFields(event, { kind: "Event", apiVersion: "v1" });
  for (const [newName, coreName] of NAMES) {
    if (newName === coreName || event[newName] === undefined) continue;
    core[coreName] = event[newName];
    delete core[newName];
  }
  // Go writes them whether there is anything to say or not.
  for (const time of ["firstTimestamp", "lastTimestamp"]) core[time] ??= null;
  core.source ??= {};
  return core as ApiObject;
}

function toNewEvent(event: ApiObject): ApiObject {
  const served: Record<string, unknown> = withFields(event, { apiVersion: "events.k8s.io/v1" });
  for (const [newName, coreName] of NAMES) {
    if (newName === coreName || event[coreName] === undefined) continue;
    served[newName] = event[coreName];
    delete served[coreName];
  }
  return served as ApiObject;
}
