/** `kubectl describe deployment|replicaset|daemonset|statefulset|job` */

import { goDuration, humanDuration } from "../../../sim/api/duration.ts";
import { formatObjectSelector } from "../../../sim/api/labels.ts";
import { parseTime } from "../../../sim/api/time.ts";
import type { Invocation } from "../command.ts";
import { at, isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { podTemplateLines } from "./pod-template.ts";
import { plainPairs } from "./policies.ts";
import { annotationLines, type Lines, labelLines, longTime, shownBool } from "./writer.ts";

export function selectorText(object: JsonObject): string {
  const selector = objectOf(at(object, "spec", "selector")) as Parameters<typeof formatObjectSelector>[0];
  return formatObjectSelector(selector);
}

function status(object: JsonObject, field: string): number {
  return numberOf(at(object, "status", field));
}

export const describeDeployment: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Selector:", selectorText(object));
  const counts = [
    `${numberOf(spec.replicas)} desired`,
    `${status(object, "updatedReplicas")} updated`,
    `${status(object, "replicas")} total`,
    `${status(object, "availableReplicas")} available`,
    `${status(object, "unavailableReplicas")} unavailable`,
  ];
  lines.line(0, "Replicas:", counts.join(" | "));
  lines.line(0, "StrategyType:", textOf(at(spec, "strategy", "type")));
  lines.line(0, "MinReadySeconds:", String(numberOf(spec.minReadySeconds)));
  const rolling = at(spec, "strategy", "rollingUpdate");
  if (rolling)
    lines.line(
      0,
      "RollingUpdateStrategy:",
      `${String(at(rolling, "maxUnavailable"))} max unavailable, ${String(at(rolling, "maxSurge"))} max surge`,
    );
  podTemplateLines(lines, objectOf(spec.template));
  conditionLines(lines, object);
  const { old, current } = await replicaSetsOf(invocation, object);
  const shown = (sets: readonly JsonObject[]): string =>
    sets
      .map(
        (set) =>
          `${textOf(at(set, "metadata", "name"))} (${status(set, "replicas")}/${numberOf(at(set, "spec", "replicas"))} replicas created)`,
      )
      .join(", ") || "<none>";
  lines.line(0, "OldReplicaSets:", shown(old));
  lines.line(0, "NewReplicaSet:", shown(current));
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "Deployment"), nowUs);
};

function conditionLines(lines: Lines, object: JsonObject): void {
  const conditions = objectsOf(at(object, "status", "conditions"));
  if (conditions.length === 0) return;
  lines.line(0, "Conditions:");
  lines.line(1, "Type", "Status", "Reason");
  lines.line(1, "----", "------", "------");
  for (const { type, status: state, reason } of conditions)
    lines.line(1, `${textOf(type)} `, textOf(state), textOf(reason));
}

/** The new one is that with the deployment's own revision. */
async function replicaSetsOf(
  invocation: Invocation,
  object: JsonObject,
): Promise<{ readonly old: readonly JsonObject[]; readonly current: readonly JsonObject[] }> {
  const { namespace, uid } = objectOf(object.metadata);
  const list = await invocation.client.get(`/apis/apps/v1/namespaces/${textOf(namespace)}/replicasets`, [
    ["labelSelector", selectorText(object)],
    ["limit", "500"],
  ]);
  const revision = (item: JsonObject): string =>
    textOf(at(item, "metadata", "annotations", "deployment.kubernetes.io/revision"));
  const owned = listItems(list).filter((set) =>
    objectsOf(at(set, "metadata", "ownerReferences")).some((owner) => owner.uid === uid),
  );
  const isNew = (set: JsonObject): boolean => revision(set) === revision(object) && revision(set) !== "";
  return { current: owned.filter(isNew).slice(0, 1), old: owned.filter((set) => !isNew(set)) };
}

interface Counts {
  readonly running: number;
  readonly waiting: number;
  readonly succeeded: number;
  readonly failed: number;
}

