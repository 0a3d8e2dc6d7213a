import { semanticEqual } from "../../../api/equal.ts";
import { podTemplateHash } from "../../../api/hash.ts";
import { type ApiObject, deepFreeze, type ObjectMeta } from "../../../api/object.ts";
import type { PlannedWrite } from "../../../machinery/controller-runtime.ts";
import { deleteRequest } from "../../../machinery/requests.ts";
import { CONTROLLER_REVISIONS, type Resource } from "../../../machinery/resources.ts";
import { controllerReference } from "./pods.ts";
import type { ControllerRevision, PodTemplate } from "./types.ts";

/** ControllerRevisions of DaemonSets and StatefulSets (pkg/controller/history). */
interface Templated extends ApiObject {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly template?: PodTemplate };
  readonly status?: { readonly collisionCount?: number };
}

/** What a revision keeps: the patch that brings the template back. */
export function revisionData(template: PodTemplate | undefined): unknown {
  return { spec: { template: { ...template, $patch: "replace" } } };
}

export function templateOfRevision(revision: ControllerRevision): PodTemplate | undefined {
  const template = (revision.data as { readonly spec?: { readonly template?: object } } | undefined)?.spec?.template;
  if (template === undefined) return undefined;
  const { $patch: _, ...rest } = template as { readonly $patch?: string } & PodTemplate;
  return rest;
}

/** Oldest first; by creation and name among equals. */
export function sortedRevisions(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  return [...revisions].sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0) || compareText(ageKey(a), ageKey(b)));
}

function ageKey({ metadata }: ControllerRevision): string {
  return `${metadata?.creationTimestamp ?? ""}/${metadata?.name ?? ""}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The newest revision with the template of `owner`, or null. */
export function revisionOfTemplate(
  owner: Templated,
  revisions: readonly ControllerRevision[],
): ControllerRevision | null {
  const data = revisionData(owner.spec?.template);
  return sortedRevisions(revisions).findLast((revision) => semanticEqual(revision.data, data)) ?? null;
}

export function newestRevision(revisions: readonly ControllerRevision[]): number {
  return revisions.reduce((max, each) => Math.max(max, each.revision ?? 0), 0);
}

/** The next revision, of the present template. `hashLabel` is where it says its hash. */
export function newRevision(
  resource: Resource,
  owner: Templated,
  revisions: readonly ControllerRevision[],
  hashLabel: string,
  collisionCount = owner.status?.collisionCount,
): ControllerRevision {
  const hash = podTemplateHash(owner.spec?.template, collisionCount);
  const { name = "", namespace = "", annotations } = owner.metadata ?? {};
  return deepFreeze({
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${name.slice(0, 223)}-${hash}`,
      namespace,
      labels: { ...owner.spec?.template?.metadata?.labels, [hashLabel]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(resource, owner)],
    },
    data: revisionData(owner.spec?.template),
    revision: newestRevision(revisions) + 1,
  });
}

/** Old revisions beyond the limit that `isLive` does not keep, oldest first. */
export function revisionsToForget(
  revisions: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
  limit: number,
): ControllerRevision[] {
  const old = sortedRevisions(revisions).filter((revision) => !isLive(revision));
  return old.slice(0, Math.max(0, old.length - limit));
}

export function forgetRevision({ metadata }: ControllerRevision): PlannedWrite {
  const request = deleteRequest(CONTROLLER_REVISIONS, metadata?.namespace ?? "", metadata?.name ?? "");
  return { request, ignore: ["NotFound"] };
}
