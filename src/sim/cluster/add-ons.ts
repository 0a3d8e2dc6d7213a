import type { ApiObject } from "../api/object.ts";
import { CLUSTER_DNS, CLUSTER_DOMAIN, KUBERNETES_VERSION, type Layout } from "./layout.ts";
import { localPathProvisionerObjects } from "./local-path-provisioner.ts";
import { metricsServerObjects } from "./metrics-server.ts";
import { kubeletConfigurationText } from "./node-files.ts";

/**
 * What `kubeadm init` creates through the API (cmd/kubeadm/app/phases/addons, phases/uploadconfig,
 * phases/bootstraptoken/clusterinfo, phases/kubeconfig), in its order; and what the topology wants beyond that.
 */
export function kubeadmObjects(layout: Layout): readonly ApiObject[] {
  return [
    clusterRoleBinding("kubeadm:cluster-admins", "cluster-admin", { kind: "Group", name: "kubeadm:cluster-admins" }),
    kubeadmConfig(layout),
    ...readable("kubeadm-config", "kubeadm:nodes-kubeadm-config", [NODES, JOINING]),
    configMap("kube-system", "kubelet-config", { kubelet: kubeletConfigurationText() }),
    ...readable("kubelet-config", "kubeadm:kubelet-config", [NODES, JOINING]),
    clusterInfo(layout),
    ...clusterInfoAccess(),
    ...bootstrapTokenAccess(),
    ...coreDns(),
    ...kubeProxy(layout),
    ...(layout.topology.kubernetes.metricsServer ? metricsServerObjects() : []),
    ...(layout.topology.kubernetes.localPathProvisioner ? localPathProvisionerObjects() : []),
  ];
}

interface Subject {
  readonly kind: "Group" | "User" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
}

const NODES: Subject = { kind: "Group", name: "system:nodes" };
const JOINING: Subject = { kind: "Group", name: "system:bootstrappers:kubeadm:default-node-token" };

/** Who may read a ConfigMap of kube-system. */
function readable(configMap: string, role: string, subjects: readonly Subject[]): readonly ApiObject[] {
  const metadata = { name: role, namespace: "kube-system" };
  const rules = [{ apiGroups: [""], resourceNames: [configMap], resources: ["configmaps"], verbs: ["get"] }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role };
  return [
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef,
      subjects: subjects.map(subjectOf),
    },
  ];
}

function subjectOf(subject: Subject): Record<string, string> {
  if (subject.kind === "ServiceAccount")
    return { kind: subject.kind, name: subject.name, namespace: subject.namespace ?? "kube-system" };
  return { apiGroup: "rbac.authorization.k8s.io", kind: subject.kind, name: subject.name };
}

function clusterRoleBinding(name: string, role: string, subject: Subject): ApiObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [subjectOf(subject)],
  };
}

function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  labels?: Readonly<Record<string, string>>,
): ApiObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    data,
  };
}

function kubeadmConfig(layout: Layout): ApiObject {
  return configMap("kube-system", "kubeadm-config", {
    ClusterConfiguration: `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controlPlaneEndpoint: ${layout.endpoint}
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${KUBERNETES_VERSION}
networking:
  dnsDomain: ${CLUSTER_DOMAIN}
  podSubnet: ${layout.podCidr}
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`,
  });
}

function clusterInfo(layout: Layout): ApiObject {
  return configMap("kube-public", "cluster-info", {
    kubeconfig: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: DATA+OMITTED
    server: https://${layout.endpoint}
  name: ""
contexts: null
current-context: ""
kind: Config
preferences: {}
users: null
`,
  });
}

function clusterInfoAccess(): readonly ApiObject[] {
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "kubeadm:bootstrap-signer-clusterinfo", namespace: "kube-public" },
      rules: [{ apiGroups: [""], resourceNames: ["cluster-info"], resources: ["configmaps"], verbs: ["get"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "kubeadm:bootstrap-signer-clusterinfo", namespace: "kube-public" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "kubeadm:bootstrap-signer-clusterinfo" },
      subjects: [subjectOf({ kind: "User", name: "system:anonymous" })],
    },
  ];
}

/** phases/bootstraptoken/node: what a machine may that shows a token, and what its kubelet may later. */
function bootstrapTokenAccess(): readonly ApiObject[] {
  const signing = "system:certificates.k8s.io:certificatesigningrequests";
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "kubeadm:get-nodes" },
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
    },
    clusterRoleBinding("kubeadm:get-nodes", "kubeadm:get-nodes", JOINING),
    clusterRoleBinding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", JOINING),
    clusterRoleBinding("kubeadm:node-autoapprove-bootstrap", `${signing}:nodeclient`, JOINING),
    clusterRoleBinding("kubeadm:node-autoapprove-certificate-rotation", `${signing}:selfnodeclient`, {
      kind: "Group",
      name: "system:nodes",
    }),
  ];
}

export const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success ${CLUSTER_DOMAIN}
       disable denial ${CLUSTER_DOMAIN}
    }
    loop
    reload
    loadbalance
}
`;

const DNS_LABELS = { "k8s-app": "kube-dns" };

function coreDns(): readonly ApiObject[] {
  return [
    configMap("kube-system", "coredns", { Corefile: COREFILE }),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "system:coredns" },
      rules: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    },
    clusterRoleBinding("system:coredns", "system:coredns", { kind: "ServiceAccount", name: "coredns" }),
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coredns", namespace: "kube-system" } },
    coreDnsDeployment(),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kube-dns",
        namespace: "kube-system",
        annotations: { "prometheus.io/port": "9153", "prometheus.io/scrape": "true" },
        labels: { ...DNS_LABELS, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
      },
      spec: {
        clusterIP: CLUSTER_DNS,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
          { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
        ],
        selector: DNS_LABELS,
      },
    },
  ];
}

