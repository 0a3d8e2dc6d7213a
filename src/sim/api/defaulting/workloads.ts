/** Defaults of what makes pods: apps, batch, autoscaling. */
import { roundAmounts } from "./amounts.ts";
import { each, type Fields, fill, fillNil, isFields, set, steps, within, withinOrNew } from "./fill.ts";
import { defaultPodTemplate, roundClaim } from "./pod.ts";

function withTemplate(spec: Fields): Fields {
  return withinOrNew(spec, "template", defaultPodTemplate);
}

/** The label set of the pod template, if it has labels. */
function templateLabels(spec: Fields): Fields | null {
  const template = isFields(spec.template) ? spec.template : {};
  const metadata = isFields(template.metadata) ? template.metadata : {};
  const labels = metadata.labels;
  return isFields(labels) && Object.keys(labels).length > 0 ? labels : null;
}

/** Objects without labels take those of their pods. */
function labelsFromTemplate(object: Fields): Fields {
  const labels = templateLabels(isFields(object.spec) ? object.spec : {});
  if (!labels) return object;
  return withinOrNew(object, "metadata", (metadata) => {
    const own = metadata.labels;
    return isFields(own) && Object.keys(own).length > 0 ? metadata : { ...metadata, labels };
  });
}

export function defaultDeployment(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) =>
    steps(
      spec,
      withTemplate,
      (one) => fill(one, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
      (one) =>
        withinOrNew(one, "strategy", (strategy) => rolling(strategy, { maxUnavailable: "25%", maxSurge: "25%" })),
    ),
  );
}

/** A strategy whose type defaults to RollingUpdate, and that has then these parameters. */
function rolling(strategy: Fields, parameters: Fields): Fields {
  const typed = fill(strategy, { type: "RollingUpdate" });
  if (typed.type !== "RollingUpdate") return typed;
  return withinOrNew(typed, "rollingUpdate", (update) => fill(update, parameters));
}

export function defaultReplicaSet(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) => fill(withTemplate(spec), { replicas: 1 }));
}

export function defaultDaemonSet(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) =>
    steps(
      spec,
      withTemplate,
      (one) => fill(one, { revisionHistoryLimit: 10 }),
      (one) => withinOrNew(one, "updateStrategy", (strategy) => rolling(strategy, { maxUnavailable: 1, maxSurge: 0 })),
    ),
  );
}

export function defaultStatefulSet(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) =>
    steps(
      spec,
      withTemplate,
      (one) => fill(one, { replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10 }),
      (one) => withinOrNew(one, "updateStrategy", (strategy) => rolling(strategy, { partition: 0 })),
      (one) =>
        withinOrNew(one, "persistentVolumeClaimRetentionPolicy", (policy) =>
          fill(policy, { whenDeleted: "Retain", whenScaled: "Retain" }),
        ),
      (one) => each(one, "volumeClaimTemplates", (claim) => defaultClaim(claim)),
    ),
  );
}

export function defaultClaim(object: Fields): Fields {
  const spec = withinOrNew(object, "spec", (one) => roundClaim(fillNil(one, "volumeMode", "Filesystem")));
  return withinOrNew(spec, "status", (status) =>
    roundAmounts(fill(status, { phase: "Pending" }), "capacity", "allocatedResources"),
  );
}

export function defaultReplicationController(object: Fields): Fields {
  const defaulted = withinOrNew(object, "spec", (spec) => {
    const labels = templateLabels(spec);
    const selector = spec.selector;
    const selected =
      labels && !(isFields(selector) && Object.keys(selector).length > 0) ? set(spec, "selector", labels) : spec;
    return fill(selected.template ? withTemplate(selected) : selected, { replicas: 1 });
  });
  return labelsFromTemplate(defaulted);
}

export function defaultJob(object: Fields): Fields {
  return labelsFromTemplate(withinOrNew(object, "spec", (spec) => defaultJobSpec(withTemplate(spec))));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function defaultJobSpec(spec: Fields): Fields {
  const counts = isSet(spec.completions) || isSet(spec.parallelism) ? {} : { completions: 1 };
  return steps(
    fill(spec, {
      ...counts,
      parallelism: 1,
      backoffLimit: isSet(spec.backoffLimitPerIndex) ? 2_147_483_647 : 6,
      completionMode: "NonIndexed",
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: isFields(spec.podFailurePolicy) ? "Failed" : "TerminatingOrFailed",
    }),
    defaultFailurePolicy,
  );
}

function defaultFailurePolicy(spec: Fields): Fields {
  return within(spec, "podFailurePolicy", (policy) =>
    each(policy, "rules", (rule) => each(rule, "onPodConditions", (condition) => fill(condition, { status: "True" }))),
  );
}

export function defaultCronJob(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) =>
    steps(
      spec,
      (one) =>
        fill(one, {
          concurrencyPolicy: "Allow",
          suspend: false,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 1,
        }),
      (one) =>
        withinOrNew(one, "jobTemplate", (template) =>
          withinOrNew(template, "spec", (job) => defaultFailurePolicy(withTemplate(job))),
        ),
    ),
  );
}

const CPU_METRIC: Fields = Object.freeze({
  type: "Resource",
  resource: Object.freeze({
    name: "cpu",
    target: Object.freeze({ type: "Utilization", averageUtilization: 80 }),
  }),
});

const SCALE_UP: Fields = Object.freeze({
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: Object.freeze([
    Object.freeze({ type: "Pods", value: 4, periodSeconds: 15 }),
    Object.freeze({ type: "Percent", value: 100, periodSeconds: 15 }),
  ]),
});
const SCALE_DOWN: Fields = Object.freeze({
  selectPolicy: "Max",
  policies: Object.freeze([Object.freeze({ type: "Percent", value: 100, periodSeconds: 15 })]),
});

export function defaultHorizontalPodAutoscaler(object: Fields): Fields {
  return withinOrNew(object, "spec", (spec) => {
    const filled = fill(spec, { minReplicas: 1 });
    if (object.apiVersion !== "autoscaling/v2") return filled;
    const measured =
      Array.isArray(filled.metrics) && filled.metrics.length > 0 ? filled : { ...filled, metrics: [CPU_METRIC] };
    return within(measured, "behavior", (behavior) =>
      withinOrNew(
        withinOrNew(behavior, "scaleUp", (rules) => fill(rules, SCALE_UP)),
        "scaleDown",
        (rules) => fill(rules, SCALE_DOWN),
      ),
    );
  });
}
