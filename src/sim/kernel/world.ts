import { NO_ENTRIES, NO_MEMBERS, withMember, withoutMember } from "./collections.ts";
import { KernelContext } from "./context.ts";
import { diskSyncDone } from "./disk.ts";
import { EventKind, type KernelEvent, popEvent, pushEvent } from "./event-queue.ts";
import { arrive, deadlinesPassed, keepAliveDue, processGone, retransmit } from "./network.ts";
import { createRandom, type RandomState } from "./random.ts";
import type { Machine, Process, WorldState } from "./state.ts";
import { Table } from "./table.ts";
import type {
  Component,
  KernelMessage,
  MachineInfo,
  MachineName,
  Pid,
  ProcessExit,
  ProcessName,
  SpawnOptions,
  SpawnResult,
  TraceRef,
} from "./types.ts";

/** A packet's way through a machine's address-translation rules (netfilter). */
export type RoutePacket = (
  read: (key: string) => unknown,
  packet: {
    readonly sourceIp: string;
    readonly destinationIp: string;
    readonly destinationPort: number;
    /** It was sent to the machine's own 127.0.0.1. */
    readonly loopback: boolean;
    readonly protocol: "TCP" | "UDP";
    readonly fromPod: boolean;
  },
  randomInt: (bound: number) => number,
) => RouteVerdict;

export type RouteVerdict =
  | { readonly verdict: "pass" }
  | { readonly verdict: "deliver"; readonly ip: string; readonly port: number }
  | { readonly verdict: "reject" }
  | { readonly verdict: "drop" };

/** At this many cleared timers, and at each doubling, those that can be forgotten are looked for. */
const NO_ADDRESSES: readonly string[] = Object.freeze([]);
const CANCELLED_MIN = 256;

/** The programs that may run in a world: code, not state. */
export interface WorldCode {
  readonly components: ReadonlyMap<string, Component<never, never>>;
  readonly routePacket: RoutePacket | null;
}

/** Somebody who looks on. Sees everything, changes nothing. */
export interface Observer {
  /** A process is about to handle an event: `message` is what it gets to see of it; null when it starts. */
  handled(event: KernelEvent, process: Process, message: unknown): void;
  /** A component said what it decided (`context.note`). */
  noted(process: Process, stage: string, detail: unknown, trace: TraceRef, atUs: number): void;
  /** A process started, ended, hung; a machine lost power; and the like. */
  changed(what: string, name: string, atUs: number): void;
}

