import { certificateProblem } from "./certificates.ts";
import { withMember, withoutMember } from "./collections.ts";
import { awaitDeadline, takeDue } from "./deadlines.ts";
import { EventKind, type KernelEvent } from "./event-queue.ts";
import { nextFloat, nextInt } from "./random.ts";
import type { Connection, Lane, Listener, Machine, NetworkRule, Packet, Process } from "./state.ts";
import type {
  Certificate,
  KernelMessage,
  MachineInfo,
  MachineName,
  NetworkError,
  Pid,
  RequestOptions,
  StreamOptions,
} from "./types.ts";
import type { World } from "./world.ts";

const KEEP_ALIVE_US = 45_000_000;
const STREAM_OPEN_TIMEOUT_US = 30_000_000;
/** Go's dialers give up on an address that does not answer after this long. */
const DIAL_TIMEOUT_US = 30_000_000;
/** Linux' first retransmission time-out, and what it grows to. */
const RETRANSMIT_US = 200_000;
const RETRANSMIT_US_MAX = 60_000_000;
const DEFAULT_SIZE_BYTES = 1024;
const DEFAULT_BANDWIDTH_BYTES_PER_SECOND = 125_000_000;

/** One-way latency between two places, microseconds, before jitter of +-10 %. */
const LATENCY_US = { sameMachine: 25, sameZone: 150, otherZone: 500, outside: 1_000 } as const;

interface Destination {
  readonly ip: string;
  readonly port: string;
  readonly machine: MachineName;
}

interface AddressParts {
  readonly host: string;
  readonly port: string;
}

/** Texts made before: the same text again need not be cut, put together and hashed again. */
interface Addresses {
  readonly parts: Map<string, AddressParts>;
  /** Keys of listeners, by address and port. */
  readonly keys: Map<string, Map<string, string>>;
}

const ADDRESSES_MAX = 20_000;

/** Cache. */
const addresses = new WeakMap<World, Addresses>();

type Resolution = { readonly to: Destination } | { readonly error: NetworkError } | "black hole";

/** Name resolution, loopback and the source machine's own address translation. */
function resolve(world: World, process: Process, address: string, protocol: "TCP" | "UDP"): Resolution {
  if (address.startsWith("unix:")) return { to: { ip: process.machine, port: address, machine: process.machine } };
  const { host, port } = partsOf(world, address);
  if (host === "127.0.0.1" || host === "localhost") return { to: { ip: process.ip, port, machine: process.machine } };
  const named = world.state.machines.get(host);
  const ip = named === undefined ? host : named.info.ip;
  const machine = world.state.addresses.get(ip);
  if (machine !== undefined) return { to: { ip, port, machine } };
  const first = host.charCodeAt(0);
  if (!(first >= 48 && first <= 57)) {
    return { error: { kind: "unreachable", text: `dial tcp: lookup ${host} on 10.0.0.2:53: no such host` } };
  }
  const verdict = translate(
    world,
    world.state.machines.get(process.machine) as Machine,
    process.ip,
    ip,
    port,
    protocol,
  );
  if (verdict === "reject") return { error: { kind: "refused", text: refusedText(address) } };
  return verdict === null ? "black hole" : { to: verdict };
}

function translate(
  world: World,
  machine: Machine,
  sourceIp: string,
  ip: string,
  port: string,
  protocol: "TCP" | "UDP",
  loopback = false,
): Destination | "reject" | null {
  const { routePacket } = world.code;
  if (routePacket === null) return null;
  const random = world.randomOf(`netfilter/${machine.info.name}`);
  const verdict = routePacket(
    (key) => machine.host.get(key),
    {
      sourceIp,
      destinationIp: ip,
      destinationPort: Number(port),
      protocol,
      loopback,
      fromPod: sourceIp !== machine.info.ip && world.state.addresses.get(sourceIp) === machine.info.name,
    },
    (bound) => nextInt(random, bound),
  );
  if (verdict.verdict === "reject") return "reject";
  if (verdict.verdict !== "deliver") return null;
  const target = world.state.addresses.get(verdict.ip);
  return target === undefined ? null : { ip: verdict.ip, port: String(verdict.port), machine: target };
}

