import type { ApiObject } from "../api/object.ts";
import { LOCAL_PATH_PROVISIONER } from "../components/local-path-provisioner/messages.ts";

const NAME = "local-path-provisioner";
const NAMESPACE = "local-path-storage";
const ACCOUNT = "local-path-provisioner-service-account";
const SUBJECTS = [{ kind: "ServiceAccount", name: ACCOUNT, namespace: NAMESPACE }];
const LABELS = { app: NAME };
const RBAC = "rbac.authorization.k8s.io";

/** What `local-path-storage.yaml` of local-path-provisioner 0.0.31 creates, with its class marked as the default. */
export function localPathProvisionerObjects(): readonly ApiObject[] {
  const role = (kind: "Role" | "ClusterRole") => ({ apiGroup: RBAC, kind, name: `${NAME}-role` });
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: ACCOUNT, namespace: NAMESPACE } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: { name: `${NAME}-role`, namespace: NAMESPACE },
      rules: [
        {
          apiGroups: [""],
          resources: ["pods"],
          verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
        },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: `${NAME}-role` },
      rules: [
        {
          apiGroups: [""],
          resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
          verbs: ["get", "list", "watch"],
        },
        {
          apiGroups: [""],
          resources: ["persistentvolumes"],
          verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
        },
        { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
        { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: `${NAME}-bind`, namespace: NAMESPACE },
      roleRef: role("Role"),
      subjects: SUBJECTS,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: `${NAME}-bind` },
      roleRef: role("ClusterRole"),
      subjects: SUBJECTS,
    },
    deployment(),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" }, name: "local-path" },
      provisioner: LOCAL_PATH_PROVISIONER,
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    },
  ];
}

function deployment(): ApiObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [
            {
              args: ["start"],
              env: [{ name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
              image: "rancher/local-path-provisioner:v0.0.31",
              imagePullPolicy: "IfNotPresent",
              name: NAME,
            },
          ],
          serviceAccountName: ACCOUNT,
        },
      },
    },
  };
}
