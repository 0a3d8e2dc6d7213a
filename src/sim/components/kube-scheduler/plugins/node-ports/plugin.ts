import { CONTINUE, type PluginDefinition, rejection, SKIP } from "../../framework/plugin.ts";
import { type HostPort, podInfoOf } from "../../pod-info.ts";

const TAKEN = rejection("node(s) didn't have free ports for the requested pod ports", false);
const ANY = "0.0.0.0";

function conflicts(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY || b.ip === ANY);
}

function anyConflict(wanted: readonly HostPort[], used: readonly HostPort[]): boolean {
  for (const port of wanted) for (const other of used) if (conflicts(port, other)) return true;
  return false;
}

/** Host ports are used once per node, protocol and address; 0.0.0.0 is all addresses. */
export const nodePorts: PluginDefinition = {
  name: "NodePorts",
  create: () => ({
    name: "NodePorts",
    nodeLocal: true,
    preFilter: ({ pod }) => (pod.hostPorts.length === 0 ? SKIP : CONTINUE),
    filter: ({ pod }, node) => (anyConflict(pod.hostPorts, node.usedPorts) ? TAKEN : null),
    events: [
      {
        types: ["AssignedPod/Delete"],
        hint: (pod, { assignedPod }) =>
          assignedPod !== undefined && anyConflict(pod.hostPorts, podInfoOf(assignedPod).hostPorts),
      },
      { types: ["Node/Add"] },
    ],
  }),
};
