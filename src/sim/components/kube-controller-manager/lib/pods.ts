import type { ApiObject, OwnerReference } from "../../../api/object.ts";
import { apiVersionOf, type Resource } from "../../../machinery/resources.ts";
import type { Condition, Pod, PodTemplate } from "./types.ts";

export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The owner that manages the object, if any. */
export function controllerOf(object: ApiObject): OwnerReference | undefined {
  const owners = object.metadata?.ownerReferences;
  if (owners === undefined) return undefined;
  for (const owner of owners) if (owner.controller) return owner;
  return undefined;
}

export function controllerReference(resource: Resource, owner: ApiObject): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: owner.metadata?.name ?? "",
    uid: owner.metadata?.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Whether a handler's old and new object have different controllers. */
export function controllerUid(object: ApiObject | null): string {
  return object === null ? "" : (controllerOf(object)?.uid ?? "");
}

/** GetPodFromTemplate: `<owner>-` is the generated name's beginning. */
export function podFromTemplate(
  template: PodTemplate | undefined,
  owner: ApiObject,
  reference: OwnerReference,
  extra?: { readonly labels?: Readonly<Record<string, string>>; readonly spec?: Pod["spec"] },
): Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: `${owner.metadata?.name}-`,
      namespace: owner.metadata?.namespace ?? "",
      ...(labels || extra?.labels ? { labels: { ...labels, ...extra?.labels } } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [reference],
    },
    spec: extra?.spec ?? template?.spec ?? {},
  };
}
