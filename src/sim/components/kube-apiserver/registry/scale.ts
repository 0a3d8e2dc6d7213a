import { valueAt, withValueAt } from "../../../api/custom/validate.ts";
import { invalid as invalidField } from "../../../api/field-errors.ts";
import type { Kind } from "../../../api/kinds.ts";
import { formatSelector, type LabelSelectorObject, selectorFromObject, selectorFromSet } from "../../../api/labels.ts";
import { type ApiObject, deepFreeze, type Status } from "../../../api/object.ts";
import { badRequest, conflict, internalError, invalid } from "../../../api/status-errors.ts";

/** autoscaling/v1 Scale: the few fields of a workload that say how many there are. */
export function scaleOf(kind: Kind, object: ApiObject): ApiObject {
  if (kind.custom !== null) return customScale(kind, object);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata!;
  const spec = (object.spec ?? {}) as { replicas?: number; selector?: unknown };
  const status = (object.status ?? {}) as { replicas?: number };
  return deepFreeze({
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as NonNullable<ApiObject["metadata"]>,
    spec: spec.replicas === undefined || spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, ...selectorText(kind, spec.selector) },
  });
}

function customScale(kind: Kind, object: ApiObject): ApiObject {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = kind.custom!.scale!;
  const replicas = valueAt(object, specReplicasPath);
  if (replicas === undefined)
    return internalError(`the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata!;
  const ready = valueAt(object, statusReplicasPath);
  const selector = labelSelectorPath === undefined ? undefined : valueAt(object, labelSelectorPath);
  return deepFreeze({
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    } as NonNullable<ApiObject["metadata"]>,
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: typeof ready === "number" ? ready : 0,
      ...(typeof selector === "string" && selector !== "" ? { selector } : {}),
    },
  });
}

function selectorText(kind: Kind, selector: unknown): { readonly selector?: string } {
  if (selector === undefined || selector === null) return {};
  const parsed =
    kind.resource === "replicationcontrollers"
      ? selectorFromSet(selector as Record<string, string>)
      : selectorFromObject(selector as LabelSelectorObject);
  return parsed === null ? {} : { selector: formatSelector(parsed) };
}

/** The workload with the replicas of the Scale. */
export function scaled(kind: Kind, scale: ApiObject, current: ApiObject): ApiObject | Status {
  const name = current.metadata!.name!;
  const replicas = (scale.spec as { replicas?: unknown } | undefined)?.replicas ?? 0;
  if (typeof replicas !== "number" || !Number.isInteger(replicas))
    return badRequest("spec.replicas must be an integer");
  const { resourceVersion, uid } = scale.metadata ?? {};
  if (resourceVersion && resourceVersion !== current.metadata!.resourceVersion) return conflict(kind, name);
  if (uid && uid !== current.metadata!.uid) {
    return conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata!.uid}`,
    );
  }
  if (replicas < 0) {
    const error = invalidField("spec.replicas", replicas, "must be greater than or equal to 0");
    return invalid({ group: "autoscaling", kind: "Scale" }, name, [error]);
  }
  if (kind.custom !== null) return withValueAt(current, kind.custom.scale!.specReplicasPath, replicas) as ApiObject;
  return { ...current, spec: { ...(current.spec as object), replicas } };
}
