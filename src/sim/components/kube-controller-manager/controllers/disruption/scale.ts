import { qualifiedResource } from "../../../../api/kinds.ts";
import type { ApiObject, OwnerReference } from "../../../../api/object.ts";
import type { View } from "../../../../machinery/controller-runtime.ts";
import { type ApiRequest, type CallResult, getRequest } from "../../../../machinery/requests.ts";
import { CUSTOM_RESOURCE_DEFINITIONS } from "../../../../machinery/resources.ts";
import { type NamedKind, namedKind } from "../../lib/custom-resources.ts";
import { controllerOf } from "../../lib/pods.ts";
import type { Pod } from "../../lib/types.ts";

/** A controller of pods, and how many it wants. Several names may lead to one: pods of a Deployment's ReplicaSets. */
export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

/** What is known of the pods' controllers so far, by the uid in the pods' references. */
export type KnownScales = Readonly<Record<string, ControllerScale>>;

export type ExpectedScale =
  | { readonly expected: number; readonly unmanaged: readonly string[] }
  /** The API server must be asked for the scale of this one first; `pod` is one of its pods. */
  | { readonly ask: OwnerReference; readonly pod: string };

/** getExpectedScale: the sum of what all controllers of the pods want. */
export function expectedScale(view: View<unknown>, pods: readonly Pod[], known: KnownScales): ExpectedScale {
  const scales = new Map<string, number>();
  const unmanaged: string[] = [];
  const seen = new Set<string>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged.push(pod.metadata?.name ?? "");
      continue;
    }
    if (seen.has(owner.uid)) continue;
    seen.add(owner.uid);
    const found = findInStores(view, owner, pod.metadata?.namespace ?? "") ?? known[owner.uid];
    if (found === undefined) return { ask: owner, pod: pod.metadata?.name ?? "" };
    scales.set(found.uid, found.replicas);
  }
  let expected = 0;
  for (const replicas of scales.values()) expected += replicas;
  return { expected, unmanaged };
}

interface Scaled extends ApiObject {
  readonly spec?: { readonly replicas?: number };
}

/** The finders for built-in controllers: each looks up its kind by name, and believes it only with the right uid. */
function findInStores(view: View<unknown>, owner: OwnerReference, namespace: string): ControllerScale | null {
  const group = groupOf(owner.apiVersion);
  const isApps = group === "apps" || group === "extensions";
  if (owner.kind === "ReplicationController" && group === "")
    return scaleOf(lookUp(view, "replicationcontrollers", namespace, owner));
  if (owner.kind === "StatefulSet" && isApps) return scaleOf(lookUp(view, "statefulsets", namespace, owner));
  if (owner.kind !== "ReplicaSet" || !isApps) return null;
  const set = lookUp(view, "replicasets", namespace, owner);
  const parent = set === undefined ? undefined : controllerOf(set);
  if (parent?.kind === "Deployment") return scaleOf(lookUp(view, "deployments", namespace, parent));
  return scaleOf(set);
}

function lookUp(view: View<unknown>, informer: string, namespace: string, owner: OwnerReference): Scaled | undefined {
  const found = view.store(informer).objects.get(`${namespace}/${owner.name}`) as Scaled | undefined;
  return found?.metadata?.uid === owner.uid ? found : undefined;
}

function scaleOf(object: Scaled | undefined): ControllerScale | null {
  return object === undefined ? null : { uid: object.metadata?.uid ?? "", replicas: object.spec?.replicas ?? 1 };
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

function kindOf(view: View<unknown>, owner: OwnerReference): NamedKind | undefined {
  return namedKind(view.store(CUSTOM_RESOURCE_DEFINITIONS.resource), groupOf(owner.apiVersion), owner.kind);
}

/** The request for the scale of any other controller. Throws where nobody knows its kind. */
export function scaleRequest(view: View<unknown>, owner: OwnerReference, namespace: string): ApiRequest {
  const found = kindOf(view, owner);
  if (found === undefined) throw new Error(`no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`);
  return { ...getRequest(found.resource, namespace, owner.name), subresource: "scale" };
}

/** What the answer to `scaleRequest` says. Throws where the controller cannot be found, or has no scale. */
export function answeredScale(
  view: View<unknown>,
  owner: OwnerReference,
  pod: string,
  result: CallResult,
): ControllerScale {
  if (result.ok) {
    const scale = result.object as Scaled;
    if (scale.metadata?.uid === owner.uid) return { uid: owner.uid, replicas: scale.spec?.replicas ?? 0 };
  } else if (result.code !== 404) throw new Error(result.text);
  const found = kindOf(view, owner);
  if (!result.ok && found !== undefined && !found.scales) {
    const { group, resource } = found.resource;
    throw new Error(`${qualifiedResource(group, resource)} does not implement the scale subresource`);
  }
  throw new Error(`found no controllers for pod "${pod}"`);
}
