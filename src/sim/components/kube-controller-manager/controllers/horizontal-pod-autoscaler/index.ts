import { semanticEqual } from "../../../../api/equal.ts";
import { matchesSelector, parseSelector, SelectorError } from "../../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition, Plan, View } from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import {
  type CallResult,
  getRequest,
  listRequest,
  updateRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  HORIZONTAL_POD_AUTOSCALERS,
  POD_METRICS,
  PODS,
  type Resource,
} from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { namedKind } from "../../lib/custom-resources.ts";
import type { Pod } from "../../lib/types.ts";
import type { ControllerOptions } from "../../options.ts";
import {
  type AutoscalerMemory,
  autoscale,
  type Event,
  type Outcome,
  referenceText,
  rememberScaling,
  type Scale,
  statusOf,
  withHpaCondition,
} from "./autoscale.ts";
import { metricsFromApi } from "./sources.ts";
import type { HorizontalPodAutoscaler } from "./types.ts";

const INFORMER = "horizontalpodautoscalers";

interface Memory {
  readonly options: ControllerOptions;
  readonly autoscalers: Map<string, AutoscalerMemory>;
  /** Autoscaler -> its target's selector, to find out who scales the same pods. */
  readonly selectors: Map<string, string>;
}

/** What a pass waits for. */
type Memo =
  | { readonly step: "scale"; readonly hpa: HorizontalPodAutoscaler }
  | { readonly step: "metrics"; readonly hpa: HorizontalPodAutoscaler; readonly scale: ApiObject }
  | {
      readonly step: "rescale";
      readonly hpa: HorizontalPodAutoscaler;
      readonly outcome: Outcome;
      readonly from: number;
      readonly to: number;
    };

const SYNC_PERIOD_US = 15_000_000;

/**
 * pkg/controller/podautoscaler: looks at each autoscaler every 15 s. A pass asks for the target's scale, then for the
 * metrics of its pods, and writes the scale where it should change.
 */
export const horizontalPodAutoscaler: ControllerDefinition<Memory> = {
  name: "horizontal-pod-autoscaler-controller",
  workers: 5,
  backOff: { baseUs: SYNC_PERIOD_US, maxUs: SYNC_PERIOD_US },
  informers: [
    { resource: HORIZONTAL_POD_AUTOSCALERS },
    { resource: PODS, indexes: ["namespace"] },
    { resource: CUSTOM_RESOURCE_DEFINITIONS },
  ],
  createMemory: (options) => ({
    options: options as ControllerOptions,
    autoscalers: new Map(),
    selectors: new Map(),
  }),
  onDelta(informer, delta, hands) {
    if (informer !== INFORMER) return;
    const key = keyOf(delta.object);
    if (delta.type === "deleted") hands.memory.selectors.delete(key);
    else hands.addAfter(key, periodUs(hands), delta.old === null ? delta.trace : null);
  },
  reconcile(view, key) {
    const hpa = view.store(INFORMER).objects.get(key) as HorizontalPodAutoscaler | undefined;
    if (hpa === undefined) {
      view.memory.autoscalers.delete(key);
      view.memory.selectors.delete(key);
      return {};
    }
    const { namespace = "" } = hpa.metadata ?? {};
    const target = targetOf(view, hpa);
    if ("error" in target) return scaleUnknown(view, hpa, target.error, target.prefix);
    const request = {
      ...getRequest(target.kind, namespace, hpa.spec?.scaleTargetRef?.name ?? ""),
      subresource: "scale",
    };
    const memo: Memo = { step: "scale", hpa };
    return { writes: [{ request }], memo };
  },
  resume(view, key, given, results) {
    const memo = given as Memo;
    const result = results[0];
    if (result === undefined || !view.store(INFORMER).objects.has(key)) return {};
    switch (memo.step) {
      case "scale":
        return scaleAnswered(view, key, memo.hpa, result);
      case "metrics":
        return decide(view, key, memo.hpa, memo.scale, result);
      case "rescale":
        return rescaled(view, key, memo, result);
    }
  },
};

function periodUs(view: View<Memory>): number {
  return view.memory.options.autoscalerSyncPeriodUs;
}

type Target =
  | { readonly kind: Resource }
  /** `prefix`: before the error in the log. */
  | { readonly error: string; readonly prefix: string };

