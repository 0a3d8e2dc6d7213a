import {
  type LabelSelector,
  type LabelSelectorObject,
  matchesSet,
  selectorFromObject,
  selectorFromSet,
} from "../../../../api/labels.ts";
import type { ClusterObjects } from "../../cluster-objects.ts";
import type { Pod } from "../../objects.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * Selects the pods that belong together with this one: those of its Services and of its controller (component-helpers'
 * DefaultSelector). Null: it belongs to nothing.
 */
export function defaultSelector({ metadata }: Pod, objects: ClusterObjects): LabelSelector | null {
  const { namespace = "", labels = {} } = metadata;
  const set: Record<string, string> = {};
  for (const key in labels) {
    for (const service of objects.byIndex("services", `${namespace}/${key}=${labels[key]!}`)) {
      const { selector } = service.spec as { readonly selector: Labels };
      if (matchesSet(selector, labels)) Object.assign(set, selector);
    }
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const own = owner === undefined ? null : ownersSelector(objects, `${namespace}/${owner.name}`, owner);
  if (own !== null && owner?.kind === "ReplicationController") Object.assign(set, own);
  const requirements = [...selectorFromSet(set).requirements];
  if (own !== null && owner?.kind !== "ReplicationController") {
    requirements.push(...(selectorFromObject(own as LabelSelectorObject)?.requirements ?? []));
  }
  return requirements.length === 0 ? null : { requirements };
}

function ownersSelector(
  objects: ClusterObjects,
  key: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): unknown {
  const kinds = {
    ReplicationController: "replicationcontrollers",
    ReplicaSet: "replicasets",
    StatefulSet: "statefulsets",
  };
  const resource = kinds[kind as keyof typeof kinds];
  if (resource === undefined || apiVersion !== (kind === "ReplicationController" ? "v1" : "apps/v1")) return null;
  const object = objects.get(resource as "replicasets", key);
  return (object?.spec as { readonly selector?: unknown } | undefined)?.selector ?? null;
}
