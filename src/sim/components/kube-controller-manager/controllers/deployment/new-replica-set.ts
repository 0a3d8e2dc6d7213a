import { podTemplateHash } from "../../../../api/hash.ts";
import { deepFreeze } from "../../../../api/object.ts";
import { DEPLOYMENTS } from "../../../../machinery/resources.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { Deployment, ReplicaSet } from "../../lib/types.ts";
import {
  DESIRED_REPLICAS,
  HASH_LABEL,
  MAX_REPLICAS,
  maxRevision,
  REVISION,
  REVISION_HISTORY,
  revisionOf,
  specReplicas,
} from "./replica-sets.ts";
import { maxSurgeOf, newSetReplicas } from "./rolling.ts";

const HISTORY_CHARACTERS_MAX = 2000;

/** Deployment annotations that do not go to its ReplicaSets. */
const NOT_COPIED: readonly string[] = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
];

/** The ReplicaSet for the deployment's present template. */
export function buildNewSet(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const template = deployment.spec?.template;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const selector = deployment.spec?.selector;
  const minReadySeconds = deployment.spec?.minReadySeconds;
  const bare: ReplicaSet = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata?.name}-${hash}`,
      namespace: deployment.metadata?.namespace ?? "",
      ownerReferences: [controllerReference(DEPLOYMENTS, deployment)],
      labels,
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
  const revision = maxRevision(oldSets) + 1n;
  const replicas = newSetReplicas(deployment, [...oldSets, bare], bare);
  const annotations = newSetAnnotations(deployment, bare, revision, false);
  return deepFreeze({ ...bare, metadata: { ...bare.metadata, annotations }, spec: { ...bare.spec, replicas } });
}

/** The present new set with annotations and minReadySeconds as they should be; the same object if they are. */
export function updatedNewSet(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const annotations = newSetAnnotations(deployment, newSet, maxRevision(oldSets) + 1n, true);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const same = Object.entries(annotations).every(([name, value]) => newSet.metadata?.annotations?.[name] === value);
  if (same && (newSet.spec?.minReadySeconds ?? 0) === minReadySeconds) return newSet;
  return deepFreeze({
    ...newSet,
    metadata: { ...newSet.metadata, annotations },
    spec: { ...newSet.spec, minReadySeconds },
  });
}

/** SetNewReplicaSetAnnotations. */
function newSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet,
  revision: bigint,
  exists: boolean,
): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...set.metadata?.annotations };
  for (const [name, value] of Object.entries(deployment.metadata?.annotations ?? {})) {
    if (!NOT_COPIED.includes(name)) annotations[name] = value;
  }
  const oldRevision = annotations[REVISION];
  if (revisionOf(set) < revision) {
    annotations[REVISION] = String(revision);
    if (oldRevision !== undefined) {
      const history = annotations[REVISION_HISTORY];
      annotations[REVISION_HISTORY] = trimmed(history ? `${history},${oldRevision}` : oldRevision);
    }
  }
  if (!exists) Object.assign(annotations, replicaAnnotations(deployment));
  return annotations;
}

export function replicaAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const desired = specReplicas(deployment);
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + maxSurgeOf(deployment)) };
}

function trimmed(history: string): string {
  let text = history;
  while (text.length > HISTORY_CHARACTERS_MAX && text.includes(",")) text = text.slice(text.indexOf(",") + 1);
  return text;
}
