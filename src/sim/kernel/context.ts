import { withEntry, withoutMember } from "./collections.ts";
import { diskList, diskRemove, diskSync, diskWrite } from "./disk.ts";
import { EventKind } from "./event-queue.ts";
import { connect, forget, giveUp, listenerKey, sendDatagram, transmit } from "./network.ts";
import { nextFloat, nextInt, type RandomState } from "./random.ts";
import { withFields } from "./records.ts";
import type { Machine, Process } from "./state.ts";
import { endOfPrefix } from "./table.ts";
import type {
  Context,
  Disk,
  HostState,
  KernelMessage,
  ListenOptions,
  LogLine,
  MachineInfo,
  NetworkError,
  ProcessCondition,
  ProcessName,
  RandomStream,
  RequestOptions,
  RespondOptions,
  SpawnOptions,
  SpawnResult,
  StreamOptions,
  TraceRef,
} from "./types.ts";
import type { World } from "./world.ts";

const LOG_LINES_MAX = 1_000;

/** The one object behind every `context`: it stands for whichever process is stepping. */
export class KernelContext implements Context {
  private readonly world: World;
  private process!: Process;
  private host_!: Machine;
  readonly disk: Disk;
  readonly host: HostState;
  readonly random: RandomStream;
  private stream: RandomState | null = null;

  constructor(world: World) {
    this.world = world;
    this.disk = {
      read: (path) => this.host_.disk.files.get(path),
      write: (path, value) => diskWrite(this.host_.disk, path, value),
      remove: (path) => diskRemove(this.host_.disk, path),
      list: (prefix) => diskList(this.host_.disk, prefix),
      sync: (tag) => diskSync(this.world, this.host_, this.process.pid, tag, this.departUs()),
    };
    this.host = {
      get: (key) => this.host_.host.get(key),
      set: (key, value) => {
        this.host_.host.set(key, value);
      },
      delete: (key) => {
        this.host_.host.delete(key);
      },
      keys: (prefix) => [...this.host_.host.keys()].filter((key) => key.startsWith(prefix)).sort(),
    };
    this.random = {
      int: (bound) => nextInt(this.ownStream(), bound),
      float: () => nextFloat(this.ownStream()),
    };
  }

  /** Stand for `process` from now on. Steps never nest. */
  enter(process: Process): void {
    if (this.process === process) return;
    if (this.process?.machine !== process.machine) {
      this.host_ = this.world.state.machines.get(process.machine) as Machine;
    }
    this.process = process;
    this.stream = null;
  }

  private ownStream(): RandomState {
    if (this.stream === null) this.stream = this.world.randomOf(this.process.name);
    return this.stream;
  }

  /** When what this step sends leaves: after its service time. */
  private departUs(): number {
    return this.process.busyUntilUs > this.world.state.nowUs ? this.process.busyUntilUs : this.world.state.nowUs;
  }

  private alive(): boolean {
    return this.world.state.processes.get(this.process.pid) === this.process;
  }

  get nowUs(): number {
    return this.world.state.nowUs;
  }

  wallUs(): number {
    return this.world.state.epochWallUs + this.world.state.nowUs + this.host_.clockOffsetUs;
  }

  get self(): Process {
    return this.process;
  }

  get machine(): MachineInfo {
    return this.host_.info;
  }

  setTimer(delayUs: number, message: { readonly type: string }, trace: "new" | "keep" = "new"): number {
    const { world } = this;
    const id = world.state.nextTimer;
    world.state.nextTimer = id + 1;
    const atUs = world.state.nowUs + Math.max(0, Math.round(delayUs));
    if (trace === "keep") {
      world.schedule(atUs, EventKind.Timer, this.process.pid, message, id, this.process.pid, "");
    } else {
      const { trace: outerTrace, cause } = world;
      world.trace = 0;
      world.cause = 0;
      world.schedule(atUs, EventKind.Timer, this.process.pid, message, id, this.process.pid, "");
      world.trace = outerTrace;
      world.cause = cause;
    }
    return id;
  }

  clearTimer(id: number): void {
    this.world.cancelTimer(this.process, id);
  }

