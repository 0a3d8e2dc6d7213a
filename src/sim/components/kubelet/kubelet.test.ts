import { describe, expect, it } from "vitest";
import { createRequest, deleteRequest, patchRequest } from "../../machinery/requests.ts";
import { NODES, PODS } from "../../machinery/resources.ts";
import { ask, fakeApi, pass, stored } from "../../machinery/testing/small-world.ts";
import { boundPod, kubeletOf, nodeWorld, runtimeOf } from "./testing/node-world.ts";
import type { Pod } from "./types.ts";

describe("kubelet", () => {
  it("registers its node, keeps its lease and becomes Ready once it has a pod CIDR", () => {
    const world = nodeWorld({
      files: {
        "/etc/kubernetes/manifests/etcd.yaml":
          "apiVersion: v1\nkind: Pod\nmetadata:\n  name: etcd\n  namespace: kube-system\nspec:\n  hostNetwork: true\n  containers:\n  - name: etcd\n    image: busybox:1\n    command: [sleep, '1']\n",
      },
    });
    pass(world, 2);
    ask(world, patchRequest(NODES, "", "worker-1", "strategic", { spec: { podCIDR: "10.244.1.0/24" } }));
    pass(world, 10);
    ask(
      world,
      createRequest(
        PODS,
        boundPod("web", {
          containers: [{ name: "nginx", image: "nginx:1.27", readinessProbe: { httpGet: { path: "/", port: 80 } } }],
        }),
      ),
    );
    ask(world, createRequest(PODS, boundPod("crash", { containers: [{ name: "c", image: "kubarium/crash:1" }] })));
    ask(world, createRequest(PODS, boundPod("bad", { containers: [{ name: "c", image: "nginx:9.9" }] })));
    pass(world, 20);
    console.log(fakeApi(world).requests.join("\n"));
    for (const p of stored(world, "pods").values()) console.log(p.metadata?.name, JSON.stringify(p.status, null));
    pass(world, 100);
    ask(world, deleteRequest(PODS, "default", "web"));
    pass(world, 10);
    for (const e of stored(world, "events").values())
      console.log(e.involvedObject?.name, e.reason, e.count, e.message, e.lastTimestamp);
    for (const p of stored(world, "pods").values()) console.log(p.metadata?.name, JSON.stringify(p.status, null));
  });
});
