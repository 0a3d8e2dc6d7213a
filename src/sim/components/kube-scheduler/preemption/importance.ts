import type { Pod } from "../objects.ts";

/** Later than every time: what has not started yet. */
const NOT_STARTED = "~";

export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

/** As text, which sorts as time does. */
export function startOf(pod: Pod): string {
  return pod.status?.startTime ?? NOT_STARTED;
}

/** Sorts the more important first: higher priority, then longer running. */
export function byImportance(a: Pod, b: Pod): number {
  if (priorityOf(a) !== priorityOf(b)) return priorityOf(b) - priorityOf(a);
  const [first, second] = [startOf(a), startOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}
