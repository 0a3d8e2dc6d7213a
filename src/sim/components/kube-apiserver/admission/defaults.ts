import type { ApiObject } from "../../../api/object.ts";

/** Of the classes that an annotation marks as the default, the one that was made last; by name among equals. */
export function newestDefault(classes: Iterable<ApiObject>, annotations: readonly string[]): ApiObject | null {
  let chosen: ApiObject | null = null;
  for (const one of classes) {
    if (!annotations.some((name) => one.metadata?.annotations?.[name] === "true")) continue;
    if (chosen === null || precedes(one, chosen)) chosen = one;
  }
  return chosen;
}

function precedes({ metadata: a }: ApiObject, { metadata: b }: ApiObject): boolean {
  if (a!.creationTimestamp !== b!.creationTimestamp) return a!.creationTimestamp! > b!.creationTimestamp!;
  return a!.name! < b!.name!;
}
