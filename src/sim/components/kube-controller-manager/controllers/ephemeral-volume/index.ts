import { deepFreeze } from "../../../../api/object.ts";
import { claimNameOf, notForPod } from "../../../../api/storage/pod-claims.ts";
import type { ControllerDefinition, Plan, PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import { createRequest } from "../../../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PODS } from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { POD_BY_CLAIM_INDEX } from "../../lib/claims-of-pods.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { Pod, Volume } from "../../lib/types.ts";

/**
 * pkg/controller/volume/ephemeral: pods whose volumes have a template for a claim get one for each, which goes with the
 * pod. Keys are pods.
 */
export const ephemeralVolumeController: ControllerDefinition<null> = {
  name: "ephemeral-volume-controller",
  workers: 5,
  informers: [{ resource: PODS, indexes: [POD_BY_CLAIM_INDEX] }, { resource: PERSISTENT_VOLUME_CLAIMS }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer === "pods") {
      if (delta.type === "added" && isConcerned(delta.object as Pod)) hands.add(keyOf(delta.object), delta.trace);
    } else if (delta.type === "deleted") {
      for (const pod of objectsByIndex<Pod>(hands.store("pods"), POD_BY_CLAIM_INDEX, keyOf(delta.object)))
        if (isConcerned(pod)) hands.add(keyOf(pod), delta.trace);
    }
  },
  reconcile(view, key): Plan {
    const pod = view.store("pods").objects.get(key) as Pod | undefined;
    if (pod === undefined || !isConcerned(pod)) return {};
    const namespace = pod.metadata?.namespace ?? "";
    const claims = view.store("persistentvolumeclaims").objects;
    const writes: PlannedWrite[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      if (volume.ephemeral === undefined) continue;
      const name = claimNameOf(pod, volume) ?? "";
      const held = claims.get(`${namespace}/${name}`);
      const stranger = held === undefined ? null : notForPod(pod, held);
      if (stranger !== null) return { writes, events: [warning(pod, volume, stranger)], error: stranger };
      if (held === undefined) writes.push(creation(pod, volume, name));
    }
    return { writes };
  },
};

function isConcerned({ metadata, spec }: Pod): boolean {
  return metadata?.deletionTimestamp === undefined && (spec?.volumes ?? []).some(({ ephemeral }) => ephemeral);
}

function creation(pod: Pod, volume: Volume, name: string): PlannedWrite {
  const { metadata: template, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
  const { annotations, labels } = template ?? {};
  const claim = deepFreeze({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace: pod.metadata?.namespace ?? "",
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(PODS, pod)],
    },
    spec,
  });
  const onFailure = warning(pod, volume, `create PVC ${name}: {error}`);
  return { request: createRequest(PERSISTENT_VOLUME_CLAIMS, claim), onFailure };
}

function warning(pod: Pod, { name }: Volume, why: string): EventToRecord {
  const message = `ephemeral volume ${name}: ${why}`;
  return { object: referenceTo(PODS, pod), type: "Warning", reason: "FailedBinding", message };
}
