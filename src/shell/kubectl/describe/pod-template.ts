/** `Pod Template:` of workloads. */
import { at, type JsonObject, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import { containerLines } from "./containers.ts";
import { volumeLines } from "./volumes.ts";
import { annotationLines, Lines, labelLines, multiline } from "./writer.ts";

export function podTemplateLines(lines: Lines, template: JsonObject): void {
  lines.line(0, "Pod Template:");
  const spec = objectOf(template.spec);
  labelLines(lines, "  Labels", objectOf(at(template, "metadata", "labels")));
  const annotations = objectOf(at(template, "metadata", "annotations"));
  if (sortedKeys(annotations).length > 0) annotationLines(lines, "  Annotations", annotations);
  if (spec.serviceAccountName) lines.line(1, "Service Account:", textOf(spec.serviceAccountName));
  const place = { inTemplate: true, pod: null };
  const init = objectsOf(spec.initContainers);
  if (init.length > 0) containerLines(lines, "Init Containers", init, [], place);
  containerLines(lines, "Containers", objectsOf(spec.containers), [], place);
  volumeLines(lines, objectsOf(spec.volumes), true);
  if (spec.priorityClassName) lines.line(1, "Priority Class Name:", textOf(spec.priorityClassName));
  labelLines(lines, "  Node-Selectors", objectOf(spec.nodeSelector));
  multiline(lines, "  Tolerations", objectsOf(spec.tolerations).map(tolerationText));
}

/** Without alignment: for `rollout history --revision`. */
export function podTemplateText(template: JsonObject): string {
  const lines = new Lines();
  podTemplateLines(lines, template);
  return lines.text();
}

export function tolerationText(toleration: JsonObject): string {
  const { effect, key, operator, tolerationSeconds, value } = toleration;
  const exists = operator === "Exists" && !value ? (key || effect ? " op=Exists" : "op=Exists") : "";
  const seconds = typeof tolerationSeconds === "number" ? ` for ${tolerationSeconds}s` : "";
  return `${textOf(key)}${value ? `=${textOf(value)}` : ""}${effect ? `:${textOf(effect)}` : ""}${exists}${seconds}`;
}
