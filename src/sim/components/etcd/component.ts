import type { Certificate, Component, Context, KernelMessage, RequestId, StreamId } from "../../kernel/types.ts";
import { fileData } from "../../machinery/kubeconfig.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import { autoCompactionTimer } from "./auto-compaction.ts";
import { bootstrap, createState, peerAnswered } from "./bootstrap.ts";
import { openExecOutput } from "./exec-output.ts";
import { fail } from "./fail.ts";
import { type EtcdConfig, parseFlags } from "./flags.ts";
import { hostPath, mountsOf } from "./host-path.ts";
import { isHttp } from "./http.ts";
import { leaseTimer } from "./lease-expiry.ts";
import { sendDatabase } from "./maintenance.ts";
import { promoteForPeer } from "./member-requests.ts";
import { leave, leaveSoon, sortedMembers } from "./membership.ts";
import type { EtcdProgressRequest, EtcdRequest, EtcdSnapshotRequest, EtcdWatchRequest } from "./messages.ts";
import { handleHttp } from "./metrics.ts";
import { armRaftTimer, drive, stillLeaderless, synced } from "./node.ts";
import type { PeerGone, PeerHello, PeerMembersAnswer, PeerRequest } from "./peer-messages.ts";
import { dial, heardFrom, peerStreamClosed } from "./peers.ts";
import { requestCancelled, requestTimer } from "./pending.ts";
import { publish } from "./publish.ts";
import { step as stepRaft, tick, transferLeadership } from "./raft/raft.ts";
import type { RaftMessage } from "./raft/types.ts";
import { handleRequest, leaseNow, readTimer } from "./requests.ts";
import { serviceTimeUs } from "./service-times.ts";
import type { EtcdMessage, EtcdState } from "./state.ts";
import { VERSION } from "./version.ts";
import { closeWatch, openWatch, progressTimer, reportProgress } from "./watches.ts";
import { zap } from "./zap-log.ts";

/** etcd 3.5, as kubeadm runs it. Its doors: clients on 2379, members on 2380, probes and metrics on 2381. */
export const etcd: Component<EtcdState, EtcdMessage> = {
  kind: "etcd",
  start(context, args) {
    const { argv, ...given } = args as Pick<ProgramArgs, "argv"> & Partial<ProgramArgs>;
    if (argv.slice(1).some((word) => /^--?version$/.test(word))) return printVersion(context, given.exec);
    const mounts = given.container === undefined ? null : mountsOf(given as ProgramArgs);
    const config = parseFlags(argv, (path) => hostPath(mounts, path));
    if ("error" in config) return refuseFlags(context, config.error);
    const state = createState(config, readCertificate(context, config.peerCertFile), context);
    zap(context, "info", "etcdmain/etcd.go:73", "Running: ", { args: argv });
    if (listen(state, context, config)) bootstrap(state, context);
    return state;
  },
  step(state, message, context) {
    if (state.phase === "failed") {
      if (message.type === "shutdown") context.exit(0);
      return;
    }
    receive(state, message, context);
    drive(state, context);
  },
  serviceTimeUs: (message, state) => serviceTimeUs(message, state.store.fileBytes),
};

/** `etcd --version`, mostly by exec beside the one that serves. */
function printVersion(context: Context, exec: ProgramArgs["exec"]): EtcdState {
  const text = `etcd Version: ${VERSION}\nGit SHA: a17edfd\nGo Version: go1.23.7\nGo OS/Arch: linux/amd64\n`;
  if (exec === undefined) for (const line of text.trim().split("\n")) context.log(line);
  else {
    const io = openExecOutput(context, exec);
    context.sendFrame(io, Object.freeze({ type: "stdout", data: text }));
    context.sendFrame(io, Object.freeze({ type: "exit", exitCode: 0 }));
  }
  const state = createState(parseFlags([]) as EtcdConfig, null, context);
  state.phase = "failed";
  context.setTimer(2_000, { type: "shutdown" }, "keep");
  return state;
}

function refuseFlags(context: Context, error: string): EtcdState {
  zap(context, "warn", "etcdmain/etcd.go:75", "failed to verify flags", { error });
  const config = parseFlags([]) as EtcdConfig;
  const state = createState(config, null, context);
  fail(state, context, 2, error);
  return state;
}

