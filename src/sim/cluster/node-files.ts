import { CLUSTER_DNS, CLUSTER_DOMAIN, type Layout } from "./layout.ts";
import { staticPodManifests } from "./manifests.ts";
import { controlPlanePki, issue, kubeconfigFile } from "./pki.ts";
import type { MachineSpec } from "./topology.ts";

/** Everything that kubeadm, the container runtime's package and the CNI left on a machine's disk: path -> value. */
export function nodeFiles(layout: Layout, machine: MachineSpec, epochWallUs: number): Record<string, unknown> {
  const files: Record<string, unknown> = {
    "/etc/hostname": `${machine.name}\n`,
    "/etc/hosts": `127.0.0.1 localhost\n127.0.1.1 ${machine.name}\n::1 localhost ip6-localhost ip6-loopback\n`,
    "/etc/resolv.conf": "nameserver 10.0.0.2\nsearch lab.internal\n",
    "/var/lib/kubelet/config.yaml": kubeletConfiguration(layout, machine),
    "/var/lib/kubelet/kubeadm-flags.env": `KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock --node-ip=${layout.ipOf[machine.name]} --pod-infra-container-image=registry.k8s.io/pause:3.10"\n`,
    "/etc/cni/net.d/10-kubarium.conflist": CNI_CONFIG,
    "/etc/kubernetes/kubelet.conf": kubeconfigFile(
      epochWallUs,
      machine.name,
      layout.endpoint,
      `system:node:${machine.name}`,
      ["system:nodes"],
    ),
    "/var/lib/kubelet/pki/kubelet.crt": issue(epochWallUs, {
      commonName: `${machine.name}@1`,
      issuer: `${machine.name}-ca@1`,
      dnsNames: [machine.name],
      ipAddresses: [layout.ipOf[machine.name] as string],
    }),
    "/etc/kubernetes/pki/ca.crt": issue(epochWallUs, { commonName: "kubernetes-ca", issuer: "kubernetes-ca" }),
  };
  if (machine.role === "control-plane") Object.assign(files, controlPlaneFiles(layout, machine.name, epochWallUs));
  return files;
}

function controlPlaneFiles(layout: Layout, machine: string, epochWallUs: number): Record<string, unknown> {
  const local = `${layout.ipOf[machine]}:6443`;
  return {
    ...controlPlanePki(layout, machine, epochWallUs),
    ...staticPodManifests(layout, machine),
    "/etc/kubernetes/admin.conf": adminKubeconfig(layout, machine, epochWallUs),
    "/etc/kubernetes/super-admin.conf": kubeconfigFile(epochWallUs, machine, local, "kubernetes-super-admin", [
      "system:masters",
    ]),
    "/etc/kubernetes/controller-manager.conf": kubeconfigFile(
      epochWallUs,
      machine,
      local,
      "system:kube-controller-manager",
      [],
    ),
    "/etc/kubernetes/scheduler.conf": kubeconfigFile(epochWallUs, machine, local, "system:kube-scheduler", []),
    // The control plane's own kubelet talks to the API server beside it (ControlPlaneKubeletLocalMode).
    "/etc/kubernetes/kubelet.conf": kubeconfigFile(epochWallUs, machine, local, `system:node:${machine}`, [
      "system:nodes",
    ]),
  };
}

/** The cluster administrator's kubeconfig: on the control-plane machines and on the person's laptop. */
export function adminKubeconfig(
  layout: Layout,
  machine: string,
  epochWallUs: number,
): ReturnType<typeof kubeconfigFile> {
  return kubeconfigFile(epochWallUs, machine, layout.endpoint, "kubernetes-admin", ["kubeadm:cluster-admins"]);
}

const CNI_CONFIG = `{
  "cniVersion": "1.0.0",
  "name": "kubarium",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "cni0",
      "isGateway": true,
      "ipMasq": true,
      "hairpinMode": true,
      "ipam": {
        "type": "host-local",
        "routes": [{ "dst": "0.0.0.0/0" }]
      }
    },
    {
      "type": "portmap",
      "capabilities": { "portMappings": true }
    }
  ]
}
`;

function kubeletConfiguration(layout: Layout, machine: MachineSpec): { text: string; data: unknown } {
  const tainted = machine.role === "control-plane" && !layout.topology.kubernetes.untainted;
  const data = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    authentication: {
      anonymous: { enabled: false },
      webhook: { cacheTTL: "0s", enabled: true },
      x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "systemd",
    clusterDNS: [CLUSTER_DNS],
    clusterDomain: CLUSTER_DOMAIN,
    containerRuntimeEndpoint: "unix:///var/run/containerd/containerd.sock",
    healthzBindAddress: "127.0.0.1",
    healthzPort: 10248,
    kind: "KubeletConfiguration",
    ...(tainted
      ? { registerWithTaints: [{ effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane" }] }
      : {}),
    rotateCertificates: true,
    staticPodPath: "/etc/kubernetes/manifests",
  };
  const taints = tainted
    ? "registerWithTaints:\n- effect: NoSchedule\n  key: node-role.kubernetes.io/control-plane\n"
    : "";
  return Object.freeze({ text: kubeletConfigurationText(taints), data: Object.freeze(data) });
}

/** The kubelets' configuration as YAML; `taints` are lines of a machine's own. */
export function kubeletConfigurationText(taints = ""): string {
  return `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- ${CLUSTER_DNS}
clusterDomain: ${CLUSTER_DOMAIN}
containerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock
healthzBindAddress: 127.0.0.1
healthzPort: 10248
kind: KubeletConfiguration
${taints}rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;
}

/** Labels that a cloud provider or an administrator gives to nodes; kubeadm's own mark for the control plane. */
export function nodeLabels(machine: MachineSpec): Record<string, string> {
  const labels: Record<string, string> = {
    "topology.kubernetes.io/zone": machine.zone,
    "topology.kubernetes.io/region": "region-1",
    ...machine.labels,
  };
  if (machine.role === "control-plane") {
    labels["node-role.kubernetes.io/control-plane"] = "";
    labels["node.kubernetes.io/exclude-from-external-load-balancers"] = "";
  }
  return labels;
}
