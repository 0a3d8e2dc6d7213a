import { console } from "../components/console/index.ts";
import { loginShell } from "../components/console/login-shell.ts";
import { containerd } from "../components/container-runtime/index.ts";
import { hostPortTarget } from "../components/container-runtime/port-map.ts";
import { WORKLOADS } from "../components/container-runtime/workloads/list.ts";
import { coredns } from "../components/coredns/index.ts";
import { etcd } from "../components/etcd/index.ts";
import { ETCD_PROGRAMS } from "../components/etcd/programs.ts";
import { imageRegistry } from "../components/image-registry/index.ts";
import { init } from "../components/init/index.ts";
import { kubeApiserver } from "../components/kube-apiserver/index.ts";
import { kubeControllerManager } from "../components/kube-controller-manager/index.ts";
import { kubeProxy } from "../components/kube-proxy/index.ts";
import { routePacket } from "../components/kube-proxy/route.ts";
import { kubeScheduler } from "../components/kube-scheduler/index.ts";
import { kubeadm } from "../components/kubeadm/index.ts";
import { kubelet } from "../components/kubelet/index.ts";
import { loadBalancer } from "../components/load-balancer/index.ts";
import { localPathProvisioner } from "../components/local-path-provisioner/index.ts";
import { metricsServer } from "../components/metrics-server/index.ts";
import type { Component } from "../kernel/types.ts";
import type { WorldCode } from "../kernel/world.ts";

const COMPONENTS = [
  init,
  console,
  loginShell,
  kubeadm,
  containerd,
  kubelet,
  etcd,
  ...ETCD_PROGRAMS,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kubeProxy,
  coredns,
  metricsServer,
  localPathProvisioner,
  loadBalancer,
  imageRegistry,
  ...WORKLOADS,
] as unknown as readonly Component<never, never>[];

/** Every program that may run in a cluster. */
export const CLUSTER_CODE: WorldCode = {
  components: new Map(COMPONENTS.map((component) => [component.kind, component])),
  routePacket: (read, packet, random) => {
    const hostPort = hostPortTarget(read, packet);
    return hostPort === null ? routePacket(read, packet, random) : { verdict: "deliver", ...hostPort };
  },
};