function targetOf(view: View<Memory>, hpa: HorizontalPodAutoscaler): Target {
  const { apiVersion = "", kind = "" } = hpa.spec?.scaleTargetRef ?? {};
  const parts = apiVersion.split("/");
  if (parts.length > 2) {
    const error = `unexpected GroupVersion string: ${apiVersion}`;
    return { error, prefix: "invalid API version in scale target reference: " };
  }
  const group = parts.length === 2 ? (parts[0] ?? "") : "";
  const found = namedKind(view.store(CUSTOM_RESOURCE_DEFINITIONS.resource), group, kind);
  if (found !== undefined) return { kind: found.resource };
  return {
    error: `no matches for kind "${kind}" in group "${group}"`,
    prefix: "unable to determine resource for scale target reference: ",
  };
}

/** The pass ends before it has begun. */
function scaleUnknown(view: View<Memory>, hpa: HorizontalPodAutoscaler, error: string, prefix: string): Plan {
  const message = `the HPA controller was unable to get the target's current scale: ${error}`;
  const conditions = withHpaCondition(
    hpa.status?.conditions,
    "AbleToScale",
    "False",
    "FailedGetScale",
    message,
    view.wallUs,
  );
  const status = { desiredReplicas: 0, currentMetrics: null, ...hpa.status, conditions };
  const events: Event[] = [{ type: "Warning", reason: "FailedGetScale", message: error }];
  return { ...writeStatus(hpa, status), events: about(hpa, events), error: `${prefix}${error}` };
}

interface ScaleObject extends ApiObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
}

function scaleAnswered(view: View<Memory>, key: string, hpa: HorizontalPodAutoscaler, result: CallResult): Plan {
  if (!result.ok) {
    const prefix = `failed to query scale subresource for ${referenceText(hpa)}: `;
    return scaleUnknown(view, hpa, result.text, prefix);
  }
  const scale = result.object as ScaleObject;
  const current = scale.spec?.replicas ?? 0;
  const { minReplicas = 1, maxReplicas = 0, metrics = [] } = hpa.spec ?? {};
  const isBetween = current >= minReplicas && current <= maxReplicas && (current > 0 || minReplicas === 0);
  const selector = scale.status?.selector ?? "";
  if (isBetween && selector !== "" && metrics.some(({ type }) => type === "Resource" || type === "ContainerResource")) {
    const request = listRequest(POD_METRICS, hpa.metadata?.namespace ?? "", { labelSelector: selector });
    const memo: Memo = { step: "metrics", hpa, scale };
    return { writes: [{ request }], memo };
  }
  return decide(view, key, hpa, scale, null);
}

function decide(
  view: View<Memory>,
  key: string,
  hpa: HorizontalPodAutoscaler,
  given: ApiObject,
  metrics: CallResult | null,
): Plan {
  const { options } = view.memory;
  const answered = given as ScaleObject;
  const scale: Scale = {
    specReplicas: answered.spec?.replicas ?? 0,
    statusReplicas: answered.status?.replicas ?? 0,
    selector: answered.status?.selector ?? "",
  };
  const pods = podsOf(view, hpa.metadata?.namespace ?? "", scale.selector);
  if (scale.selector !== "") view.memory.selectors.set(key, scale.selector);
  const tolerance = options.autoscalerTolerance;
  const memory = memoryOf(view, key);
  const outcome = autoscale(
    {
      hpa,
      scale,
      pods,
      selecting: autoscalersOf(view, hpa.metadata?.namespace ?? "", pods),
      source: metricsFromApi(metrics),
      tolerances: { scaleUp: tolerance, scaleDown: tolerance },
      times: {
        nowWallUs: view.wallUs,
        cpuInitializationUs: options.autoscalerCpuInitializationUs,
        initialReadinessDelayUs: options.autoscalerInitialReadinessDelayUs,
      },
      downscaleStabilizationUs: options.autoscalerDownscaleStabilizationUs,
      nowUs: view.nowUs,
    },
    memory,
  );
  const to = outcome.desiredReplicas;
  if (outcome.rescaleReason === null || to === null) {
    const desired = to === null ? (hpa.status?.desiredReplicas ?? 0) : scale.specReplicas;
    const status = statusOf(hpa, outcome, { current: scale.specReplicas, desired }, null);
    return finished(view, hpa, status, outcome.events, outcome.error);
  }
  const { kind } = targetOf(view, hpa) as { readonly kind: Resource };
  const body = deepFreeze({ ...answered, spec: { ...answered.spec, replicas: to } });
  const memo: Memo = { step: "rescale", hpa, outcome, from: scale.specReplicas, to };
  return { writes: [{ request: updateRequest(kind, body, "scale") }], events: about(hpa, outcome.events), memo };
}

