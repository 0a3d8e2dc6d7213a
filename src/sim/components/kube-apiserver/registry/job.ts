import type { ApiObject } from "../../../api/object.ts";

const CONTROLLER_UID = "batch.kubernetes.io/controller-uid";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

interface Spec {
  readonly manualSelector?: boolean;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly template?: Template;
}

/**
 * A Job selects its own pods by its uid, unless its author selects them (pkg/registry/batch/job generateSelector). What
 * the author wrote already stays, and is refused by validation where it contradicts. As a Job without labels has those
 * of its template whenever it is read, it gets them here.
 */
export function withJobSelector(job: ApiObject): ApiObject {
  const spec = (job.spec ?? {}) as Spec;
  if (spec.manualSelector === true) return job;
  const { name = "", uid = "", labels: own } = job.metadata ?? {};
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
    ...spec.template?.metadata?.labels,
  };
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  const matchLabels = { [CONTROLLER_UID]: uid, ...spec.selector?.matchLabels };
  const metadata = own === undefined || Object.keys(own).length === 0 ? { ...job.metadata, labels } : job.metadata;
  return {
    ...job,
    ...(metadata === undefined ? {} : { metadata }),
    spec: { ...spec, selector: { ...spec.selector, matchLabels }, template },
  };
}
