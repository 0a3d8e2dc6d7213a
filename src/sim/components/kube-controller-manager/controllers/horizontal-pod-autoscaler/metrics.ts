import { formatQuantity, milliValue } from "../../../../api/quantity.ts";
import { goSelector } from "../../lib/selector-text.ts";
import {
  type Calculation,
  replicasForAverage,
  replicasForShare,
  replicasForTotal,
  replicasForUtilization,
} from "./replica-calculator.ts";
import type { MetricSpec, MetricsSource, MetricTarget } from "./types.ts";

/** What one metric asks for. */
export interface Proposal {
  readonly replicas: number;
  /** How reasons name the metric: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  /** Its entry in `status.currentMetrics`. */
  readonly status: unknown;
}

/** A metric that says nothing. */
export interface Failure {
  /** Of the event, and of the condition ScalingActive. */
  readonly reason: string;
  readonly message: string;
  /** The same with what kind of metric it was, for the sum of all failures. */
  readonly error: string;
}

interface Sizes {
  readonly specReplicas: number;
  readonly statusReplicas: number;
}

/** computeReplicasForMetric. */
export function proposalOf(
  spec: MetricSpec,
  sizes: Sizes,
  calculation: Calculation,
  source: MetricsSource,
): Proposal | Failure {
  const { reason, prefix } = failureTexts(spec);
  try {
    return compute(spec, sizes, calculation, source);
  } catch (error) {
    const { message } = error as Error;
    return { reason, message, error: `${prefix}${message}` };
  }
}

function failureTexts(spec: MetricSpec): { readonly reason: string; readonly prefix: string } {
  switch (spec.type) {
    case "Resource":
      return {
        reason: "FailedGetResourceMetric",
        prefix: `failed to get ${spec.resource?.name} resource metric value: `,
      };
    case "ContainerResource":
      return {
        reason: "FailedGetContainerResourceMetric",
        prefix: `failed to get ${spec.containerResource?.container} container metric value: `,
      };
    case "Pods":
      return { reason: "FailedGetPodsMetric", prefix: "failed to get pods metric value: " };
    case "Object":
      return { reason: "FailedGetObjectMetric", prefix: "failed to get object metric value: " };
    case "External":
      return {
        reason: "FailedGetExternalMetric",
        prefix: `failed to get ${spec.external?.metric.name} external metric value: `,
      };
    default:
      return { reason: "InvalidMetricSourceType", prefix: "" };
  }
}

function compute(spec: MetricSpec, sizes: Sizes, calculation: Calculation, source: MetricsSource): Proposal {
  if (spec.type === "Resource" && spec.resource !== undefined) {
    const { name, target } = spec.resource;
    const { replicas, metric, current } = ofResource(name, "", target, sizes, calculation, source);
    return { replicas, name: metric, status: { type: spec.type, resource: { name, current } } };
  }
  if (spec.type === "ContainerResource" && spec.containerResource !== undefined) {
    const { name, container, target } = spec.containerResource;
    const { replicas, metric, current } = ofResource(name, container, target, sizes, calculation, source);
    return { replicas, name: metric, status: { type: spec.type, containerResource: { name, container, current } } };
  }
  if (spec.type === "Pods" && spec.pods !== undefined) return ofPods(spec.pods, sizes, calculation, source);
  if (spec.type === "Object" && spec.object !== undefined) return ofObject(spec.object, sizes, calculation, source);
  if (spec.type === "External" && spec.external !== undefined)
    return ofExternal(spec.external, sizes, calculation, source);
  throw new Error(`unknown metric source type "${spec.type}"`);
}

interface ResourceProposal {
  readonly replicas: number;
  readonly metric: string;
  readonly current: unknown;
}

function ofResource(
  resource: string,
  container: string,
  target: MetricTarget | undefined,
  { specReplicas }: Sizes,
  calculation: Calculation,
  source: MetricsSource,
): ResourceProposal {
  if (target?.averageValue !== undefined) {
    const wanted = milliValue(target.averageValue);
    const { replicas, usage } = worded(`failed to get ${resource} usage: `, () =>
      replicasForAverage(
        calculation,
        specReplicas,
        wanted,
        resource,
        worded(`unable to get metrics for resource ${resource}: `, () => source.resource(resource, container)),
      ),
    );
    return { replicas, metric: `${resource} resource`, current: { averageValue: milliQuantity(usage) } };
  }
  const percent = target?.averageUtilization;
  if (percent === undefined) {
    throw new Error(
      "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set",
    );
  }
  const { replicas, utilization, averageValue } = worded(`failed to get ${resource} utilization: `, () =>
    replicasForUtilization(
      calculation,
      specReplicas,
      percent,
      resource,
      container,
      worded(`unable to get metrics for resource ${resource}: `, () => source.resource(resource, container)),
    ),
  );
  return {
    replicas,
    metric: `${resource} resource utilization (percentage of request)`,
    current: { averageUtilization: utilization, averageValue: milliQuantity(averageValue) },
  };
}

