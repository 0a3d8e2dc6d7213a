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
import {
  API_SERVICES,
  CUSTOM_RESOURCE_DEFINITIONS,
  NAMESPACES,
  PODS,
  type Resource,
} from "../../../../machinery/resources.ts";
import { withCondition } from "../../lib/conditions.ts";
import { customResources } from "../../lib/custom-resources.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Condition, Namespace } from "../../lib/types.ts";

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
  /** Parts of the API that nobody answers for, so that nobody knows what is in them: `metrics.k8s.io/v1beta1`. */
  readonly undiscovered: readonly string[];
}

/** pkg/controller/namespace: empties a namespace that is being deleted, pods first, then lets it go. */
export const namespaceController: ControllerDefinition<null> = {
  name: "namespace-controller",
  workers: 10,
  backOff: { baseUs: 5_000, maxUs: 60_000_000 },
  informers: [{ resource: NAMESPACES }, { resource: CUSTOM_RESOURCE_DEFINITIONS }, { resource: API_SERVICES }],
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
    const remaining = { ...remainingOf(kinds, results), undiscovered: undiscovered(view) };
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

interface ApiService extends ApiObject {
  readonly spec?: { readonly group?: string; readonly version?: string; readonly service?: object };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** What discovery finds stale: what others should serve, and do not. */
function undiscovered(view: View<null>): readonly string[] {
  const found: string[] = [];
  view.store(API_SERVICES.resource).objects.forEach((object) => {
    const { spec, status } = object as ApiService;
    if (spec?.service === undefined) return;
    if (conditionOf(status?.conditions, "Available")?.status !== "True") found.push(`${spec.group}/${spec.version}`);
  });
  return found.sort();
}

function discoveryError(versions: readonly string[]): string {
  const each = versions.map((version) => `${version}: stale GroupVersion discovery: ${version}`).join(", ");
  return versions.length === 0 ? "" : `unable to retrieve the complete list of server APIs: ${each}`;
}

function remainingOf(kinds: readonly Resource[], results: readonly CallResult[]): Omit<Remaining, "undiscovered"> {
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

function conditionRows({
  counts,
  finalizers,
  error,
  undiscovered: versions,
}: Remaining): (readonly [string, string, string, string])[] {
  const left = Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, count]) => `${resource} has ${count} resource instances`);
  const held = Object.entries(finalizers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    versions.length === 0
      ? ["NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"]
      : [
          "NamespaceDeletionDiscoveryFailure",
          "True",
          "DiscoveryFailed",
          `Discovery failed for some groups, ${versions.length} failing: ${discoveryError(versions)}`,
        ],
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
  const error = discoveryError(remaining.undiscovered) || remaining.error;
  if (error !== "") return { error };
  if (Object.keys(remaining.counts).length > 0) {
    return { requeueAfterUs: (Math.floor(remaining.estimateSeconds / 2) + 1) * 1_000_000 };
  }
  const latest = results[0]?.ok ? (results[0].object as Namespace) : namespace;
  const finalizers = (latest.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  const body = deepFreeze({ ...latest, spec: { ...latest.spec, finalizers } });
  const request = { ...updateRequest(NAMESPACES, body, "finalize") };
  return { writes: [{ request, ignore: ["NotFound"] }] };
}