async function podCounts(invocation: Invocation, object: JsonObject, selector = selectorText(object)): Promise<Counts> {
  const { namespace, uid } = objectOf(object.metadata);
  const list = await invocation.client.get(`/api/v1/namespaces/${textOf(namespace)}/pods`, [
    ["labelSelector", selector],
    ["limit", "500"],
  ]);
  const owned = listItems(list).filter((pod) =>
    objectsOf(at(pod, "metadata", "ownerReferences")).some((owner) => owner.uid === uid),
  );
  const count = (phase: string): number => owned.filter((pod) => at(pod, "status", "phase") === phase).length;
  return {
    running: count("Running"),
    waiting: count("Pending"),
    succeeded: count("Succeeded"),
    failed: count("Failed"),
  };
}

function countLine(lines: Lines, counts: Counts): void {
  lines.line(
    0,
    "Pods Status:",
    `${counts.running} Running / ${counts.waiting} Waiting / ${counts.succeeded} Succeeded / ${counts.failed} Failed`,
  );
}

export const describeReplicaSet: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations, ownerReferences } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "Selector:", selectorText(object));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  const owner = objectsOf(ownerReferences).find(({ controller }) => controller === true);
  if (owner) lines.line(0, "Controlled By:", `${textOf(owner.kind)}/${textOf(owner.name)}`);
  lines.line(
    0,
    "Replicas:",
    `${status(object, "replicas")} current / ${numberOf(at(object, "spec", "replicas"))} desired`,
  );
  countLine(lines, await podCounts(invocation, object));
  podTemplateLines(lines, objectOf(at(object, "spec", "template")));
  conditionLines(lines, object);
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "ReplicaSet"), nowUs);
};