function ofPods(
  { metric, target }: NonNullable<MetricSpec["pods"]>,
  { specReplicas }: Sizes,
  calculation: Calculation,
  source: MetricsSource,
): Proposal {
  const metrics = worded(`unable to get metric ${metric.name}: `, () => source.pods(metric));
  const { replicas, usage } = replicasForAverage(
    calculation,
    specReplicas,
    milliValue(target?.averageValue),
    "",
    metrics,
  );
  const status = { type: "Pods", pods: { metric, current: { averageValue: milliQuantity(usage) } } };
  return { replicas, name: `pods metric ${metric.name}`, status };
}

function ofObject(
  { metric, target, describedObject }: NonNullable<MetricSpec["object"]>,
  { specReplicas, statusReplicas }: Sizes,
  calculation: Calculation,
  source: MetricsSource,
): Proposal {
  const { kind, name } = describedObject;
  const namespace = calculation.namespace;
  // Upstream hands its words over in the wrong order.
  const read = (): number =>
    worded(`unable to get metric ${metric.name}: ${kind} on ${namespace} ${name}/`, () =>
      source.object(metric, describedObject),
    );
  const described = { describedObject, metric };
  if (target?.type === "Value" && target.value !== undefined) {
    const { replicas, usage } = replicasForTotal(calculation, specReplicas, milliValue(target.value), read());
    const status = { type: "Object", object: { ...described, current: { value: milliQuantity(usage) } } };
    return { replicas, name: `${kind} metric ${metric.name}`, status };
  }
  if (target?.type === "AverageValue" && target.averageValue !== undefined) {
    const wanted = milliValue(target.averageValue);
    const { replicas, usage } = worded(`failed to get ${metric.name} object metric: `, () =>
      replicasForShare(calculation, statusReplicas, wanted, read()),
    );
    const status = { type: "Object", object: { ...described, current: { averageValue: milliQuantity(usage) } } };
    return { replicas, name: `external metric ${metric.name}(${goSelector(metric.selector)})`, status };
  }
  throw new Error("invalid object metric source: neither a value target nor an average value target was set");
}

function ofExternal(
  { metric, target }: NonNullable<MetricSpec["external"]>,
  { specReplicas, statusReplicas }: Sizes,
  calculation: Calculation,
  source: MetricsSource,
): Proposal {
  const selector = goSelector(metric.selector);
  const name = `external metric ${metric.name}(${selector})`;
  const where = `${calculation.namespace}/${metric.name}/${selector}`;
  const read = (): number =>
    worded(`unable to get external metric ${where}: `, () => source.external(metric)).reduce(
      (sum, value) => sum + value,
      0,
    );
  const failed = `failed to get ${metric.name} external metric: `;
  if (target?.averageValue !== undefined) {
    const wanted = milliValue(target.averageValue);
    const { replicas, usage } = worded(failed, () => replicasForShare(calculation, statusReplicas, wanted, read()));
    const status = { type: "External", external: { metric, current: { averageValue: milliQuantity(usage) } } };
    return { replicas, name, status };
  }
  if (target?.value !== undefined) {
    const wanted = milliValue(target.value);
    const { replicas, usage } = worded(failed, () => replicasForTotal(calculation, specReplicas, wanted, read()));
    const status = { type: "External", external: { metric, current: { value: milliQuantity(usage) } } };
    return { replicas, name, status };
  }
  throw new Error("invalid external metric source: neither a value target nor an average value target was set");
}

/** What `work` throws, with `prefix` before it. */
function worded<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${prefix}${(error as Error).message}`);
  }
}

/** `resource.NewMilliQuantity`, as it is written. */
function milliQuantity(milli: number): string {
  return formatQuantity({ nano: BigInt(milli) * 1_000_000n, format: "DecimalSI" });
}
