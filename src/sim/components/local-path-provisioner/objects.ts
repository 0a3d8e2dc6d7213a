import { type ApiObject, deepFreeze } from "../../api/object.ts";
import type { PersistentVolumeClaim } from "../../api/storage/volumes.ts";
import { LOCAL_PATH_PROVISIONER } from "./messages.ts";
import type { Job } from "./state.ts";

const HELPER_IMAGE = "busybox:1.36";

export interface StorageClass extends ApiObject {
  readonly provisioner?: string;
  readonly reclaimPolicy?: string;
}

/** A pod on the job's node that makes or removes the volume's folder. */
export function helperPod(namespace: string, { what, volume, node, path }: Job): ApiObject {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const script = what === "create" ? 'mkdir -m 0777 -p "$VOL_DIR"' : 'rm -rf "$VOL_DIR"';
  return deepFreeze({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: helperName(what, volume), namespace },
    spec: {
      nodeName: node,
      restartPolicy: "Never",
      serviceAccountName: "local-path-provisioner-service-account",
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "helper-pod",
          image: HELPER_IMAGE,
          imagePullPolicy: "IfNotPresent",
          command: ["/bin/sh", "-c", script],
          env: [{ name: "VOL_DIR", value: path }],
          volumeMounts: [{ name: "data", mountPath: parent }],
        },
      ],
      volumes: [{ name: "data", hostPath: { path: parent, type: "DirectoryOrCreate" } }],
    },
  });
}

export function helperName(what: Job["what"], volume: string): string {
  return `helper-pod-${what}-${volume}`;
}

export function persistentVolume(
  claim: PersistentVolumeClaim,
  { volume, node, path }: Job,
  of: StorageClass,
): ApiObject {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const { accessModes, volumeMode = "Filesystem", resources } = claim.spec;
  return deepFreeze({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: volume,
      annotations: {
        "local.path.provisioner/selected-node": node,
        "pv.kubernetes.io/provisioned-by": LOCAL_PATH_PROVISIONER,
      },
    },
    spec: {
      accessModes,
      capacity: { storage: resources?.requests?.storage },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid, resourceVersion },
      hostPath: { path, type: "DirectoryOrCreate" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: of.reclaimPolicy ?? "Delete",
      storageClassName: of.metadata?.name,
      volumeMode,
    },
  });
}
