import { stringify } from "yaml";
import type { CauseStep, InspectorView, Section, Selection } from "../../../protocol/views.ts";
import { type Kind, kindOfObject, kindOfResource, qualifiedResource, storageKey } from "../../../sim/api/kinds.ts";
import type { ApiObject, OwnerReference } from "../../../sim/api/object.ts";
import { parseTime } from "../../../sim/api/time.ts";
import type { SchedulerState } from "../../../sim/components/kube-scheduler/state.ts";
import type { Records } from "../../records.ts";
import type { Session } from "../../session.ts";
import { eventRows } from "../events.ts";
import { actionsFor, marksOf } from "../faults.ts";
import { decisionSection } from "./scheduler.ts";
import { podUse } from "./use.ts";
import { causalChain } from "./why.ts";

type ObjectSelection = Extract<Selection, { readonly type: "object" }>;

export function inspectObject(session: Session, records: Records, selection: ObjectSelection): InspectorView | null {
  const key = keyOf(selection);
  const object = records.get(key);
  if (object === null) return null;
  const kind = object.kind ?? "";
  const { epochWallUs } = session.world.state;
  const created =
    object.metadata?.creationTimestamp === undefined ? null : parseTime(object.metadata.creationTimestamp);
  const trace = records.traceOf(key);
  const isPod = selection.resource === "pods";
  const phase = (object.status as { readonly phase?: string } | undefined)?.phase ?? "";
  return {
    selection,
    title: `${kind} ${selection.name}`,
    what: selection.namespace === "" ? `A ${kind} of the cluster.` : `A ${kind} in namespace ${selection.namespace}.`,
    more: "",
    state: object.metadata?.deletionTimestamp !== undefined ? "being deleted" : phase || "exists",
    tone: phase === "Failed" ? "bad" : phase === "Pending" ? "busy" : "good",
    sinceUs: created === null ? 0 : created - epochWallUs,
    why: [...ownerChain(records, object), ...(trace === null ? [] : causalChain(session, trace.trace, trace.span))],
    sections: [
      ...(isPod ? podUse(session, object) : []),
      ...(isPod ? decisionSections(session, object) : []),
      eventSection(records, epochWallUs, kind, selection.name),
      {
        type: "code",
        title: "YAML",
        language: "yaml",
        text: stringify(withVersion(object, records.modRevisionOf(key)), { lineWidth: 0 }),
      },
    ],
    actions: isPod
      ? actionsFor("container", `pod/${selection.namespace}/${selection.name}/${firstContainer(object)}`)
      : [],
    faults: marksOf(session.world, `pod/${selection.name}`),
    commands: commandsFor(selection, isPod),
  };
}

/** `pods`, `deployments.apps`. */
function kindOfQualified(resource: string): Kind | undefined {
  const dot = resource.indexOf(".");
  return dot < 0 ? kindOfResource("", resource) : kindOfResource(resource.slice(dot + 1), resource.slice(0, dot));
}

/** The object's key in etcd; a kind that is not of the catalogue is a custom one. */
function keyOf({ resource, namespace, name }: ObjectSelection): string {
  const kind = kindOfQualified(resource);
  if (kind !== undefined) return storageKey(kind, namespace, name);
  const dot = resource.indexOf(".");
  const prefix = `/registry/${resource.slice(dot + 1)}/${resource.slice(0, dot)}`;
  return namespace === "" ? `${prefix}/${name}` : `${prefix}/${namespace}/${name}`;
}

function firstContainer(pod: ApiObject): string {
  return (
    (pod.spec as { readonly containers?: readonly { readonly name: string }[] } | undefined)?.containers?.[0]?.name ??
    ""
  );
}

function commandsFor(selection: ObjectSelection, isPod: boolean): string[] {
  const namespace = selection.namespace === "" || selection.namespace === "default" ? "" : ` -n ${selection.namespace}`;
  const commands = [`kubectl describe ${selection.resource} ${selection.name}${namespace}`];
  if (isPod)
    commands.push(`kubectl logs ${selection.name}${namespace}`, `kubectl delete pod ${selection.name}${namespace}`);
  return commands;
}

/** As the API server shows it: the revision is not stored with the object. */
function withVersion(object: ApiObject, revision: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** Deployment -> ReplicaSet -> Pod, CronJob -> Job -> Pod: who made it, the first owner first. */
function ownerChain(records: Records, object: ApiObject): CauseStep[] {
  const steps: CauseStep[] = [];
  let current: ApiObject | null = object;
  while (current !== null && steps.length < 5) {
    const owner: OwnerReference | undefined =
      current.metadata?.ownerReferences?.find((reference) => reference.controller) ??
      current.metadata?.ownerReferences?.[0];
    const kind: Kind | undefined = owner === undefined ? undefined : kindOfObject(owner.apiVersion, owner.kind);
    if (owner === undefined || kind === undefined) break;
    const namespace: string = kind.namespaced ? (current.metadata?.namespace ?? "") : "";
    steps.unshift({
      text: `Made by ${owner.kind} ${owner.name}`,
      atUs: 0,
      selection: {
        type: "object",
        resource: qualifiedResource(kind.group, kind.resource),
        namespace,
        name: owner.name,
      },
    });
    current = records.get(storageKey(kind, namespace, owner.name));
  }
  return steps;
}

function eventSection(records: Records, epochWallUs: number, kind: string, name: string): Section {
  const object = `${kind.toLowerCase()}/${name}`;
  const rows = eventRows(records, epochWallUs).filter((row) => row.object === object);
  return {
    type: "table",
    title: "Events",
    columns: ["Type", "Reason", "Count", "Message"],
    rows: rows.map((row) => ({
      cells: [row.type, row.reason, String(row.count), row.message],
      tone: row.type === "Warning" ? ("warning" as const) : ("good" as const),
    })),
    note: rows.length === 0 ? "None." : "",
  };
}

/** What the scheduler decided for this pod, as long as it remembers. */
function decisionSections(session: Session, pod: ApiObject): Section[] {
  const key = `${pod.metadata?.namespace}/${pod.metadata?.name}`;
  for (const process of session.world.state.processes.values()) {
    if (process.kind !== "kube-scheduler" || !process.started) continue;
    const decision = (process.state as SchedulerState).decisions.decisions.findLast((each) => each.pod === key);
    if (decision !== undefined) return [decisionSection(decision)];
  }
  return [];
}
