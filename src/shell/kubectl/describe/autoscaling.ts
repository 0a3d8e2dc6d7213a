/** `kubectl describe horizontalpodautoscaler` */
import { at, isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { annotationLines, type Lines, labelLines, longTime } from "./writer.ts";

export const describeAutoscaler: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const status = objectOf(object.status);
  const target = objectOf(spec.scaleTargetRef);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  lines.line(0, "Reference:", `${textOf(target.kind)}/${textOf(target.name)}`);
  lines.line(0, "Metrics:", "( current / target )");
  const current = objectsOf(status.currentMetrics);
  for (const [index, metric] of objectsOf(spec.metrics).entries()) metricLine(lines, metric, objectOf(current[index]));
  lines.line(0, "Min replicas:", spec.minReplicas === undefined ? "<unset>" : String(spec.minReplicas));
  lines.line(0, "Max replicas:", String(numberOf(spec.maxReplicas)));
  if (isObject(spec.behavior)) {
    lines.line(0, "Behavior:");
    directionLines(lines, "Scale Up", spec.behavior.scaleUp);
    directionLines(lines, "Scale Down", spec.behavior.scaleDown);
  }
  lines.line(
    0,
    `${textOf(target.kind)} pods:`,
    `${numberOf(status.currentReplicas)} current / ${numberOf(status.desiredReplicas)} desired`,
  );
  const conditions = objectsOf(status.conditions);
  if (conditions.length > 0) {
    lines.raw("Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n");
    for (const one of conditions)
      lines.line(1, textOf(one.type), textOf(one.status), textOf(one.reason), textOf(one.message));
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "HorizontalPodAutoscaler"), nowUs);
};

function amount(value: unknown): string {
  return value === undefined || value === null || value === "" ? "<unknown>" : String(value);
}

function metricLine(lines: Lines, metric: JsonObject, current: JsonObject): void {
  const field = textOf(metric.type).replace(/^./, (letter) => letter.toLowerCase());
  const wanted = objectOf(metric[field]);
  const now = objectOf(at(current, field, "current"));
  const target = objectOf(wanted.target);
  const resource = textOf(wanted.name);
  const metricName = textOf(at(wanted, "metric", "name"));
  const print = (title: string, value: unknown, goal: unknown): void =>
    lines.line(1, `${title}:`, `${amount(value)} / ${amount(goal)}`);
  switch (metric.type) {
    case "Resource":
    case "ContainerResource": {
      const where = metric.type === "Resource" ? "" : ` of container "${textOf(wanted.container)}"`;
      if (target.averageValue !== undefined) {
        print(`resource ${resource}${where} on pods`, now.averageValue, target.averageValue);
        return;
      }
      const percent = now.averageUtilization;
      const shown = percent === undefined ? undefined : `${String(percent)}% (${amount(now.averageValue)})`;
      const goal = target.averageUtilization === undefined ? "<auto>" : `${String(target.averageUtilization)}%`;
      print(`resource ${resource}${where} on pods  (as a percentage of request)`, shown, goal);
      return;
    }
    case "Pods":
      print(`"${metricName}" on pods`, now.averageValue, target.averageValue);
      return;
    case "Object": {
      const of = objectOf(wanted.describedObject);
      const title = `"${metricName}" on ${textOf(of.kind)}/${textOf(of.name)}`;
      if (target.type === "AverageValue")
        print(`${title} (target average value)`, now.averageValue, target.averageValue);
      else print(`${title} (target value)`, now.value, target.value);
      return;
    }
    case "External":
      if (target.averageValue !== undefined)
        print(`"${metricName}" (target average value)`, now.averageValue, target.averageValue);
      else print(`"${metricName}" (target value)`, now.value, target.value);
      return;
    default:
      lines.raw(`  <unknown metric type ${JSON.stringify(metric.type)}>\n`);
  }
}

function directionLines(lines: Lines, title: string, rules: unknown): void {
  if (!isObject(rules)) return;
  lines.raw(`  ${title}:\n`);
  if (rules.stabilizationWindowSeconds !== undefined)
    lines.raw(`    Stabilization Window: ${String(rules.stabilizationWindowSeconds)} seconds\n`);
  const policies = objectsOf(rules.policies);
  if (policies.length === 0) return;
  lines.raw(`    Select Policy: ${textOf(rules.selectPolicy) || "Max"}\n    Policies:\n`);
  for (const { type, value, periodSeconds } of policies)
    lines.raw(`      - Type: ${textOf(type)}\tValue: ${String(value)}\tPeriod: ${String(periodSeconds)} seconds\n`);
}