  listen(port: number | string, options?: ListenOptions): boolean {
    const key =
      typeof port === "string" && port.startsWith("unix:")
        ? listenerKey(this.process.machine, port)
        : listenerKey(this.process.ip, String(port));
    if (this.world.state.listeners.has(key)) return false;
    this.world.state.listeners.set(key, { pid: this.process.pid, tls: options?.tls ?? null });
    this.process.listening = this.process.listening.concat(key);
    return true;
  }

  unlisten(port: number | string): void {
    const key =
      typeof port === "string" && port.startsWith("unix:")
        ? listenerKey(this.process.machine, port)
        : listenerKey(this.process.ip, String(port));
    if (!this.process.listening.includes(key)) return;
    this.process.listening = this.process.listening.filter((each) => each !== key);
    this.world.state.listeners.delete(key);
  }

  request(options: RequestOptions): number {
    return this.connect(options, false);
  }

  private connect(options: RequestOptions | StreamOptions, stream: boolean): number {
    const { world } = this;
    if (options.trace === undefined) return connect(world, this.process, options, stream, this.departUs());
    const { trace, cause } = world;
    this.actFor(options.trace);
    const id = connect(world, this.process, options, stream, this.departUs());
    world.trace = trace;
    world.cause = cause;
    return id;
  }

  cancelRequest(id: number): void {
    const connection = this.world.state.connections.get(id);
    if (connection !== undefined && connection.clientPid === this.process.pid && !connection.stream)
      giveUp(this.world, connection);
  }

  respond(id: number, body: unknown, options?: RespondOptions): void {
    const connection = this.world.state.connections.get(id);
    if (connection === undefined || connection.serverPid !== this.process.pid || connection.stream) return;
    transmit(
      this.world,
      connection,
      { type: "answer", body, sizeBytes: options?.sizeBytes ?? 1024 },
      false,
      this.departUs(),
      options?.label ?? connection.label,
    );
  }

  openStream(options: StreamOptions): number {
    return this.connect(options, true);
  }

  sendFrame(id: number, frame: unknown, options?: RespondOptions): void {
    const connection = this.world.state.connections.get(id);
    if (connection === undefined || !connection.stream) return;
    const toServer = connection.clientPid === this.process.pid;
    if (!toServer && connection.serverPid !== this.process.pid) return;
    transmit(
      this.world,
      connection,
      { type: "frame", frame, sizeBytes: options?.sizeBytes ?? 1024, toServer },
      toServer,
      this.departUs(),
      options?.label ?? "",
    );
  }

  closeStream(id: number): void {
    const connection = this.world.state.connections.get(id);
    if (connection === undefined || !connection.stream) return;
    const isClient = connection.clientPid === this.process.pid;
    if (!isClient && connection.serverPid !== this.process.pid) return;
    this.process.connections = withoutMember(this.process.connections, id);
    if (isClient) connection.clientGone = true;
    else connection.serverGone = true;
    if (isClient && connection.serverMachine === "") {
      forget(this.world, connection);
      return;
    }
    transmit(this.world, connection, { type: "close", toServer: isClient }, isClient, this.departUs(), "");
  }

  reset(id: number, error?: NetworkError): void {
    const connection = this.world.state.connections.get(id);
    if (connection === undefined || connection.serverPid !== this.process.pid) return;
    this.process.connections = withoutMember(this.process.connections, id);
    connection.serverGone = true;
    const packet =
      error?.kind === "tls"
        ? ({ type: "tlsFailed", text: error.text } as const)
        : ({ type: "reset", toServer: false } as const);
    transmit(this.world, connection, packet, false, this.departUs(), "");
  }

  sendDatagram(to: string, body: unknown, label = ""): void {
    sendDatagram(this.world, this.process, to, body, this.departUs(), label);
  }

  log(text: string, partial?: "partial"): void {
    const { process, host_: machine } = this;
    let bounds = machine.logBounds.get(process.name);
    if (bounds === undefined) {
      bounds = { first: 0, next: 0 };
      machine.logBounds.set(process.name, bounds);
    }
    const whole: LogLine = { atUs: this.nowUs, wallUs: this.wallUs(), text };
    const line = Object.freeze(partial === undefined ? whole : withFields(whole, { partial: true }));
    machine.logs.set(logKey(process.name, bounds.next), line);
    bounds.next += 1;
    if (bounds.next - bounds.first > LOG_LINES_MAX) {
      machine.logs.delete(logKey(process.name, bounds.first));
      bounds.first += 1;
    }
  }

