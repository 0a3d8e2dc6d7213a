import type { EventToRecord, ObjectReference } from "./event-recorder.ts";
import { createTokenBucket, takeTokenAt } from "./token-bucket.ts";

/**
 * client-go's EventCorrelator: what has been seen of each object, so that the same event again counts up, ten or more
 * that differ only in their message within 10 minutes are combined, and one object gets a burst of 25 and then one in
 * 5 minutes. Kept by object and without the component and host, which are the recorder's: every pod that ever ran on a
 * node is in here.
 */
export interface EventCorrelator {
  readonly subjects: Map<string, Subject>;
  /** Events of all subjects. */
  size: number;
}

interface Subject {
  /** When its bucket of events would be full again. */
  readonly fullAtUs: number;
  readonly aggregates: readonly Aggregate[];
  readonly events: readonly ObservedEvent[];
}

/** Events that differ in their message only. */
interface Aggregate {
  readonly type: string;
  readonly reason: string;
  readonly messages: readonly string[];
  readonly lastUs: number;
}

interface ObservedEvent {
  readonly type: string;
  readonly reason: string;
  readonly fieldPath: string;
  /** null: of combined events, whatever they say. */
  readonly message: string | null;
  readonly name: string;
  readonly count: number;
  readonly firstTimestamp: string;
}

/** What the correlator makes of an event. */
export interface Correlated {
  readonly message: string;
  readonly name: string;
  /** Times that it was seen, this one included. */
  readonly count: number;
  readonly firstTimestamp: string;
  /** The object has had too many: it is not to be written. */
  readonly spam: boolean;
}

const MESSAGES_UNTIL_COMBINED = 10;
const COMBINE_WITHIN_US = 600_000_000;
const CACHE_MAX = 4096;
const SPAM_FILTER = Object.freeze(createTokenBucket(1 / 300, 25));
const UNSEEN: Subject = Object.freeze({ fullAtUs: 0, aggregates: Object.freeze([]), events: Object.freeze([]) });

export function createEventCorrelator(): EventCorrelator {
  return { subjects: new Map(), size: 0 };
}

/** Takes note of an event. `fresh` names one that is seen for the first time, and says when that is. */
export function correlate(
  correlator: EventCorrelator,
  seen: EventToRecord,
  nowUs: number,
  fresh: () => { readonly name: string; readonly firstTimestamp: string },
): Correlated {
  const key = keyOf(seen.object);
  const subject = correlator.subjects.get(key) ?? UNSEEN;
  const { aggregates, combined } = combine(subject.aggregates, seen, nowUs);
  const message = combined ? `(combined from similar events): ${seen.message}` : seen.message;
  const { events, event } = observe(subject.events, seen, combined, fresh);
  const fullAtUs = takeTokenAt(SPAM_FILTER, subject.fullAtUs, nowUs);
  correlator.subjects.set(key, Object.freeze({ fullAtUs: fullAtUs ?? subject.fullAtUs, aggregates, events }));
  correlator.size += events.length - subject.events.length;
  dropOldest(correlator);
  const { name, count, firstTimestamp } = event;
  return { message, name, count, firstTimestamp, spam: fullAtUs === null };
}

/** A UID says all that upstream's key does, and is held by the object already. */
function keyOf({ uid, apiVersion, kind, namespace = "", name }: ObjectReference): string {
  return uid || `${apiVersion}|${kind}|${namespace}|${name}`;
}

/** EventAggregator: combined once ten messages of one kind have been seen within ten minutes of each other. */
function combine(
  aggregates: readonly Aggregate[],
  { type, reason, message }: EventToRecord,
  nowUs: number,
): { readonly aggregates: readonly Aggregate[]; readonly combined: boolean } {
  const index = aggregates.findIndex((held) => held.reason === reason && held.type === type);
  const held = aggregates[index];
  const recent = held !== undefined && nowUs - held.lastUs <= COMBINE_WITHIN_US ? held.messages : [];
  const all = recent.includes(message) ? recent : recent.concat(message);
  const combined = all.length >= MESSAGES_UNTIL_COMBINED;
  const messages = Object.freeze(combined ? all.slice(1) : all);
  const next = Object.freeze({ type, reason, messages, lastUs: nowUs });
  return { aggregates: replaced(aggregates, index, next), combined };
}

function observe(
  events: readonly ObservedEvent[],
  { object: { fieldPath = "" }, type, reason, message: text }: EventToRecord,
  combined: boolean,
  fresh: () => { readonly name: string; readonly firstTimestamp: string },
): { readonly events: readonly ObservedEvent[]; readonly event: ObservedEvent } {
  const message = combined ? null : text;
  const index = events.findIndex(
    (known) =>
      known.reason === reason && known.message === message && known.type === type && known.fieldPath === fieldPath,
  );
  const { name, count, firstTimestamp } = events[index] ?? { ...fresh(), count: 0 };
  const event: ObservedEvent = Object.freeze({
    type,
    reason,
    fieldPath,
    message,
    name,
    count: count + 1,
    firstTimestamp,
  });
  return { events: replaced(events, index, event), event };
}

/** With `item` at `index`, or at the end if that is -1. `concat` and `with` leave no room to spare. */
function replaced<T>(items: readonly T[], index: number, item: T): readonly T[] {
  return Object.freeze(index < 0 ? items.concat(item) : items.with(index, item));
}

function dropOldest(correlator: EventCorrelator): void {
  if (correlator.size <= CACHE_MAX) return;
  for (const [key, { events }] of correlator.subjects) {
    correlator.subjects.delete(key);
    correlator.size -= events.length;
    return;
  }
}