function rescaled(view: View<Memory>, key: string, memo: Extract<Memo, { step: "rescale" }>, result: CallResult): Plan {
  const { hpa, outcome, from, to } = memo;
  const reason = outcome.rescaleReason ?? "";
  if (!result.ok) {
    const message = `the HPA controller was unable to update the target scale: ${result.text}`;
    const conditions = withHpaCondition(
      outcome.conditions,
      "AbleToScale",
      "False",
      "FailedUpdateScale",
      message,
      view.wallUs,
    );
    const status = statusOf(
      hpa,
      { ...outcome, conditions },
      { current: from, desired: hpa.status?.desiredReplicas ?? 0 },
      null,
    );
    const failed: Event = {
      type: "Warning",
      reason: "FailedRescale",
      message: `New size: ${to}; reason: ${reason}; error: ${result.text}`,
    };
    return finished(view, hpa, status, [failed], `failed to rescale ${referenceText(hpa)}: ${result.text}`);
  }
  const conditions = withHpaCondition(
    outcome.conditions,
    "AbleToScale",
    "True",
    "SucceededRescale",
    `the HPA controller was able to update the target scale to ${to}`,
    view.wallUs,
  );
  rememberScaling(memoryOf(view, key), hpa, from, to, view.nowUs);
  const status = statusOf(hpa, { ...outcome, conditions }, { current: from, desired: to }, view.wallUs);
  const done: Event = { type: "Normal", reason: "SuccessfulRescale", message: `New size: ${to}; reason: ${reason}` };
  return finished(view, hpa, status, [done], outcome.error);
}

/** Writes the status where it differs, and comes back in 15 s. */
function finished(
  view: View<Memory>,
  hpa: HorizontalPodAutoscaler,
  status: HorizontalPodAutoscaler["status"],
  events: readonly Event[],
  error: string,
): Plan {
  return {
    ...writeStatus(hpa, status),
    events: about(hpa, events),
    requeueAfterUs: periodUs(view),
    periodic: true,
    ...(error === "" ? {} : { error }),
  };
}

function writeStatus(hpa: HorizontalPodAutoscaler, status: HorizontalPodAutoscaler["status"]): Pick<Plan, "writes"> {
  if (semanticEqual(hpa.status, status)) return {};
  const request = updateStatusRequest(HORIZONTAL_POD_AUTOSCALERS, deepFreeze({ ...hpa, status }));
  return { writes: [{ request, ignore: ["NotFound"] }] };
}

function about(hpa: HorizontalPodAutoscaler, events: readonly Event[]): EventToRecord[] {
  return events.map((event) => ({ object: referenceTo(HORIZONTAL_POD_AUTOSCALERS, hpa), ...event }));
}

function memoryOf(view: View<Memory>, key: string): AutoscalerMemory {
  const { autoscalers } = view.memory;
  const held = autoscalers.get(key) ?? { recommendations: null, scaleUps: [], scaleDowns: [] };
  autoscalers.set(key, held);
  return held;
}

function podsOf(view: View<Memory>, namespace: string, selector: string): readonly Pod[] {
  if (selector === "") return [];
  try {
    const parsed = parseSelector(selector);
    return objectsByIndex<Pod>(view.store("pods"), "namespace", namespace).filter((pod) =>
      matchesSelector(parsed, pod.metadata?.labels),
    );
  } catch (error) {
    // Told by the pass itself.
    if (error instanceof SelectorError) return [];
    throw error;
  }
}

/** hpasControllingPodsUnderSelector. */
function autoscalersOf(view: View<Memory>, namespace: string, pods: readonly Pod[]): readonly string[] {
  const found: string[] = [];
  for (const [key, selector] of view.memory.selectors) {
    if (!key.startsWith(`${namespace}/`)) continue;
    const parsed = parseSelector(selector);
    if (pods.some((pod) => matchesSelector(parsed, pod.metadata?.labels))) found.push(key);
  }
  return found.sort();
}
