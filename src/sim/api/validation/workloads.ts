/** Deployments, ReplicaSets, DaemonSets, StatefulSets, ReplicationControllers, ControllerRevisions. */

import { equalJson, semanticEqual } from "../equal.ts";
import { asGo, forbidden, invalid, invalidAsGo, notSupported, required } from "../field-errors.ts";
import { goIntOrString, goLabels, goStrategy } from "../go-values.ts";
import { type LabelSelectorObject, matchesSelector, selectorFromObject, selectorFromSet } from "../labels.ts";
import { type NameValidation, nameIsDnsLabel, nameIsDnsSubdomain, validatePercent } from "../names.ts";
import { checkClaimSpec } from "./claims.ts";
import { checkNonNegative, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";
import { checkImmutable, checkObjectMeta, checkObjectMetaUpdate, IMMUTABLE } from "./metadata.ts";
import { checkPodTemplate, checkTemplateMetadata } from "./pod.ts";
import { checkLabelSelector, goLabelSelector, hasBadSelector } from "./selectors.ts";

export const SELECTOR_MISMATCH = "`selector` does not match template `labels`";

function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = record(selector);
  return Object.keys(record(matchLabels)).length === 0 && list(matchExpressions).length === 0;
}

export function matches(selector: unknown, labels: unknown): boolean {
  try {
    const compiled = selectorFromObject((selector ?? null) as LabelSelectorObject | null);
    return compiled !== null && matchesSelector(compiled, record(labels) as Readonly<Record<string, string>>);
  } catch {
    return false;
  }
}

interface TemplateOwner {
  /** As it stands in messages. */
  readonly kind: string;
}

function checkSelectorAndTemplate(errors: Errors, spec: Fields, { kind }: TemplateOwner, emptyMessage: string): void {
  const selector = spec.selector;
  if (!isPresent(selector)) errors.push(required("spec.selector"));
  else {
    checkLabelSelector(errors, "spec.selector", selector);
    if (isEmptySelector(selector)) errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), emptyMessage));
  }
  if (hasBadSelector(selector)) {
    errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), "invalid label selector"));
    return;
  }
  const selectsAll = isPresent(selector) && isEmptySelector(selector);
  checkTemplateLabels(errors, spec, selectsAll, matches(selector, templateLabels(spec)));
  checkLastingTemplate(errors, spec, kind);
}

function templateLabels(spec: Fields): unknown {
  return record(record(spec.template).metadata).labels;
}

function checkTemplateLabels(errors: Errors, spec: Fields, selectsAll: boolean, matching: boolean): void {
  if (selectsAll || matching) return;
  errors.push(invalidAsGo("spec.template.metadata.labels", goLabels(templateLabels(spec)), SELECTOR_MISMATCH));
}

/** A template whose pods are to run for ever. */
function checkLastingTemplate(errors: Errors, spec: Fields, kind: string): void {
  checkPodTemplate(errors, "spec.template", record(spec.template));
  checkLasting(errors, spec, kind);
}

function checkLasting(errors: Errors, spec: Fields, kind: string): void {
  const pod = record(record(spec.template).spec);
  if (pod.restartPolicy !== "Always") {
    errors.push(notSupported("spec.template.spec.restartPolicy", pod.restartPolicy, ["Always"]));
  }
  if (isPresent(pod.activeDeadlineSeconds)) {
    errors.push(
      forbidden("spec.template.spec.activeDeadlineSeconds", `activeDeadlineSeconds in ${kind} is not Supported`),
    );
  }
}

export function checkIntOrPercent(errors: Errors, field: string, value: unknown): void {
  if (typeof value === "string")
    for (const message of validatePercent(value)) errors.push(invalidAsGo(field, goIntOrString(value), message));
  else checkNonNegative(errors, field, value);
}

export function checkNotMoreThan100Percent(errors: Errors, field: string, value: unknown): void {
  if (typeof value === "string" && validatePercent(value).length === 0 && Number.parseInt(value, 10) > 100) {
    errors.push(invalidAsGo(field, goIntOrString(value), "must not be greater than 100%"));
  }
}

