/**
 * The kernel's contract: what a component may know and do.
 *
 * A component is a function `step(state, message, context)` over plain data. It never sees another process's state, the
 * wall clock, or anything that is not in `context`. Everything that it sends or stores must be treated as frozen from
 * that moment on: messages, disk values and API objects are shared by reference, never copied.
 */

/** Where something runs: `control-plane-1`, `worker-2`, `lb-1`, `laptop`. */
export type MachineName = string;

/** A process's stable name: `kube-apiserver@control-plane-1`. One incarnation of it at a time is alive. */
export type ProcessName = string;

/** One incarnation of a process. Never used twice in a world, so what is on its way to a dead one finds nobody. */
export type Pid = number;

/**
 * `host:port`, where host is an IP, a machine's name, or `127.0.0.1`/`localhost` (the caller's own network namespace);
 * or `unix:/path` (a socket on the caller's machine).
 */
export type Address = string;

export type RequestId = number;
export type StreamId = number;
export type TimerId = number;

/**
 * Why something happens. `trace` is the sequence number of the root event (an input, or a timer that had no cause of
 * its own), `span` that of the event that caused this one. Storage and work queues keep it and hand it on.
 */
export interface TraceRef {
  readonly trace: number;
  readonly span: number;
}

/** A certificate as data: no cryptography inside the world, only who vouches for whom, and until when. */
export interface Certificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Name of the authority that signed it, such as `kubernetes-ca` or `etcd-ca`. */
  readonly issuer: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Calendar time, microseconds since 1970. */
  readonly notBeforeWallUs: number;
  readonly notAfterWallUs: number;
  readonly serial: string;
}

export type NetworkErrorKind =
  /** A machine answered that nobody listens there (or a REJECT rule did). */
  | "refused"
  /** The peer died, or its machine restarted, while the exchange was under way. */
  | "reset"
  /** No answer within the caller's deadline. */
  | "timedOut"
  /** A certificate was not acceptable: expired, not yet valid, unknown authority. */
  | "tls"
  /** The host's name or address leads nowhere. */
  | "unreachable";

export interface NetworkError {
  readonly kind: NetworkErrorKind;
  /** As Go's net package words it: `dial tcp 10.0.0.11:6443: connect: connection refused`. */
  readonly text: string;
}

/** Who is at the other end of a request, stream or datagram. */
export interface Peer {
  readonly process: ProcessName;
  readonly machine: MachineName;
  readonly ip: string;
  /** The address that the caller asked for, before any translation. */
  readonly dialled: Address;
  /** The client certificate that the caller presented, if any. */
  readonly certificate: Certificate | null;
}

/** What the kernel itself delivers to a component, beside the component's own timer messages. */
export type KernelMessage =
  | {
      readonly type: "request";
      readonly id: RequestId;
      readonly from: Peer;
      /** Which of the listener's ports it came to: `8080`, or a socket's `unix:/path`. */
      readonly port: string;
      readonly body: unknown;
      readonly deadlineAtUs: number;
    }
  /** The caller gave up (deadline, cancel, crash). Answering is harmless and goes nowhere. */
  | { readonly type: "requestCancelled"; readonly id: RequestId }
  | { readonly type: "response"; readonly id: RequestId; readonly body: unknown; readonly tag: unknown }
  | { readonly type: "requestFailed"; readonly id: RequestId; readonly error: NetworkError; readonly tag: unknown }
  | {
      readonly type: "streamOpened";
      readonly id: StreamId;
      readonly from: Peer;
      readonly port: string;
      readonly body: unknown;
    }
  | { readonly type: "streamFrame"; readonly id: StreamId; readonly frame: unknown; readonly tag: unknown }
  /** `error` null: the other end closed it in good order. `tag` is the opener's (null at the serving end). */
  | { readonly type: "streamClosed"; readonly id: StreamId; readonly error: NetworkError | null; readonly tag: unknown }
  | { readonly type: "datagram"; readonly from: Peer; readonly body: unknown }
  | { readonly type: "diskSynced"; readonly id: RequestId; readonly error: DiskError | null; readonly tag: unknown }
  /** SIGTERM and friends; SIGKILL is never seen. */
  | { readonly type: "signal"; readonly signal: string }
  /** To the parent of a process that ended. */
  | { readonly type: "childExited"; readonly process: ProcessName; readonly pid: Pid; readonly exit: ProcessExit }
  /** To the parent: a process that was barred (fault `stop`) may be started again, at once, back-off forgotten. */
  | { readonly type: "childAllowed"; readonly process: ProcessName }
  /** An input from outside the world (only the laptop and consoles get these). */
  | { readonly type: "input"; readonly input: unknown };

