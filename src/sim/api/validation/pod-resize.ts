/** `pods/resize` (core validation's ValidatePodResize): CPU and memory of containers, while the pod runs. */
import { equalJson } from "../equal.ts";
import { forbidden, invalid } from "../field-errors.ts";
import { computeQosClass } from "../pod/qos.ts";
import { isStaticPod } from "../pod/status.ts";
import type { Pod } from "../pod/types.ts";
import { compareQuantities } from "../quantity.ts";
import { child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { checkObjectMetaUpdate } from "./metadata.ts";
import { checkMetadataAndSpec } from "./pod.ts";

const RESIZABLE = ["cpu", "memory"];

export function validatePodResize(errors: Errors, pod: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(pod.metadata), record(old.metadata));
  checkMetadataAndSpec(errors, pod);
  const whole = old as unknown as Pod;
  if (isStaticPod(whole)) {
    errors.push(forbidden("<nil>", "static pods cannot be resized"));
    return;
  }
  const running = list(record(old.status).containerStatuses)
    .map(record)
    .find(({ state }) => isPresent(record(state).running));
  if (running !== undefined && !isPresent(running.resources)) {
    errors.push(forbidden("<nil>", "Pod running on node without support for resize"));
  }
  const qos = computeQosClass(whole);
  if (computeQosClass(pod as unknown as Pod) !== qos) {
    errors.push(invalid("spec", qos, "Pod QOS Class may not change as a result of resizing"));
  }
  for (const kind of ["containers", "initContainers"])
    checkContainers(errors, kind, record(pod.spec), record(old.spec));
}

function checkContainers(errors: Errors, kind: string, spec: Fields, old: Fields): void {
  list(spec[kind]).forEach((value, index) => {
    const container = record(value);
    const before = record(list(old[kind])[index]);
    const [now, then] = [record(container.resources), record(before.resources)];
    if (equalJson(now, then)) return;
    const field = child(item(child("spec", kind), index), "resources");
    if (kind === "initContainers" && container.restartPolicy !== "Always") {
      errors.push(forbidden(field, "resize of non-sidecar init containers is not supported"));
      return;
    }
    for (const part of ["requests", "limits"])
      checkAmounts(errors, child(field, part), record(now[part]), record(then[part]), part);
    const [limit, limitBefore] = [record(now.limits).memory, record(then.limits).memory];
    const shrinks = isPresent(limit) && isPresent(limitBefore) && compareQuantities(text(limit), text(limitBefore)) < 0;
    if (shrinks && policyOf(container, "memory") !== "RestartContainer") {
      const why = "memory limits cannot be decreased unless resizePolicy is RestartContainer";
      errors.push(forbidden(item(child(field, "limits"), "memory"), why));
    }
  });
}

function checkAmounts(errors: Errors, field: string, now: Fields, old: Fields, part: string): void {
  const names = new Set([...Object.keys(now), ...Object.keys(old)]);
  for (const name of [...names].sort()) {
    if (!RESIZABLE.includes(name)) {
      if (now[name] !== old[name]) errors.push(forbidden("spec", "only cpu and memory resources are mutable"));
    } else if (isPresent(old[name]) && !isPresent(now[name])) {
      errors.push(forbidden(item(field, name), `resource ${part} cannot be removed`));
    }
  }
}

function policyOf(container: Fields, resource: string): string {
  const found = list(container.resizePolicy)
    .map(record)
    .find(({ resourceName }) => resourceName === resource);
  return text(found?.restartPolicy);
}
