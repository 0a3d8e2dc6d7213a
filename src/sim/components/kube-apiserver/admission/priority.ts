import type { ApiObject } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { type AdmissionPlugin, createsPod, type PodSpec } from "./plugin.ts";

interface PriorityClass extends ApiObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

const CLASSES = "priorityclasses.scheduling.k8s.io";

/** Turns a pod's priority class into its number. */
export const priority: AdmissionPlugin = {
  name: "Priority",
  enabledByDefault: true,
  resources: ["pods", CLASSES],
  admit(request, view) {
    if (!createsPod(request)) return null;
    const pod = request.object!;
    const spec = pod.spec as PodSpec;
    let chosen: PriorityClass | undefined;
    if (spec.priorityClassName) {
      chosen = view.lookup(CLASSES, "", spec.priorityClassName) as PriorityClass | undefined;
      if (chosen === undefined) {
        return forbidden(request.kind, request.name, `no PriorityClass with name ${spec.priorityClassName} was found`);
      }
    } else chosen = globalDefault(view.list(CLASSES) as Iterable<PriorityClass>);
    const value = chosen?.value ?? 0;
    if (spec.priority !== undefined && spec.priority !== value) {
      const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      return forbidden(request.kind, request.name, why);
    }
    return {
      ...pod,
      spec: {
        ...spec,
        ...(chosen === undefined ? {} : { priorityClassName: chosen.metadata!.name! }),
        priority: value,
        preemptionPolicy: spec.preemptionPolicy ?? chosen?.preemptionPolicy ?? "PreemptLowerPriority",
      },
    };
  },
  validate(request, view) {
    const { operation, kind, object, name } = request;
    if (kind.kind !== "PriorityClass" || operation === "DELETE" || object?.globalDefault !== true) return null;
    const other = globalDefault(view.list(CLASSES) as Iterable<PriorityClass>);
    if (other === undefined || other.metadata!.name === name) return null;
    const why = `PriorityClass ${other.metadata!.name} is already marked as default. Only one default can exist`;
    return forbidden(kind, name, why);
  },
};

/** The lowest of those that claim to be it. */
function globalDefault(classes: Iterable<PriorityClass>): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const each of classes)
    if (each.globalDefault === true && (found === undefined || each.value < found.value)) found = each;
  return found;
}
