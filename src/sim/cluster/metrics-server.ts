import type { ApiObject } from "../api/object.ts";

const NAME = "metrics-server";
const NAMESPACE = "kube-system";
const LABELS = { "k8s-app": NAME };
const SUBJECTS = [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }];
const RBAC = "rbac.authorization.k8s.io";

/** What `components.yaml` of metrics-server 0.7.2 creates, in its order. */
export function metricsServerObjects(): readonly ApiObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { labels: LABELS, name: NAME, namespace: NAMESPACE } },
    clusterRole(
      "system:aggregated-metrics-reader",
      [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
      {
        "rbac.authorization.k8s.io/aggregate-to-admin": "true",
        "rbac.authorization.k8s.io/aggregate-to-edit": "true",
        "rbac.authorization.k8s.io/aggregate-to-view": "true",
      },
    ),
    clusterRole("system:metrics-server", [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ]),
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { labels: LABELS, name: "metrics-server-auth-reader", namespace: NAMESPACE },
      roleRef: { apiGroup: RBAC, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects: SUBJECTS,
    },
    clusterRoleBinding("metrics-server:system:auth-delegator", "system:auth-delegator"),
    clusterRoleBinding("system:metrics-server", "system:metrics-server"),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { labels: LABELS, name: NAME, namespace: NAMESPACE },
      spec: { ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }], selector: LABELS },
    },
    deployment(),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { labels: LABELS, name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        groupPriorityMinimum: 100,
        insecureSkipTLSVerify: true,
        service: { name: NAME, namespace: NAMESPACE },
        version: "v1beta1",
        versionPriority: 100,
      },
    },
  ];
}

function clusterRole(
  name: string,
  rules: readonly unknown[],
  labels: Readonly<Record<string, string>> = {},
): ApiObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRole",
    metadata: { labels: { ...LABELS, ...labels }, name },
    rules,
  };
}

function clusterRoleBinding(name: string, role: string): ApiObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { labels: LABELS, name },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
    subjects: SUBJECTS,
  };
}

function deployment(): ApiObject {
  const probe = (path: string) => ({
    failureThreshold: 3,
    httpGet: { path, port: "https", scheme: "HTTPS" },
    periodSeconds: 10,
  });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { labels: LABELS, name: NAME, namespace: NAMESPACE },
    spec: {
      selector: { matchLabels: LABELS },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          containers: [
            {
              args: [
                "--cert-dir=/tmp",
                "--secure-port=10250",
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
              ],
              image: "registry.k8s.io/metrics-server/metrics-server:v0.7.2",
              imagePullPolicy: "IfNotPresent",
              livenessProbe: probe("/livez"),
              name: NAME,
              ports: [{ containerPort: 10250, name: "https", protocol: "TCP" }],
              readinessProbe: { ...probe("/readyz"), initialDelaySeconds: 20 },
              resources: { requests: { cpu: "100m", memory: "200Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 1000,
                seccompProfile: { type: "RuntimeDefault" },
              },
              volumeMounts: [{ mountPath: "/tmp", name: "tmp-dir" }],
            },
          ],
          nodeSelector: { "kubernetes.io/os": "linux" },
          priorityClassName: "system-cluster-critical",
          serviceAccountName: NAME,
          volumes: [{ emptyDir: {}, name: "tmp-dir" }],
        },
      },
    },
  };
}
