/** Updates of pods and of their status (core validation's ValidatePodUpdate, ValidatePodStatusUpdate). */

import { equalJson } from "../equal.ts";
import { forbidden, invalid, required } from "../field-errors.ts";
import { validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
import { checkTolerations } from "./affinity.ts";
import { addInvalid, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { checkImmutable, checkObjectMetaUpdate } from "./metadata.ts";
import { checkDeadline, checkIps, checkMetadataAndSpec, MIRROR } from "./pod.ts";
import { validatePodResize } from "./pod-resize.ts";

const CHANGEABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

export function validatePodUpdate(errors: Errors, pod: Fields, old: Fields, subresource: string): void {
  if (subresource === "status") validatePodStatusUpdate(errors, pod, old);
  else if (subresource === "resize") validatePodResize(errors, pod, old);
  else if (subresource === "ephemeralcontainers") validateEphemeralContainersUpdate(errors, pod, old);
  else validatePodChange(errors, pod, old);
}

function validatePodChange(errors: Errors, pod: Fields, old: Fields): void {
  const [metadata, oldMetadata] = [record(pod.metadata), record(old.metadata)];
  const [spec, oldSpec] = [record(pod.spec), record(old.spec)];
  checkObjectMetaUpdate(errors, metadata, oldMetadata);
  checkMetadataAndSpec(errors, pod);
  checkMirrorAnnotation(errors, record(metadata.annotations), record(oldMetadata.annotations));
  if (!checkContainerUpdates(errors, spec, oldSpec)) return;
  checkDeadlineUpdate(errors, spec.activeDeadlineSeconds, oldSpec.activeDeadlineSeconds);
  const oldTolerations = list(oldSpec.tolerations);
  if (!equalJson(list(spec.tolerations), oldTolerations))
    checkTolerationUpdates(errors, list(spec.tolerations), oldTolerations);
  checkGateUpdates(errors, spec, oldSpec);
  const masked = withChangeableFields(spec, oldSpec, errors);
  if (!equalJson(masked, oldSpec)) errors.push(forbidden("spec", CHANGEABLE));
}

/** Containers of `kubectl debug` may only be added (ValidatePodEphemeralContainersUpdate). */
function validateEphemeralContainersUpdate(errors: Errors, pod: Fields, old: Fields): void {
  const [metadata, oldMetadata] = [record(pod.metadata), record(old.metadata)];
  checkObjectMetaUpdate(errors, metadata, oldMetadata);
  checkMetadataAndSpec(errors, pod);
  checkMirrorAnnotation(errors, record(metadata.annotations), record(oldMetadata.annotations));
  const path = "spec.ephemeralContainers";
  const now = list(record(pod.spec).ephemeralContainers).map(record);
  for (const before of list(record(old.spec).ephemeralContainers).map(record)) {
    const name = JSON.stringify(before.name);
    const same = now.find((one) => one.name === before.name);
    if (same === undefined) errors.push(forbidden(path, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!equalJson(same, before))
      errors.push(forbidden(path, `existing ephemeral containers ${name} may not be changed\n`));
  }
}

function checkMirrorAnnotation(errors: Errors, annotations: Fields, old: Fields): void {
  const path = item("metadata.annotations", MIRROR);
  if (isPresent(old[MIRROR]) ? annotations[MIRROR] !== old[MIRROR] : false) {
    errors.push(forbidden(path, "may not remove or update mirror pod annotation"));
  } else if (!isPresent(old[MIRROR]) && isPresent(annotations[MIRROR])) {
    errors.push(forbidden(path, "may not add mirror pod annotation"));
  }
}

/** False where containers came or went: nothing else is looked at then. */
function checkContainerUpdates(errors: Errors, spec: Fields, old: Fields): boolean {
  for (const kind of ["containers", "initContainers"]) {
    const containers = list(spec[kind]);
    if (containers.length !== list(old[kind]).length) {
      errors.push(forbidden(child("spec", kind), "pod updates may not add or remove containers"));
      return false;
    }
    containers.forEach((value, index) => {
      const image = text(record(value).image);
      const path = child(item(child("spec", kind), index), "image");
      if (image === "") errors.push(required(path));
      else if (image !== image.trim())
        errors.push(invalid(path, image, "must not have leading or trailing whitespace"));
    });
  }
  return true;
}

function checkDeadlineUpdate(errors: Errors, seconds: unknown, old: unknown): void {
  if (isPresent(seconds)) {
    const before = errors.length;
    checkDeadline(errors, "spec", seconds, 0);
    if (errors.length === before && isPresent(old) && Number(seconds) > Number(old)) {
      errors.push(invalid("spec.activeDeadlineSeconds", seconds, "must be less than or equal to previous value"));
    }
  } else if (isPresent(old)) {
    errors.push(invalid("spec.activeDeadlineSeconds", seconds, "must not update from a positive integer to nil value"));
  }
}

function checkTolerationUpdates(errors: Errors, tolerations: readonly unknown[], old: readonly unknown[]): void {
  const without = (value: unknown): Fields => {
    const { tolerationSeconds: _seconds, ...rest } = record(value);
    return rest;
  };
  const kept = old.every((one) => tolerations.some((other) => equalJson(without(one), without(other))));
  if (!kept)
    errors.push(forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
  checkTolerations(errors, "spec.tolerations", tolerations);
}

function checkGateUpdates(errors: Errors, spec: Fields, old: Fields): void {
  const oldGates = list(old.schedulingGates).map((gate) => text(record(gate).name));
  list(spec.schedulingGates).forEach((value, index) => {
    const gate = text(record(value).name);
    if (oldGates.includes(gate)) return;
    errors.push(
      forbidden(
        child(item("spec.schedulingGates", index), "name"),
        `only deletion is allowed, but found new scheduling gate '${gate}'`,
      ),
    );
  });
}

/** The new spec with the old values wherever a change is allowed. */
function withChangeableFields(spec: Fields, old: Fields, errors: Errors): Fields {
  const masked: Record<string, unknown> = { ...spec };
  for (const kind of ["containers", "initContainers"]) {
    if (!spec[kind]) continue;
    masked[kind] = list(spec[kind]).map((one, index) => ({
      ...record(one),
      image: record(list(old[kind])[index]).image,
    }));
  }
  for (const name of ["activeDeadlineSeconds", "tolerations", "schedulingGates"]) {
    if (isPresent(old[name])) masked[name] = old[name];
    else delete masked[name];
  }
  if (Number(old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    masked.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  }
  if (list(old.schedulingGates).length > 0) maskGatedFields(masked, spec, old, errors);
  return masked;
}

/** While a pod is held back by gates its node selector and affinity may be narrowed. */
function maskGatedFields(masked: Record<string, unknown>, spec: Fields, old: Fields, errors: Errors): void {
  const [selector, oldSelector] = [record(spec.nodeSelector), record(old.nodeSelector)];
  if (!equalJson(selector, oldSelector)) {
    if (Object.keys(oldSelector).some((key) => selector[key] !== oldSelector[key])) {
      errors.push(
        invalid(
          "spec.nodeSelector",
          selector,
          "only additions to spec.nodeSelector are allowed (no mutations or deletions)",
        ),
      );
    }
  }
  if (isPresent(old.nodeSelector)) masked.nodeSelector = old.nodeSelector;
  else delete masked.nodeSelector;
  const [affinity, oldAffinity] = [record(spec.affinity), record(old.affinity)];
  const [node, oldNode] = [record(affinity.nodeAffinity), record(oldAffinity.nodeAffinity)];
  const required_ = "requiredDuringSchedulingIgnoredDuringExecution";
  checkGatedNodeAffinity(errors, `spec.affinity.nodeAffinity.${required_}`, node[required_], oldNode[required_]);
  const maskedNode: Record<string, unknown> = { ...node };
  if (isPresent(oldNode[required_])) maskedNode[required_] = oldNode[required_];
  else delete maskedNode[required_];
  if (isPresent(oldNode.preferredDuringSchedulingIgnoredDuringExecution)) {
    maskedNode.preferredDuringSchedulingIgnoredDuringExecution =
      oldNode.preferredDuringSchedulingIgnoredDuringExecution;
  } else delete maskedNode.preferredDuringSchedulingIgnoredDuringExecution;
  const { nodeAffinity: _node, ...others } = affinity;
  const rest: Record<string, unknown> = {
    ...others,
    ...(isPresent(oldAffinity.nodeAffinity) ? { nodeAffinity: maskedNode } : {}),
  };
  if (isPresent(old.affinity) || Object.keys(rest).length > 0) masked.affinity = rest;
  else delete masked.affinity;
}

function checkGatedNodeAffinity(errors: Errors, field: string, selector: unknown, old: unknown): void {
  if (!isPresent(old)) return;
  const path = child(field, "nodeSelectorTerms");
  const [terms, oldTerms] = [list(record(selector).nodeSelectorTerms), list(record(old).nodeSelectorTerms)];
  if (oldTerms.length > 0 && terms.length !== oldTerms.length) {
    errors.push(invalid(path, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed"));
    return;
  }
  terms.forEach((term, index) => {
    const [fields, oldFields] = [record(term), record(oldTerms[index])];
    const narrowed = ["matchExpressions", "matchFields"].every((name) => {
      const [now, before] = [list(fields[name]), list(oldFields[name])];
      return before.every((one, at) => equalJson(one, now[at]));
    });
    const emptied =
      list(oldFields.matchExpressions).length === 0 &&
      list(oldFields.matchFields).length === 0 &&
      !equalJson(fields, oldFields);
    if (!narrowed || emptied)
      errors.push(invalid(item(path, index), fields, "only additions are allowed (no mutations or deletions)"));
  });
}

function validatePodStatusUpdate(errors: Errors, pod: Fields, old: Fields): void {
  const [metadata, oldMetadata] = [record(pod.metadata), record(old.metadata)];
  checkObjectMetaUpdate(errors, metadata, oldMetadata);
  const annotations = record(metadata.annotations);
  checkMirrorAnnotation(errors, annotations, record(oldMetadata.annotations));
  const [spec, status, oldStatus] = [record(pod.spec), record(pod.status), record(old.status)];
  const nominated = text(status.nominatedNodeName);
  if (nominated !== "") addInvalid(errors, "status.nominatedNodeName", nominated, validateDns1123Subdomain(nominated));
  list(status.conditions).forEach((condition, index) => {
    const type = text(record(condition).type);
    if (type === "") errors.push(required(child(item("status.conditions", index), "type")));
    else if (type !== "PodReadyToStartContainers")
      addInvalid(errors, child(item("status.conditions", index), "type"), type, validateQualifiedName(type));
  });
  checkStatusIps(errors, status);
  const oldPolicy = text(record(old.spec).restartPolicy);
  for (const kind of ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]) {
    checkContainerStatuses(errors, child("status", kind), status[kind], oldStatus[kind], spec, kind, oldPolicy);
  }
  checkClaimStatuses(errors, status, spec);
  if (isPresent(oldStatus.qosClass) && text(oldStatus.qosClass) !== "")
    checkImmutable(errors, "status.qosClass", status.qosClass, oldStatus.qosClass);
}

function checkStatusIps(errors: Errors, status: Fields): void {
  checkIps(errors, "status.podIPs", status.podIPs);
  const hosts = list(status.hostIPs);
  if (hosts.length > 0 && text(status.hostIP) !== text(record(hosts[0]).ip)) {
    errors.push(invalid("status.hostIPs[0].ip", text(record(hosts[0]).ip), "must be equal to `hostIP`"));
  }
  checkIps(errors, "status.hostIPs", status.hostIPs);
}

function checkContainerStatuses(
  errors: Errors,
  field: string,
  statuses: unknown,
  old: unknown,
  spec: Fields,
  kind: string,
  restartPolicy: string,
): void {
  const windows = record(spec.os).name === "windows";
  list(statuses).forEach((value, index) => {
    const status = record(value);
    if (isPresent(record(status.user).linux) && windows) {
      errors.push(forbidden(child(child(item(field, index), "user"), "linux"), "cannot be set for a windows pod"));
    }
    const before = list(old)
      .map(record)
      .find((one) => one.name === status.name);
    const code = record(record(before?.state).terminated).exitCode;
    if (kind !== "containerStatuses" || !before || restartPolicy === "Always" || restartPolicy === "") return;
    if (!isPresent(record(before.state).terminated) || isPresent(record(status.state).terminated)) return;
    if (restartPolicy === "OnFailure" && code !== 0) return;
    errors.push(forbidden(child(item(field, index), "state"), "may not be transitioned to non-terminated state"));
  });
}

function checkClaimStatuses(errors: Errors, status: Fields, spec: Fields): void {
  const field = "status.resourceClaimStatuses";
  const names = list(spec.resourceClaims).map((claim) => text(record(claim).name));
  list(status.resourceClaimStatuses).forEach((value, index) => {
    const { name, resourceClaimName } = record(value);
    const path = item(field, index);
    if (text(resourceClaimName) !== "")
      addInvalid(errors, child(path, "name"), resourceClaimName, validateDns1123Subdomain(text(resourceClaimName)));
    if (!names.includes(text(name)))
      errors.push(invalid(child(path, "name"), name, "must match the name of an entry in `spec.resourceClaims`"));
  });
}
