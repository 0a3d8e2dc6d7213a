/** A small cluster for tests of kubectl: two nodes, a deployment with its pods, a service. */
import type { JsonObject } from "../json.ts";

const started = "2026-11-20T09:00:00Z";

function meta(name: string, extra: JsonObject = {}, uid = name): JsonObject {
  return { name, namespace: "default", uid: `uid-${uid}`, creationTimestamp: started, ...extra };
}

function owner(kind: string, name: string): JsonObject {
  return { apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true, blockOwnerDeletion: true };
}

const container: JsonObject = {
  name: "nginx",
  image: "nginx:1.27",
  ports: [{ containerPort: 80, protocol: "TCP" }],
  resources: { limits: { cpu: "500m", memory: "128Mi" }, requests: { cpu: "250m", memory: "64Mi" } },
  livenessProbe: {
    httpGet: { path: "/", port: 80, scheme: "HTTP" },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  },
  readinessProbe: {
    exec: { command: ["cat", "/tmp/ok"] },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  },
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  imagePullPolicy: "IfNotPresent",
};

export const template: JsonObject = {
  metadata: { creationTimestamp: null, labels: { app: "web" } },
  spec: {
    containers: [container],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  },
};

export function node(name: string, address: string): JsonObject {
  const beat = { lastHeartbeatTime: "2026-11-20T09:28:00Z", lastTransitionTime: started };
  const amounts = { cpu: "4", "ephemeral-storage": "50Gi", memory: "8Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      uid: `uid-${name}`,
      creationTimestamp: started,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: { podCIDR: "10.244.1.0/24", podCIDRs: ["10.244.1.0/24"] },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: name },
      ],
      conditions: [
        {
          type: "MemoryPressure",
          status: "False",
          ...beat,
          reason: "KubeletHasSufficientMemory",
          message: "kubelet has sufficient memory available",
        },
        { type: "Ready", status: "True", ...beat, reason: "KubeletReady", message: "kubelet is posting ready status" },
      ],
      nodeInfo: {
        machineID: "m1",
        systemUUID: "s1",
        bootID: "b1",
        kernelVersion: "6.1.0",
        osImage: "Debian GNU/Linux 12 (bookworm)",
        containerRuntimeVersion: "containerd://2.1.0",
        kubeletVersion: "v1.33.1",
        kubeProxyVersion: "",
        operatingSystem: "linux",
        architecture: "amd64",
      },
    },
  };
}

export function pod(
  name: string,
  nodeName: string,
  ip: string,
  extra: { readonly metadata?: JsonObject; readonly spec?: JsonObject; readonly status?: JsonObject } = {},
): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: meta(name, {
      generateName: "web-7c5d8bf9f7-",
      labels: { app: "web", "pod-template-hash": "7c5d8bf9f7" },
      ownerReferences: [owner("ReplicaSet", "web-7c5d8bf9f7")],
      ...extra.metadata,
    }),
    spec: {
      ...(template.spec as JsonObject),
      nodeName,
      serviceAccountName: "default",
      serviceAccount: "default",
      priority: 0,
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
        { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      ],
      ...extra.spec,
    },
    status: {
      phase: "Running",
      hostIP: "10.0.0.11",
      podIP: ip,
      podIPs: [{ ip }],
      startTime: started,
      qosClass: "Burstable",
      conditions: ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(
        (type) => ({
          type,
          status: "True",
          lastProbeTime: null,
          lastTransitionTime: started,
        }),
      ),
      containerStatuses: [
        {
          name: "nginx",
          state: { running: { startedAt: started } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image: "nginx:1.27",
          imageID: "docker.io/library/nginx@sha256:abc",
          containerID: "containerd://0123",
          started: true,
        },
      ],
      ...extra.status,
    },
  };
}

export const deployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("web", {
    generation: 1,
    labels: { app: "web" },
    annotations: { "deployment.kubernetes.io/revision": "2" },
  }),
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  },
  status: {
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    conditions: [
      {
        type: "Available",
        status: "True",
        lastUpdateTime: started,
        lastTransitionTime: started,
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      },
      {
        type: "Progressing",
        status: "True",
        lastUpdateTime: started,
        lastTransitionTime: started,
        reason: "NewReplicaSetAvailable",
        message: "ReplicaSet has successfully progressed.",
      },
    ],
  },
};