function readCertificate(context: Context, path: string): Certificate | null {
  return path === "" ? null : (fileData(context.disk.read(path)) as Certificate | null);
}

/** False: it could not, and the process has ended. */
function listen(state: EtcdState, context: Context, config: EtcdConfig): boolean {
  const client = {
    file: config.certFile,
    ca: config.trustedCaFile,
    auth: config.clientCertAuth,
    port: config.clientPort,
  };
  const peer = {
    file: config.peerCertFile,
    ca: config.peerTrustedCaFile,
    auth: config.peerClientCertAuth,
    port: config.peerPort,
  };
  for (const { file, ca, auth, port } of [peer, client]) {
    const certificate = readCertificate(context, file);
    const missing = file !== "" && certificate === null ? file : null;
    const authority = auth ? readCertificate(context, ca) : null;
    if (missing !== null || (auth && ca !== "" && authority === null)) {
      return refuse(state, context, `open ${missing ?? ca}: no such file or directory`);
    }
    const tls = certificate === null ? undefined : { certificate, clientAuthority: authority?.commonName ?? null };
    if (!context.listen(port, tls === undefined ? {} : { tls })) {
      return refuse(state, context, `listen tcp ${context.self.ip}:${port}: bind: address already in use`);
    }
  }
  if (config.metricsPort !== null) context.listen(config.metricsPort);
  return true;
}

function refuse(state: EtcdState, context: Context, error: string): false {
  zap(context, "fatal", "etcdmain/etcd.go:204", "discovery failed", { error });
  fail(state, context, 1, error);
  return false;
}

function receive(state: EtcdState, message: KernelMessage | EtcdMessage, context: Context): void {
  switch (message.type) {
    case "request":
      receiveRequest(state, context, message.id, message.body);
      return;
    case "requestCancelled":
      state.probes.delete(message.id);
      requestCancelled(state, message.id);
      return;
    case "response":
      receiveAnswer(state, context, message.tag, message.body);
      return;
    case "requestFailed":
      receiveAnswer(state, context, message.tag, null);
      return;
    case "streamOpened":
      openStream(state, context, message.id, message.body as Hello);
      return;
    case "streamFrame":
      receiveFrame(state, context, message.id, message.frame as RaftMessage | PeerGone | EtcdProgressRequest);
      return;
    case "streamClosed":
      closeStream(state, context, message.id, message.error?.text ?? "EOF");
      return;
    case "diskSynced":
      if (message.error !== null) fail(state, context, 2, "panic: failed to fdatasync");
      else synced(state, context);
      return;
    case "signal":
      receiveSignal(state, context, message.signal);
      return;
    case "raftTimer":
      state.raftTimerAtUs = Number.POSITIVE_INFINITY;
      state.raftTimer = 0;
      if (state.phase === "running" || state.phase === "stopping") tick(state.raft, context);
      armRaftTimer(state, context);
      return;
    case "requestTimer":
      requestTimer(state, context);
      return;
    case "readTimer":
      readTimer(state, context);
      return;
    case "leaseTimer":
      leaseTimer(state, context);
      return;
    case "progressTimer":
      progressTimer(state, context);
      return;
    case "autoCompactionTimer":
      autoCompactionTimer(state, context);
      return;
    case "leaderless":
      stillLeaderless(state, context, message.epoch);
      return;
    case "dial":
      dial(state, context, message.peer);
      return;
    case "publish":
      publish(state, context);
      return;
    case "removed":
      leave(state, context);
      return;
    case "shutdown":
      context.exit(0);
      return;
    default:
      return;
  }
}

function receiveRequest(state: EtcdState, context: Context, id: RequestId, body: unknown): void {
  if (isHttp(body)) {
    handleHttp(state, context, id, body);
    return;
  }
  if ((body as { readonly type?: unknown }).type === "tcp") {
    // A probe: somebody listens, and gRPC's health service says how it is.
    context.respond(id, { type: "grpc", status: state.phase === "running" ? "SERVING" : "NOT_SERVING" });
    return;
  }
  const request = body as EtcdRequest | PeerRequest;
  switch (request.op) {
    case "peerMembers":
      context.respond(id, peerMembers(state));
      return;
    case "peerLease":
      context.respond(id, leaseNow(state, context, request.request as Parameters<typeof leaseNow>[2]));
      return;
    case "peerPromote":
      promoteForPeer(state, context, id, request.id);
      return;
    default:
      handleRequest(state, context, id, request);
  }
}

