import { semanticEqual } from "../../../../api/equal.ts";
import { KINDS, type Kind, kindOfResource, qualifiedResource } from "../../../../api/kinds.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type { ResourceList } from "../../../../api/pod/types.ts";
import type { Evaluator } from "../../../../api/quota/evaluator.ts";
import { countedNames, evaluatorOf } from "../../../../api/quota/quota.ts";
import { addLists, equalLists, maskList } from "../../../../api/quota/resource-list.ts";
import { type ResourceQuota, scopesOfQuota } from "../../../../api/quota/scopes.ts";
import type { ControllerDefinition, Hands, Plan, View } from "../../../../machinery/controller-runtime.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { type CallResult, listRequest, updateStatusRequest } from "../../../../machinery/requests.ts";
import {
  CONFIG_MAPS,
  CRON_JOBS,
  CUSTOM_RESOURCE_DEFINITIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  type Resource,
  SECRETS,
  SERVICES,
  STATEFUL_SETS,
} from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { customResources } from "../../lib/custom-resources.ts";

const QUOTAS = "resourcequotas";
const RESYNC_US = 300_000_000;

/** Kinds whose objects are watched; others are listed when they are to be counted. */
const WATCHED: readonly Resource[] = [
  PODS,
  SERVICES,
  PERSISTENT_VOLUME_CLAIMS,
  CONFIG_MAPS,
  SECRETS,
  REPLICATION_CONTROLLERS,
  DEPLOYMENTS,
  REPLICA_SETS,
  STATEFUL_SETS,
  DAEMON_SETS,
  JOBS,
  CRON_JOBS,
  RESOURCE_QUOTAS,
];

/** Objects of kinds that are not watched were asked for. */
interface Memo {
  readonly kinds: readonly string[];
}

/** pkg/controller/resourcequota: recounts what each quota's namespace uses, and gives back what is gone. */
export const resourceQuotaController: ControllerDefinition<null> = {
  name: "resourcequota-controller",
  workers: 5,
  informers: [
    ...WATCHED.map((resource) => ({ resource, indexes: ["namespace"] })),
    { resource: CUSTOM_RESOURCE_DEFINITIONS },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === QUOTAS) quotaChanged(delta, hands);
    if (delta.type !== "added") replenish(informer, delta, hands);
  },
  reconcile(view, key) {
    const quota = view.store(QUOTAS).objects.get(key) as ResourceQuota | undefined;
    if (quota === undefined) return {};
    const asked = countersOf(view, quota).filter(({ kind }) => !isWatched(kind));
    if (asked.length === 0) return recount(view, quota, new Map());
    const namespace = quota.metadata?.namespace ?? "";
    const memo: Memo = { kinds: asked.map(({ kind }) => qualifiedResource(kind.group, kind.resource)) };
    const writes = asked.map(({ kind }) => ({
      request: listRequest(kind, namespace, { resourceVersion: "0" }),
    }));
    return { writes, order: "parallel", memo };
  },
  resume(view, key, memo, results) {
    const quota = view.store(QUOTAS).objects.get(key) as ResourceQuota | undefined;
    if (quota === undefined) return {};
    const failure = results.find((result) => !result.ok);
    if (failure !== undefined && !failure.ok) return { error: failure.text };
    const listed = new Map((memo as Memo).kinds.map((kind, index) => [kind, itemsOf(results[index])]));
    return recount(view, quota, listed);
  },
};

function itemsOf(result: CallResult | undefined): readonly ApiObject[] {
  if (result === undefined || !result.ok) return [];
  return (result.object as { readonly items?: readonly ApiObject[] }).items ?? [];
}

/** Only a changed spec is news: the status is this controller's and admission's own. */
function quotaChanged(delta: Delta, hands: Hands<null>): void {
  const old = delta.old as ResourceQuota | null;
  const quota = delta.object as ResourceQuota;
  if (old === null || delta.type === "deleted" || !semanticEqual(old.spec?.hard, quota.spec?.hard))
    hands.add(keyOf(quota), delta.trace);
}