/** What cannot be read counts as 0 too. */
function isZero(value: unknown): boolean {
  if (typeof value === "string") return validatePercent(value).length > 0 || Number.parseInt(value, 10) === 0;
  return Number(value ?? 0) === 0;
}

function checkDeploymentStrategy(errors: Errors, strategy: Fields): void {
  const field = "spec.strategy";
  const path = child(field, "rollingUpdate");
  switch (strategy.type) {
    case "Recreate":
      if (isPresent(strategy.rollingUpdate)) {
        errors.push(forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
      }
      break;
    case "RollingUpdate": {
      const { maxUnavailable, maxSurge } = record(strategy.rollingUpdate);
      checkIntOrPercent(errors, child(path, "maxUnavailable"), maxUnavailable);
      checkIntOrPercent(errors, child(path, "maxSurge"), maxSurge);
      if (isZero(maxUnavailable) && isZero(maxSurge)) {
        errors.push(
          invalidAsGo(
            child(path, "maxUnavailable"),
            goIntOrString(maxUnavailable),
            "may not be 0 when `maxSurge` is 0",
          ),
        );
      }
      checkNotMoreThan100Percent(errors, child(path, "maxUnavailable"), maxUnavailable);
      break;
    }
    default:
      errors.push(
        asGo(
          notSupported(field, goStrategy("DeploymentStrategy", "RollingUpdateDeployment", strategy), [
            "Recreate",
            "RollingUpdate",
          ]),
        ),
      );
  }
}

function checkDeploymentSpec(errors: Errors, spec: Fields): void {
  checkNonNegative(errors, "spec.replicas", spec.replicas);
  checkSelectorAndTemplate(errors, spec, { kind: "ReplicaSet" }, "empty selector is invalid for deployment");
  checkDeploymentStrategy(errors, record(spec.strategy));
  checkNonNegative(errors, "spec.minReadySeconds", spec.minReadySeconds);
  checkNonNegative(errors, "spec.revisionHistoryLimit", spec.revisionHistoryLimit);
  if (isPresent(spec.progressDeadlineSeconds)) {
    checkNonNegative(errors, "spec.progressDeadlineSeconds", spec.progressDeadlineSeconds);
    if (Number(spec.progressDeadlineSeconds) <= Number(spec.minReadySeconds ?? 0)) {
      errors.push(
        invalid("spec.progressDeadlineSeconds", spec.progressDeadlineSeconds, "must be greater than minReadySeconds"),
      );
    }
  }
}

export function validateDeployment(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  checkDeploymentSpec(errors, record(object.spec));
}

export function validateDeploymentUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    const status = record(object.status);
    checkCounters(errors, status, [
      "observedGeneration",
      "replicas",
      "updatedReplicas",
      "readyReplicas",
      "availableReplicas",
      "unavailableReplicas",
    ]);
    checkNonNegative(errors, "status.collisionCount", status.collisionCount);
    checkNotMoreThanReplicas(errors, status, ["updatedReplicas", "readyReplicas", "availableReplicas"]);
    checkReadiness(errors, status);
    checkCollisions(errors, object, old);
    return;
  }
  checkDeploymentSpec(errors, record(object.spec));
  checkSelectorUnchanged(errors, object, old);
}

function checkSelectorUnchanged(errors: Errors, object: Fields, old: Fields): void {
  const { selector } = record(object.spec);
  if (!equalJson(selector ?? null, record(old.spec).selector ?? null))
    errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), IMMUTABLE));
}

function checkCounters(errors: Errors, status: Fields, names: readonly string[]): void {
  for (const name of names) checkNonNegative(errors, child("status", name), status[name]);
}

function checkNotMoreThanReplicas(errors: Errors, status: Fields, names: readonly string[]): void {
  for (const name of names) {
    if (Number(status[name] ?? 0) > Number(status.replicas ?? 0)) {
      errors.push(invalid(child("status", name), status[name], "cannot be greater than status.replicas"));
    }
  }
}

function checkReadiness(errors: Errors, status: Fields, bound = "readyReplicas"): void {
  if (Number(status.availableReplicas ?? 0) > Number(status.readyReplicas ?? 0)) {
    errors.push(invalid("status.availableReplicas", status.availableReplicas, `cannot be greater than ${bound}`));
  }
}