/** An exception in a component is a bug of ours: it stops the world and says where. */
export class SimulationError extends Error {
  readonly process: ProcessName;
  readonly atUs: number;
  constructor(process: ProcessName, atUs: number, cause: unknown) {
    super(
      `${process} failed at ${atUs} us: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    );
    this.name = "SimulationError";
    this.process = process;
    this.atUs = atUs;
  }
}

export interface MachineOptions {
  readonly info: MachineInfo;
  readonly boot: readonly SpawnOptions[];
  readonly bootUs: number;
  readonly fsyncUs: number;
  /** What is on its disk before the first power-on. */
  readonly files: Readonly<Record<string, unknown>>;
}

export interface OutsideOutput {
  readonly process: ProcessName;
  readonly atUs: number;
  readonly output: unknown;
}

/**
 * One world: state (plain data) and the code that moves it. Only `advance`, `input` and the functions of `control.ts`
 * change it.
 */
export class World {
  readonly state: WorldState;
  readonly code: WorldCode;
  observer: Observer | null = null;
  /** What left the world since somebody last took it. Not state: a replay makes it again. */
  outputs: OutsideOutput[] = [];
  private readonly context: KernelContext;
  /** Cache of `state.randoms`, which are never replaced. */
  private readonly networkRandoms = new Map<MachineName, RandomState>();
  /** Cause of what happens now: 0 outside of any event. */
  trace = 0;
  cause = 0;

  constructor(code: WorldCode, state: WorldState) {
    this.code = code;
    this.state = state;
    this.context = new KernelContext(this);
  }

  get nowUs(): number {
    return this.state.nowUs;
  }

  /** Runs one event. False: nothing is left to happen. */
  step(): boolean {
    const event = popEvent(this.state.heap);
    if (event === undefined) return false;
    this.state.nowUs = event.atUs;
    this.handle(event);
    return true;
  }

  /**
   * Runs what happens up to and including `untilUs`, at most `maxEvents`. Gives the number of events run; the clock
   * stands at `untilUs` if all were, else at the last event.
   */
  advance(untilUs: number, maxEvents = Number.MAX_SAFE_INTEGER): number {
    const { state } = this;
    const { heap } = state;
    let count = 0;
    while (count < maxEvents) {
      const next = heap[0];
      if (next === undefined || next.atUs > untilUs) {
        if (untilUs > state.nowUs) state.nowUs = untilUs;
        return count;
      }
      popEvent(heap);
      state.nowUs = next.atUs;
      this.handle(next);
      count += 1;
    }
    return count;
  }

  /** Moves the clock to `atUs` without running anything; nothing may be due before. */
  settle(atUs: number): void {
    const nextUs = this.state.heap[0]?.atUs;
    if (atUs > this.state.nowUs && (nextUs === undefined || nextUs >= atUs)) this.state.nowUs = atUs;
  }

  /** Time of the next event, or undefined. */
  nextEventAtUs(): number | undefined {
    return this.state.heap[0]?.atUs;
  }

  /**
   * Hands an input to a process (a laptop or console). Gives its trace, or null if there is no such process: a new one,
   * unless `trace` says that it is part of something begun before (the next request of the same command).
   */
  input(process: ProcessName, input: unknown, label = "", trace = 0): number | null {
    const pid = this.state.names.get(process);
    if (pid === undefined) return null;
    const message: KernelMessage = { type: "input", input };
    if (trace === 0) return this.scheduleRoot(this.state.nowUs, EventKind.Deliver, pid, message, label);
    this.trace = trace;
    this.schedule(this.state.nowUs, EventKind.Deliver, pid, message, 0, 0, label);
    this.trace = 0;
    return trace;
  }

  randomOf(name: string): RandomState {
    let random = this.state.randoms.get(name);
    if (random === undefined) {
      random = createRandom(this.state.seed, name);
      this.state.randoms.set(name, random);
    }
    return random;
  }

  /** The stream behind what leaves a machine; asked for with every packet. */
  networkRandom(machine: MachineName): RandomState {
    let random = this.networkRandoms.get(machine);
    if (random === undefined) {
      random = this.randomOf(`network/${machine}`);
      this.networkRandoms.set(machine, random);
    }
    return random;
  }

  /** Schedules with the present cause. Gives the sequence number. */
  schedule(
    atUs: number,
    kind: EventKind,
    pid: Pid,
    payload: unknown,
    ref: number,
    fromPid: Pid,
    label: string,
  ): number {
    const { state } = this;
    const sequence = state.nextSequence;
    state.nextSequence = sequence + 1;
    pushEvent(state.heap, {
      atUs,
      sequence,
      kind,
      pid,
      payload,
      ref,
      fromPid,
      sentAtUs: state.nowUs,
      trace: this.trace === 0 ? sequence : this.trace,
      cause: this.cause,
      label,
    });
    return sequence;
  }

  /** Schedules something that nothing in the world caused. */
  scheduleRoot(atUs: number, kind: EventKind, pid: Pid, payload: unknown, label: string, ref = 0): number {
    const { trace, cause } = this;
    this.trace = 0;
    this.cause = 0;
    const sequence = this.schedule(atUs, kind, pid, payload, ref, 0, label);
    this.trace = trace;
    this.cause = cause;
    return sequence;
  }

  private handle(event: KernelEvent): void {
    this.state.handled += 1;
    this.trace = event.trace;
    this.cause = event.sequence;
    switch (event.kind) {
      case EventKind.Timer: {
        const process = this.state.processes.get(event.pid);
        if (process === undefined || process.cancelled.has(event.ref)) {
          if (process !== undefined) process.cancelled = withoutMember(process.cancelled, event.ref);
          break;
        }
        this.dispatch(process, event);
        break;
      }
      case EventKind.Deliver: {
        const process = this.state.processes.get(event.pid);
        if (process !== undefined) this.dispatch(process, event);
        break;
      }
      case EventKind.Arrive:
        arrive(this, event);
        break;
      case EventKind.Wake:
        this.wake(event);
        break;
      case EventKind.Start: {
        const process = this.state.processes.get(event.pid);
        if (process !== undefined) this.dispatch(process, event);
        break;
      }
      case EventKind.Deadline:
        deadlinesPassed(this, event.ref);
        break;
      case EventKind.Retransmit:
        retransmit(this, event.ref, event.payload as boolean);
        break;
      case EventKind.KeepAlive:
        keepAliveDue(this, event.ref);
        break;
      case EventKind.Synced:
        diskSyncDone(this, event.payload as MachineName, event.ref, event.pid);
        break;
      case EventKind.PowerOn:
        this.bootMachine(event.payload as MachineName);
        break;
    }
    this.trace = 0;
    this.cause = 0;
  }

  /** Most timers are never cleared: only those that were are remembered, until they come due or turn out to have been. */
  cancelTimer(process: Process, id: number): void {
    const cancelled = withMember(process.cancelled, id);
    process.cancelled = cancelled;
    const { size } = cancelled;
    if (size < CANCELLED_MIN || (size & (size - 1)) !== 0) return;
    const queued = new Set<number>();
    for (const event of this.state.heap) {
      if (event.kind === EventKind.Timer && event.pid === process.pid && cancelled.has(event.ref))
        queued.add(event.ref);
    }
    process.cancelled = queued.size === 0 ? NO_MEMBERS : queued;
  }

  /** Hands an event to its process now, or queues it if the process is busy, hung or frozen. */
  private dispatch(process: Process, event: KernelEvent): void {
    if (this.isTaken(process)) this.enqueue(process, event);
    else this.run(process, event, event.payload as KernelMessage);
  }

  /** The same for what an arriving packet tells its process. */
  deliver(process: Process, arrival: KernelEvent, message: KernelMessage): void {
    if (!this.isTaken(process)) {
      this.run(process, arrival, message);
      return;
    }
    // Written out: a spread would cost more than all the rest here.
    this.enqueue(process, {
      atUs: arrival.atUs,
      sequence: arrival.sequence,
      kind: EventKind.Deliver,
      pid: process.pid,
      payload: message,
      ref: arrival.ref,
      fromPid: arrival.fromPid,
      sentAtUs: arrival.sentAtUs,
      trace: arrival.trace,
      cause: arrival.cause,
      label: arrival.label,
    });
  }

  private isTaken(process: Process): boolean {
    return process.hung || process.busyUntilUs > this.state.nowUs || process.inbox.length > 0;
  }

  private enqueue(process: Process, event: KernelEvent): void {
    process.inbox.push(event);
    this.scheduleWake(process);
  }

  scheduleWake(process: Process): void {
    if (process.hung) return;
    const atUs = Math.max(process.busyUntilUs, this.state.nowUs);
    if (process.wakeAtUs === atUs) return;
    process.wakeAtUs = atUs;
    this.schedule(atUs, EventKind.Wake, process.pid, null, 0, 0, "");
  }

  private wake(event: KernelEvent): void {
    const process = this.state.processes.get(event.pid);
    if (process === undefined || process.wakeAtUs !== event.atUs) return;
    process.wakeAtUs = -1;
    let taken = 0;
    while (taken < process.inbox.length && !process.hung && process.busyUntilUs <= this.state.nowUs) {
      const queued = process.inbox[taken] as KernelEvent;
      taken += 1;
      this.trace = queued.trace;
      this.cause = queued.sequence;
      this.run(process, queued, queued.payload as KernelMessage);
      if (this.state.processes.get(process.pid) === undefined) return;
    }
    // Nearly always one: the next waits until that one is done.
    if (taken === process.inbox.length) process.inbox = [];
    else if (taken === 1) process.inbox.shift();
    else if (taken > 0) process.inbox.splice(0, taken);
    if (process.inbox.length > 0) this.scheduleWake(process);
  }

  private run(process: Process, event: KernelEvent, message: KernelMessage): void {
    const component = this.code.components.get(process.kind) as Component<unknown, never> | undefined;
    if (component === undefined) throw new Error(`No component ${process.kind}.`);
    process.steps += 1;
    const { context, state } = this;
    context.enter(process);
    try {
      if (event.kind === EventKind.Start) {
        if (this.observer !== null) this.observer.handled(event, process, null);
        process.state = component.start(context, process.args);
        process.started = true;
      } else {
        if (component.serviceTimeUs !== undefined) {
          let serviceUs = component.serviceTimeUs(message, process.state);
          const factor = state.slow.size > 0 ? state.slow.get(process.name) : undefined;
          if (factor !== undefined) serviceUs = Math.round(serviceUs * factor);
          if (serviceUs > 0) process.busyUntilUs = state.nowUs + serviceUs;
        }
        if (this.observer !== null) this.observer.handled(event, process, message);
        component.step(process.state, message, context);
      }
    } catch (error) {
      if (error instanceof SimulationError) throw error;
      throw new SimulationError(process.name, state.nowUs, error);
    }
  }

  spawn(options: SpawnOptions, machine: Machine, parent: ProcessName | null): SpawnResult {
    const { state } = this;
    if (state.names.has(options.name)) return { ok: false, reason: "exists" };
    if (!this.code.components.has(options.kind)) return { ok: false, reason: "unknown-kind" };
    if (state.barred.has(options.name)) {
      state.barred.set(options.name, parent);
      return { ok: false, reason: "barred" };
    }
    const pid = state.nextPid;
    state.nextPid = pid + 1;
    const ip = options.ip ?? machine.info.ip;
    state.addresses.set(ip, machine.info.name);
    state.processes.set(pid, {
      name: options.name,
      pid,
      kind: options.kind,
      machine: machine.info.name,
      ip,
      args: options.args,
      parent,
      startedAtUs: state.nowUs,
      state: null,
      started: false,
      hung: machine.frozen,
      busyUntilUs: 0,
      wakeAtUs: -1,
      inbox: [],
      cancelled: NO_MEMBERS,
      listening: NO_ADDRESSES,
      connections: NO_MEMBERS,
      counters: NO_ENTRIES,
      gauges: NO_ENTRIES,
      histograms: NO_ENTRIES,
      steps: 0,
    });
    state.names.set(options.name, pid);
    machine.exited.delete(options.name);
    this.schedule(state.nowUs, EventKind.Start, pid, null, 0, 0, "");
    this.observer?.changed("started", options.name, state.nowUs);
    return { ok: true, pid };
  }

  /** Ends a process: forgets its state, timers and what is on the way to it; resets its connections (unless its machine died). */
  end(process: Process, exit: ProcessExit, silently: boolean): void {
    const { state } = this;
    state.processes.delete(process.pid);
    state.names.delete(process.name);
    // A hang is over when its process is.
    if (process.hung) state.faults.delete(`hang ${process.name}`);
    for (const key of process.listening) state.listeners.delete(key);
    processGone(this, process, silently);
    this.observer?.changed("ended", process.name, state.nowUs);
    if (silently) return;
    const machine = state.machines.get(process.machine) as Machine;
    machine.exited.set(process.name, {
      pid: process.pid,
      parent: process.parent,
      startedAtUs: process.startedAtUs,
      exit,
    });
    const parentPid = process.parent === null ? undefined : state.names.get(process.parent);
    if (parentPid !== undefined) {
      const message: KernelMessage = { type: "childExited", process: process.name, pid: process.pid, exit };
      this.schedule(state.nowUs, EventKind.Deliver, parentPid, message, 0, process.pid, "");
    }
  }

  private bootMachine(name: MachineName): void {
    const machine = this.state.machines.get(name);
    if (machine === undefined || machine.powered) return;
    machine.powered = true;
    machine.bootedAtUs = this.state.nowUs;
    this.observer?.changed("powered-on", name, this.state.nowUs);
    for (const options of machine.boot) this.spawn(options, machine, null);
  }
}

/** An empty world at virtual time 0, with every machine about to be switched on. */
export function createWorld(
  code: WorldCode,
  options: { readonly seed: number; readonly epochWallUs: number; readonly machines: readonly MachineOptions[] },
): World {
  const world = new World(code, {
    seed: options.seed,
    epochWallUs: options.epochWallUs,
    nowUs: 0,
    handled: 0,
    nextSequence: 1,
    nextPid: 1,
    nextConnection: 1,
    nextTimer: 1,
    heap: [],
    machines: new Map(),
    processes: new Map(),
    names: new Map(),
    barred: new Map(),
    slow: new Map(),
    listeners: new Map(),
    addresses: new Map(),
    connections: new Map(),
    deadlines: new Map(),
    networkRules: [],
    expired: new Map(),
    faults: new Map(),
    randoms: new Map(),
  });
  for (const machine of options.machines) {
    const files = new Table<unknown>();
    for (const path of Object.keys(machine.files)) files.set(path, machine.files[path]);
    world.state.machines.set(machine.info.name, {
      info: machine.info,
      powered: false,
      frozen: false,
      clockOffsetUs: 0,
      bootedAtUs: 0,
      bootUs: machine.bootUs,
      boot: machine.boot,
      exited: new Map(),
      disk: {
        files,
        unsynced: new Map(),
        syncing: [],
        nextSync: 1,
        busyUntilUs: 0,
        fsyncUs: machine.fsyncUs,
        slowFactor: 1,
        full: false,
      },
      host: new Map(),
      logs: new Table(),
      logBounds: new Map(),
    });
    world.state.addresses.set(machine.info.ip, machine.info.name);
    world.scheduleRoot(machine.bootUs, EventKind.PowerOn, 0, machine.info.name, "");
  }
  return world;
}
