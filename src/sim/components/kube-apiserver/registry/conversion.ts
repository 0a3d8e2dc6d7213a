import { servedCustom, storedCustom } from "../../../api/custom/convert.ts";
import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/** Cache: events as the other group names their fields, by the frozen stored object. */
const newEvents = new WeakMap<object, ApiObject>();

/** The object as it is stored: events of `events.k8s.io` are stored as core events. */
export function toStored(kind: Kind, object: ApiObject): ApiObject {
  if (kind.custom !== null) return storedCustom(kind, object);
  return kind.group === "events.k8s.io" ? toCoreEvent(object) : object;
}

/** A stored object as the kind that was asked for. */
export function toServed(kind: Kind, object: ApiObject): ApiObject {
  if (kind.custom !== null) return servedCustom(kind, object);
  if (kind.group !== "events.k8s.io" || object.apiVersion === "events.k8s.io/v1") return object;
  const known = newEvents.get(object);
  if (known !== undefined) return known;
  const served = Object.freeze(toNewEvent(object));
  if (Object.isFrozen(object)) newEvents.set(object, served);
  return served;
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
  const core: Record<string, unknown> = { ...event, kind: "Event", apiVersion: "v1" };
  for (const [newName, coreName] of NAMES) {
    if (newName === coreName || event[newName] === undefined) continue;
    core[coreName] = event[newName];
    delete core[newName];
  }
  return core as ApiObject;
}

function toNewEvent(event: ApiObject): ApiObject {
  const served: Record<string, unknown> = { ...event, apiVersion: "events.k8s.io/v1" };
  for (const [newName, coreName] of NAMES) {
    if (newName === coreName || event[coreName] === undefined) continue;
    served[newName] = event[coreName];
    delete served[coreName];
  }
  return served as ApiObject;
}
