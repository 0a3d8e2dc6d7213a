/** Updates of pods and of their status (core validation's ValidatePodUpdate, ValidatePodStatusUpdate). */

import { equalJson, semanticEqual } from "../equal.ts";
import { duplicate, forbidden, invalid, required } from "../field-errors.ts";
import { goDiff } from "../go-diff/report.ts";
import { canonicalText } from "../hash.ts";
import { checkTolerations } from "./affinity.ts";
import {
  checkDnsSubdomain,
  checkOneOf,
  checkQualifiedName,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  repetitions,
  text,
  WHOLE,
} from "./common.ts";
import { checkImmutable, checkObjectMetaUpdate } from "./metadata.ts";
import {
  APPARMOR_CONTAINER,
  checkDeadline,
  checkIps,
  checkMetadataAndSpec,
  checkPodAnnotations,
  MIRROR,
} from "./pod.ts";
import { validatePodResize } from "./pod-resize.ts";
import { checkId } from "./security.ts";

const CHANGEABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

export function validatePodUpdate(errors: Errors, pod: Fields, old: Fields, subresource: string): void {
  if (subresource === "status") validatePodStatusUpdate(errors, pod, old);
  else if (subresource === "resize") validatePodResize(errors, pod, old);
  else if (subresource === "ephemeralcontainers") validateEphemeralContainersUpdate(errors, pod, old);
  else validatePodChange(errors, pod, old);
}

/** What an update and one of `pods/ephemeralcontainers` have in common. */
export function checkPodOfUpdate(errors: Errors, pod: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(pod.metadata), record(old.metadata));
  checkMetadataAndSpec(errors, pod, old);
  checkAnnotationUpdates(errors, pod, old);
}

function validatePodChange(errors: Errors, pod: Fields, old: Fields): void {
  checkPodOfUpdate(errors, pod, old);
  const [spec, oldSpec] = [record(pod.spec), record(old.spec)];
  if (!checkContainerUpdates(errors, spec, oldSpec)) return;
  if (!checkDeadlineUpdate(errors, spec.activeDeadlineSeconds, oldSpec.activeDeadlineSeconds)) return;
  checkTolerationUpdates(errors, list(spec.tolerations), list(oldSpec.tolerations));
  checkGateUpdates(errors, spec, oldSpec);
  const masked = withChangeableFields(spec, oldSpec, errors);
  if (semanticEqual(masked, oldSpec)) return;
  const difference = goDiff("PodSpec", asGoPodSpec(oldSpec), asGoPodSpec(masked));
  errors.push(forbidden("spec", `${CHANGEABLE}\n${difference}`));
}

const OF_THE_HOST = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] as const;

/** The API server keeps what a pod shares with its node in the security context. */
function asGoPodSpec(spec: Fields): Fields {
  const shared = OF_THE_HOST.filter((name) => isPresent(spec[name])).map((name) => [name, spec[name]] as const);
  if (shared.length === 0) return spec;
  return { ...spec, securityContext: { ...record(spec.securityContext), ...Object.fromEntries(shared) } };
}