/** Collisions of names are only ever counted up. */
function checkCollisions(errors: Errors, object: Fields, old: Fields): void {
  const [now, before] = [record(object.status).collisionCount, record(old.status).collisionCount];
  if (isPresent(before) && (!isPresent(now) || Number(now) < Number(before)))
    errors.push(invalid("status.collisionCount", now ?? 0, "cannot be decremented"));
}

function checkReplicaSetSpec(errors: Errors, spec: Fields): void {
  checkNonNegative(errors, "spec.replicas", spec.replicas);
  checkNonNegative(errors, "spec.minReadySeconds", spec.minReadySeconds);
  checkSelectorAndTemplate(errors, spec, { kind: "ReplicaSet" }, "empty selector is invalid for deployment");
}

export function validateReplicaSet(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  checkReplicaSetSpec(errors, record(object.spec));
}

const REPLICA_COUNTERS = [
  "replicas",
  "fullyLabeledReplicas",
  "readyReplicas",
  "availableReplicas",
  "observedGeneration",
];

export function validateReplicaSetUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    checkReplicaStatus(errors, record(object.status));
    return;
  }
  checkReplicaSetSpec(errors, record(object.spec));
  checkSelectorUnchanged(errors, object, old);
}

function checkReplicaStatus(errors: Errors, status: Fields): void {
  checkCounters(errors, status, REPLICA_COUNTERS);
  checkNotMoreThanReplicas(errors, status, ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"]);
  checkReadiness(errors, status);
}

function checkDaemonSetSpec(errors: Errors, spec: Fields): void {
  const selector = spec.selector;
  checkLabelSelector(errors, "spec.selector", selector);
  const selectsAll = isPresent(selector) && isEmptySelector(selector);
  if (isPresent(selector) && !selectsAll && !matches(selector, templateLabels(spec))) {
    errors.push(invalidAsGo("spec.template.metadata.labels", goLabels(templateLabels(spec)), SELECTOR_MISMATCH));
  }
  if (selectsAll)
    errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), "empty selector is invalid for daemonset"));
  checkLastingTemplate(errors, spec, "DaemonSet");
  checkNonNegative(errors, "spec.minReadySeconds", spec.minReadySeconds);
  checkNonNegative(errors, "spec.templateGeneration", spec.templateGeneration);
  checkDaemonSetStrategy(errors, record(spec.updateStrategy));
  checkNonNegative(errors, "spec.revisionHistoryLimit", spec.revisionHistoryLimit);
}

function checkDaemonSetStrategy(errors: Errors, strategy: Fields): void {
  const field = "spec.updateStrategy";
  if (strategy.type === "OnDelete") return;
  if (strategy.type !== "RollingUpdate") {
    errors.push(
      asGo(
        notSupported(field, goStrategy("DaemonSetUpdateStrategy", "RollingUpdateDaemonSet", strategy), [
          "RollingUpdate",
          "OnDelete",
        ]),
      ),
    );
    return;
  }
  const path = child(field, "rollingUpdate");
  if (!isPresent(strategy.rollingUpdate)) {
    errors.push(required(path));
    return;
  }
  const { maxUnavailable, maxSurge } = record(strategy.rollingUpdate);
  for (const [name, value] of [
    ["maxUnavailable", maxUnavailable],
    ["maxSurge", maxSurge],
  ] as const) {
    checkIntOrPercent(errors, child(path, name), value);
    checkNotMoreThan100Percent(errors, child(path, name), value);
  }
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(
      invalidAsGo(child(path, "maxSurge"), goIntOrString(maxSurge), "may not be set when maxUnavailable is non-zero"),
    );
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(required(child(path, "maxUnavailable"), "cannot be 0 when maxSurge is 0"));
  }
}

export function validateDaemonSet(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  checkDaemonSetSpec(errors, withTemplateGeneration(object));
}

