import type { World } from "../sim/kernel/world.ts";
import { conditionStatus } from "./conditions.ts";
import { Records } from "./records.ts";

/**
 * Ready for the first command: all nodes Ready, CoreDNS Available, the cluster's own pods Ready (the control plane's
 * start-up probes take a while), parts of the API that others serve are Available, and pods can be made in the default
 * namespace.
 */
export function clusterReady(world: World): boolean {
  const records = new Records();
  records.refresh(world);
  const coredns = records.get("/registry/deployments/kube-system/coredns");
  if (coredns === null || conditionStatus(coredns, "Available") !== "True") return false;
  if (records.get("/registry/serviceaccounts/default/default") === null) return false;
  if (!records.list("/registry/pods/").every((pod) => conditionStatus(pod, "Ready") === "True")) return false;
  // Metrics flow, where there is a server of them.
  const apis = records.list("/registry/apiregistration.k8s.io/apiservices/");
  if (!apis.every((api) => conditionStatus(api, "Available") === "True")) return false;
  const nodes = records.list("/registry/minions/");
  const expected = [...world.state.machines.values()].filter(
    (machine) => machine.info.role === "worker" || machine.info.role === "control-plane",
  ).length;
  return nodes.length >= expected && nodes.every((node) => conditionStatus(node, "Ready") === "True");
}
