import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/**
 * Fields of features that are off by default in 1.33. Clients may send them, since the API describes them; they are
 * dropped before anything looks at them, unless the object that is changed uses the feature already (dropDisabledFields
 * of pkg/registry's strategies and of pkg/api/pod).
 */
export function withoutDisabledFields(kind: Kind, object: ApiObject, old: ApiObject | null): ApiObject {
  const features = kind.custom === null ? FEATURES.get(`${kind.group}/${kind.resource}`) : undefined;
  if (features === undefined) return object;
  let result: Fields = object;
  for (const paths of features) {
    if (old !== null && paths.some((path) => has(old, path, 0))) continue;
    for (const path of paths) if (has(result, path, 0)) result = without(result, path, 0) as Fields;
  }
  return result as ApiObject;
}

type Fields = Readonly<Record<string, unknown>>;

/** `*` is every item of a list. */
type Path = readonly string[];

/** All the fields that belong to one feature gate. */
type Feature = readonly Path[];

const CONTAINERS: readonly Path[] = [
  ["containers", "*"],
  ["initContainers", "*"],
  ["ephemeralContainers", "*"],
];

const POD_LEVEL_RESOURCES: Feature = [["resources"]];
const DYNAMIC_RESOURCE_ALLOCATION: Feature = [["resourceClaims"], ...inContainers("resources", "claims")];
const CONTAINER_STOP_SIGNALS: Feature = inContainers("lifecycle", "stopSignal");
const OF_PODS: readonly Feature[] = [POD_LEVEL_RESOURCES, DYNAMIC_RESOURCE_ALLOCATION, CONTAINER_STOP_SIGNALS];

const MAX_UNAVAILABLE_STATEFUL_SET: Feature = [["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]];
const HPA_CONFIGURABLE_TOLERANCE: Feature = ["scaleUp", "scaleDown"].map((direction) => [
  "spec",
  "behavior",
  direction,
  "tolerance",
]);
const VOLUME_ATTRIBUTES_CLASS: Feature = [["spec", "volumeAttributesClassName"]];

const TEMPLATE: Path = ["spec", "template", "spec"];

const FEATURES: ReadonlyMap<string, readonly Feature[]> = new Map([
  ["/pods", ofPods(["spec"])],
  ["/podtemplates", ofPods(["template", "spec"])],
  ["/replicationcontrollers", ofPods(TEMPLATE)],
  ["apps/replicasets", ofPods(TEMPLATE)],
  ["apps/deployments", ofPods(TEMPLATE)],
  ["apps/daemonsets", ofPods(TEMPLATE)],
  ["apps/statefulsets", [MAX_UNAVAILABLE_STATEFUL_SET, ...ofPods(TEMPLATE)]],
  ["batch/jobs", ofPods(TEMPLATE)],
  ["batch/cronjobs", ofPods(["spec", "jobTemplate", ...TEMPLATE])],
  ["autoscaling/horizontalpodautoscalers", [HPA_CONFIGURABLE_TOLERANCE]],
  ["/persistentvolumeclaims", [VOLUME_ATTRIBUTES_CLASS]],
  ["/persistentvolumes", [VOLUME_ATTRIBUTES_CLASS]],
]);

function ofPods(prefix: Path): readonly Feature[] {
  return OF_PODS.map((paths) => paths.map((path) => [...prefix, ...path]));
}

function inContainers(...field: Path): Feature {
  return CONTAINERS.map((container) => [...container, ...field]);
}

/** From its `depth`th part on, the path leads to something in `value`. */
function has(value: unknown, path: Path, depth: number): boolean {
  if (depth === path.length) return value !== undefined && value !== null;
  if (typeof value !== "object" || value === null) return false;
  const part = path[depth]!;
  if (part === "*") return Array.isArray(value) && value.some((item) => has(item, path, depth + 1));
  return has((value as Fields)[part], path, depth + 1);
}

function without(value: unknown, path: Path, depth: number): unknown {
  if (!has(value, path, depth)) return value;
  const part = path[depth]!;
  if (part === "*") return (value as readonly unknown[]).map((item) => without(item, path, depth + 1));
  const { [part]: found, ...rest } = value as Fields;
  return depth === path.length - 1 ? rest : { ...(value as Fields), [part]: without(found, path, depth + 1) };
}