function peerMembers(state: EtcdState): PeerMembersAnswer {
  if (state.phase !== "running") return Object.freeze({ op: "unavailable" });
  return Object.freeze({ op: "peerMembers", clusterId: state.clusterId, members: Object.freeze(sortedMembers(state)) });
}

/** What this member asked others: who is there, and what only the leader knows. */
function receiveAnswer(state: EtcdState, context: Context, tag: unknown, body: unknown): void {
  const { asked, forwarded } = tag as { readonly asked?: string; readonly forwarded?: RequestId };
  if (asked !== undefined) peerAnswered(state, context, asked, body as PeerMembersAnswer | null);
  else if (forwarded !== undefined) context.respond(forwarded, body ?? NO_LEADER);
}

type Hello = PeerHello | EtcdWatchRequest | EtcdSnapshotRequest;

const NO_LEADER = Object.freeze({ op: "error", code: "Unavailable", text: "etcdserver: no leader" });

function openStream(state: EtcdState, context: Context, id: StreamId, hello: Hello): void {
  if ((state.phase !== "running" && state.phase !== "stopping") || hello.op === undefined) {
    context.closeStream(id);
  } else if (hello.op === "watch") {
    openWatch(state, context, id, hello);
  } else if (hello.op === "snapshot") {
    sendDatabase(state, context, id);
  } else if (hello.clusterId !== state.clusterId) {
    zap(context, "warn", "rafthttp/http.go:413", "request cluster ID mismatch", {
      "local-member-id": state.id,
      "local-member-cluster-id": state.clusterId,
      "remote-peer-id": hello.from,
      "remote-peer-cluster-id": hello.clusterId,
    });
    context.closeStream(id);
  } else if (state.removed.has(hello.from)) {
    const gone: PeerGone = { type: "gone" };
    context.sendFrame(id, Object.freeze(gone), { label: "410 Gone" });
    context.closeStream(id);
  } else {
    state.inbound.set(id, hello.from);
    heardFrom(state, context, hello.from);
  }
}

function receiveFrame(
  state: EtcdState,
  context: Context,
  id: StreamId,
  message: RaftMessage | PeerGone | EtcdProgressRequest,
): void {
  if (message.type === "gone") {
    leaveSoon(context, 0);
    return;
  }
  if (message.type === "progressRequest") {
    if (state.hub.watchers.has(id)) reportProgress(state, context, id);
    return;
  }
  const from = state.inbound.get(id);
  if (from === undefined) return;
  heardFrom(state, context, from);
  stepRaft(state.raft, message, context);
}

function closeStream(state: EtcdState, context: Context, id: StreamId, error: string): void {
  if (state.hub.watchers.has(id)) closeWatch(state, id);
  else if (!state.inbound.delete(id)) peerStreamClosed(state, context, id, error);
}

/** A leader that is asked to end hands over first, so that nobody has to notice its silence. */
function receiveSignal(state: EtcdState, context: Context, signal: string): void {
  if (signal !== "SIGTERM" && signal !== "SIGINT") return;
  zap(context, "info", "osutil/interrupt_unix.go:64", "received signal; shutting down", {
    signal: signal === "SIGTERM" ? "terminated" : "interrupt",
  });
  const successor = [...state.peers.values()].find((link) => link.active && link.stream !== null);
  if (state.phase !== "running" || state.raft.role !== "leader" || successor === undefined) {
    context.exit(0);
    return;
  }
  zap(context, "info", "etcdserver/server.go:1485", "leadership transfer starting", {
    "local-member-id": state.id,
    "transferee-member-id": successor.id,
  });
  state.phase = "stopping";
  state.transfer = { to: successor.id, request: null };
  transferLeadership(state.raft, successor.id, context);
  context.setTimer(2 * state.config.electionMs * 1000, { type: "shutdown" });
}
