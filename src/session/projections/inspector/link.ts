import type { InspectorView, LinkView } from "../../../protocol/views.ts";
import type { Session } from "../../session.ts";
import { actionsFor } from "../faults.ts";
import { machineOf } from "../links.ts";

const KIND_TEXT: Readonly<Record<LinkView["kind"], string>> = {
  kubectl: "Your requests to the cluster: HTTPS with your client certificate.",
  api: "Requests and watches to the API server: HTTPS with the component's client certificate.",
  etcd: "The API server's reads, writes and watches: gRPC over TLS.",
  raft: "Raft between etcd members: heart-beats, votes and log entries.",
  cri: "The kubelet's calls to the container runtime: a socket on the same machine.",
  pod: "Traffic between pods.",
};

export function inspectLink(session: Session, links: readonly LinkView[], id: string): InspectorView | null {
  const link = links.find((each) => each.id === id);
  if (link === undefined) return null;
  const a = machineOf(link.from);
  const b = machineOf(link.to);
  let streams = 0;
  for (const connection of session.world.state.connections.values()) {
    const ends = [connection.clientMachine, connection.serverMachine];
    if (ends.includes(a) && ends.includes(b)) streams += 1;
  }
  return {
    selection: { type: "link", id },
    title: `${link.from} and ${link.to}`,
    what: KIND_TEXT[link.kind],
    more: a === b ? "Both are on one machine; what breaks the network does not touch it." : "",
    state: link.state === "up" ? "up" : link.state,
    tone: link.state === "up" ? "good" : link.state === "cut" ? "bad" : "warning",
    sinceUs: link.faults[0]?.sinceUs ?? 0,
    why: link.faults.map((fault) => ({ text: `You broke it: ${fault.id}.`, atUs: fault.sinceUs, selection: null })),
    sections: [
      {
        type: "facts",
        title: "Between the two machines",
        facts: [{ name: "Open connections", value: String(streams) }],
      },
    ],
    actions: a === b ? [] : actionsFor("link", `${a}:${b}`),
    faults: link.faults,
    commands: a === b ? [] : [`lab fail partition ${a}:${b}`],
  };
}