/** Opens a request or stream and sends its first packet. Gives the connection's id. */
export function connect(
  world: World,
  process: Process,
  options: RequestOptions | StreamOptions,
  stream: boolean,
  departUs: number,
): number {
  const { state } = world;
  const id = state.nextConnection;
  state.nextConnection = id + 1;
  const timeoutUs = options.timeoutUs ?? STREAM_OPEN_TIMEOUT_US;
  const dialUs = Math.min(timeoutUs, DIAL_TIMEOUT_US);
  const resolution = resolve(world, process, options.to, options.protocol ?? "TCP");
  const to = typeof resolution === "object" && "to" in resolution ? resolution.to : null;
  const connection: Connection = {
    id,
    stream,
    clientPid: process.pid,
    clientMachine: process.machine,
    clientIp: process.ip,
    dialled: options.to,
    certificate: options.certificate ?? null,
    tag: options.tag,
    label: options.label ?? "",
    trace: world.trace,
    cause: world.cause,
    openedAtUs: state.nowUs,
    deadlineAtUs: departUs + timeoutUs,
    keepAliveUs: "keepAliveUs" in options && options.keepAliveUs !== undefined ? options.keepAliveUs : KEEP_ALIVE_US,
    protocol: options.protocol ?? "TCP",
    ip: to?.ip ?? "",
    port: to?.port ?? "",
    serverMachine: to?.machine ?? "",
    serverPid: 0,
    clientGone: false,
    serverGone: false,
    blockedAtUs: -1,
    toServer: { lastArrivalUs: 0, retries: 0, waiting: [] },
    toClient: { lastArrivalUs: 0, retries: 0, waiting: [] },
  };
  state.connections.set(id, connection);
  process.connections = withMember(process.connections, id);
  wakeAtDeadline(world, dialUs, id, departUs + dialUs);
  if (typeof resolution === "object" && "error" in resolution) {
    const message: KernelMessage = stream
      ? { type: "streamClosed", id, error: resolution.error, tag: options.tag }
      : { type: "requestFailed", id, error: resolution.error, tag: options.tag };
    forget(world, connection);
    world.schedule(departUs + LATENCY_US.sameMachine, EventKind.Deliver, process.pid, message, 0, process.pid, "");
  } else if (to !== null) {
    transmit(
      world,
      connection,
      { type: "open", body: options.body, sizeBytes: options.sizeBytes ?? DEFAULT_SIZE_BYTES },
      true,
      departUs,
      connection.label,
    );
  }
  return id;
}

/** Puts a packet on its way along a connection, behind whatever of its direction still waits. */
export function transmit(
  world: World,
  connection: Connection,
  packet: Packet,
  toServer: boolean,
  departUs: number,
  label: string,
): void {
  const lane = toServer ? connection.toServer : connection.toClient;
  if (lane.waiting.length > 0) {
    lane.waiting.push({ packet, trace: world.trace, cause: world.cause, label });
    return;
  }
  const from = toServer ? connection.clientMachine : connection.serverMachine;
  const to = toServer ? connection.serverMachine : connection.clientMachine;
  const delayUs = judge(world, from, to);
  if (delayUs < 0) {
    lane.waiting.push({ packet, trace: world.trace, cause: world.cause, label });
    lane.retries = 0;
    world.schedule(departUs + RETRANSMIT_US, EventKind.Retransmit, 0, toServer, connection.id, 0, "");
    return;
  }
  launch(world, connection, lane, packet, toServer, from, to, departUs + delayUs, label);
}

function launch(
  world: World,
  connection: Connection,
  lane: Lane,
  packet: Packet,
  toServer: boolean,
  from: MachineName,
  to: MachineName,
  departUs: number,
  label: string,
): void {
  let atUs = departUs + latencyUs(world, from, to);
  const sizeBytes = "sizeBytes" in packet ? packet.sizeBytes : 0;
  if (sizeBytes > 16_384) atUs += transferUs(world, from, to, sizeBytes);
  if (atUs <= lane.lastArrivalUs) atUs = lane.lastArrivalUs + 1;
  lane.lastArrivalUs = atUs;
  world.schedule(
    atUs,
    EventKind.Arrive,
    toServer ? connection.serverPid : connection.clientPid,
    packet,
    connection.id,
    toServer ? connection.clientPid : connection.serverPid,
    label,
  );
}