export const describeDaemonSet: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  const nodeSelector = objectOf(at(object, "spec", "template", "spec", "nodeSelector"));
  const selector = Object.keys(nodeSelector)
    .sort()
    .map((key) => `${key}=${textOf(nodeSelector[key])}`)
    .join(",");
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "Selector:", selectorText(object));
  lines.line(0, "Node-Selector:", selector || "<none>");
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, `Desired Number of Nodes Scheduled: ${status(object, "desiredNumberScheduled")}`);
  lines.line(0, `Current Number of Nodes Scheduled: ${status(object, "currentNumberScheduled")}`);
  lines.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status(object, "updatedNumberScheduled")}`);
  lines.line(0, `Number of Nodes Scheduled with Available Pods: ${status(object, "numberAvailable")}`);
  lines.line(0, `Number of Nodes Misscheduled: ${status(object, "numberMisscheduled")}`);
  countLine(lines, await podCounts(invocation, object));
  podTemplateLines(lines, objectOf(at(object, "spec", "template")));
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "DaemonSet"), nowUs);
};

export const describeStatefulSet: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  lines.line(0, "Selector:", selectorText(object));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Replicas:", `${numberOf(spec.replicas)} desired | ${status(object, "replicas")} total`);
  lines.line(0, "Update Strategy:", textOf(at(spec, "updateStrategy", "type")));
  const partition = at(spec, "updateStrategy", "rollingUpdate", "partition");
  if (typeof partition === "number") lines.line(1, "Partition:", String(partition));
  countLine(lines, await podCounts(invocation, object));
  podTemplateLines(lines, objectOf(spec.template));
  const claims = objectsOf(spec.volumeClaimTemplates);
  if (claims.length === 0) lines.line(0, "Volume Claims:", "<none>");
  else lines.line(0, "Volume Claims:");
  for (const claim of claims) {
    lines.line(1, "Name:", textOf(at(claim, "metadata", "name")));
    lines.line(1, "StorageClass:", textOf(at(claim, "spec", "storageClassName")));
    labelLines(lines, "  Labels", objectOf(at(claim, "metadata", "labels")));
    annotationLines(lines, "  Annotations", objectOf(at(claim, "metadata", "annotations")));
    lines.line(1, "Capacity:", textOf(at(claim, "spec", "resources", "requests", "storage")) || "<default>");
    lines.line(1, "Access Modes:", `[${((at(claim, "spec", "accessModes") ?? []) as readonly string[]).join(" ")}]`);
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "StatefulSet"), nowUs);
};

export const describeJob: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const state = objectOf(object.status);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "Selector:", selectorText(object));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  if (typeof spec.parallelism === "number") lines.line(0, "Parallelism:", String(spec.parallelism));
  lines.line(0, "Completions:", typeof spec.completions === "number" ? String(spec.completions) : "<unset>");
  if (spec.completionMode) lines.line(0, "Completion Mode:", textOf(spec.completionMode));
  if (typeof spec.suspend === "boolean") lines.line(0, "Suspend:", String(spec.suspend));
  if (typeof spec.backoffLimit === "number") lines.line(0, "Backoff Limit:", String(spec.backoffLimit));
  if (typeof spec.ttlSecondsAfterFinished === "number")
    lines.line(0, "TTL Seconds After Finished:", String(spec.ttlSecondsAfterFinished));
  if (state.startTime) lines.line(0, "Start Time:", longTime(state.startTime));
  if (state.completionTime) lines.line(0, "Completed At:", longTime(state.completionTime));
  const [start, end] = [parseTime(textOf(state.startTime)), parseTime(textOf(state.completionTime))];
  if (start !== null && end !== null) lines.line(0, "Duration:", humanDuration(end - start));
  if (typeof spec.activeDeadlineSeconds === "number")
    lines.line(
      0,
      "Active Deadline Seconds:",
      goDuration(spec.activeDeadlineSeconds * 1_000_000).replace(/^.*$/, `${spec.activeDeadlineSeconds}s`),
    );
  const ready = typeof state.ready === "number" ? ` (${state.ready} Ready)` : "";
  lines.line(
    0,
    "Pods Statuses:",
    `${status(object, "active")} Active${ready} / ${status(object, "succeeded")} Succeeded / ${status(object, "failed")} Failed`,
  );
  if (spec.completionMode === "Indexed")
    lines.line(0, "Completed Indexes:", textOf(state.completedIndexes) || "<none>");
  podTemplateLines(lines, objectOf(spec.template));
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "Job"), nowUs);
};

export const describeReplicationController: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  const selector = plainPairs(objectOf(at(object, "spec", "selector")));
  lines.line(0, "Selector:", selector);
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  const wanted = numberOf(at(object, "spec", "replicas"));
  lines.line(0, "Replicas:", `${status(object, "replicas")} current / ${wanted} desired`);
  countLine(lines, await podCounts(invocation, object, selector));
  podTemplateLines(lines, objectOf(at(object, "spec", "template")));
  conditionLines(lines, object);
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "ReplicationController"), nowUs);
};

export const describeCronJob: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const job = objectOf(at(spec, "jobTemplate", "spec"));
  const orUnset = (value: unknown): string => (value === undefined ? "<unset>" : String(value));
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Schedule:", textOf(spec.schedule));
  lines.line(0, "Concurrency Policy:", textOf(spec.concurrencyPolicy));
  lines.line(0, "Suspend:", shownBool(spec.suspend));
  lines.line(0, "Successful Job History Limit:", orUnset(spec.successfulJobsHistoryLimit));
  lines.line(0, "Failed Job History Limit:", orUnset(spec.failedJobsHistoryLimit));
  const deadline = spec.startingDeadlineSeconds;
  lines.line(0, "Starting Deadline Seconds:", deadline === undefined ? "<unset>" : `${String(deadline)}s`);
  const selector = at(job, "selector");
  lines.line(0, "Selector:", isObject(selector) ? selectorText({ spec: { selector } }) : "<unset>");
  lines.line(0, "Parallelism:", orUnset(job.parallelism));
  lines.line(0, "Completions:", orUnset(job.completions));
  if (job.activeDeadlineSeconds !== undefined)
    lines.line(0, "Active Deadline Seconds:", `${String(job.activeDeadlineSeconds)}s`);
  podTemplateLines(lines, objectOf(job.template));
  const last = at(object, "status", "lastScheduleTime");
  lines.line(0, "Last Schedule Time:", last === undefined ? "<unset>" : longTime(last));
  const active = objectsOf(at(object, "status", "active")).map((one) => textOf(one.name));
  lines.line(0, "Active Jobs:", active.join(", ") || "<none>");
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "CronJob"), nowUs);
};
