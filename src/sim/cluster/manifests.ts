import { API_PORT, KUBERNETES_VERSION, type Layout, SERVICE_CIDR } from "./layout.ts";

/**
 * Static pod manifests of a control-plane machine, as kubeadm 1.33 writes them (cmd/kubeadm/app/phases/controlplane,
 * phases/etcd): path -> YAML text.
 */
export function staticPodManifests(layout: Layout, machine: string): Record<string, string> {
  const ip = layout.ipOf[machine] as string;
  const files: Record<string, string> = {};
  const put = (name: string, text: string) => {
    files[`/etc/kubernetes/manifests/${name}.yaml`] = text;
  };
  if (layout.etcdMembers.some((member) => member.name === machine)) put("etcd", etcdManifest(layout, machine, ip));
  put("kube-apiserver", apiServerManifest(layout, machine, ip));
  put("kube-controller-manager", controllerManagerManifest(layout));
  put("kube-scheduler", schedulerManifest(layout));
  return files;
}

interface Probe {
  readonly path: string;
  readonly port: number;
  readonly host: string;
  readonly scheme: "HTTP" | "HTTPS";
}

function manifest(options: {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly liveness: Probe;
  readonly readiness?: Probe;
  readonly startup: Probe;
  readonly mounts: readonly {
    readonly name: string;
    readonly path: string;
    readonly type: string;
    readonly readOnly: boolean;
  }[];
}): string {
  const annotations = Object.keys(options.annotations)
    .map((key) => `    ${key}: ${options.annotations[key]}\n`)
    .join("");
  const memory = options.memory === undefined ? "" : `\n        memory: ${options.memory}`;
  const mounts = options.mounts
    .map(
      (mount) =>
        `    - mountPath: ${mount.path}\n      name: ${mount.name}${mount.readOnly ? "\n      readOnly: true" : ""}\n`,
    )
    .join("");
  const volumes = options.mounts
    .map((mount) => `  - hostPath:\n      path: ${mount.path}\n      type: ${mount.type}\n    name: ${mount.name}\n`)
    .join("");
  const readiness =
    options.readiness === undefined
      ? ""
      : probe("readinessProbe", options.readiness, "failureThreshold: 3", "periodSeconds: 1");
  return `apiVersion: v1
kind: Pod
metadata:
${annotations === "" ? "" : `  annotations:\n${annotations}`}  creationTimestamp: null
  labels:
    component: ${options.name}
    tier: control-plane
  name: ${options.name}
  namespace: kube-system
spec:
  containers:
  - command:
    - ${options.command.join("\n    - ")}
    image: ${options.image}
    imagePullPolicy: IfNotPresent
${probe("livenessProbe", options.liveness, "failureThreshold: 8", "initialDelaySeconds: 10", "periodSeconds: 10")}    name: ${options.name}
${readiness}    resources:
      requests:
        cpu: ${options.cpu}${memory}
${probe("startupProbe", options.startup, "failureThreshold: 24", "initialDelaySeconds: 10", "periodSeconds: 10")}    volumeMounts:
${mounts}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
${volumes}status: {}
`;
}

function probe(name: string, at: Probe, ...timing: readonly string[]): string {
  const [threshold, ...rest] = timing;
  return `    ${name}:
      ${threshold}
      httpGet:
        host: ${at.host}
        path: ${at.path}
        port: ${at.port}
        scheme: ${at.scheme}
${rest.map((line) => `      ${line}\n`).join("")}      timeoutSeconds: 15
`;
}

const PKI_MOUNTS = [
  { name: "ca-certs", path: "/etc/ssl/certs", type: "DirectoryOrCreate", readOnly: true },
  { name: "k8s-certs", path: "/etc/kubernetes/pki", type: "DirectoryOrCreate", readOnly: true },
] as const;

function etcdManifest(layout: Layout, machine: string, ip: string): string {
  const cluster = layout.etcdMembers
    .map((member) => `${member.name}=https://${layout.ipOf[member.name]}:2380`)
    .join(",");
  const http = (path: string): Probe => ({ host: "127.0.0.1", path, port: 2381, scheme: "HTTP" });
  return manifest({
    name: "etcd",
    image: "registry.k8s.io/etcd:3.5.21-0",
    command: [
      "etcd",
      `--advertise-client-urls=https://${ip}:2379`,
      "--cert-file=/etc/kubernetes/pki/etcd/server.crt",
      "--client-cert-auth=true",
      "--data-dir=/var/lib/etcd",
      "--experimental-initial-corrupt-check=true",
      "--experimental-watch-progress-notify-interval=5s",
      `--initial-advertise-peer-urls=https://${ip}:2380`,
      `--initial-cluster=${cluster}`,
      "--key-file=/etc/kubernetes/pki/etcd/server.key",
      `--listen-client-urls=https://127.0.0.1:2379,https://${ip}:2379`,
      "--listen-metrics-urls=http://127.0.0.1:2381",
      `--listen-peer-urls=https://${ip}:2380`,
      `--name=${machine}`,
      "--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt",
      "--peer-client-cert-auth=true",
      "--peer-key-file=/etc/kubernetes/pki/etcd/peer.key",
      "--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
      "--snapshot-count=10000",
      "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
    ],
    cpu: "100m",
    memory: "100Mi",
    annotations: { "kubeadm.kubernetes.io/etcd.advertise-client-urls": `https://${ip}:2379` },
    liveness: http("/livez"),
    readiness: http("/readyz"),
    startup: http("/readyz"),
    mounts: [
      { name: "etcd-data", path: "/var/lib/etcd", type: "DirectoryOrCreate", readOnly: false },
      { name: "etcd-certs", path: "/etc/kubernetes/pki/etcd", type: "DirectoryOrCreate", readOnly: false },
    ],
  });
}

