/** Kinds without a layout of their own: every field, labelled. */
import { isObject, type Json, type JsonObject, objectOf, sortedKeys, textOf } from "../json.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { annotationLines, type Lines, labelLines } from "./writer.ts";

const skipped = new Set([
  ".metadata.managedFields",
  ".metadata.name",
  ".metadata.namespace",
  ".metadata.labels",
  ".metadata.annotations",
]);

export const describeGeneric: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  content(lines, 0, object, "");
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, textOf(object.kind)), nowUs);
};

function content(lines: Lines, level: number, object: JsonObject, path: string): void {
  for (const key of sortedKeys(object)) {
    const here = `${path}.${key}`;
    if (skipped.has(here)) continue;
    const value = object[key]!;
    if (Array.isArray(value)) {
      lines.line(level, `${labelFor(key)}:`);
      for (const item of value as readonly Json[]) {
        if (isObject(item)) content(lines, level + 1, item, here);
        else lines.line(level + 1, String(item));
      }
    } else if (isObject(value)) {
      lines.line(level, `${labelFor(key)}:`);
      content(lines, level + 1, value, here);
    } else lines.line(level, `${labelFor(key)}:`, value === null ? "<nil>" : String(value));
  }
}

const acronyms = new Set(["API", "URL", "UID", "OSB", "GUID"]);

/** `lastTransitionTime` -> `Last Transition Time`. */
function labelFor(field: string): string {
  if (/[^A-Za-z0-9]/.test(field)) return field;
  const parts = field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+/g) ?? [field];
  return parts
    .map((part) => (acronyms.has(part.toUpperCase()) ? part.toUpperCase() : part[0]!.toUpperCase() + part.slice(1)))
    .join(" ");
}
