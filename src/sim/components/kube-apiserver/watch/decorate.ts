import { type ApiObject, deepFreeze, type ObjectMeta } from "../../../api/object.ts";
import { Recent } from "../../../kernel/recent.ts";
import { withFields } from "../../../kernel/records.ts";
import type { KeyValue } from "../../etcd/messages.ts";

/**
 * Stored objects carry no resourceVersion: it is the revision under which they are stored. Cache, by the frozen stored
 * object: what was decorated lately, so that the answer to a write, every server's watch cache and whoever watches them
 * share one object.
 */
const lately = new Recent<ApiObject, ApiObject>(1_024);

const NO_METADATA: ObjectMeta = Object.freeze({});

export function decorate(stored: ApiObject, revision: number): ApiObject {
  const known = lately.get(stored);
  const resourceVersion = String(revision);
  if (known !== undefined && known.metadata!.resourceVersion === resourceVersion) return known;
  const object = withResourceVersion(stored, resourceVersion);
  if (Object.isFrozen(stored)) lately.set(stored, object);
  return object;
}

export function withResourceVersion(object: ApiObject, resourceVersion: string): ApiObject {
  return Object.freeze(
    withFields(object, { metadata: Object.freeze(withFields(object.metadata ?? NO_METADATA, { resourceVersion })) }),
  );
}

/** What is stored of an object: everything but its resourceVersion. */
export function undecorate(object: ApiObject): ApiObject {
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return withFields(object, { metadata });
}

/** The API object under a key; null when what lies there is none (somebody wrote text with etcdctl). */
export function objectOf(pair: KeyValue): ApiObject | null {
  let data = pair.value.data;
  if (typeof data === "string") data = parseText(data);
  if (typeof data !== "object" || data === null || !("metadata" in data)) return null;
  return decorate(data as ApiObject, pair.modRevision);
}

function parseText(text: string): unknown {
  try {
    return deepFreeze(JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

export function revisionOf(object: ApiObject): number {
  return Number(object.metadata?.resourceVersion ?? "0");
}
