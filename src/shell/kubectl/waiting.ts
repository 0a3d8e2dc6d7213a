/** Following one object until it is as wanted: list, then watch, and again when the server ends the watch. */
import type { Query } from "./client.ts";
import type { Invocation } from "./command.ts";
import { type ApiResource, resourcePath } from "./discovery.ts";
import { at, type JsonObject, objectOf, textOf } from "./json.ts";
import { listItems } from "./targets.ts";

export interface Followed {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
  /** Virtual microseconds from now; null waits for ever. */
  readonly timeoutUs: number | null;
}

/** Longest a server keeps a watch: then it is asked for anew. */
const watchSeconds = "375";

/** Calls `decide` with the object, or null where it is gone, until it says that all is done. */
export async function followObject(
  invocation: Invocation,
  followed: Followed,
  decide: (object: JsonObject | null) => boolean,
): Promise<"done" | "timedOut"> {
  const timer = startTimer(invocation, followed.timeoutUs);
  try {
    for (;;) {
      const version = await listOnce(invocation, followed, decide);
      if (version === null) return "done";
      if (timer.expired()) return "timedOut";
      const outcome = await watchOnce(invocation, followed, version, timer, decide);
      if (outcome !== "ended") return outcome;
    }
  } finally {
    timer.stop();
  }
}

function queryFor({ name }: Followed): Query {
  return [["fieldSelector", `metadata.name=${name}`]];
}

async function listOnce(
  { client }: Invocation,
  followed: Followed,
  decide: (object: JsonObject | null) => boolean,
): Promise<string | null> {
  const path = resourcePath(followed.resource, followed.namespace);
  const list = await client.get(path, [...queryFor(followed), ["limit", "500"], ["resourceVersion", "0"]]);
  const [object = null] = listItems(list);
  return decide(object) ? null : textOf(at(list, "metadata", "resourceVersion"));
}

async function watchOnce(
  { client }: Invocation,
  followed: Followed,
  version: string,
  timer: Timer,
  decide: (object: JsonObject | null) => boolean,
): Promise<"done" | "timedOut" | "ended"> {
  const path = resourcePath(followed.resource, followed.namespace);
  const stream = await client.watch(path, [
    ...queryFor(followed),
    ["allowWatchBookmarks", "true"],
    ["resourceVersion", version],
    ["timeoutSeconds", watchSeconds],
  ]);
  const events = stream.events[Symbol.asyncIterator]();
  try {
    for (;;) {
      const coming = events.next();
      // If time is up first, nobody is left to hear how the stream ended.
      coming.catch(() => {});
      const next = await Promise.race([coming, timer.end]);
      if (next === "timedOut") return "timedOut";
      if (next.done || next.value.type === "ERROR") return "ended";
      const { type, object } = next.value;
      if (type !== "BOOKMARK" && decide(type === "DELETED" ? null : object)) return "done";
    }
  } finally {
    stream.close();
  }
}

interface Timer {
  readonly end: Promise<"timedOut">;
  expired(): boolean;
  stop(): void;
}

export function startTimer({ context }: Invocation, timeoutUs: number | null): Timer {
  const stop = new AbortController();
  let expired = false;
  const never = new Promise<"timedOut">(() => {});
  if (timeoutUs === null) return { end: never, expired: () => false, stop: () => {} };
  const end = context.session.sleep(timeoutUs / 1_000, AbortSignal.any([context.signal, stop.signal])).then(
    () => {
      if (stop.signal.aborted || context.signal.aborted) return never;
      expired = true;
      return "timedOut" as const;
    },
    () => never,
  );
  return { end, expired: () => expired, stop: () => stop.abort() };
}

/** Waits until what was deleted is gone, or another has its name. */
export async function waitForDeletion(
  invocation: Invocation,
  followed: Followed,
  uid: string,
): Promise<"done" | "timedOut"> {
  const isGone = (object: JsonObject | null): boolean =>
    object === null || (uid !== "" && textOf(objectOf(object.metadata).uid) !== uid);
  return followObject(invocation, followed, isGone);
}
