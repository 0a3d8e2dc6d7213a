/** `pods/resize` (core validation's ValidatePodResize): CPU and memory of containers, while the pod runs. */
import { semanticEqual } from "../equal.ts";
import { type FieldError, forbidden, invalid } from "../field-errors.ts";
import { computeQosClass } from "../pod/qos.ts";
import type { Pod } from "../pod/types.ts";
import { compareQuantities } from "../quantity.ts";
import { child, type Errors, type Fields, isPresent, item, list, record, text, WHOLE } from "./common.ts";
import { checkObjectMetaUpdate } from "./metadata.ts";
import { checkMetadataAndSpec, MIRROR } from "./pod.ts";

const RESIZABLE = ["cpu", "memory"];

export function validatePodResize(errors: Errors, pod: Fields, old: Fields): void {
  const never = unresizable(pod, old);
  if (never !== null) {
    errors.splice(0, errors.length, forbidden(WHOLE, never));
    return;
  }
  checkObjectMetaUpdate(errors, record(pod.metadata), record(old.metadata));
  checkMetadataAndSpec(errors, pod, old);
  const [whole, now] = [old as unknown as Pod, pod as unknown as Pod];
  const quality = text(record(old.status).qosClass) || computeQosClass(whole);
  if (computeQosClass(now) !== quality) {
    const shown = text(record(pod.status).qosClass);
    errors.push(invalid("spec", shown, "Pod QOS Class may not change as a result of resizing"));
  }
  if (!isOnSupportingNode(old)) errors.push(forbidden("spec", "Pod running on node without support for resize"));
  checkContainers(errors, record(pod.spec), record(old.spec));
}

/** Why no change at all is taken. */
function unresizable(pod: Fields, old: Fields): string | null {
  const asksAsAWhole = ({ spec }: Fields): boolean => {
    const { requests, limits } = record(record(spec).resources);
    return Object.keys(record(requests)).length + Object.keys(record(limits)).length > 0;
  };
  if (asksAsAWhole(pod) || asksAsAWhole(old)) return "pods with pod-level resources cannot be resized";
  if (isPresent(record(record(old.metadata).annotations)[MIRROR])) return "static pods cannot be resized";
  return record(record(old.spec).os).name === "windows" ? "windows pods cannot be resized" : null;
}

/** Kubelets that can resize report the resources of what runs. */
function isOnSupportingNode(pod: Fields): boolean {
  const running = list(record(pod.status).containerStatuses)
    .map(record)
    .find(({ state }) => isPresent(record(state).running));
  return running === undefined || isPresent(running.resources);
}

function isSidecar(container: Fields): boolean {
  return container.restartPolicy === "Always";
}

function checkContainers(errors: Errors, spec: Fields, old: Fields): void {
  const found: FieldError[] = [];
  for (const kind of ["initContainers", "containers"]) {
    const [now, before] = [list(spec[kind]).map(record), list(old[kind]).map(record)];
    before.forEach((container, index) => {
      if (kind === "initContainers" && !isSidecar(container)) return;
      const path = child(item(child("spec", kind), index), "resources");
      checkResize(found, path, now[index] ?? {}, container);
    });
    now.forEach((container, index) => {
      const why = otherChange(kind, container, before[index] ?? {});
      if (why !== null) found.push(forbidden("spec", why));
    });
  }
  errors.push(...found);
}

/** What else than CPU and memory the change touches. */
function otherChange(kind: string, container: Fields, old: Fields): string | null {
  const ofInit = kind === "initContainers";
  if (ofInit && !isSidecar(container)) {
    return semanticEqual(container, old) ? null : "resources for non-sidecar init containers are immutable";
  }
  if (semanticEqual(withResizableOf(container, old), old)) return null;
  return ofInit
    ? "only cpu and memory resources for sidecar containers are mutable"
    : "only cpu and memory resources are mutable";
}

function withResizableOf(container: Fields, old: Fields): Fields {
  const part = (name: string): Fields | undefined => {
    const before = record(old.resources)[name];
    if (!isPresent(before)) return undefined;
    const kept = Object.entries(record(record(container.resources)[name])).filter(([key]) => !RESIZABLE.includes(key));
    const back = Object.entries(record(before)).filter(([key]) => RESIZABLE.includes(key));
    return Object.fromEntries([...kept, ...back]);
  };
  const resources = { ...record(container.resources), limits: part("limits"), requests: part("requests") };
  const isEmpty = Object.values(resources).every((value) => value === undefined);
  const { resources: _, ...rest } = container;
  return isEmpty && !isPresent(old.resources) ? rest : { ...rest, resources };
}

function checkResize(errors: Errors, field: string, container: Fields, old: Fields): void {
  const [now, then] = [record(container.resources), record(old.resources)];
  for (const part of ["requests", "limits"]) {
    const names = Object.keys(record(then[part]));
    if (names.some((name) => !isPresent(record(now[part])[name])))
      errors.push(forbidden(child(field, part), `resource ${part} cannot be removed`));
  }
  const memoryPolicy = list(container.resizePolicy)
    .map(record)
    .find(({ resourceName }) => resourceName === "memory");
  if (memoryPolicy?.restartPolicy === "RestartContainer") return;
  const [limit, before] = [text(record(now.limits).memory), text(record(then.limits).memory)];
  if (limit === "") return;
  const path = item(child(field, "limits"), "memory");
  const unless = "unless resizePolicy is RestartContainer";
  if (before === "") errors.push(forbidden(path, `memory limits cannot be added ${unless}`));
  else if (compareQuantities(limit, before) < 0)
    errors.push(forbidden(path, `memory limits cannot be decreased ${unless}`));
}