function coreDnsDeployment(): ApiObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "coredns", namespace: "kube-system", labels: DNS_LABELS },
    spec: {
      replicas: 2,
      selector: { matchLabels: DNS_LABELS },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: DNS_LABELS },
        spec: {
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: {
                    labelSelector: { matchExpressions: [{ key: "k8s-app", operator: "In", values: ["kube-dns"] }] },
                    topologyKey: "kubernetes.io/hostname",
                  },
                },
              ],
            },
          },
          containers: [
            {
              name: "coredns",
              image: "registry.k8s.io/coredns/coredns:v1.12.0",
              imagePullPolicy: "IfNotPresent",
              args: ["-conf", "/etc/coredns/Corefile"],
              livenessProbe: {
                failureThreshold: 5,
                httpGet: { path: "/health", port: 8080, scheme: "HTTP" },
                initialDelaySeconds: 60,
                successThreshold: 1,
                timeoutSeconds: 5,
              },
              ports: [
                { containerPort: 53, name: "dns", protocol: "UDP" },
                { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
                { containerPort: 9153, name: "metrics", protocol: "TCP" },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: 8181, scheme: "HTTP" } },
              resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [{ mountPath: "/etc/coredns", name: "config-volume", readOnly: true }],
            },
          ],
          dnsPolicy: "Default",
          nodeSelector: { "kubernetes.io/os": "linux" },
          priorityClassName: "system-cluster-critical",
          serviceAccountName: "coredns",
          tolerations: [
            { key: "CriticalAddonsOnly", operator: "Exists" },
            { effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane" },
          ],
          volumes: [
            { name: "config-volume", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } },
          ],
        },
      },
    },
  };
}

const PROXY_LABELS = { "k8s-app": "kube-proxy" };

function kubeProxy(layout: Layout): readonly ApiObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "kube-proxy", namespace: "kube-system" } },
    clusterRoleBinding("kubeadm:node-proxier", "system:node-proxier", { kind: "ServiceAccount", name: "kube-proxy" }),
    ...readable("kube-proxy", "kube-proxy", [JOINING]),
    configMap(
      "kube-system",
      "kube-proxy",
      {
        "config.conf": `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  acceptContentTypes: ""
  burst: 0
  contentType: ""
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  qps: 0
clusterCIDR: ${layout.podCidr}
iptables:
  masqueradeAll: false
  minSyncPeriod: 1s
  syncPeriod: 30s
kind: KubeProxyConfiguration
metricsBindAddress: ""
mode: ""
`,
        "kubeconfig.conf": `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://${layout.endpoint}
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
`,
      },
      { app: "kube-proxy" },
    ),
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "kube-proxy", namespace: "kube-system", labels: PROXY_LABELS },
      spec: {
        selector: { matchLabels: PROXY_LABELS },
        template: {
          metadata: { labels: PROXY_LABELS },
          spec: {
            containers: [
              {
                name: "kube-proxy",
                image: `registry.k8s.io/kube-proxy:${KUBERNETES_VERSION}`,
                imagePullPolicy: "IfNotPresent",
                command: [
                  "/usr/local/bin/kube-proxy",
                  "--config=/var/lib/kube-proxy/config.conf",
                  "--hostname-override=$(NODE_NAME)",
                ],
                env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
                securityContext: { privileged: true },
                volumeMounts: [
                  { mountPath: "/var/lib/kube-proxy", name: "kube-proxy" },
                  { mountPath: "/run/xtables.lock", name: "xtables-lock" },
                  { mountPath: "/lib/modules", name: "lib-modules", readOnly: true },
                ],
              },
            ],
            hostNetwork: true,
            nodeSelector: { "kubernetes.io/os": "linux" },
            priorityClassName: "system-node-critical",
            serviceAccountName: "kube-proxy",
            tolerations: [{ operator: "Exists" }],
            volumes: [
              { name: "kube-proxy", configMap: { name: "kube-proxy" } },
              { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
              { name: "lib-modules", hostPath: { path: "/lib/modules", type: "" } },
            ],
          },
        },
        updateStrategy: { type: "RollingUpdate" },
      },
    },
  ];
}