export function retransmit(world: World, id: number, toServer: boolean): void {
  const connection = world.state.connections.get(id);
  if (connection === undefined) return;
  const lane = toServer ? connection.toServer : connection.toClient;
  if (lane.waiting.length === 0) return;
  const from = toServer ? connection.clientMachine : connection.serverMachine;
  const to = toServer ? connection.serverMachine : connection.clientMachine;
  const delayUs = judge(world, from, to);
  if (delayUs < 0) {
    lane.retries += 1;
    let againUs = RETRANSMIT_US;
    for (let doubled = 0; doubled < lane.retries && againUs < RETRANSMIT_US_MAX; doubled += 1) againUs *= 2;
    againUs = Math.min(againUs, RETRANSMIT_US_MAX);
    world.schedule(world.nowUs + againUs, EventKind.Retransmit, 0, toServer, id, 0, "");
    return;
  }
  const { waiting } = lane;
  lane.waiting = [];
  for (const item of waiting) {
    world.trace = item.trace;
    world.cause = item.cause;
    launch(world, connection, lane, item.packet, toServer, from, to, world.nowUs + delayUs, item.label);
  }
}

export function sendDatagram(
  world: World,
  process: Process,
  address: string,
  body: unknown,
  departUs: number,
  label: string,
): void {
  const resolution = resolve(world, process, address, "UDP");
  if (typeof resolution !== "object" || "error" in resolution) return;
  const { ip, port, machine } = resolution.to;
  const delayUs = judge(world, process.machine, machine);
  if (delayUs < 0) return;
  const packet: Packet = {
    type: "datagram",
    body,
    ip,
    port,
    dialled: address,
    from: process.name,
    fromMachine: process.machine,
    fromIp: process.ip,
  };
  const to = listenerAt(world, ip, port);
  world.schedule(
    departUs + delayUs + latencyUs(world, process.machine, machine),
    EventKind.Arrive,
    to?.pid ?? 0,
    packet,
    0,
    process.pid,
    label,
  );
}

/** A packet has come to the end of its way. */
export function arrive(world: World, event: KernelEvent): void {
  const packet = event.payload as Packet;
  if (packet.type === "datagram") {
    const listener = listenerAt(world, packet.ip, packet.port);
    if (listener === undefined) return;
    const from = {
      process: packet.from,
      machine: packet.fromMachine,
      ip: packet.fromIp,
      dialled: packet.dialled,
      certificate: null,
    };
    deliver(world, event, listener.pid, { type: "datagram", from, body: packet.body });
    return;
  }
  const connection = world.state.connections.get(event.ref);
  if (connection === undefined) return;
  switch (packet.type) {
    case "open":
      arriveOpen(world, event, connection, packet.body);
      return;
    case "answer": {
      forget(world, connection);
      deliver(world, event, connection.clientPid, {
        type: "response",
        id: connection.id,
        body: packet.body,
        tag: connection.tag,
      });
      return;
    }
    case "frame": {
      if (packet.toServer ? connection.serverGone : connection.clientGone) return;
      const pid = packet.toServer ? connection.serverPid : connection.clientPid;
      deliver(world, event, pid, {
        type: "streamFrame",
        id: connection.id,
        frame: packet.frame,
        tag: packet.toServer ? null : connection.tag,
      });
      return;
    }
    case "close":
      closed(world, event, connection, packet.toServer, null);
      return;
    case "reset":
      closed(world, event, connection, packet.toServer, resetError(connection));
      return;
    case "refused":
      closed(world, event, connection, false, { kind: "refused", text: refusedText(connection.dialled) });
      return;
    case "tlsFailed":
      closed(world, event, connection, false, { kind: "tls", text: packet.text });
      return;
  }
}

