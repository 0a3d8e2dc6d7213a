import { parseGoDuration } from "../../../../api/duration.ts";
import type { ApiObject } from "../../../../api/object.ts";
import { milliValue } from "../../../../api/quantity.ts";
import { parseTime } from "../../../../api/time.ts";
import type { CallResult } from "../../../../machinery/requests.ts";
import type { MetricsSource, PodMetrics } from "./types.ts";

/** metrics.k8s.io/v1beta1 PodMetrics. */
interface PodMetricsObject extends ApiObject {
  readonly timestamp?: string;
  readonly window?: string;
  readonly containers?: readonly { readonly name: string; readonly usage?: Readonly<Record<string, string>> }[];
}

/**
 * The metrics APIs as upstream's clients (pkg/controller/podautoscaler/metrics) find them: what metrics-server answered,
 * and nobody who serves custom or external metrics.
 */
export function metricsFromApi(answer: CallResult | null): MetricsSource {
  return {
    resource: (name, container) => {
      const items = podMetrics(answer);
      return container === "" ? ofPods(items, name) : ofContainer(items, name, container);
    },
    pods: () => {
      throw new Error(NO_CUSTOM_METRICS);
    },
    object: () => {
      throw new Error(NO_CUSTOM_METRICS);
    },
    external: ({ name }) => {
      throw new Error(
        `unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`,
      );
    },
  };
}

const NO_CUSTOM_METRICS =
  "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";

function podMetrics(answer: CallResult | null): readonly PodMetricsObject[] {
  if (answer === null || !answer.ok) {
    throw new Error(`unable to fetch metrics from resource metrics API: ${answer === null ? "" : clientText(answer)}`);
  }
  const items = (answer.object as { readonly items?: readonly PodMetricsObject[] }).items ?? [];
  if (items.length === 0) throw new Error("no metrics returned from resource metrics API");
  return items;
}

/** client-go's words where the answer brings no Status of its own. */
function clientText(answer: Extract<CallResult, { ok: false }>): string {
  if (answer.code === 404) return "the server could not find the requested resource (get pods.metrics.k8s.io)";
  if (answer.code === 503) return "the server is currently unable to handle the request (get pods.metrics.k8s.io)";
  return answer.text;
}

function ofPods(items: readonly PodMetricsObject[], resource: string): PodMetrics {
  const metrics: PodMetrics = new Map();
  for (const item of items) {
    const containers = item.containers ?? [];
    if (containers.length === 0 || containers.some(({ usage }) => usage?.[resource] === undefined)) continue;
    const value = containers.reduce((sum, { usage }) => sum + milliValue(usage?.[resource]), 0);
    metrics.set(item.metadata?.name ?? "", { value, ...timesOf(item) });
  }
  return metrics;
}

function ofContainer(items: readonly PodMetricsObject[], resource: string, container: string): PodMetrics {
  const metrics: PodMetrics = new Map();
  for (const item of items) {
    const found = item.containers?.find(({ name }) => name === container);
    const { name = "", namespace = "" } = item.metadata ?? {};
    if (found === undefined) {
      throw new Error(
        `failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${name}`,
      );
    }
    const usage = found.usage?.[resource];
    if (usage !== undefined) metrics.set(name, { value: milliValue(usage), ...timesOf(item) });
  }
  return metrics;
}

function timesOf({ timestamp = "", window = "" }: PodMetricsObject): { timestampWallUs: number; windowUs: number } {
  return { timestampWallUs: parseTime(timestamp) ?? 0, windowUs: parseGoDuration(window) ?? 0 };
}
