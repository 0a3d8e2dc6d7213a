import type { FilterFailures } from "./plugin.ts";

/** `1 Insufficient cpu, 2 Too many pods`: a node counts once under each of its reasons; sorted as text. */
export function reasonsHistogram(failures: FilterFailures): string {
  const counts = new Map<string, number>();
  const add = (reason: string, by: number) => counts.set(reason, (counts.get(reason) ?? 0) + by);
  for (const { rejection } of failures.byNode.values()) for (const reason of rejection.reasons) add(reason, 1);
  const absent = failures.numAllNodes - failures.byNode.size;
  if (absent > 0) for (const reason of failures.absent?.reasons ?? []) add(reason, absent);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}

/** The whole text of a failure, as events and the PodScheduled condition carry it. */
export function fitErrorMessage(failures: FilterFailures, preFilterMessage: string, postFilterMessage: string): string {
  const list = preFilterMessage || reasonsHistogram(failures);
  let message = `0/${failures.numAllNodes} nodes are available:`;
  if (list !== "") message += ` ${list}.`;
  if (postFilterMessage !== "") message += ` ${postFilterMessage}`;
  return message;
}

export const NO_NODES = "no nodes available to schedule pods";

const NOTE_LENGTH_LIMIT = 1024;

/** Events hold no more than 1,024 characters. */
export function truncateMessage(message: string): string {
  if (message.length <= NOTE_LENGTH_LIMIT) return message;
  const suffix = " ...";
  return message.slice(0, NOTE_LENGTH_LIMIT - suffix.length) + suffix;
}
