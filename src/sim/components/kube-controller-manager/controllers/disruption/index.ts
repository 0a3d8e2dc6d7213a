import { matchesObjectSelector } from "../../../../api/labels.ts";
import { deepFreeze, type OwnerReference } from "../../../../api/object.ts";
import type { ControllerDefinition, Hands, Plan, View } from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { updateStatusRequest } from "../../../../machinery/requests.ts";
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  STATEFUL_SETS,
} from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { goSelector } from "../../lib/selector-text.ts";
import type { Pod } from "../../lib/types.ts";
import { answeredScale, expectedScale, type KnownScales, scaleRequest } from "./scale.ts";
import { STALE_PREFIX, staleSinceUs, syncStaleCondition } from "./stale-condition.ts";
import { asksForScale, budgetStatus, disruptedPods, failSafeStatus } from "./status.ts";
import type { PodDisruptionBudget } from "./types.ts";

const BUDGETS = "poddisruptionbudgets";
/** Keys of pods that several budgets select. */
const AMBIGUOUS_PREFIX = "several:";

/** A controller's scale was asked for. */
interface Memo {
  readonly ask: OwnerReference;
  readonly pod: string;
  readonly known: KnownScales;
}

/** pkg/controller/disruption: how many pods each budget can spare, and DisruptionTarget conditions that came to nothing. */
export const disruptionController: ControllerDefinition<null> = {
  name: "disruption-controller",
  workers: 1,
  informers: [
    { resource: PODS, indexes: ["namespace"] },
    { resource: POD_DISRUPTION_BUDGETS, indexes: ["namespace"] },
    { resource: REPLICA_SETS },
    { resource: DEPLOYMENTS },
    { resource: STATEFUL_SETS },
    { resource: REPLICATION_CONTROLLERS },
    { resource: CUSTOM_RESOURCE_DEFINITIONS },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "pods") podChanged(delta, hands);
    else if (informer === BUDGETS && delta.type !== "deleted") hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    if (key.startsWith(STALE_PREFIX)) return syncStaleCondition(view, key);
    if (key.startsWith(AMBIGUOUS_PREFIX)) return tellAmbiguous(view, key);
    return syncBudget(view, key, {});
  },
  resume(view, key, memo, results) {
    const { ask, pod, known } = memo as Memo;
    const budget = view.store(BUDGETS).objects.get(key) as PodDisruptionBudget | undefined;
    const result = results[0];
    if (budget === undefined || result === undefined) return {};
    try {
      return syncBudget(view, key, { ...known, [ask.uid]: answeredScale(view, ask, pod, result) });
    } catch (error) {
      return uncountable(view, budget, (error as Error).message);
    }
  },
};

function podChanged(delta: Delta, hands: Hands<null>): void {
  const pod = delta.object as Pod;
  const budgets = budgetsOf(hands, pod);
  const first = budgets[0];
  if (first !== undefined) hands.add(keyOf(first), delta.trace);
  if (budgets.length > 1) hands.add(AMBIGUOUS_PREFIX + keyOf(pod), delta.trace);
  if (delta.type === "deleted") return;
  const afterUs = staleSinceUs(pod, hands.wallUs);
  if (afterUs !== null) hands.addAfter(STALE_PREFIX + keyOf(pod), afterUs, delta.trace);
}

function budgetsOf(view: View<null>, pod: Pod): PodDisruptionBudget[] {
  const found: PodDisruptionBudget[] = [];
  forEachByIndex<PodDisruptionBudget>(view.store(BUDGETS), "namespace", pod.metadata?.namespace ?? "", (budget) => {
    if (matchesObjectSelector(budget.spec?.selector, pod.metadata?.labels)) found.push(budget);
    return true;
  });
  return found;
}

function tellAmbiguous(view: View<null>, key: string): Plan {
  const pod = view.store("pods").objects.get(key.slice(AMBIGUOUS_PREFIX.length)) as Pod | undefined;
  const chosen = pod === undefined ? [] : budgetsOf(view, pod);
  if (pod === undefined || chosen.length < 2) return {};
  const { namespace = "", name = "" } = pod.metadata ?? {};
  const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${chosen[0]?.metadata?.name}" arbitrarily.`;
  return {
    events: [{ object: referenceTo(PODS, pod), type: "Warning", reason: "MultiplePodDisruptionBudgets", message }],
  };
}

