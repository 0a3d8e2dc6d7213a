import type { ApiObject } from "../../api/object.ts";
import { containerd } from "../../components/container-runtime/index.ts";
import type { RuntimeState } from "../../components/container-runtime/state.ts";
import { WORKLOADS } from "../../components/container-runtime/workloads/list.ts";
import { imageRegistry } from "../../components/image-registry/index.ts";
import { init } from "../../components/init/index.ts";
import type { UnitDefinition } from "../../components/init/messages.ts";
import { kubelet } from "../../components/kubelet/index.ts";
import type { KubeletState } from "../../components/kubelet/state.ts";
import type { Component, MachineInfo, SpawnOptions } from "../../kernel/types.ts";
import { createWorld, type World } from "../../kernel/world.ts";
import { fakeApiServer } from "../../machinery/testing/fake-api-server.ts";
import { EPOCH_WALL_US, stateOf, TEST_KUBECONFIG } from "../../machinery/testing/small-world.ts";

export const NODE = "worker-1";

const CNI = JSON.stringify({ name: "kubarium", plugins: [{ type: "bridge", ipam: { type: "host-local" } }] });
const CONFIG =
  "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nstaticPodPath: /etc/kubernetes/manifests\n";

function unit(name: string, restartUs: number): UnitDefinition {
  return { name, description: name, process: `${name}@${NODE}`, kind: name, args: null, restartUs };
}

function machine(
  name: string,
  ip: string,
  role: MachineInfo["role"],
  boot: readonly SpawnOptions[],
  files: Readonly<Record<string, unknown>> = {},
) {
  const info: MachineInfo = { name, ip, zone: "a", role, cpuMillicores: 4000, memoryBytes: 8 * 1024 ** 3, extra: {} };
  return { info, boot, bootUs: 0, fsyncUs: 1_000, files };
}

/** A node with containerd and kubelet, an API server in memory and the image registry, each on a machine of its own. */
export function nodeWorld(
  options: {
    readonly files?: Readonly<Record<string, unknown>>;
    readonly objects?: Readonly<Record<string, readonly ApiObject[]>>;
    readonly seed?: number;
  } = {},
): World {
  const all = [fakeApiServer, init, containerd, kubelet, imageRegistry, ...WORKLOADS] as unknown as readonly Component<
    never,
    never
  >[];
  const files = {
    "/etc/cni/net.d/10-kubarium.conflist": CNI,
    "/var/lib/kubelet/config.yaml": CONFIG,
    "/etc/kubernetes/kubelet.conf": TEST_KUBECONFIG,
    ...options.files,
  };
  return createWorld(
    { components: new Map(all.map((component) => [component.kind, component])), routePacket: null },
    {
      seed: options.seed ?? 1,
      epochWallUs: EPOCH_WALL_US,
      machines: [
        machine("control-plane-1", "10.0.0.11", "control-plane", [
          { name: "api", kind: "fake-api-server", args: { objects: options.objects ?? {} } },
        ]),
        machine("registry", "198.51.100.10", "registry", [
          { name: "image-registry@registry", kind: "image-registry", args: null },
        ]),
        machine(
          NODE,
          "10.0.1.21",
          "worker",
          [{ name: `init@${NODE}`, kind: "init", args: [unit("containerd", 5_000_000), unit("kubelet", 10_000_000)] }],
          files,
        ),
      ],
    },
  );
}

export function kubeletOf(world: World): KubeletState {
  return stateOf<KubeletState>(world, `kubelet@${NODE}`);
}

export function runtimeOf(world: World): RuntimeState {
  return stateOf<RuntimeState>(world, `containerd@${NODE}`);
}

/** A pod that is bound to the node. */
export function boundPod(
  name: string,
  spec: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> = {},
): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", ...metadata },
    spec: { nodeName: NODE, restartPolicy: "Always", terminationGracePeriodSeconds: 30, ...spec },
    status: { phase: "Pending" },
  };
}
