import type { Definition } from "../../../api/custom/definition.ts";
import { markedForCleanup } from "../../../api/custom/definition-defaults.ts";
import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject, ObjectMeta, Status } from "../../../api/object.ts";
import { conflict } from "../../../api/status-errors.ts";
import { formatTime, parseTime } from "../../../api/time.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";
import { withResourceVersion } from "../watch/decorate.ts";
import type { Outcome } from "./outcome.ts";

const ORPHAN = "orphan";
const FOREGROUND = "foregroundDeletion";

/**
 * What deleting `current` means now (`rest.BeforeDelete` and the generic store): marked with a deadline, marked until
 * its finalizers are gone, or removed at once.
 */
export function planDeletion(kind: Kind, current: ApiObject, options: RequestOptionsOfVerb, wallUs: number): Outcome {
  const refusal = checkPreconditions(kind, current, options);
  if (refusal !== null) return { do: "refuse", status: refusal };
  if (kind.group === "" && kind.resource === "namespaces") return planNamespaceDeletion(kind, current, options, wallUs);
  const metadata = current.metadata!;
  const finalizers = finalizersFor(metadata.finalizers ?? [], options);
  const graceful = kind.group === "" && kind.resource === "pods";
  if (metadata.deletionTimestamp !== undefined)
    return planSecondDeletion(current, finalizers, graceful, options, wallUs);
  const period = graceful ? gracePeriodOf(current, options) : 0;
  if (period > 0 || finalizers.length > 0) {
    return { do: "put", object: marked(current, finalizers, period, wallUs + period * 1_000_000), deletes: true };
  }
  return { do: "remove", object: current };
}

export function isDefinition(kind: Kind): boolean {
  return kind.kind === "CustomResourceDefinition" && kind.group === "apiextensions.k8s.io";
}

/** A definition is marked first: its instances go before it, by the finalizing controller. */
export function planDefinitionDeletion(
  kind: Kind,
  current: ApiObject,
  options: RequestOptionsOfVerb,
  wallUs: number,
): Outcome {
  if (current.metadata!.deletionTimestamp !== undefined) return planDeletion(kind, current, options, wallUs);
  const refusal = checkPreconditions(kind, current, options);
  if (refusal !== null) return { do: "refuse", status: refusal };
  return { do: "put", object: markedForCleanup(current as Definition, formatTime(wallUs)), deletes: true };
}

function planSecondDeletion(
  current: ApiObject,
  finalizers: readonly string[],
  graceful: boolean,
  options: RequestOptionsOfVerb,
  wallUs: number,
): Outcome {
  const metadata = current.metadata!;
  const existing = metadata.deletionGracePeriodSeconds ?? 0;
  const period = graceful && options.gracePeriodSeconds !== undefined ? positive(options.gracePeriodSeconds) : existing;
  if (graceful && period === 0 && finalizers.length === 0) return { do: "remove", object: current };
  if (!graceful && finalizers.length === 0) return { do: "remove", object: current };
  if (period < existing) {
    const deadline = (parseTime(metadata.deletionTimestamp!) ?? wallUs) - (existing - period) * 1_000_000;
    // Never into the past: what has expired gets one more second.
    const late = deadline <= wallUs && period > 0;
    return {
      do: "put",
      object: marked(
        current,
        finalizers,
        late ? 1 : period,
        late ? wallUs + 1_000_000 : Math.max(deadline, wallUs),
        true,
      ),
      deletes: true,
    };
  }
  if (sameList(finalizers, metadata.finalizers ?? [])) return { do: "keep", object: current };
  return { do: "put", object: withFinalizers(current, finalizers), deletes: true };
}

function planNamespaceDeletion(kind: Kind, current: ApiObject, options: RequestOptionsOfVerb, wallUs: number): Outcome {
  const metadata = current.metadata!;
  const finalizers = finalizersFor(metadata.finalizers ?? [], options);
  const specFinalizers = (current.spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? [];
  if (metadata.deletionTimestamp === undefined) {
    const object = marked(current, finalizers, undefined, wallUs);
    return {
      do: "put",
      object: { ...object, status: { ...(current.status as object), phase: "Terminating" } },
      deletes: true,
    };
  }
  if (specFinalizers.length > 0) {
    const why =
      "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.";
    return { do: "refuse", status: conflict(kind, metadata.name!, why) };
  }
  return finalizers.length > 0 ? { do: "keep", object: current } : { do: "remove", object: current };
}

/** An update may be what empties the last finalizer of an object that is to go. */
export function goesWithUpdate(kind: Kind, next: ApiObject): boolean {
  const metadata = next.metadata!;
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return false;
  if (kind.group === "" && kind.resource === "namespaces") {
    return ((next.spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? []).length === 0;
  }
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

function checkPreconditions(kind: Kind, current: ApiObject, { preconditions }: RequestOptionsOfVerb): Status | null {
  if (preconditions === undefined) return null;
  const { uid, name, resourceVersion } = current.metadata!;
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    return conflict(kind, name!, why);
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    return conflict(kind, name!, why);
  }
  return null;
}

/** The policy of the request decides over the two finalizers of garbage collection. */
function finalizersFor(current: readonly string[], { propagationPolicy }: RequestOptionsOfVerb): readonly string[] {
  if (propagationPolicy === undefined) return current;
  const wanted = propagationPolicy === "Orphan" ? ORPHAN : propagationPolicy === "Foreground" ? FOREGROUND : "";
  const others = current.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  return wanted === "" ? others : [...others, wanted];
}

function gracePeriodOf(pod: ApiObject, options: RequestOptionsOfVerb): number {
  const spec = pod.spec as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const phase = (pod.status as { phase?: string } | undefined)?.phase;
  if (!spec.nodeName || phase === "Succeeded" || phase === "Failed") return 0;
  return positive(options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30);
}

function positive(seconds: number): number {
  return seconds < 0 ? 1 : seconds;
}

function marked(
  current: ApiObject,
  finalizers: readonly string[],
  period: number | undefined,
  deadlineWallUs: number,
  again = false,
): ApiObject {
  const metadata: ObjectMeta = current.metadata!;
  const generation = metadata.generation;
  return withFinalizers(
    {
      ...current,
      metadata: {
        ...metadata,
        deletionTimestamp: formatTime(deadlineWallUs),
        ...(period === undefined ? {} : { deletionGracePeriodSeconds: period }),
        ...(generation === undefined || again ? {} : { generation: generation + 1 }),
      },
    },
    finalizers,
  );
}

function withFinalizers(object: ApiObject, finalizers: readonly string[]): ApiObject {
  const { finalizers: _, ...metadata } = object.metadata!;
  return { ...object, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** What a delete says of an object that is gone: its last state, or for most kinds a short Status. */
export const RETURNED_WHEN_DELETED: ReadonlySet<string> = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "podtemplates",
  "resourcequotas",
  "persistentvolumes",
  "persistentvolumeclaims",
]);

export function lastState(object: ApiObject, revision: number): ApiObject {
  return withResourceVersion(object, String(revision));
}