  count(metric: string, by = 1): void {
    const { counters } = this.process;
    this.process.counters = withEntry(counters, metric, (counters.get(metric) ?? 0) + by);
  }

  gauge(metric: string, value: number): void {
    this.process.gauges = withEntry(this.process.gauges, metric, value);
  }

  observe(metric: string, value: number): void {
    let histogram = this.process.histograms.get(metric);
    if (histogram === undefined) {
      histogram = { count: 0, sum: 0, buckets: [] };
      this.process.histograms = withEntry(this.process.histograms, metric, histogram);
    }
    histogram.count += 1;
    histogram.sum += value;
    let bucket = 0;
    for (let rest = value; rest >= 1 && bucket < 60; rest /= 2) bucket += 1;
    while (histogram.buckets.length <= bucket) histogram.buckets.push(0);
    histogram.buckets[bucket] = (histogram.buckets[bucket] as number) + 1;
  }

  spawn(options: SpawnOptions): SpawnResult {
    return this.world.spawn(options, this.host_, this.process.name);
  }

  signal(name: ProcessName, signal: string): boolean {
    const { world } = this;
    const pid = world.state.names.get(name);
    const process = pid === undefined ? undefined : world.state.processes.get(pid);
    if (process === undefined || process.machine !== this.process.machine) return false;
    if (signal === "SIGKILL") {
      world.end(process, { atUs: world.nowUs, exitCode: 137, reason: "Error", message: "" }, false);
    } else {
      const message: KernelMessage = { type: "signal", signal };
      world.schedule(this.departUs(), EventKind.Deliver, process.pid, message, 0, this.process.pid, "");
    }
    return true;
  }

  adopt(name: ProcessName): ProcessCondition | null {
    const pid = this.world.state.names.get(name);
    const process = pid === undefined ? undefined : this.world.state.processes.get(pid);
    if (process !== undefined && process.machine === this.process.machine) process.parent = this.process.name;
    return this.condition(name);
  }

  condition(name: ProcessName): ProcessCondition | null {
    const pid = this.world.state.names.get(name);
    const process = pid === undefined ? undefined : this.world.state.processes.get(pid);
    if (process !== undefined && process.machine === this.process.machine) {
      return { state: "running", pid: process.pid, startedAtUs: process.startedAtUs, hung: process.hung };
    }
    const exited = this.host_.exited.get(name);
    return exited === undefined
      ? null
      : { state: "exited", pid: exited.pid, startedAtUs: exited.startedAtUs, exit: exited.exit };
  }

  reap(name: ProcessName): void {
    this.host_.exited.delete(name);
  }

  readLog(name: ProcessName): readonly LogLine[] {
    const lines: LogLine[] = [];
    this.host_.logs.range(`${name}\u0000`, endOfPrefix(`${name}\u0000`), (_key, line) => {
      lines.push(line);
    });
    return lines;
  }

  exit(exitCode: number, reason = exitCode === 0 ? "Completed" : "Error", message = ""): void {
    if (!this.alive()) return;
    this.world.end(this.process, { atUs: this.world.nowUs, exitCode, reason, message }, false);
  }

  get trace(): TraceRef {
    return { trace: this.world.trace, span: this.world.cause };
  }

  actFor(trace: TraceRef): void {
    this.world.trace = trace.trace;
    this.world.cause = trace.span;
  }

  get observed(): boolean {
    return this.world.observer !== null;
  }

  note(stage: string, detail: unknown): void {
    this.world.observer?.noted(this.process, stage, detail, this.trace, this.world.nowUs);
  }

  emit(output: unknown): void {
    this.world.outputs.push({ process: this.process.name, atUs: this.world.nowUs, output });
  }
}

function logKey(name: ProcessName, number: number): string {
  return `${name}\u0000${String(number).padStart(10, "0")}`;
}