/** Containers of `kubectl debug` may only be added (ValidatePodEphemeralContainersUpdate). */
function validateEphemeralContainersUpdate(errors: Errors, pod: Fields, old: Fields): void {
  checkPodOfUpdate(errors, pod, old);
  if (isPresent(record(record(old.metadata).annotations)[MIRROR])) {
    errors.splice(0, errors.length, forbidden(WHOLE, "static pods do not support ephemeral containers"));
    return;
  }
  const path = "spec.ephemeralContainers";
  const now = list(record(pod.spec).ephemeralContainers).map(record);
  for (const before of list(record(old.spec).ephemeralContainers).map(record)) {
    const name = JSON.stringify(before.name);
    const same = now.find((one) => one.name === before.name);
    if (same === undefined) errors.push(forbidden(path, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!semanticEqual(same, before)) {
      const difference = goDiff("EphemeralContainer", before, same);
      errors.push(forbidden(path, `existing ephemeral containers ${name} may not be changed\n${difference}`));
    }
  }
}

/** Annotations that stand for what cannot be changed; the others are looked at as in a new pod. */
function checkAnnotationUpdates(errors: Errors, pod: Fields, old: Fields): void {
  const field = "metadata.annotations";
  const [now, before] = [record(record(pod.metadata).annotations), record(record(old.metadata).annotations)];
  for (const key of Object.keys(before)) {
    if (now[key] === before[key]) continue;
    const what = lastingAnnotation(key);
    if (what !== null) errors.push(forbidden(item(field, key), `may not remove or update ${what}`));
  }
  for (const key of Object.keys(now)) {
    const what = Object.hasOwn(before, key) ? null : lastingAnnotation(key);
    if (what !== null) errors.push(forbidden(item(field, key), `may not add ${what}`));
  }
  checkPodAnnotations(errors, field, now, record(pod.spec));
}

function lastingAnnotation(key: string): string | null {
  if (key.startsWith(APPARMOR_CONTAINER)) return "AppArmor annotations";
  return key === MIRROR ? "mirror pod annotation" : null;
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

/** False where it is refused for a value: nothing else is looked at then. */
function checkDeadlineUpdate(errors: Errors, seconds: unknown, old: unknown): boolean {
  const before = errors.length;
  if (isPresent(seconds)) {
    checkDeadline(errors, "spec", seconds, 0);
    if (errors.length === before && isPresent(old) && Number(seconds) > Number(old)) {
      errors.push(invalid("spec.activeDeadlineSeconds", seconds, "must be less than or equal to previous value"));
    }
    return errors.length === before;
  }
  if (isPresent(old)) {
    errors.push(invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value"));
  }
  return true;
}

function checkTolerationUpdates(errors: Errors, tolerations: readonly unknown[], old: readonly unknown[]): void {
  const without = (value: unknown): Fields => {
    const { tolerationSeconds: _seconds, ...rest } = record(value);
    return rest;
  };
  const now = new Set(tolerations.map((one) => canonicalText(without(one))));
  const kept = old.every((one) => now.has(canonicalText(without(one))));
  if (!kept)
    errors.push(forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
  else checkTolerations(errors, "spec.tolerations", tolerations);
}

function checkGateUpdates(errors: Errors, spec: Fields, old: Fields): void {
  const oldGates = new Set(list(old.schedulingGates).map((gate) => text(record(gate).name)));
  const gates = list(spec.schedulingGates).map((gate) => text(record(gate).name));
  const last = new Map(gates.map((gate, index) => [gate, index]));
  gates.forEach((gate, index) => {
    if (oldGates.has(gate) || last.get(gate) !== index) return;
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
  checkGatedNodeAffinity(errors, `spec.affinity.nodeAffinity.${REQUIRED}`, node[REQUIRED], oldNode[REQUIRED]);
  if (equalJson(affinity.nodeAffinity ?? null, oldAffinity.nodeAffinity ?? null)) return;
  const { nodeAffinity: _node, ...others } = affinity;
  const onlyNodes = !isPresent(others.podAffinity) && !isPresent(others.podAntiAffinity);
  if (isPresent(oldAffinity.nodeAffinity)) masked.affinity = { ...others, nodeAffinity: oldAffinity.nodeAffinity };
  else if (isPresent(old.affinity) || !onlyNodes) masked.affinity = others;
  else delete masked.affinity;
}

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

function checkGatedNodeAffinity(errors: Errors, field: string, selector: unknown, old: unknown): void {
  if (!isPresent(old)) return;
  const path = child(field, "nodeSelectorTerms");
  const [terms, oldTerms] = [list(record(selector).nodeSelectorTerms), list(record(old).nodeSelectorTerms)];
  if (oldTerms.length > 0 && terms.length !== oldTerms.length) {
    errors.push(invalid(path, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed"));
    return;
  }
  oldTerms.forEach((before, index) => {
    if (isNarrowed(record(terms[index]), record(before))) return;
    errors.push(invalid(item(path, index), terms[index], "only additions are allowed (no mutations or deletions)"));
  });
}

const TERM_PARTS = ["matchExpressions", "matchFields"];

/** A term without requirements matches nothing, and stays so. */
function isNarrowed(term: Fields, old: Fields): boolean {
  if (TERM_PARTS.every((part) => list(old[part]).length === 0))
    return TERM_PARTS.every((part) => list(term[part]).length === 0);
  return TERM_PARTS.every((part) => list(old[part]).every((one, at) => equalJson(one, list(term[part])[at] ?? null)));
}

const SYSTEM_CONDITIONS = ["PodScheduled", "Ready", "Initialized"];

function validatePodStatusUpdate(errors: Errors, pod: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(pod.metadata), record(old.metadata));
  checkAnnotationUpdates(errors, pod, old);
  const [spec, oldSpec, status, oldStatus] = [pod.spec, old.spec, pod.status, old.status].map(record) as [
    Fields,
    Fields,
    Fields,
    Fields,
  ];
  list(status.conditions).forEach((condition, index) => {
    const type = text(record(condition).type);
    // Upstream's path.
    if (!SYSTEM_CONDITIONS.includes(type))
      checkQualifiedName(errors, child(item("metadata.conditions", index), "Type"), type);
  });
  if (text(spec.nodeName) !== text(oldSpec.nodeName))
    errors.push(forbidden("status.nodeName", "may not be changed directly"));
  const nominated = text(status.nominatedNodeName);
  if (nominated !== "" && nominated !== text(oldStatus.nominatedNodeName))
    checkDnsSubdomain(errors, "status.nominatedNodeName", nominated);
  checkImmutable(errors, "status.qosClass", text(status.qosClass), text(oldStatus.qosClass));
  checkTransitions(errors, "containerStatuses", status, oldStatus, text(oldSpec.restartPolicy), []);
  const sidecars = list(oldSpec.initContainers)
    .map(record)
    .filter(({ restartPolicy }) => restartPolicy === "Always");
  checkTransitions(errors, "initContainerStatuses", status, oldStatus, text(oldSpec.restartPolicy), sidecars);
  checkTransitions(errors, "ephemeralContainerStatuses", status, oldStatus, "Never", []);
  checkClaimStatuses(errors, status, spec);
  checkStatusIps(errors, status);
  for (const kind of STATUS_KINDS) checkUsers(errors, child("status", kind), status[kind], spec.os);
  for (const [kind, containers] of [
    ["containerStatuses", spec.containers],
    ["initContainerStatuses", spec.initContainers],
  ] as const)
    checkAllocated(errors, child("status", kind), status[kind], list(containers).map(record));
  list(status.ephemeralContainerStatuses).forEach((value, index) => {
    if (list(record(value).allocatedResourcesStatus).length === 0) return;
    const path = child(item("status.ephemeralContainerStatuses", index), "allocatedResourcesStatus");
    errors.push(forbidden(path, "must not be specified in container status"));
  });
}

const STATUS_KINDS = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] as const;

function checkStatusIps(errors: Errors, status: Fields): void {
  checkIps(errors, "status.podIPs", status.podIPs);
  const hosts = list(status.hostIPs);
  if (hosts.length > 0 && text(status.hostIP) !== text(record(hosts[0]).ip)) {
    errors.push(invalid("status.hostIPs[0].ip", text(record(hosts[0]).ip), "must be equal to `hostIP`"));
  }
  checkIps(errors, "status.hostIPs", hosts);
}

/** What is over and not to be restarted stays over; but for `restarting`. */
function checkTransitions(
  errors: Errors,
  kind: string,
  status: Fields,
  old: Fields,
  restartPolicy: string,
  restarting: readonly Fields[],
): void {
  if (restartPolicy === "Always") return;
  list(old[kind]).forEach((value, index) => {
    const { name, state } = record(value);
    const { terminated } = record(state);
    if (!isPresent(terminated) || restarting.some((one) => one.name === name)) return;
    if (restartPolicy === "OnFailure" && Number(record(terminated).exitCode ?? 0) !== 0) return;
    for (const now of list(status[kind]).map(record)) {
      if (now.name !== name || isPresent(record(now.state).terminated)) continue;
      const path = child(item(child("status", kind), index), "state");
      errors.push(forbidden(path, "may not be transitioned to non-terminated state"));
    }
  });
}

/** Who runs a container's first process. */
function checkUsers(errors: Errors, field: string, statuses: unknown, os: unknown): void {
  const system = isPresent(os) ? record(os).name : "linux";
  list(statuses).forEach((value, index) => {
    const { linux } = record(record(value).user);
    const path = child(item(field, index), "user.linux");
    if (!isPresent(linux)) return;
    if (system === "windows") errors.push(forbidden(path, "cannot be set for a windows pod"));
    else if (system === "linux") checkLinuxUser(errors, path, record(linux));
  });
}

function checkLinuxUser(errors: Errors, field: string, user: Fields): void {
  checkId(errors, child(field, "uid"), user.uid);
  checkId(errors, child(field, "gid"), user.gid);
  list(user.supplementalGroups).forEach((group, index) => {
    checkId(errors, item(child(field, "supplementalGroups"), index), group);
  });
}

const HEALTH: readonly string[] = ["Healthy", "Unhealthy", "Unknown"];

/** Devices' health: of what the container has asked for, each device once. */
function checkAllocated(errors: Errors, field: string, statuses: unknown, containers: readonly Fields[]): void {
  list(statuses).forEach((value, index) => {
    const status = record(value);
    const container = containers.find(({ name }) => name === status.name);
    list(status.allocatedResourcesStatus).forEach((entry, at) => {
      const { name, resources } = record(entry);
      const path = item(child(item(field, index), "allocatedResourcesStatus"), at);
      if (container !== undefined) checkAllocatedName(errors, child(path, "name"), text(name), container);
      const ids = list(resources).map((one) => text(record(one).resourceID));
      list(resources).forEach((resource, place) => {
        const at = item(child(path, "resources"), place);
        checkOneOf(errors, child(at, "health"), record(resource).health, HEALTH);
        if (ids.indexOf(ids[place]!) < place) errors.push(duplicate(child(at, "resourceID"), ids[place]));
      });
    });
  });
}

function checkAllocatedName(errors: Errors, field: string, name: string, container: Fields): void {
  const resources = record(container.resources);
  if (!name.startsWith("claim:")) {
    if (Object.hasOwn(record(resources.requests), name)) return;
    errors.push({ ...invalid(field, name, "must match one of the container's resource requests"), bare: true });
    return;
  }
  const claims = list(resources.claims).map((one) => {
    const { name: claim, request } = record(one);
    return text(request) === "" ? `claim:${text(claim)}` : `claim:${text(claim)}/${text(request)}`;
  });
  if (claims.includes(name)) return;
  const why =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  errors.push({ ...invalid(field, name, why), bare: true });
}

function checkClaimStatuses(errors: Errors, status: Fields, spec: Fields): void {
  const field = "status.resourceClaimStatuses";
  const known = new Set(list(spec.resourceClaims).map((claim) => text(record(claim).name)));
  const names = list(status.resourceClaimStatuses).map((one) => text(record(one).name));
  const repeated = repetitions(names);
  list(status.resourceClaimStatuses).forEach((value, index) => {
    const { resourceClaimName } = record(value);
    const path = child(item(field, index), "name");
    const name = names[index]!;
    if (!known.has(name)) errors.push(invalid(path, name, "must match the name of an entry in `spec.resourceClaims`"));
    if (repeated.has(index)) errors.push(duplicate(path, name));
    if (isPresent(resourceClaimName)) checkDnsSubdomain(errors, path, resourceClaimName);
  });
}