/** Something that was counted is gone, or takes another amount: quotas over its kind are recounted. */
function replenish(informer: string, delta: Delta, hands: Hands<null>): void {
  const namespace = delta.object.metadata?.namespace ?? "";
  let evaluator: Evaluator | null = null;
  forEachByIndex<ResourceQuota>(hands.store(QUOTAS), "namespace", namespace, (quota) => {
    evaluator ??= evaluatorOfInformer(informer);
    if (evaluator === null) return false;
    if (countedNames(evaluator, Object.keys(quota.status?.hard ?? {})).length === 0) return true;
    const isSame =
      delta.type === "updated" &&
      delta.old !== null &&
      equalLists(evaluator.usage(delta.old, hands.wallUs), evaluator.usage(delta.object, hands.wallUs));
    if (!isSame) hands.add(keyOf(quota), delta.trace);
    return true;
  });
}

function evaluatorOfInformer(informer: string): Evaluator | null {
  const resource = WATCHED.find((each) => each.resource === informer);
  const kind = resource === undefined ? undefined : kindOfResource(resource.group, resource.resource);
  return kind === undefined ? null : evaluatorOf(kind);
}

function isWatched(kind: Countable): boolean {
  return WATCHED.some(({ group, resource }) => group === kind.group && resource === kind.resource);
}

type Countable = Resource & Pick<Kind, "storagePrefix">;

function customKinds(view: View<null>): readonly Countable[] {
  const resources = customResources(view.store(CUSTOM_RESOURCE_DEFINITIONS.resource));
  return resources.map((resource) => ({ ...resource, storagePrefix: `/registry/${resource.group}` }));
}

interface Counter {
  readonly kind: Countable;
  readonly evaluator: Evaluator;
  /** Of the quota's `hard`, what this kind's objects count for. */
  readonly names: readonly string[];
}

/** Who counts for the quota. A kind that is served in several versions counts once. */
function countersOf(view: View<null>, quota: ResourceQuota): Counter[] {
  const hard = Object.keys(quota.spec?.hard ?? {});
  const seen = new Set<string>();
  const counters: Counter[] = [];
  for (const kind of [...KINDS, ...customKinds(view)]) {
    const resource = qualifiedResource(kind.group, kind.resource);
    if (seen.has(resource)) continue;
    seen.add(resource);
    const evaluator = evaluatorOf(kind);
    const names = evaluator === null ? [] : countedNames(evaluator, hard);
    if (evaluator !== null && names.length > 0) counters.push({ kind, evaluator, names });
  }
  return counters;
}

function recount(view: View<null>, quota: ResourceQuota, listed: ReadonlyMap<string, readonly ApiObject[]>): Plan {
  const { spec, status, metadata } = quota;
  const scopes = scopesOfQuota(quota);
  let counted: ResourceList = {};
  for (const { kind, evaluator, names } of countersOf(view, quota)) {
    let used: ResourceList = Object.fromEntries(names.map((name) => [name, "0"]));
    const objects =
      listed.get(qualifiedResource(kind.group, kind.resource)) ??
      objectsByIndex(view.store(kind.resource), "namespace", metadata?.namespace ?? "");
    for (const object of objects) {
      if (!scopes.every((scope) => evaluator.matchesScope(scope, object))) continue;
      used = addLists(used, maskList(evaluator.usage(object, view.wallUs), names));
    }
    counted = addLists(counted, used);
  }
  const hard = spec?.hard ?? {};
  const used = maskList({ ...status?.used, ...counted }, Object.keys(hard));
  const isSame =
    status?.hard !== undefined &&
    status.used !== undefined &&
    equalLists(status.hard, hard) &&
    equalLists(status.used, used);
  const later = { requeueAfterUs: RESYNC_US, periodic: true };
  if (isSame) return later;
  const request = updateStatusRequest(RESOURCE_QUOTAS, deepFreeze({ ...quota, status: { hard, used } }));
  return { writes: [{ request, ignore: ["NotFound"] }], ...later };
}
