import type { ControllerDefinition } from "../../machinery/controller-runtime.ts";
import type { IndexFunctions } from "../../machinery/store.ts";
import { csrApprovingController } from "./controllers/certificates/approving.ts";
import { csrCleaner } from "./controllers/certificates/cleaner.ts";
import { csrSigningController } from "./controllers/certificates/signing.ts";
import { clusterRoleAggregationController } from "./controllers/clusterrole-aggregation/index.ts";
import { cronJobController } from "./controllers/cronjob/index.ts";
import { daemonSetController } from "./controllers/daemonset/index.ts";
import { deploymentController } from "./controllers/deployment/index.ts";
import { disruptionController } from "./controllers/disruption/index.ts";
import { endpointsController } from "./controllers/endpoints/index.ts";
import {
  endpointSliceController,
  SERVICE_OF_SLICE_INDEX,
  serviceOfSliceIndex,
} from "./controllers/endpointslice/index.ts";
import {
  endpointSliceMirroringController,
  MIRRORED_SLICE_INDEX,
  mirroredSliceIndex,
} from "./controllers/endpointslice-mirroring/index.ts";
import { ephemeralVolumeController } from "./controllers/ephemeral-volume/index.ts";
import { garbageCollector } from "./controllers/garbage-collector/index.ts";
import { horizontalPodAutoscaler } from "./controllers/horizontal-pod-autoscaler/index.ts";
import { jobController } from "./controllers/job/index.ts";
import { legacyTokenCleaner } from "./controllers/legacy-serviceaccount-token-cleaner/index.ts";
import { namespaceController } from "./controllers/namespace/index.ts";
import { nodeIpamController } from "./controllers/node-ipam/index.ts";
import { nodeLifecycleController } from "./controllers/node-lifecycle/index.ts";
import { persistentVolumeBinder } from "./controllers/persistentvolume-binder/index.ts";
import { persistentVolumeExpander } from "./controllers/persistentvolume-expander/index.ts";
import { persistentVolumeProtection } from "./controllers/persistentvolume-protection/index.ts";
import { persistentVolumeClaimProtection } from "./controllers/persistentvolumeclaim-protection/index.ts";
import { podGarbageCollector } from "./controllers/pod-garbage-collector/index.ts";
import { replicaSetController } from "./controllers/replicaset/index.ts";
import { replicationController } from "./controllers/replicationcontroller/index.ts";
import { resourceQuotaController } from "./controllers/resourcequota/index.ts";
import { rootCaPublisher } from "./controllers/root-ca-certificate-publisher/index.ts";
import { serviceAccountController } from "./controllers/serviceaccount/index.ts";
import { serviceAccountTokenController } from "./controllers/serviceaccount-token/index.ts";
import { statefulSetController } from "./controllers/statefulset/index.ts";
import { taintEvictionController } from "./controllers/taint-eviction/index.ts";
import { tokenCleaner } from "./controllers/token-cleaner/index.ts";
import { ttlController } from "./controllers/ttl/index.ts";
import { ttlAfterFinishedController } from "./controllers/ttl-after-finished/index.ts";
import { ORPHAN_INDEX, orphanIndex } from "./lib/claim.ts";
import { POD_BY_CLAIM_INDEX, podByClaimIndex } from "./lib/claims-of-pods.ts";

export interface ControllerEntry {
  readonly definition: ControllerDefinition<never>;
  /** In kube-system: as whom it asks the API server. "": as kube-controller-manager itself. */
  readonly serviceAccount: string;
  /** `source.component` of its events. */
  readonly eventComponent: string;
  /** Multiplies the client's rate limits, where upstream does. */
  readonly rateFactor: number;
}

function entry<Memory>(
  definition: ControllerDefinition<Memory>,
  serviceAccount: string,
  eventComponent = serviceAccount,
  rateFactor = 1,
): ControllerEntry {
  return {
    definition: definition as unknown as ControllerDefinition<never>,
    serviceAccount,
    eventComponent,
    rateFactor,
  };
}

