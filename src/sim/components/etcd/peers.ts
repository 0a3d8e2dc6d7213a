import { goDuration } from "../../api/duration.ts";
import type { Context, StreamId } from "../../kernel/types.ts";
import { addressOf } from "./flags.ts";
import type { Member } from "./messages.ts";
import type { PeerHello } from "./peer-messages.ts";
import { reportUnreachable } from "./raft/leader.ts";
import type { NodeId, RaftMessage } from "./raft/types.ts";
import type { EtcdState, PeerLink } from "./state.ts";
import { zap } from "./zap-log.ts";

/** rafthttp: dial again ten times a second; a silent connection is given up after five seconds. */
const REDIAL_US = 100_000;
const DIAL_TIMEOUT_US = 2_000_000;
const SILENCE_US = 5_000_000;

export function addPeers(state: EtcdState, context: Context, members: Iterable<Member>): void {
  for (const member of members) {
    if (member.id === state.id || state.peers.has(member.id)) continue;
    const link: PeerLink = {
      id: member.id,
      name: member.name,
      address: addressOf(member.peerUrls[0] as string),
      stream: null,
      sinceUs: context.nowUs,
      active: false,
      beatUs: 0,
    };
    state.peers.set(member.id, link);
    dial(state, context, member.id);
  }
}

/** Follows an update of where a member is, or its removal. */
export function changePeer(state: EtcdState, context: Context, id: NodeId): void {
  const link = state.peers.get(id);
  const member = state.members.get(id);
  if (link === undefined || link.address === addressOf(member?.peerUrls[0] ?? "")) return;
  removePeer(state, context, link);
  if (member !== undefined) addPeers(state, context, [member]);
}

function removePeer(state: EtcdState, context: Context, link: PeerLink): void {
  if (link.stream !== null) context.closeStream(link.stream);
  state.peers.delete(link.id);
  zap(context, "info", "rafthttp/peer.go:330", "stopping remote peer", { "remote-peer-id": link.id });
}

/** The list of members was replaced: connections to all who are on it, to nobody else. */
export function replacePeers(state: EtcdState, context: Context): void {
  for (const link of [...state.peers.values()]) if (!state.members.has(link.id)) removePeer(state, context, link);
  addPeers(state, context, state.members.values());
}

export function dial(state: EtcdState, context: Context, peer: NodeId): void {
  const link = state.peers.get(peer);
  if (link === undefined || link.stream !== null || state.phase === "failed") return;
  const hello: PeerHello = { op: "raft", from: state.id, clusterId: state.clusterId };
  link.sinceUs = context.nowUs;
  link.stream = context.openStream({
    to: link.address,
    body: Object.freeze(hello),
    tag: peer,
    timeoutUs: DIAL_TIMEOUT_US,
    keepAliveUs: SILENCE_US,
    certificate: state.peerCertificate ?? undefined,
    label: "raft stream",
  });
}

export function sendToPeer(state: EtcdState, context: Context, message: RaftMessage): void {
  const link = state.peers.get(message.to);
  if (link === undefined || link.stream === null) {
    if (message.type === "append" || message.type === "snapshot") reportUnreachable(state.raft, message.to);
    return;
  }
  if (message.type === "heartbeat") observeBeat(state, context, link);
  if (message.type === "snapshot") {
    zap(context, "info", "rafthttp/snapshot_sender.go:84", "sending database snapshot", {
      "snapshot-index": message.snapshot.index,
      "remote-peer-id": message.to,
      bytes: message.snapshot.sizeBytes,
    });
  }
  if (context.observed || message.type === "snapshot" || message.type === "append") {
    context.sendFrame(link.stream, message, { label: labelOf(message), sizeBytes: sizeOf(message) });
  } else {
    context.sendFrame(link.stream, message, LABELS[message.type]);
  }
}

/** Complains when beats are far apart: the loop that sends them waits for the disk. */
function observeBeat(state: EtcdState, context: Context, link: PeerLink): void {
  const intervalUs = state.config.heartbeatMs * 1000;
  const exceededUs = link.beatUs === 0 ? 0 : context.nowUs - link.beatUs - 2 * intervalUs;
  link.beatUs = context.nowUs;
  if (exceededUs <= 0) return;
  context.count("etcd_server_heartbeat_send_failures_total");
  zap(
    context,
    "warn",
    "etcdserver/raft.go:415",
    "leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk",
    {
      to: link.id,
      "heartbeat-interval": goDuration(intervalUs),
      "expected-duration": goDuration(2 * intervalUs),
      "exceeded-duration": goDuration(exceededUs),
    },
  );
}

/** Upstream's message types. */
const NAMES: Readonly<Record<RaftMessage["type"], string>> = {
  preVote: "MsgPreVote",
  vote: "MsgVote",
  preVoteResponse: "MsgPreVoteResp",
  voteResponse: "MsgVoteResp",
  append: "MsgApp",
  appendResponse: "MsgAppResp",
  heartbeat: "MsgHeartbeat",
  heartbeatResponse: "MsgHeartbeatResp",
  snapshot: "MsgSnap",
  propose: "MsgProp",
  readIndex: "MsgReadIndex",
  readIndexResponse: "MsgReadIndexResp",
  transferLeader: "MsgTransferLeader",
  timeoutNow: "MsgTimeoutNow",
};

const LABELS = Object.fromEntries(
  Object.entries(NAMES).map(([type, label]) => [type, Object.freeze({ label })]),
) as Readonly<Record<RaftMessage["type"], { readonly label: string }>>;

function labelOf(message: RaftMessage): string {
  if (message.type !== "append") return NAMES[message.type];
  const { entries, commit } = message;
  if (entries.length === 0) return `MsgApp commit ${commit}`;
  return entries.length === 1 ? `MsgApp ${entries[0]?.index}` : `MsgApp ${entries[0]?.index}-${entries.at(-1)?.index}`;
}

function sizeOf(message: RaftMessage): number {
  if (message.type === "snapshot") return message.snapshot.sizeBytes;
  if (message.type !== "append") return 100;
  let bytes = 100;
  for (const entry of message.entries) bytes += entry.sizeBytes;
  return bytes;
}

/** One of this member's own streams broke. */
export function peerStreamClosed(state: EtcdState, context: Context, stream: StreamId, error: string): void {
  for (const link of state.peers.values()) {
    if (link.stream !== stream) continue;
    link.stream = null;
    link.sinceUs = context.nowUs;
    reportUnreachable(state.raft, link.id);
    if (link.active) {
      link.active = false;
      zap(context, "warn", "rafthttp/peer_status.go:66", "peer became inactive (message send to peer failed)", {
        "peer-id": link.id,
        error,
      });
    }
    context.setTimer(REDIAL_US, { type: "dial", peer: link.id });
    return;
  }
}

export function heardFrom(state: EtcdState, context: Context, peer: NodeId): void {
  const link = state.peers.get(peer);
  if (link === undefined || link.active) return;
  link.active = true;
  zap(context, "info", "rafthttp/peer_status.go:53", "peer became active", { "peer-id": peer });
}

/** How many of these are connected, this member itself included. */
export function connectedSince(state: EtcdState, members: readonly Member[], sinceUs: number): number {
  return members.filter(({ id }) => id === state.id || isConnectedSince(state, id, sinceUs)).length;
}

/** Whether the way to a peer has been open since before `sinceUs`. */
export function isConnectedSince(state: EtcdState, peer: NodeId, sinceUs: number): boolean {
  const link = state.peers.get(peer);
  return link !== undefined && link.stream !== null && link.active && link.sinceUs < sinceUs;
}