function apiServerManifest(layout: Layout, machine: string, ip: string): string {
  const https = (path: string): Probe => ({ host: ip, path, port: API_PORT, scheme: "HTTPS" });
  const local = layout.etcdMembers.some((member) => member.name === machine);
  const etcd = local
    ? "https://127.0.0.1:2379"
    : layout.etcdMembers.map((member) => `https://${layout.ipOf[member.name]}:2379`).join(",");
  return manifest({
    name: "kube-apiserver",
    image: `registry.k8s.io/kube-apiserver:${KUBERNETES_VERSION}`,
    command: [
      "kube-apiserver",
      `--advertise-address=${ip}`,
      "--allow-privileged=true",
      "--authorization-mode=Node,RBAC",
      "--client-ca-file=/etc/kubernetes/pki/ca.crt",
      "--enable-admission-plugins=NodeRestriction",
      "--enable-bootstrap-token-auth=true",
      "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt",
      "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
      "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key",
      `--etcd-servers=${etcd}`,
      "--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt",
      "--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key",
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      "--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt",
      "--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key",
      "--requestheader-allowed-names=front-proxy-client",
      "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-username-headers=X-Remote-User",
      `--secure-port=${API_PORT}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
      "--service-account-signing-key-file=/etc/kubernetes/pki/sa.key",
      `--service-cluster-ip-range=${SERVICE_CIDR}`,
      "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt",
      "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
    ],
    cpu: "250m",
    annotations: { "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": `${ip}:${API_PORT}` },
    liveness: https("/livez"),
    readiness: https("/readyz"),
    startup: https("/livez"),
    mounts: PKI_MOUNTS,
  });
}

/** kubeadm writes no such flags; scale runs raise the clients' limits and say so. */
function rateLimits(layout: Layout, qps: number, burst: number): string[] {
  const factor = layout.topology.kubernetes.rateLimitFactor;
  return factor === 1 ? [] : [`--kube-api-burst=${burst * factor}`, `--kube-api-qps=${qps * factor}`];
}

function controllerManagerManifest(layout: Layout): string {
  const https = (path: string): Probe => ({ host: "127.0.0.1", path, port: 10257, scheme: "HTTPS" });
  const { nodeMonitorGracePeriod } = layout.topology.kubernetes;
  return manifest({
    name: "kube-controller-manager",
    image: `registry.k8s.io/kube-controller-manager:${KUBERNETES_VERSION}`,
    command: [
      "kube-controller-manager",
      "--allocate-node-cidrs=true",
      "--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf",
      "--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf",
      "--bind-address=127.0.0.1",
      "--client-ca-file=/etc/kubernetes/pki/ca.crt",
      `--cluster-cidr=${layout.podCidr}`,
      "--cluster-name=kubernetes",
      "--cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt",
      "--cluster-signing-key-file=/etc/kubernetes/pki/ca.key",
      "--controllers=*,bootstrapsigner,tokencleaner",
      ...rateLimits(layout, 20, 30),
      "--kubeconfig=/etc/kubernetes/controller-manager.conf",
      "--leader-elect=true",
      ...(nodeMonitorGracePeriod === "50s" ? [] : [`--node-monitor-grace-period=${nodeMonitorGracePeriod}`]),
      "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt",
      "--root-ca-file=/etc/kubernetes/pki/ca.crt",
      "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
      `--service-cluster-ip-range=${SERVICE_CIDR}`,
      "--use-service-account-credentials=true",
    ],
    cpu: "200m",
    annotations: {},
    liveness: https("/healthz"),
    startup: https("/healthz"),
    mounts: [
      ...PKI_MOUNTS,
      { name: "kubeconfig", path: "/etc/kubernetes/controller-manager.conf", type: "FileOrCreate", readOnly: true },
    ],
  });
}

function schedulerManifest(layout: Layout): string {
  const https = (path: string): Probe => ({ host: "127.0.0.1", path, port: 10259, scheme: "HTTPS" });
  return manifest({
    name: "kube-scheduler",
    image: `registry.k8s.io/kube-scheduler:${KUBERNETES_VERSION}`,
    command: [
      "kube-scheduler",
      "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf",
      "--authorization-kubeconfig=/etc/kubernetes/scheduler.conf",
      "--bind-address=127.0.0.1",
      ...rateLimits(layout, 50, 100),
      "--kubeconfig=/etc/kubernetes/scheduler.conf",
      "--leader-elect=true",
    ],
    cpu: "100m",
    annotations: {},
    liveness: https("/livez"),
    readiness: https("/readyz"),
    startup: https("/livez"),
    mounts: [{ name: "kubeconfig", path: "/etc/kubernetes/scheduler.conf", type: "FileOrCreate", readOnly: true }],
  });
}