/** Every controller, a line each, in the order in which they start. */
export const CONTROLLERS: readonly ControllerEntry[] = [
  entry(serviceAccountTokenController, "", "serviceaccount-token-controller"),
  entry(serviceAccountController, "service-account-controller"),
  entry(rootCaPublisher, "root-ca-cert-publisher"),
  entry(nodeIpamController, "node-controller", "cidrAllocator"),
  entry(nodeLifecycleController, "node-controller"),
  entry(taintEvictionController, "node-controller", "taint-eviction-controller"),
  entry(deploymentController, "deployment-controller"),
  entry(replicaSetController, "replicaset-controller"),
  entry(replicationController, "replication-controller"),
  entry(daemonSetController, "daemon-set-controller", "daemonset-controller"),
  entry(horizontalPodAutoscaler, "horizontal-pod-autoscaler"),
  entry(resourceQuotaController, "resourcequota-controller"),
  entry(disruptionController, "disruption-controller", "controllermanager"),
  entry(statefulSetController, "statefulset-controller"),
  entry(jobController, "job-controller"),
  entry(cronJobController, "cronjob-controller"),
  entry(csrSigningController, "certificate-controller"),
  entry(csrApprovingController, "certificate-controller"),
  entry(csrCleaner, "certificate-controller"),
  entry(clusterRoleAggregationController, "clusterrole-aggregation-controller"),
  entry(ttlAfterFinishedController, "ttl-after-finished-controller"),
  entry(endpointsController, "endpoint-controller"),
  entry(endpointSliceController, "endpointslice-controller", "endpoint-slice-controller"),
  entry(endpointSliceMirroringController, "endpointslicemirroring-controller", "endpoint-slice-mirroring-controller"),
  entry(garbageCollector, "generic-garbage-collector", "garbage-collector-controller", 2),
  entry(namespaceController, "namespace-controller", "namespace-controller", 20),
  entry(podGarbageCollector, "pod-garbage-collector"),
  entry(ttlController, "ttl-controller"),
  entry(persistentVolumeBinder, "persistent-volume-binder", "persistentvolume-controller"),
  entry(persistentVolumeExpander, "expand-controller", "volume_expand"),
  entry(persistentVolumeClaimProtection, "pvc-protection-controller"),
  entry(persistentVolumeProtection, "pv-protection-controller"),
  entry(ephemeralVolumeController, "ephemeral-volume-controller", "ephemeral_volume"),
  entry(legacyTokenCleaner, "legacy-service-account-token-cleaner"),
  entry(tokenCleaner, "token-cleaner"),
];

export const INDEX_FUNCTIONS: IndexFunctions = Object.freeze({
  [ORPHAN_INDEX]: orphanIndex,
  [POD_BY_CLAIM_INDEX]: podByClaimIndex,
  [SERVICE_OF_SLICE_INDEX]: serviceOfSliceIndex,
  [MIRRORED_SLICE_INDEX]: mirroredSliceIndex,
});

/** Informer -> who listens to it. */
export const LISTENERS: ReadonlyMap<string, readonly ControllerEntry[]> = listeners();

/** Those whose informers follow what is served. */
export const FOLLOWERS: readonly ControllerEntry[] = CONTROLLERS.filter(
  ({ definition }) => definition.follows !== undefined,
);

export function entryOf(name: string): ControllerEntry {
  const found = CONTROLLERS.find(({ definition }) => definition.name === name);
  if (found === undefined) throw new Error(`no controller ${name}`);
  return found;
}

function listeners(): Map<string, ControllerEntry[]> {
  const map = new Map<string, ControllerEntry[]>();
  for (const each of CONTROLLERS) {
    for (const informer of each.definition.informers) {
      const name = informer.name ?? informer.resource.resource;
      const list = map.get(name);
      if (list === undefined) map.set(name, [each]);
      else if (!list.includes(each)) list.push(each);
    }
  }
  return map;
}
