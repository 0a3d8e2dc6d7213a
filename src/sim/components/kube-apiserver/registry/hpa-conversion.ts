import type { ApiObject } from "../../../api/object.ts";

/**
 * HorizontalPodAutoscalers are stored as autoscaling/v2. In v1 there is one percentage for the CPU; all else stands in
 * annotations, in the shape of an older version (pkg/apis/autoscaling/v1/conversion.go).
 */
const V1 = "autoscaling/v1";
const V2 = "autoscaling/v2";
const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
const CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
const BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
const OWN: readonly string[] = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

type Fields = Readonly<Record<string, unknown>>;

export function hpaToStored(object: ApiObject): ApiObject {
  return object.apiVersion === V1 ? toV2(object) : object;
}

export function hpaToServed(version: string, object: ApiObject): ApiObject {
  if (version === "v1") return object.apiVersion === V1 ? object : toV1(object);
  return hpaToStored(object);
}

function toV2(object: ApiObject): ApiObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = fieldsOf(object.spec);
  const { currentCPUUtilizationPercentage: current, ...status } = fieldsOf(object.status);
  const { annotations = {}, ...metadata } = object.metadata ?? {};
  const others = listOf(parsed(annotations[METRICS])).map(metricToV2);
  const metrics = target === undefined ? others : [...others, cpuMetric("target", percent(target))];
  const measured = listOf(parsed(annotations[CURRENT_METRICS])).map(metricToV2);
  const currentMetrics =
    current === undefined ? measured : [...measured, cpuMetric("current", { averageUtilization: current })];
  const conditions = parsed(annotations[CONDITIONS]);
  const behavior = parsed(annotations[BEHAVIOR]);
  const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !OWN.includes(name)));
  return {
    ...object,
    apiVersion: V2,
    metadata: { ...metadata, ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) },
    spec: {
      ...spec,
      // Without any, the CPU at 80 % is what is meant.
      metrics: metrics.length === 0 ? [cpuMetric("target", percent(80))] : metrics,
      ...(behavior === undefined ? {} : { behavior }),
    },
    ...(object.status === undefined
      ? {}
      : {
          status: {
            desiredReplicas: 0,
            ...status,
            currentMetrics: currentMetrics.length === 0 ? null : currentMetrics,
            ...(conditions === undefined ? {} : { conditions }),
          },
        }),
  };
}

function toV1(object: ApiObject): ApiObject {
  const { metrics, behavior, ...spec } = fieldsOf(object.spec);
  const { currentMetrics, conditions, ...status } = fieldsOf(object.status);
  const wanted = listOf(metrics);
  const measured = listOf(currentMetrics);
  const target = utilizationOf(wanted, "target");
  const current = utilizationOf(measured, "current");
  const others = wanted.filter((metric) => !isCpuUtilization(metric, "target"));
  const texts: Readonly<Record<string, unknown>> = {
    ...(others.length === 0 ? {} : { [METRICS]: others.map((metric) => metricToV1(metric, "target")) }),
    ...(measured.length === 0 ? {} : { [CURRENT_METRICS]: measured.map((metric) => metricToV1(metric, "current")) }),
    ...(conditions === undefined ? {} : { [CONDITIONS]: conditions }),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: behavior }),
  };
  const annotations = {
    ...object.metadata?.annotations,
    ...Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, JSON.stringify(value)])),
  };
  return {
    ...object,
    apiVersion: V1,
    metadata: { ...object.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      currentReplicas: 0,
      desiredReplicas: 0,
      ...status,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

function percent(value: unknown): Fields {
  return { type: "Utilization", averageUtilization: value };
}

function cpuMetric(part: "target" | "current", value: Fields): Fields {
  return { type: "Resource", resource: { name: "cpu", [part]: value } };
}

function isCpuUtilization(metric: Fields, part: "target" | "current"): boolean {
  const resource = fieldsOf(metric.resource);
  return (
    metric.type === "Resource" && resource.name === "cpu" && fieldsOf(resource[part]).averageUtilization !== undefined
  );
}

function utilizationOf(metrics: readonly Fields[], part: "target" | "current"): unknown {
  const found = metrics.find((metric) => isCpuUtilization(metric, part));
  return found === undefined ? undefined : fieldsOf(fieldsOf(found.resource)[part]).averageUtilization;
}

/** The kinds of sources, as both versions name them. */
const SOURCES = ["resource", "containerResource", "pods", "object", "external"] as const;
/** Names of a source's amounts: nested in v2, with a prefix in v1. */
const AMOUNTS = ["averageUtilization", "averageValue", "value"] as const;

function prefixed(part: string, name: string): string {
  return `${part}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

function metricToV1(metric: Fields, part: "target" | "current"): Fields {
  const changed: Record<string, unknown> = { ...metric };
  for (const source of SOURCES) {
    if (metric[source] === undefined) continue;
    const { target, current, metric: identifier, describedObject, ...rest } = fieldsOf(metric[source]);
    const amounts = fieldsOf(part === "target" ? target : current);
    changed[source] = {
      ...rest,
      ...(identifier === undefined
        ? {}
        : { metricName: fieldsOf(identifier).name, selector: fieldsOf(identifier).selector }),
      ...(describedObject === undefined ? {} : { target: describedObject }),
      ...Object.fromEntries(
        AMOUNTS.filter((name) => amounts[name] !== undefined).map((name) => [prefixed(part, name), amounts[name]]),
      ),
    };
  }
  return changed;
}

function metricToV2(metric: Fields): Fields {
  const changed: Record<string, unknown> = { ...metric };
  for (const source of SOURCES) {
    if (metric[source] === undefined) continue;
    const { metricName, selector, target: describedObject, ...given } = fieldsOf(metric[source]);
    const rest: Record<string, unknown> = { ...given };
    const amounts: Record<string, unknown> = {};
    let part = "target";
    for (const name of AMOUNTS) {
      for (const side of ["target", "current"]) {
        const field = prefixed(side, name);
        if (rest[field] === undefined) continue;
        amounts[name] = rest[field];
        part = side;
        delete rest[field];
      }
    }
    changed[source] = {
      ...rest,
      ...(metricName === undefined
        ? {}
        : { metric: { name: metricName, ...(selector === undefined ? {} : { selector }) } }),
      ...(describedObject === undefined ? {} : { describedObject }),
      [part]: part === "target" ? { type: targetType(amounts), ...amounts } : amounts,
    };
  }
  return changed;
}

function targetType(amounts: Fields): string {
  if (amounts.averageUtilization !== undefined) return "Utilization";
  return amounts.averageValue !== undefined ? "AverageValue" : "Value";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

/** Undefined where the annotation is not there or is no JSON. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
