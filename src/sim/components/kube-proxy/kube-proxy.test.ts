import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { copyState } from "../../kernel/copy.ts";
import type { World } from "../../kernel/world.ts";
import { createRequest, deleteRequest, patchRequest } from "../../machinery/requests.ts";
import { ENDPOINT_SLICES, SERVICES } from "../../machinery/resources.ts";
import { ask, pass, smallWorld, stateOf } from "../../machinery/testing/small-world.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import { formatListing, formatSpecification } from "./iptables/format.ts";
import { kubeProxy, type ProxyState } from "./program.ts";
import { readRuleset, routePacket } from "./route.ts";
import { type EndpointSlice, endpointsOf } from "./services.ts";
import { proxyView } from "./view.ts";

const kubeconfig = "clusters:\n- cluster:\n    server: https://10.0.0.11:6443\nusers:\n- user: {}\n";

const args = {
  argv: [
    "/usr/local/bin/kube-proxy",
    "--config=/var/lib/kube-proxy/config.conf",
    "--hostname-override=control-plane-1",
  ],
  env: {},
  container: {
    mounts: [
      {
        path: "/var/lib/kube-proxy",
        readOnly: true,
        files: {
          "config.conf":
            "clusterCIDR: 10.244.0.0/16\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n",
          "kubeconfig.conf": kubeconfig,
        },
      },
    ],
  },
} as unknown as ProgramArgs;

const service: ApiObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: { type: "NodePort", clusterIP: "10.96.10.1", ports: [{ port: 80, nodePort: 30080, protocol: "TCP" }] },
};

function slice(...ips: string[]): ApiObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-abc", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
  };
}

function world(): World {
  return smallWorld({
    components: [kubeProxy as never],
    processes: [{ name: "kube-proxy", kind: "kube-proxy", args }],
    objects: { services: [service], "discovery.k8s.io/endpointslices": [slice("10.244.1.2", "10.244.2.2")] },
  });
}

function read(w: World): (key: string) => unknown {
  return (key) => w.state.machines.get("control-plane-1")!.host.get(key);
}

function route(w: World, destinationIp: string, destinationPort: number, die: (bound: number) => number = () => 0) {
  const packet = { sourceIp: "10.244.1.9", destinationIp, destinationPort, protocol: "TCP", fromPod: true } as const;
  return routePacket(read(w), packet, die);
}

describe("kube-proxy", () => {
  it("sends a ClusterIP's packets to one of the endpoints", () => {
    const w = world();
    expect(route(w, "10.96.10.1", 80)).toEqual({ verdict: "pass" });
    pass(w, 2);
    expect(route(w, "10.96.10.1", 80)).toMatchObject({ verdict: "deliver", ip: "10.244.1.2", port: 8080 });
    expect(route(w, "10.96.10.1", 80, () => 1)).toMatchObject({ verdict: "deliver", ip: "10.244.2.2" });
    expect(route(w, "10.0.0.11", 30080)).toMatchObject({ verdict: "deliver", port: 8080 });
    expect(route(w, "10.96.10.1", 81)).toEqual({ verdict: "pass" });
  });

  it("refuses when no endpoint is left and forgets a service that is gone", () => {
    const w = world();
    pass(w, 2);
    ask(w, patchRequest(ENDPOINT_SLICES, "default", "web-abc", "merge", { endpoints: [] }));
    pass(w, 2);
    expect(route(w, "10.96.10.1", 80)).toEqual({ verdict: "reject" });
    ask(w, deleteRequest(SERVICES, "default", "web"));
    pass(w, 2);
    expect(route(w, "10.96.10.1", 80)).toEqual({ verdict: "pass" });
    expect(proxyView(stateOf<ProxyState>(w, "kube-proxy")).services).toEqual([]);
  });

  it("writes only what changed, at most once a second", () => {
    const w = world();
    pass(w, 2);
    const other = {
      ...service,
      metadata: { name: "api", namespace: "default" },
      spec: { ...(service.spec as object), clusterIP: "10.96.10.2", ports: [{ port: 80 }] },
    };
    const before = readRuleset(read(w))!.nat.rules.get("KUBE-SERVICES\u0000default/web tcp 00000");
    for (let turn = 0; turn < 5; turn += 1) {
      ask(
        w,
        patchRequest(ENDPOINT_SLICES, "default", "web-abc", "merge", {
          endpoints: slice(`10.244.1.${turn}`).endpoints,
        }),
      );
      pass(w, 0.1);
    }
    ask(w, createRequest(SERVICES, other));
    pass(w, 3);
    const { syncs, lastChanged } = proxyView(stateOf<ProxyState>(w, "kube-proxy"));
    expect(syncs).toBe(3);
    expect(lastChanged).toContain("default/api");
    expect(before).toBeDefined();
    expect(route(w, "10.96.10.1", 80)).toMatchObject({ ip: "10.244.1.4" });
  });

  it("sleeps when nothing changes", () => {
    const w = world();
    pass(w, 2);
    const { syncs } = proxyView(stateOf<ProxyState>(w, "kube-proxy"));
    pass(w, 120);
    expect(proxyView(stateOf<ProxyState>(w, "kube-proxy")).syncs).toBe(syncs);
  });

  it("prints its rules as iptables does", () => {
    const w = world();
    pass(w, 2);
    const { nat } = readRuleset(read(w))!;
    expect(formatSpecification("nat", nat)).toContain(
      '-A KUBE-SERVICES -d 10.96.10.1/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G',
    );
    expect(formatSpecification("nat", nat, "KUBE-SVC-LOLE4ISW44XBNF3G")).toEqual([
      "-N KUBE-SVC-LOLE4ISW44XBNF3G",
      '-A KUBE-SVC-LOLE4ISW44XBNF3G ! -s 10.244.0.0/16 -d 10.96.10.1/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
      expect.stringMatching(
        /^-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default\/web -> 10.244.1.2:8080" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-[A-Z2-7]{16}$/,
      ),
      expect.stringMatching(
        /^-A KUBE-SVC-LOLE4ISW44XBNF3G -m comment --comment "default\/web -> 10.244.2.2:8080" -j KUBE-SEP-[A-Z2-7]{16}$/,
      ),
    ]);
    expect(formatListing("nat", nat, "KUBE-NODEPORTS")?.[0]).toBe("Chain KUBE-NODEPORTS (1 references)");
    expect(formatListing("nat", nat, "NONSENSE")).toBeNull();
  });

  it("keeps plain data only, and rules that the kernel shares", () => {
    const w = world();
    pass(w, 2);
    const state = stateOf<ProxyState>(w, "kube-proxy");
    expect(proxyView(copyState(state))).toEqual(proxyView(state));
    expect(Object.isFrozen(read(w)("iptables/nat"))).toBe(true);
  });
});

it("an endpoint that two slices have counts as the node's own if one of them says so", () => {
  const [first] = [slice("10.244.1.5")] as unknown as EndpointSlice[];
  const on = (nodeName: string): EndpointSlice => ({
    ...first!,
    endpoints: first!.endpoints!.map((endpoint) => ({ ...endpoint, nodeName })),
  });
  for (const slices of [
    [on("here"), on("there")],
    [on("there"), on("here")],
  ]) {
    expect(endpointsOf(slices, "", "tcp", "IPv4", "here").map(({ isLocal }) => isLocal)).toEqual([true]);
  }
});
