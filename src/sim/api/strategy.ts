/**
 * What a write may touch (pkg/registry's strategies): status at creation, status and spec apart at updates, generation.
 * Metadata that the server sets (uid, creationTimestamp, resourceVersion) is the registry's own.
 */

import { defined, withFields } from "../kernel/records.ts";
import type { Definition } from "./custom/definition.ts";
import { initialStatus, withStoredVersion } from "./custom/definition-defaults.ts";
import { equalJson } from "./equal.ts";
import { type Kind, kindOfObject } from "./kinds.ts";
import type { ApiObject, ObjectMeta } from "./object.ts";
import { withLabelKeys } from "./pod/label-keys.ts";
import { computeQosClass } from "./pod/qos.ts";
import type { Pod } from "./pod/types.ts";

/** Kinds whose status may be sent at creation. */
const STATUS_AT_CREATION: readonly string[] = ["Node"];
/** A change of annotations counts as one of the spec. */
const ANNOTATIONS_COUNT: readonly string[] = ["Deployment"];
/** Their labels cannot be changed through `/status`. */
const LABELS_BY_SPEC_ONLY: readonly string[] = ["Deployment"];

const INITIAL_STATUS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Namespace: Object.freeze({ phase: "Active" }),
  PersistentVolume: Object.freeze({ phase: "Pending" }),
  PersistentVolumeClaim: Object.freeze({ phase: "Pending" }),
  Service: Object.freeze({ loadBalancer: Object.freeze({}) }),
};
const NO_STATUS: Readonly<Record<string, unknown>> = Object.freeze({});

/** For an object that has its defaults: and its uid: generation 1, the status that it begins with, generated selectors. */
export function prepareForCreate(object: ApiObject, kind = kindOfObject(object.apiVersion, object.kind)): ApiObject {
  if (!kind) return object;
  let result = object;
  if (kind.hasGeneration && object.metadata?.generation !== 1) {
    result = { ...result, metadata: { ...result.metadata, generation: 1 } };
  }
  if (kind.custom !== null) return kind.hasStatus ? withoutStatus(result) : result;
  if (kind.kind === "CustomResourceDefinition") return { ...result, status: initialStatus(result as Definition) };
  if (kind.kind === "Job" && kind.group === "batch") result = withGeneratedSelector(result);
  if (!kind.hasStatus || STATUS_AT_CREATION.includes(kind.kind)) return result;
  if (kind.kind === "Pod") return withFields(withLabelKeys(result), { status: initialPodStatus(result as Pod) });
  if (kind.kind === "Namespace")
    return { ...result, spec: withKubernetesFinalizer(result.spec), status: INITIAL_STATUS.Namespace };
  return { ...result, status: INITIAL_STATUS[kind.kind] ?? NO_STATUS };
}

function withoutStatus(object: ApiObject): ApiObject {
  const { status: _, ...rest } = object;
  return rest;
}

/**
 * Unless the job says that it selects by itself, its pods are those that carry its uid. What its author wrote stays, and
 * is refused by validation where it contradicts. A Job without labels has those of its template whenever it is read.
 */
function withGeneratedSelector(job: ApiObject): ApiObject {
  const spec = (job.spec ?? {}) as JobSpec;
  if (spec.manualSelector === true) return job;
  const { name = "", uid = "", labels: own } = job.metadata ?? {};
  const template = spec.template ?? {};
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
    ...template.metadata?.labels,
  };
  const matchLabels = { "batch.kubernetes.io/controller-uid": uid, ...spec.selector?.matchLabels };
  return {
    ...job,
    metadata: own !== undefined && Object.keys(own).length > 0 ? job.metadata : { ...job.metadata, labels },
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  } as ApiObject;
}

interface JobSpec {
  readonly manualSelector?: boolean;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly template?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
}

function initialPodStatus(pod: Pod): Pod["status"] {
  const gates = pod.spec?.schedulingGates;
  const gated = Array.isArray(gates) && gates.length > 0;
  const condition = {
    type: "PodScheduled",
    status: "False",
    reason: "SchedulingGated",
    message: "Scheduling is blocked due to non-empty scheduling gates",
  };
  return defined({ phase: "Pending", qosClass: computeQosClass(pod), conditions: gated ? [condition] : undefined });
}

function withKubernetesFinalizer(spec: unknown): Readonly<Record<string, unknown>> {
  const fields = (spec ?? {}) as Readonly<Record<string, unknown>>;
  const finalizers = Array.isArray(fields.finalizers) ? fields.finalizers : [];
  return finalizers.includes("kubernetes") ? fields : { ...fields, finalizers: [...finalizers, "kubernetes"] };
}

/**
 * `object`, with its defaults, as a change of the stored `old`: what this write may not touch is taken from `old`.
 * `subresource` is "" for the object itself, or `status`.
 */
export function prepareForUpdate(
  object: ApiObject,
  old: ApiObject,
  subresource = "",
  kind = kindOfObject(object.apiVersion, object.kind),
): ApiObject {
  if (!kind) return object;
  const metadata = metadataForUpdate(object.metadata ?? {}, old.metadata ?? {});
  if (subresource === "status" && kind.custom !== null) {
    const { status: _, ...rest } = old;
    return object.status === undefined ? rest : { ...rest, status: object.status };
  }
  if (subresource === "status") {
    const labelled = LABELS_BY_SPEC_ONLY.includes(kind.kind) ? withLabelsOf(metadata, old.metadata ?? {}) : metadata;
    return { ...old, metadata: labelled, status: object.status };
  }
  const { status: _sent, ...rest } = object;
  const kept = kind.hasStatus ? withFields(rest, defined({ status: old.status })) : object;
  const result = afterUpdate({ ...kept, metadata }, kind);
  if (!kind.hasGeneration || !changesSpec(result, old, kind)) return result;
  return { ...result, metadata: { ...metadata, generation: (old.metadata?.generation ?? 0) + 1 } };
}

function afterUpdate(object: ApiObject, kind: Kind): ApiObject {
  return kind.kind === "CustomResourceDefinition" && kind.custom === null
    ? withStoredVersion(object as Definition)
    : object;
}

function changesSpec(object: ApiObject, old: ApiObject, kind: Kind): boolean {
  if (
    kind.custom === null &&
    ANNOTATIONS_COUNT.includes(kind.kind) &&
    !equalJson(object.metadata?.annotations ?? {}, old.metadata?.annotations ?? {})
  ) {
    return true;
  }
  const keys = new Set([...Object.keys(object), ...Object.keys(old)]);
  for (const key of keys) {
    if (key === "metadata" || key === "kind" || key === "apiVersion") continue;
    if (key === "status" && (kind.hasStatus || kind.custom === null)) continue;
    if (!equalJson(object[key] ?? null, old[key] ?? null)) return true;
  }
  return false;
}

function withLabelsOf(metadata: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const { labels: _labels, ...rest } = metadata;
  return old.labels === undefined ? rest : { ...rest, labels: old.labels };
}

/** What is left out is as it was; creation and deletion times and generation are never the client's. */
function metadataForUpdate(metadata: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const result: Record<string, unknown> = { ...metadata };
  if (!metadata.uid && old.uid) result.uid = old.uid;
  if (old.creationTimestamp) result.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp) result.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined && metadata.deletionGracePeriodSeconds === undefined) {
    result.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds;
  }
  if (old.generation === undefined) delete result.generation;
  else result.generation = old.generation;
  return result as ObjectMeta;
}