function arriveOpen(world: World, event: KernelEvent, connection: Connection, body: unknown): void {
  const listener = listenerAt(world, connection.ip, connection.port);
  if (listener === undefined) {
    const machine = world.state.machines.get(connection.serverMachine) as Machine;
    const target =
      connection.port.startsWith("unix:") || connection.ip !== machine.info.ip
        ? null
        : translate(
            world,
            machine,
            connection.clientIp,
            connection.ip,
            connection.port,
            connection.protocol,
            /^(127\.0\.0\.1|localhost):/.test(connection.dialled),
          );
    if (target === null || target === "reject") {
      transmit(world, connection, { type: "refused" }, false, world.nowUs, "");
      return;
    }
    const from = connection.serverMachine;
    connection.ip = target.ip;
    connection.port = target.port;
    connection.serverMachine = target.machine;
    launch(
      world,
      connection,
      connection.toServer,
      event.payload as Packet,
      true,
      from,
      target.machine,
      world.nowUs,
      event.label,
    );
    return;
  }
  if (listener.tls !== null && listener.tls !== undefined) {
    const problem = tlsProblem(world, connection, listener.tls);
    if (problem !== null) {
      transmit(world, connection, { type: "tlsFailed", text: problem }, false, world.nowUs, "");
      return;
    }
  }
  const process = world.state.processes.get(listener.pid) as Process;
  const client = world.state.processes.get(connection.clientPid);
  connection.serverPid = process.pid;
  process.connections = withMember(process.connections, connection.id);
  const from = {
    process: client?.name ?? "",
    machine: connection.clientMachine,
    ip: connection.clientIp,
    dialled: connection.dialled,
    certificate: connection.certificate === null ? null : asItIs(world, connection.certificate),
  };
  deliver(
    world,
    event,
    process.pid,
    connection.stream
      ? { type: "streamOpened", id: connection.id, from, port: connection.port, body }
      : {
          type: "request",
          id: connection.id,
          from,
          port: connection.port,
          body,
          deadlineAtUs: connection.deadlineAtUs,
        },
  );
}

function tlsProblem(
  world: World,
  connection: Connection,
  tls: NonNullable<import("./state.ts").Listener["tls"]>,
): string | null {
  const client = world.state.machines.get(connection.clientMachine) as Machine;
  const server = world.state.machines.get(connection.serverMachine) as Machine;
  const base = world.state.epochWallUs + world.nowUs;
  const ofServer = certificateProblem(asItIs(world, tls.certificate), base + client.clockOffsetUs);
  if (ofServer !== null) return `tls: failed to verify certificate: ${ofServer}`;
  if (tls.clientAuthority === null) return null;
  if (connection.certificate === null) return "remote error: tls: certificate required";
  if (connection.certificate.issuer !== tls.clientAuthority) return "remote error: tls: unknown certificate authority";
  return certificateProblem(asItIs(world, connection.certificate), base + server.clockOffsetUs) === null
    ? null
    : "remote error: tls: expired certificate";
}

function closed(
  world: World,
  event: KernelEvent,
  connection: Connection,
  toServer: boolean,
  error: NetworkError | null,
): void {
  forget(world, connection);
  if (toServer) {
    if (connection.serverPid === 0 || connection.serverGone) return;
    deliver(
      world,
      event,
      connection.serverPid,
      connection.stream
        ? { type: "streamClosed", id: connection.id, error, tag: null }
        : { type: "requestCancelled", id: connection.id },
    );
    return;
  }
  if (connection.clientGone) return;
  deliver(
    world,
    event,
    connection.clientPid,
    connection.stream
      ? { type: "streamClosed", id: connection.id, error, tag: connection.tag }
      : { type: "requestFailed", id: connection.id, error: error ?? resetError(connection), tag: connection.tag },
  );
}

/** Has `deadlinesPassed` look at a connection at `atUs`. Lanes are by patience, so that each is in order. */
function wakeAtDeadline(world: World, patienceUs: number, id: number, atUs: number): void {
  scheduleDeadlines(world, patienceUs, awaitDeadline(world.state, patienceUs, id, atUs));
}

function scheduleDeadlines(world: World, patienceUs: number, atUs: number): void {
  if (atUs >= 0) world.scheduleRoot(atUs, EventKind.Deadline, 0, null, "", patienceUs);
}

/** Somebody's patience may be over among the connections of this lane. */
export function deadlinesPassed(world: World, patienceUs: number): void {
  const { due, next } = takeDue(world.state, patienceUs);
  scheduleDeadlines(world, patienceUs, next);
  for (const id of due) {
    const connection = world.state.connections.get(id);
    if (connection === undefined) continue;
    world.trace = connection.trace;
    world.cause = connection.cause;
    deadlinePassed(world, connection);
  }
}

/** The client's patience is over: for a request, or for a stream that was never accepted. */
function deadlinePassed(world: World, connection: Connection): void {
  const { id } = connection;
  if (connection.stream && connection.serverPid !== 0) return;
  if (connection.serverPid !== 0 && connection.deadlineAtUs > world.nowUs) {
    wakeAtDeadline(world, connection.deadlineAtUs - world.nowUs, id, connection.deadlineAtUs);
    return;
  }
  const text = connection.serverPid === 0 ? `dial tcp ${connection.dialled}: i/o timeout` : "context deadline exceeded";
  const error: NetworkError = { kind: "timedOut", text };
  giveUp(world, connection);
  const process = world.state.processes.get(connection.clientPid);
  if (process === undefined) return;
  const message: KernelMessage = connection.stream
    ? { type: "streamClosed", id, error, tag: connection.tag }
    : { type: "requestFailed", id, error, tag: connection.tag };
  world.schedule(world.nowUs, EventKind.Deliver, process.pid, message, 0, process.pid, "");
}

