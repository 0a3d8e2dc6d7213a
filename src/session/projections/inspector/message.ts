import type { InspectorView, Section } from "../../../protocol/views.ts";
import { EventKind } from "../../../sim/kernel/event-queue.ts";
import type { Packet } from "../../../sim/kernel/state.ts";
import type { Session } from "../../session.ts";
import { placeOf } from "../messages.ts";
import { causalChain } from "./why.ts";

const BODY_CHARS_MAX = 20_000;

/** A message in flight, opened layer by layer. */
export function inspectMessage(session: Session, id: number): InspectorView | null {
  const { state } = session.world;
  const event = state.heap.find((each) => each.sequence === id && each.kind === EventKind.Arrive);
  if (event === undefined) return null;
  const packet = event.payload as Packet;
  const connection = state.connections.get(event.ref);
  const from = state.processes.get(event.fromPid);
  const to = state.processes.get(event.pid !== 0 ? event.pid : (connection?.serverPid ?? 0));
  const body = bodyOf(packet);
  const layers: Extract<Section, { readonly type: "envelope" }>["layers"] = [
    {
      name: "On the wire",
      facts: [
        { name: "From", value: from === undefined ? "?" : placeOf(from) },
        { name: "To", value: to === undefined ? `${connection?.ip ?? "?"}:${connection?.port ?? ""}` : placeOf(to) },
        { name: "Sent", value: `${event.sentAtUs} us` },
        { name: "Arrives", value: `${event.atUs} us` },
      ],
      body: "",
    },
    {
      name: "Connection",
      facts: [
        { name: "Kind", value: connection === undefined ? "datagram" : connection.stream ? "stream" : "request" },
        { name: "Dialled", value: connection?.dialled ?? "" },
        { name: "Who asks", value: connection?.certificate?.commonName ?? "no client certificate" },
      ],
      body: "",
    },
    { name: "Content", facts: contentFacts(body), body: jsonText(body) },
  ];
  return {
    selection: { type: "message", id },
    title: event.label || packet.type,
    what: "A message on its way. Where it is drawn is how far it has come.",
    more: "",
    state: "on its way",
    tone: "busy",
    sinceUs: event.sentAtUs,
    why: causalChain(session, event.trace, event.cause),
    sections: [{ type: "envelope", title: "Envelope", layers }],
    actions: [],
    faults: [],
    commands: [`lab trace ${event.trace}`],
  };
}

function bodyOf(packet: Packet): unknown {
  if ("body" in packet) return packet.body;
  return "frame" in packet ? packet.frame : { type: packet.type };
}

function contentFacts(body: unknown): { readonly name: string; readonly value: string }[] {
  const record = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const facts: { name: string; value: string }[] = [];
  for (const key of [
    "type",
    "verb",
    "method",
    "path",
    "op",
    "call",
    "resource",
    "namespace",
    "name",
    "key",
    "code",
    "status",
  ]) {
    const value = record[key];
    if (typeof value === "string" || typeof value === "number") facts.push({ name: key, value: String(value) });
  }
  return facts;
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (item instanceof Map ? [...item] : item), 2) ?? "";
  return text.length > BODY_CHARS_MAX ? `${text.slice(0, BODY_CHARS_MAX)}\n... (${text.length} characters)` : text;
}