function replicaSet(hash: string, revision: string, replicas: number, image: string): JsonObject {
  const labels = { app: "web", "pod-template-hash": hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta(`web-${hash}`, {
      generation: 1,
      labels,
      annotations: { "deployment.kubernetes.io/revision": revision },
      ownerReferences: [owner("Deployment", "web")],
    }),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { creationTimestamp: null, labels },
        spec: { ...(template.spec as JsonObject), containers: [{ ...container, image }] },
      },
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      observedGeneration: 1,
    },
  };
}

export const service: JsonObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: meta("web", { labels: { app: "web" } }, "web-svc"),
  spec: {
    ports: [{ protocol: "TCP", port: 80, targetPort: 80, nodePort: 31234 }],
    selector: { app: "web" },
    clusterIP: "10.96.12.34",
    clusterIPs: ["10.96.12.34"],
    type: "NodePort",
    sessionAffinity: "None",
    externalTrafficPolicy: "Cluster",
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    internalTrafficPolicy: "Cluster",
  },
  status: { loadBalancer: {} },
};

const endpointSlice: JsonObject = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: meta("web-abcde", { labels: { "kubernetes.io/service-name": "web" } }),
  addressType: "IPv4",
  ports: [{ name: "", port: 80, protocol: "TCP" }],
  endpoints: [
    {
      addresses: ["10.244.1.5"],
      conditions: { ready: true },
      nodeName: "worker-1",
      targetRef: { kind: "Pod", name: "web-7c5d8bf9f7-abcde", namespace: "default" },
    },
    { addresses: ["10.244.2.6"], conditions: { ready: true }, nodeName: "worker-2" },
  ],
};

const event: JsonObject = {
  apiVersion: "v1",
  kind: "Event",
  metadata: meta("web-7c5d8bf9f7-abcde.1"),
  involvedObject: {
    apiVersion: "v1",
    kind: "Pod",
    name: "web-7c5d8bf9f7-abcde",
    namespace: "default",
    uid: "uid-web-7c5d8bf9f7-abcde",
  },
  type: "Normal",
  reason: "Scheduled",
  message: "Successfully assigned default/web-7c5d8bf9f7-abcde to worker-1",
  source: { component: "default-scheduler" },
  firstTimestamp: started,
  lastTimestamp: started,
  count: 1,
};

const backOff: JsonObject = {
  ...event,
  metadata: meta("web-7c5d8bf9f7-abcde.2"),
  type: "Warning",
  reason: "BackOff",
  message: "Back-off restarting failed container nginx",
  source: { component: "kubelet", host: "worker-1" },
  lastTimestamp: "2026-11-20T09:20:00Z",
  count: 5,
};

const namespaces = ["default", "kube-system"].map((name) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name,
    uid: `uid-ns-${name}`,
    creationTimestamp: started,
    labels: { "kubernetes.io/metadata.name": name },
  },
  spec: { finalizers: ["kubernetes"] },
  status: { phase: "Active" },
}));

export const configMap: JsonObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: meta("settings"),
  data: { color: "blue", "app.conf": "a = 1\nb = 2\n" },
};

const secret: JsonObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: meta("sec"),
  data: { password: "aHVudGVyMg==" },
  type: "Opaque",
};

const lease: JsonObject = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { ...meta("worker-1"), namespace: "kube-node-lease" },
  spec: { holderIdentity: "worker-1", leaseDurationSeconds: 40, renewTime: "2026-11-20T09:29:55.000000Z" },
};

export const cluster: readonly JsonObject[] = [
  ...namespaces,
  node("worker-1", "10.0.0.11"),
  node("worker-2", "10.0.0.12"),
  pod("web-7c5d8bf9f7-abcde", "worker-1", "10.244.1.5"),
  pod("web-7c5d8bf9f7-fghij", "worker-2", "10.244.2.6", { spec: { nodeName: "worker-2" } }),
  deployment,
  replicaSet("6799fc88d8", "1", 0, "nginx:1.26"),
  replicaSet("7c5d8bf9f7", "2", 2, "nginx:1.27"),
  service,
  endpointSlice,
  event,
  backOff,
  configMap,
  secret,
  lease,
];