/** Forgets a request on the client's side and tells the server, if it ever got there. */
export function giveUp(world: World, connection: Connection): void {
  forget(world, connection);
  if (connection.serverPid === 0 || connection.serverGone || blocked(world, connection)) return;
  const message: KernelMessage = connection.stream
    ? { type: "streamClosed", id: connection.id, error: resetError(connection), tag: null }
    : { type: "requestCancelled", id: connection.id };
  const atUs = world.nowUs + latencyUs(world, connection.clientMachine, connection.serverMachine);
  world.schedule(atUs, EventKind.Deliver, connection.serverPid, message, 0, connection.clientPid, "");
}

/** A process ended. Its peers learn of it by a reset, or, if its machine died, not at all. */
export function processGone(world: World, process: Process, silently: boolean): void {
  for (const id of process.connections) {
    const connection = world.state.connections.get(id);
    if (connection === undefined) continue;
    const wasClient = connection.clientPid === process.pid;
    if (wasClient) connection.clientGone = true;
    if (connection.serverPid === process.pid) connection.serverGone = true;
    if (connection.clientGone && (connection.serverGone || connection.serverPid === 0)) {
      forget(world, connection);
    } else if (silently) {
      if (connection.stream) watchForSilence(world, connection);
      else if (wasClient) forget(world, connection);
    } else if (wasClient && !connection.stream) {
      giveUp(world, connection);
    } else {
      transmit(world, connection, { type: "reset", toServer: wasClient }, wasClient, world.nowUs, "");
    }
  }
}

/** After a change of fault rules or of a machine's power: which streams have fallen silent, which speak again? */
export function reconsiderStreams(world: World): void {
  for (const connection of world.state.connections.values()) {
    if (!connection.stream || connection.serverPid === 0) continue;
    if (!blocked(world, connection)) connection.blockedAtUs = -1;
    else if (connection.blockedAtUs < 0) watchForSilence(world, connection);
  }
}

function watchForSilence(world: World, connection: Connection): void {
  connection.blockedAtUs = world.nowUs;
  world.schedule(world.nowUs + connection.keepAliveUs, EventKind.KeepAlive, 0, null, connection.id, 0, "");
}

export function keepAliveDue(world: World, id: number): void {
  const connection = world.state.connections.get(id);
  if (connection === undefined || connection.blockedAtUs < 0) return;
  if (world.nowUs - connection.blockedAtUs < connection.keepAliveUs) return;
  forget(world, connection);
  const error: NetworkError = { kind: "timedOut", text: "http2: client connection lost" };
  if (!connection.clientGone) {
    world.schedule(
      world.nowUs,
      EventKind.Deliver,
      connection.clientPid,
      { type: "streamClosed", id, error, tag: connection.tag },
      0,
      0,
      "",
    );
  }
  if (!connection.serverGone) {
    world.schedule(
      world.nowUs,
      EventKind.Deliver,
      connection.serverPid,
      { type: "streamClosed", id, error, tag: null },
      0,
      0,
      "",
    );
  }
}

/** True when nothing gets through in at least one direction, or an end is gone without a word. */
function blocked(world: World, connection: Connection): boolean {
  if (connection.clientGone || connection.serverGone) return true;
  const client = world.state.machines.get(connection.clientMachine);
  const server = world.state.machines.get(connection.serverMachine);
  if (client === undefined || server === undefined) return true;
  if (!client.powered || !server.powered || client.frozen || server.frozen) return true;
  return world.state.networkRules.some(
    (rule) =>
      rule.effect.type === "drop" &&
      rule.effect.percent >= 100 &&
      (applies(rule, client.info, server.info) || applies(rule, server.info, client.info)),
  );
}

