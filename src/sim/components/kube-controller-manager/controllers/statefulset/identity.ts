import { deepFreeze } from "../../../../api/object.ts";
import { STATEFUL_SETS } from "../../../../machinery/resources.ts";
import { controllerReference, podFromTemplate } from "../../lib/pods.ts";
import type { PersistentVolumeClaim, Pod, StatefulSet } from "../../lib/types.ts";

const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";
export const REVISION_LABEL = "controller-revision-hash";

const POD_NAME = /^(.*)-(\d+)$/s;
const INT32_MAX = 2_147_483_647;

/** The set's name and the ordinal in a pod's name; "" and -1 where there are none. */
export function parentAndOrdinal(podName: string): { readonly parent: string; readonly ordinal: number } {
  const match = POD_NAME.exec(podName);
  const ordinal = Number(match?.[2]);
  if (match === null) return { parent: "", ordinal: -1 };
  return { parent: match[1] ?? "", ordinal: ordinal > INT32_MAX ? -1 : ordinal };
}

export function ordinalOf(pod: Pod): number {
  return parentAndOrdinal(pod.metadata?.name ?? "").ordinal;
}

export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return parentAndOrdinal(pod.metadata?.name ?? "").parent === set.metadata?.name;
}

export function firstOrdinal(set: StatefulSet): number {
  return set.spec?.ordinals?.start ?? 0;
}

export function isInOrdinalRange(set: StatefulSet, pod: Pod): boolean {
  const index = ordinalOf(pod) - firstOrdinal(set);
  return index >= 0 && index < (set.spec?.replicas ?? 1);
}

export function revisionOf(pod: Pod): string {
  return pod.metadata?.labels?.[REVISION_LABEL] ?? "";
}

/** The pod of an ordinal as the set's template wants it. */
export function newPod(set: StatefulSet, ordinal: number, revision: string): Pod {
  const pod = podFromTemplate(set.spec?.template, set, controllerReference(STATEFUL_SETS, set));
  const name = `${set.metadata?.name}-${ordinal}`;
  const serviceName = set.spec?.serviceName ?? "";
  const named: Pod = {
    ...pod,
    metadata: { ...pod.metadata, name },
    spec: { ...pod.spec, hostname: name, ...(serviceName === "" ? {} : { subdomain: serviceName }) },
  };
  const identified = withStorage(set, withIdentity(set, named));
  const labels = { ...identified.metadata?.labels, [REVISION_LABEL]: revision };
  return deepFreeze({ ...identified, metadata: { ...identified.metadata, labels } });
}

export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const ordinal = ordinalOf(pod);
  const name = `${set.metadata?.name}-${ordinal}`;
  const labels = { ...pod.metadata?.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, name, namespace: set.metadata?.namespace ?? "", labels } };
}

export function identityMatches(set: StatefulSet, pod: Pod): boolean {
  const { name = "", namespace, labels } = pod.metadata ?? {};
  const { parent, ordinal } = parentAndOrdinal(name);
  return (
    ordinal >= 0 &&
    parent === set.metadata?.name &&
    name === `${parent}-${ordinal}` &&
    namespace === set.metadata.namespace &&
    labels?.[POD_NAME_LABEL] === name
  );
}

function claimNameOf(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata?.name}-${set.metadata?.name}-${ordinal}`;
}

/** The claims that a pod's volumes want, in the order of their templates. */
export function claimsOf(set: StatefulSet, pod: Pod): PersistentVolumeClaim[] {
  const ordinal = ordinalOf(pod);
  return (set.spec?.volumeClaimTemplates ?? []).map((template) =>
    deepFreeze({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      ...template,
      metadata: {
        ...template.metadata,
        name: claimNameOf(set, template, ordinal),
        namespace: set.metadata?.namespace ?? "",
        labels: { ...template.metadata?.labels, ...set.spec?.selector?.matchLabels },
      },
    }),
  );
}

/** Volumes of claims come first, and take the place of the template's of the same name. */
export function withStorage(set: StatefulSet, pod: Pod): Pod {
  const templates = set.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const claimed = templates.map((template) => ({
    name: template.metadata?.name ?? "",
    persistentVolumeClaim: { claimName: claimNameOf(set, template, ordinalOf(pod)) },
  }));
  const others = (pod.spec?.volumes ?? []).filter(({ name }) => !claimed.some((volume) => volume.name === name));
  return { ...pod, spec: { ...pod.spec, volumes: [...claimed, ...others] } };
}

export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod);
  if (ordinal < 0) return false;
  return (set.spec?.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec?.volumes?.find(({ name }) => name === template.metadata?.name);
    return volume?.persistentVolumeClaim?.claimName === claimNameOf(set, template, ordinal);
  });
}
