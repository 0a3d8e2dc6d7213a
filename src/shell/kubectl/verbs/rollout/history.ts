/** Revisions of a workload: replica sets of a deployment, controller revisions of the others. */
import { formatObjectSelector } from "../../../../sim/api/labels.ts";
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { at, isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf, withAt } from "../../json.ts";
import { type Info, listItems } from "../../targets.ts";

export interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: JsonObject;
  /** Annotations that go back with a deployment's template. */
  readonly annotations: JsonObject;
  /** The patch that brings a daemon set or stateful set back. */
  readonly data: JsonObject;
}

export const revisionAnnotation = "deployment.kubernetes.io/revision";
const causeAnnotation = "kubernetes.io/change-cause";

/** Oldest first. */
export async function revisionsOf(invocation: Invocation, info: Info): Promise<readonly Revision[]> {
  const { kind } = info.resource;
  if (!/^(Deployment|DaemonSet|StatefulSet)$/.test(kind))
    throw new CommandError(
      `no history viewer has been implemented for ${JSON.stringify(`${kind}.${info.resource.group}`.replace(/\.$/, ""))}`,
    );
  const path = kind === "Deployment" ? "replicasets" : "controllerrevisions";
  const selector = formatObjectSelector(
    objectOf(at(info.object, "spec", "selector")) as Parameters<typeof formatObjectSelector>[0],
  );
  const list = await invocation.client.get(`/apis/apps/v1/namespaces/${info.namespace}/${path}`, [
    ["labelSelector", selector],
  ]);
  const uid = textOf(at(info.object, "metadata", "uid"));
  const owned = listItems(list).filter((item) =>
    objectsOf(at(item, "metadata", "ownerReferences")).some((owner) => owner.uid === uid && owner.controller === true),
  );
  return owned
    .map((item) => (kind === "Deployment" ? fromReplicaSet(item) : fromControllerRevision(item, info)))
    .filter(({ number }) => number > 0)
    .sort((a, b) => a.number - b.number);
}

function fromReplicaSet(set: JsonObject): Revision {
  const annotations = objectOf(at(set, "metadata", "annotations"));
  return {
    number: Number(annotations[revisionAnnotation] ?? 0),
    cause: textOf(annotations[causeAnnotation]),
    template: objectOf(at(set, "spec", "template")),
    annotations,
    data: {},
  };
}

function fromControllerRevision(revision: JsonObject, info: Info): Revision {
  const data = objectOf(revision.data);
  const patched = at(data, "spec", "template");
  return {
    number: numberOf(revision.revision),
    cause: textOf(at(revision, "metadata", "annotations", causeAnnotation)),
    template: isObject(patched)
      ? withAt(patched, ["$patch"], undefined)
      : objectOf(at(info.object, "spec", "template")),
    annotations: {},
    data,
  };
}

export function revisionNumbered(revisions: readonly Revision[], number: number): Revision {
  const found = revisions.find((revision) => revision.number === number);
  if (!found) throw new CommandError("unable to find the specified revision");
  return found;
}