/** The field of old versions lives on as an annotation. */
function withTemplateGeneration(object: Fields): Fields {
  const annotation = record(record(object.metadata).annotations)["deprecated.daemonset.template.generation"];
  const spec = record(object.spec);
  return /^-?\d+$/.test(text(annotation)) ? { ...spec, templateGeneration: Number(annotation) } : spec;
}

const DAEMON_COUNTERS = [
  "currentNumberScheduled",
  "numberMisscheduled",
  "desiredNumberScheduled",
  "numberReady",
  "observedGeneration",
  "updatedNumberScheduled",
  "numberAvailable",
  "numberUnavailable",
];

export function validateDaemonSetUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    checkCounters(errors, record(object.status), [...DAEMON_COUNTERS, "collisionCount"]);
    checkCollisions(errors, object, old);
    return;
  }
  const [spec, oldSpec] = [withTemplateGeneration(object), withTemplateGeneration(old)];
  checkTemplateGenerationUpdate(errors, spec, oldSpec);
  checkDaemonSetSpec(errors, spec);
  checkSelectorUnchanged(errors, object, old);
}

/** Counts with the template, and with it only. */
function checkTemplateGenerationUpdate(errors: Errors, spec: Fields, old: Fields): void {
  const [now, before] = [Number(spec.templateGeneration ?? 0), Number(old.templateGeneration ?? 0)];
  const changed = !semanticEqual(spec.template, old.template);
  const wrong = (why: string): void => {
    errors.push(invalid("spec.templateGeneration", now, why));
  };
  if (now < before) wrong("must not be decremented");
  if (now === before && changed) wrong("must be incremented upon template update");
  else if (now > before && !changed) wrong("must not be incremented without template update");
}

function checkStatefulSetSpec(errors: Errors, spec: Fields): void {
  const policies = ["OrderedReady", "Parallel"];
  if (text(spec.podManagementPolicy) === "") errors.push(required("spec.podManagementPolicy"));
  else if (!policies.includes(text(spec.podManagementPolicy))) {
    errors.push(invalid("spec.podManagementPolicy", spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'"));
  }
  checkStatefulSetStrategy(errors, record(spec.updateStrategy));
  checkRetentionPolicy(errors, record(spec.persistentVolumeClaimRetentionPolicy));
  checkNonNegative(errors, "spec.replicas", spec.replicas);
  checkNonNegative(errors, "spec.minReadySeconds", spec.minReadySeconds);
  checkNonNegative(errors, "spec.ordinals.start", record(spec.ordinals).start);
  const selector = spec.selector;
  if (!isPresent(selector)) errors.push(required("spec.selector"));
  else {
    checkLabelSelector(errors, "spec.selector", selector);
    if (isEmptySelector(selector))
      errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), "empty selector is invalid for statefulset"));
  }
  if (hasBadSelector(selector)) errors.push(invalidAsGo("spec.selector", goLabelSelector(selector), ""));
  else {
    checkTemplateLabels(
      errors,
      spec,
      isPresent(selector) && isEmptySelector(selector),
      matches(selector, templateLabels(spec)),
    );
    checkTemplateMetadata(errors, "spec.template", record(spec.template));
  }
  checkLasting(errors, spec, "StatefulSet");
  list(spec.volumeClaimTemplates).forEach((template, index) => {
    if (text(record(record(template).metadata).name) === "") return;
    checkClaimSpec(errors, child(item("spec.volumeClaimTemplates", index), "spec"), record(record(template).spec));
  });
}

function checkStatefulSetStrategy(errors: Errors, strategy: Fields): void {
  const field = "spec.updateStrategy";
  const path = child(field, "rollingUpdate");
  switch (text(strategy.type)) {
    case "":
      errors.push(required(field));
      break;
    case "OnDelete":
      if (isPresent(strategy.rollingUpdate)) {
        errors.push(invalid(path, strategy.rollingUpdate, `only allowed for updateStrategy 'RollingUpdate'`));
      }
      break;
    case "RollingUpdate": {
      const update = record(strategy.rollingUpdate);
      checkNonNegative(errors, child(path, "partition"), update.partition);
      if (isPresent(update.maxUnavailable)) {
        checkIntOrPercent(errors, child(path, "maxUnavailable"), update.maxUnavailable);
        if (isZero(update.maxUnavailable))
          errors.push(invalidAsGo(child(path, "maxUnavailable"), goIntOrString(update.maxUnavailable), "cannot be 0"));
        checkNotMoreThan100Percent(errors, child(path, "maxUnavailable"), update.maxUnavailable);
      }
      break;
    }
    default:
      errors.push(
        invalidAsGo(
          field,
          goStrategy("StatefulSetUpdateStrategy", "RollingUpdateStatefulSetStrategy", strategy),
          "must be 'RollingUpdate' or 'OnDelete'",
        ),
      );
  }
}