function syncBudget(view: View<null>, key: string, known: KnownScales): Plan {
  const budget = view.store(BUDGETS).objects.get(key) as PodDisruptionBudget | undefined;
  if (budget === undefined) return {};
  const namespace = budget.metadata?.namespace ?? "";
  const pods = objectsByIndex<Pod>(view.store("pods"), "namespace", namespace).filter((pod) =>
    matchesObjectSelector(budget.spec?.selector, pod.metadata?.labels),
  );
  const events: EventToRecord[] = [];
  const isFirst = Object.keys(known).length === 0;
  if (pods.length === 0 && isFirst) events.push(about(budget, "Normal", "NoPods", "No matching pods found"));
  try {
    let expected = pods.length;
    if (asksForScale(budget)) {
      const scale = expectedScale(view, pods, known);
      if ("ask" in scale) {
        const memo: Memo = { ask: scale.ask, pod: scale.pod, known };
        return { writes: [{ request: scaleRequest(view, scale.ask, namespace) }], events, memo };
      }
      expected = scale.expected;
      if (scale.unmanaged.length > 0)
        events.push(about(budget, "Warning", "UnmanagedPods", unmanagedText(budget.spec?.selector)));
    }
    return statusPlan(view, budget, pods, expected, events);
  } catch (error) {
    const plan = uncountable(view, budget, (error as Error).message);
    return { ...plan, events: [...events, ...(plan.events ?? [])] };
  }
}

function statusPlan(
  view: View<null>,
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expected: number,
  events: EventToRecord[],
): Plan {
  const disrupted = disruptedPods(budget, pods, view.wallUs);
  const namespace = budget.metadata?.namespace;
  for (const pod of disrupted.overdue) {
    // Upstream names the namespace twice, and not the budget.
    const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
    events.push({ object: referenceTo(PODS, pod), type: "Warning", reason: "NotDeleted", message });
  }
  const status = budgetStatus(budget, pods, expected, disrupted.kept, view.wallUs);
  const { recheckAtWallUs } = disrupted;
  return {
    events,
    writes: status === null ? [] : [writeStatus(budget, status)],
    // The whole second that the stamp cut off counts too.
    ...(recheckAtWallUs === null ? {} : { requeueAfterUs: recheckAtWallUs - view.wallUs + 1_000_000 }),
  };
}

/** The number of pods that there should be is not to be had: nothing may be disrupted. */
function uncountable(view: View<null>, budget: PodDisruptionBudget, error: string): Plan {
  const message = `Failed to calculate the number of expected pods: ${error}`;
  const { namespace, name } = budget.metadata ?? {};
  return {
    events: [about(budget, "Warning", "CalculateExpectedPodCountFailed", message)],
    writes: [writeStatus(budget, failSafeStatus(budget, error, view.wallUs))],
    logs: [
      {
        severity: "E",
        source: "disruption.go:637",
        text: `"Failed to sync PDB" err="${error.replaceAll('"', '\\"')}" podDisruptionBudget="${namespace}/${name}"`,
      },
    ],
  };
}

function writeStatus(budget: PodDisruptionBudget, status: PodDisruptionBudget["status"]) {
  return {
    request: updateStatusRequest(POD_DISRUPTION_BUDGETS, deepFreeze({ ...budget, status })),
    ignore: ["NotFound"],
  };
}

function about(
  budget: PodDisruptionBudget,
  type: EventToRecord["type"],
  reason: string,
  message: string,
): EventToRecord {
  return { object: referenceTo(POD_DISRUPTION_BUDGETS, budget), type, reason, message };
}

function unmanagedText(selector: NonNullable<PodDisruptionBudget["spec"]>["selector"]): string {
  return `Pods selected by this PodDisruptionBudget (selector: ${goSelector(selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