export type DiskError = "ENOSPC" | "EIO";

export interface ProcessExit {
  readonly atUs: number;
  readonly exitCode: number;
  /** As a container runtime words it: `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
  readonly message: string;
}

export interface RequestOptions {
  readonly to: Address;
  readonly body: unknown;
  /** How long the caller waits. Required: nothing may hang for ever. */
  readonly timeoutUs: number;
  /** Comes back with the answer, so that a component need not keep a table. Plain data. */
  readonly tag?: unknown;
  /** Client certificate to present. */
  readonly certificate?: Certificate | undefined;
  /** What to say about it on screen: `GET /api/v1/pods`. Kept with the message, not part of what is delivered. */
  readonly label?: string;
  /** Size on the wire for links with a bandwidth; default 1 KiB. */
  readonly sizeBytes?: number;
  /** On whose behalf, if not this step's. */
  readonly trace?: TraceRef | undefined;
  /** Matters only to address translation; default TCP. */
  readonly protocol?: "TCP" | "UDP";
}

export interface StreamOptions extends Omit<RequestOptions, "timeoutUs"> {
  /** How long the opening may take. The stream itself has no deadline. */
  readonly timeoutUs?: number;
  /**
   * When the way between the two ends is cut or the peer's machine is gone, both ends learn of it only after this long
   * (HTTP/2 ping: 30 s idle + 15 s in Go's client). Default 45 s.
   */
  readonly keepAliveUs?: number;
}

export interface RespondOptions {
  readonly label?: string;
  readonly sizeBytes?: number;
}

export interface ListenOptions {
  /** Serving certificate, and the authority that client certificates must come from (null: none is asked for). */
  readonly tls?: { readonly certificate: Certificate; readonly clientAuthority: string | null };
}

export interface SpawnOptions {
  readonly name: ProcessName;
  /** Which component's code runs: a key of `WorldCode.components`. */
  readonly kind: string;
  /** Given to the component's `start`. Plain frozen data. */
  readonly args: unknown;
  /** Network namespace: the pod's IP. Default: the machine's. */
  readonly ip?: string;
}

export type SpawnResult =
  | { readonly ok: true; readonly pid: Pid }
  /** `barred`: fault `stop` keeps it down; the parent gets `childAllowed` when that is over. `exists`: it runs. */
  | { readonly ok: false; readonly reason: "barred" | "exists" | "unknown-kind" };

export type ProcessCondition =
  | { readonly state: "running"; readonly pid: Pid; readonly startedAtUs: number; readonly hung: boolean }
  | { readonly state: "exited"; readonly pid: Pid; readonly startedAtUs: number; readonly exit: ProcessExit };

/** A machine's disk: paths to frozen values (text for files that a person may `cat`, plain data otherwise). */
export interface Disk {
  read(path: string): unknown;
  /** Seen at once by every process of the machine; survives the process; survives power-off only once synced. Fails when the disk is full. */
  write(path: string, value: unknown): DiskError | null;
  remove(path: string): void;
  /** Paths that begin with `prefix`, in code-unit order. */
  list(prefix: string): string[];
  /** Makes all this machine's writes so far durable; answers with `diskSynced` after the disk's fsync time. */
  sync(tag?: unknown): RequestId;
}

/** The machine's own operating system: volatile tables such as netfilter's rules. Lost at power-off, not at a process's crash. */
export interface HostState {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  keys(prefix: string): string[];
}

export interface RandomStream {
  /** Integer in [0, bound). */
  int(bound: number): number;
  /** In [0, 1). */
  float(): number;
}