function checkRetentionPolicy(errors: Errors, policy: Fields): void {
  const field = "spec.persistentVolumeClaimRetentionPolicy";
  for (const name of ["whenDeleted", "whenScaled"]) {
    if (policy[name] === "Retain" || policy[name] === "Delete") continue;
    errors.push(notSupported(child(field, name), text(policy[name]), ["Retain", "Delete"]));
  }
}

export function validateStatefulSet(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsLabel);
  checkStatefulSetSpec(errors, record(object.spec));
}

const STATEFUL_SET_CHANGEABLE = [
  "replicas",
  "template",
  "updateStrategy",
  "minReadySeconds",
  "ordinals",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
];

export function validateStatefulSetUpdate(errors: Errors, object: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    checkCounters(errors, record(object.status), [
      "replicas",
      "readyReplicas",
      "currentReplicas",
      "updatedReplicas",
      "observedGeneration",
      "collisionCount",
      "availableReplicas",
    ]);
    checkNotMoreThanReplicas(errors, record(object.status), [
      "readyReplicas",
      "currentReplicas",
      "updatedReplicas",
      "availableReplicas",
    ]);
    checkReadiness(errors, record(object.status), "status.readyReplicas");
    checkCollisions(errors, object, old);
    return;
  }
  const [spec, oldSpec] = [record(object.spec), record(old.spec)];
  checkStatefulSetSpec(errors, spec);
  const masked: Record<string, unknown> = { ...spec };
  for (const name of STATEFUL_SET_CHANGEABLE) {
    if (isPresent(oldSpec[name])) masked[name] = oldSpec[name];
    else delete masked[name];
  }
  if (!equalJson(masked, oldSpec)) {
    errors.push(
      forbidden(
        "spec",
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    );
  }
}

function checkReplicationControllerSpec(errors: Errors, spec: Fields): void {
  checkNonNegative(errors, "spec.minReadySeconds", spec.minReadySeconds);
  const selector = record(spec.selector) as Readonly<Record<string, string>>;
  if (Object.keys(selector).length === 0) errors.push(required("spec.selector"));
  checkNonNegative(errors, "spec.replicas", spec.replicas);
  if (!isPresent(spec.template)) {
    errors.push(required("spec.template"));
    return;
  }
  const labels = record(templateLabels(spec)) as Readonly<Record<string, string>>;
  checkTemplateLabels(
    errors,
    spec,
    Object.keys(selector).length === 0,
    matchesSelector(selectorFromSet(selector), labels),
  );
  checkLastingTemplate(errors, spec, "ReplicationController");
}

const controllerName: NameValidation = nameIsDnsSubdomain;

export function validateReplicationController(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, controllerName);
  checkReplicationControllerSpec(errors, record(object.spec));
}

export function validateReplicationControllerUpdate(
  errors: Errors,
  object: Fields,
  old: Fields,
  subresource: string,
): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") checkReplicaStatus(errors, record(object.status));
  else checkReplicationControllerSpec(errors, record(object.spec));
}

export function validateControllerRevision(errors: Errors, object: Fields): void {
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  if (!isPresent(object.data)) errors.push(required("data", "data is mandatory"));
  else if (typeof object.data !== "object" || Array.isArray(object.data)) {
    errors.push(required("data", "data must be a valid JSON object"));
  }
  checkNonNegative(errors, "revision", object.revision);
}

export function validateControllerRevisionUpdate(errors: Errors, object: Fields, old: Fields): void {
  checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  validateControllerRevision(errors, object);
  checkImmutable(errors, "data", object.data, old.data);
}
