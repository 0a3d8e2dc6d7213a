import { semanticEqual } from "../../../../api/equal.ts";
import { KINDS } from "../../../../api/kinds.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { formatTime } from "../../../../api/time.ts";
import type { ControllerDefinition, Plan, PlannedWrite, View } from "../../../../machinery/controller-runtime.ts";
import {
  type CallResult,
  deleteCollectionRequest,
  listRequest,
  updateRequest,
  updateStatusRequest,
} from "../../../../machinery/requests.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, PODS, type Resource } from "../../../../machinery/resources.ts";
import { withCondition } from "../../lib/conditions.ts";
import { customResources } from "../../lib/custom-resources.ts";
import type { Namespace } from "../../lib/types.ts";

const GRACE_US = 5_000_000;
/** Where nothing better is known, what is left takes this long. */
const ESTIMATE_SECONDS = 15;
const FINALIZER = "kubernetes";

/** Everything in a namespace but pods, a kind each. */
const OTHER_KINDS: readonly Resource[] = otherKinds();

type Memo =
  | { readonly stage: "pods" }
  | { readonly stage: "others"; readonly kinds: readonly Resource[] }
  | { readonly stage: "noted"; readonly remaining: Remaining };

interface Remaining {
  /** Instances left, by resource: `pods.`, `configmaps.`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly finalizers: Readonly<Record<string, number>>;
  readonly error: string;
  readonly estimateSeconds: number;
}

/** pkg/controller/namespace: empties a namespace that is being deleted, pods first, then lets it go. */
export const namespaceController: ControllerDefinition<null> = {
  name: "namespace-controller",
  workers: 10,
  informers: [{ resource: NAMESPACES }, { resource: CUSTOM_RESOURCE_DEFINITIONS }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer !== NAMESPACES.resource) return;
    const namespace = delta.object as Namespace;
    if (delta.type === "deleted" || namespace.metadata?.deletionTimestamp === undefined) return;
    hands.addAfter(namespace.metadata.name ?? "", GRACE_US, delta.trace);
  },
  reconcile(view, key) {
    const namespace = namespaceOf(view, key);
    if (namespace?.metadata?.deletionTimestamp === undefined) return {};
    if (!(namespace.spec?.finalizers ?? []).includes(FINALIZER)) return {};
    return emptyPlan(key, [PODS], { stage: "pods" });
  },
  resume(view, key, memo, results) {
    const namespace = namespaceOf(view, key);
    if (namespace === undefined) return {};
    const step = memo as Memo;
    if (step.stage === "noted") return afterNote(namespace, step.remaining, results);
    const kinds = step.stage === "pods" ? [PODS] : step.kinds;
    const remaining = remainingOf(kinds, results);
    const isEmpty = remaining.error === "" && Object.keys(remaining.counts).length === 0;
    if (step.stage === "pods" && isEmpty) {
      const others = [...OTHER_KINDS, ...customKinds(view)];
      return emptyPlan(key, others, { stage: "others", kinds: others });
    }
    return noteConditions(view, namespace, remaining);
  },
};

function otherKinds(): Resource[] {
  const byPrefix = new Map<string, Resource>();
  for (const kind of KINDS) {
    if (!kind.namespaced || kind.storagePrefix === "" || !kind.verbs.includes("deletecollection")) continue;
    if (kind.group === "" && kind.resource === "pods") continue;
    if (!byPrefix.has(kind.storagePrefix)) byPrefix.set(kind.storagePrefix, kind);
  }
  return [...byPrefix.values()];
}

function customKinds(view: View<null>): readonly Resource[] {
  return customResources(view.store(CUSTOM_RESOURCE_DEFINITIONS.resource)).filter(({ namespaced }) => namespaced);
}

function namespaceOf(view: View<null>, key: string): Namespace | undefined {
  return view.store("namespaces").objects.get(key) as Namespace | undefined;
}