/** Extra delay for one packet in microseconds, or -1: it is lost. */
function judge(world: World, from: MachineName, to: MachineName): number {
  const { machines, networkRules } = world.state;
  const target = machines.get(to);
  if (target === undefined || !target.powered || target.frozen) return -1;
  if (networkRules.length === 0 || from === to) return 0;
  const source = machines.get(from) as Machine;
  for (const rule of networkRules) {
    if (!applies(rule, source.info, target.info)) continue;
    if (rule.effect.type === "delay") return rule.effect.byUs;
    if (rule.effect.percent >= 100 || nextFloat(world.networkRandom(from)) * 100 < rule.effect.percent) return -1;
  }
  return 0;
}

function applies(rule: NetworkRule, from: MachineInfo, to: MachineInfo): boolean {
  const [first, second] = rule.between;
  if (selects(first, from) && selects(second, to)) return true;
  return !rule.oneway && selects(second, from) && selects(first, to);
}

function selects(selector: string, machine: MachineInfo): boolean {
  return selector === "*" || selector === machine.name || selector === machine.zone;
}

function latencyUs(world: World, from: MachineName, to: MachineName): number {
  if (from === to) return LATENCY_US.sameMachine;
  const source = (world.state.machines.get(from) as Machine).info;
  const target = (world.state.machines.get(to) as Machine).info;
  let baseUs: number = source.zone === target.zone ? LATENCY_US.sameZone : LATENCY_US.otherZone;
  if (source.zone === "" || target.zone === "") baseUs = LATENCY_US.outside;
  return Math.round(baseUs * (0.9 + nextFloat(world.networkRandom(from)) / 5));
}

function transferUs(world: World, from: MachineName, to: MachineName, sizeBytes: number): number {
  let bytesPerSecond = DEFAULT_BANDWIDTH_BYTES_PER_SECOND;
  for (const name of [from, to]) {
    const own = (world.state.machines.get(name) as Machine).info.extra.bandwidthBytesPerSecond;
    if (typeof own === "number" && own < bytesPerSecond) bytesPerSecond = own;
  }
  return Math.round((sizeBytes / bytesPerSecond) * 1_000_000);
}

export function forget(world: World, connection: Connection): void {
  world.state.connections.delete(connection.id);
  for (const pid of [connection.clientPid, connection.serverPid]) {
    const process = world.state.processes.get(pid);
    if (process !== undefined) process.connections = withoutMember(process.connections, connection.id);
  }
}

export function listenerKey(ip: string, port: string): string {
  return `${ip}|${port}`;
}

function listenerAt(world: World, ip: string, port: string): Listener | undefined {
  const { keys } = addressesOf(world);
  let ofIp = keys.get(ip);
  if (ofIp === undefined) {
    ofIp = new Map();
    if (keys.size >= ADDRESSES_MAX) keys.clear();
    keys.set(ip, ofIp);
  }
  let key = ofIp.get(port);
  if (key === undefined) {
    key = listenerKey(ip, port);
    if (ofIp.size >= ADDRESSES_MAX) ofIp.clear();
    ofIp.set(port, key);
  }
  return world.state.listeners.get(key);
}

function partsOf(world: World, address: string): AddressParts {
  const { parts } = addressesOf(world);
  let known = parts.get(address);
  if (known === undefined) {
    const colon = address.lastIndexOf(":");
    known = { host: address.slice(0, colon), port: address.slice(colon + 1) };
    if (parts.size >= ADDRESSES_MAX) parts.clear();
    parts.set(address, known);
  }
  return known;
}

function addressesOf(world: World): Addresses {
  let known = addresses.get(world);
  if (known === undefined) {
    known = { parts: new Map(), keys: new Map() };
    addresses.set(world, known);
  }
  return known;
}

function deliver(world: World, event: KernelEvent, pid: Pid, message: KernelMessage): void {
  const process = world.state.processes.get(pid);
  if (process !== undefined) world.deliver(process, event, message);
}

function resetError(connection: Connection): NetworkError {
  return {
    kind: "reset",
    text: `read tcp ${connection.clientIp}->${connection.dialled}: read: connection reset by peer`,
  };
}

function refusedText(dialled: string): string {
  return dialled.startsWith("unix:")
    ? `dial unix ${dialled.slice(5)}: connect: connection refused`
    : `dial tcp ${dialled}: connect: connection refused`;
}

/** The certificate with the validity that fault `cert-expire` left it. */
function asItIs(world: World, certificate: Certificate): Certificate {
  const notAfterWallUs = world.state.expired.get(certificate.serial);
  return notAfterWallUs === undefined ? certificate : { ...certificate, notAfterWallUs };
}