export interface MachineInfo {
  readonly name: MachineName;
  readonly ip: string;
  readonly zone: string;
  readonly role: "control-plane" | "worker" | "load-balancer" | "laptop" | "registry" | "cloud" | "outside";
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  /** Node labels, extended resources and whatever else the topology says. Frozen. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** All that a component can do. Valid only during the `step` (or `start`) that it is given to. */
export interface Context {
  readonly nowUs: number;
  /** Calendar time on this machine's clock (skew included), microseconds since 1970. */
  wallUs(): number;
  readonly self: { readonly name: ProcessName; readonly pid: Pid; readonly ip: string; readonly startedAtUs: number };
  readonly machine: MachineInfo;
  readonly random: RandomStream;

  /**
   * `message` is delivered to this incarnation after `delayUs` (>= 0). Timers are data. By default what a timer sets off
   * is nobody's doing (a new trace: heart-beats and polls); "keep" makes it part of this step's trace (back-offs, the
   * next part of a long piece of work).
   */
  setTimer<M extends { readonly type: string }>(delayUs: number, message: M, trace?: "new" | "keep"): TimerId;
  clearTimer(id: TimerId): void;

  /** False: address already in use. */
  listen(port: number | string, options?: ListenOptions): boolean;
  unlisten(port: number | string): void;

  /** Answered by exactly one of `response` or `requestFailed`. */
  request(options: RequestOptions): RequestId;
  cancelRequest(id: RequestId): void;
  respond(id: RequestId, body: unknown, options?: RespondOptions): void;

  /** Frames arrive in order. Ends with `streamClosed` at both ends (not at the one that closes it). */
  openStream(options: StreamOptions): StreamId;
  sendFrame(id: StreamId, frame: unknown, options?: RespondOptions): void;
  closeStream(id: StreamId): void;
  /**
   * At the serving end: ends a request or stream without an answer. The caller sees `reset`, or a failed TLS handshake
   * if that is what `error` is (a proxy that hands on what it met itself).
   */
  reset(id: RequestId | StreamId, error?: NetworkError): void;

  /** May be lost; no error is ever seen. */
  sendDatagram(to: Address, body: unknown, label?: string): void;

  readonly disk: Disk;
  readonly host: HostState;

  /** A line of this process's log (kept per name, so it survives restarts, bounded). `partial`: its end is still to come. */
  log(text: string, partial?: "partial"): void;
  count(metric: string, by?: number): void;
  gauge(metric: string, value: number): void;
  /** Histogram observation. */
  observe(metric: string, value: number): void;

  spawn(options: SpawnOptions): SpawnResult;
  /** SIGKILL ends it at once (exit code 137); others are delivered as `signal`. False: no such process on this machine. */
  signal(process: ProcessName, signal: string): boolean;
  /** Become its parent, and learn how it is. Null: this machine knows no such process. */
  adopt(process: ProcessName): ProcessCondition | null;
  condition(process: ProcessName): ProcessCondition | null;
  /** Forget an exited process's record. */
  reap(process: ProcessName): void;
  /** Log of any process of this machine by name (what `/var/log/pods` is), oldest first. */
  readLog(process: ProcessName): readonly LogLine[];
  /** End this process. Nothing after it in the step has any effect. */
  exit(exitCode: number, reason?: string, message?: string): void;

  /** What this step is caused by. */
  readonly trace: TraceRef;
  /** From here on in this step, act on behalf of `trace` (what a work queue or a stored revision remembered). */
  actFor(trace: TraceRef): void;
  /** True when somebody looks: guard costly notes with it. Must not influence the world. */
  readonly observed: boolean;
  /** Tell the watcher what was decided (`authentication`, `{user}`). Not part of the world. */
  note(stage: string, detail: unknown): void;
  /** Hand something to the outside (answers to inputs). Only the laptop and consoles use it. */
  emit(output: unknown): void;
}

export interface LogLine {
  readonly atUs: number;
  readonly wallUs: number;
  readonly text: string;
  /** It was not ended: what comes next goes on in the same line. */
  readonly partial?: true;
}

/** A real program. `State` is plain data: records, arrays, Maps, Sets, Tables; a tree without sharing of what is mutable. */
export interface Component<State = unknown, Message extends { readonly type: string } = never> {
  readonly kind: string;
  start(context: Context, args: unknown): State;
  step(state: State, message: KernelMessage | Message, context: Context): void;
  /** How long the process is busy with a message, microseconds; default 0. Whatever it sends leaves after that. */
  serviceTimeUs?(message: KernelMessage | Message, state: State): number;
}