/** Deletes all, then asks what is left. */
function emptyPlan(namespace: string, kinds: readonly Resource[], memo: Memo): Plan {
  const writes: PlannedWrite[] = [
    ...kinds.map((kind) => ({ request: deleteCollectionRequest(kind, namespace), ignore: ["NotFound"] })),
    ...kinds.map((kind) => ({ request: listRequest(kind, namespace), ignore: ["NotFound"] })),
  ];
  return { writes, order: "parallel", memo };
}

function remainingOf(kinds: readonly Resource[], results: readonly CallResult[]): Remaining {
  const counts: Record<string, number> = {};
  const finalizers: Record<string, number> = {};
  let estimateSeconds = 0;
  let error = "";
  for (const [index, kind] of kinds.entries()) {
    const deleted = results[index];
    const listed = results[kinds.length + index];
    for (const result of [deleted, listed]) {
      if (result !== undefined && !result.ok && result.reason !== "NotFound") error ||= result.text;
    }
    const items = listed?.ok ? ((listed.object.items ?? []) as readonly ApiObject[]) : [];
    if (items.length === 0) continue;
    counts[`${kind.resource}.${kind.group}`] = items.length;
    for (const item of items) {
      estimateSeconds = Math.max(estimateSeconds, item.metadata?.deletionGracePeriodSeconds ?? ESTIMATE_SECONDS);
      for (const finalizer of item.metadata?.finalizers ?? []) finalizers[finalizer] = (finalizers[finalizer] ?? 0) + 1;
    }
  }
  return { counts, finalizers, error, estimateSeconds };
}

function noteConditions(view: View<null>, namespace: Namespace, remaining: Remaining): Plan {
  const lastTransitionTime = formatTime(view.wallUs);
  let conditions = namespace.status?.conditions;
  for (const [type, status, reason, message] of conditionRows(remaining)) {
    conditions = withCondition(conditions, { type, status, lastTransitionTime, reason, message });
  }
  const memo: Memo = { stage: "noted", remaining };
  if (semanticEqual(conditions, namespace.status?.conditions)) return { memo };
  const status = { ...namespace.status, conditions };
  return { writes: [{ request: updateStatusRequest(NAMESPACES, deepFreeze({ ...namespace, status })) }], memo };
}

function conditionRows({ counts, finalizers, error }: Remaining): (readonly [string, string, string, string])[] {
  const left = Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, count]) => `${resource} has ${count} resource instances`);
  const held = Object.entries(finalizers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    ["NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"],
    [
      "NamespaceDeletionGroupVersionParsingFailure",
      "False",
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ],
    error === ""
      ? [
          "NamespaceDeletionContentFailure",
          "False",
          "ContentDeleted",
          "All content successfully deleted, may be waiting on finalization",
        ]
      : [
          "NamespaceDeletionContentFailure",
          "True",
          "ContentDeletionFailed",
          `Failed to delete all resource types, 1 remaining: ${error}`,
        ],
    left.length === 0
      ? ["NamespaceContentRemaining", "False", "ContentRemoved", "All content successfully removed"]
      : [
          "NamespaceContentRemaining",
          "True",
          "SomeResourcesRemain",
          `Some resources are remaining: ${left.join(", ")}`,
        ],
    held.length === 0
      ? [
          "NamespaceFinalizersRemaining",
          "False",
          "ContentHasNoFinalizers",
          "All content-preserving finalizers finished",
        ]
      : [
          "NamespaceFinalizersRemaining",
          "True",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${held.join(", ")}`,
        ],
  ];
}

function afterNote(namespace: Namespace, remaining: Remaining, results: readonly CallResult[]): Plan {
  const failure = results.find((result) => !result.ok);
  if (failure !== undefined && !failure.ok) return { error: failure.text };
  if (remaining.error !== "") return { error: remaining.error };
  if (Object.keys(remaining.counts).length > 0) {
    return { requeueAfterUs: (Math.floor(remaining.estimateSeconds / 2) + 1) * 1_000_000 };
  }
  const latest = results[0]?.ok ? (results[0].object as Namespace) : namespace;
  const finalizers = (latest.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  const body = deepFreeze({ ...latest, spec: { ...latest.spec, finalizers } });
  const request = { ...updateRequest(NAMESPACES, body, "finalize") };
  return { writes: [{ request, ignore: ["NotFound"] }] };
}
