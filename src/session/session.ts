import { deepFreeze } from "../sim/api/object.ts";
import { createCluster } from "../sim/cluster/cluster.ts";
import type { Topology } from "../sim/cluster/topology.ts";
import type { ConsoleState } from "../sim/components/console/index.ts";
import type { ConsoleInput, ConsoleOutput } from "../sim/components/console/messages.ts";
import type { World, WorldCode } from "../sim/kernel/world.ts";
import { applyInput, exchangeOf, type InputResult, type LoggedInput, type SessionInput } from "./inputs.ts";
import { Spans } from "./spans.ts";
import {
  applyLogged,
  approach,
  type Branch,
  CHECKPOINT_EVERY_EVENTS,
  createBranch,
  forkBranch,
  type Moment,
  type Position,
  positionOf,
  rememberPlace,
  travel,
} from "./timeline.ts";

/** Somebody outside who waits for what the world answers. Each is called at most once, but for `frame`. */
export interface Exchange {
  answer?(body: unknown): void;
  frame?(frame: unknown): void;
  /** Closed in good order (null), or failed. `aborted`: a rewind or a new world cut it off. */
  end(error: { readonly kind: string; readonly text: string } | null): void;
}

export interface SessionListener {
  /** After a rewind, a new world or a change of branch: everything seen so far is void. */
  onReset?(): void;
  /** A person did something. */
  onInput?(logged: LoggedInput): void;
}

/** What those are told whom a rewind cuts off. */
export const TIME_MOVED = "Time was moved; the command was cut off.";

/** A command line, and the trace that all of its requests are part of; 0: it has sent none yet. */
export interface Command {
  readonly line: string;
  trace: number;
}

interface Alarm {
  readonly atUs: number;
  readonly ring: (inTime: boolean) => void;
}

/** One world and what people did to it: input log, branches, time travel, and those outside who wait for answers. */
export class Session {
  readonly code: WorldCode;
  readonly topology: Topology;
  readonly seed: number;
  readonly spans = new Spans();
  world: World;
  branch: Branch;
  readonly branches = new Map<string, Branch>();
  /** Inputs of the branch that this world has seen; behind the end after a rewind. */
  cursor = 0;
  readonly marks = new Map<string, Moment & { readonly branch: string }>();
  readonly listeners: SessionListener[] = [];
  /** When the cluster became ready for the first command; null: not yet. */
  readyAtUs: number | null = null;
  private alarms: Alarm[] = [];
  private command: Command | null = null;
  private readonly exchanges = new Map<number, Exchange>();
  /** Those on which nothing has come back since they were opened, or since something was sent. */
  private readonly unanswered = new Set<number>();
  private nextExchange = 1;
  private nextBranch = 2;

  constructor(code: WorldCode, topology: Topology, seed: number) {
    this.code = code;
    this.topology = topology;
    this.seed = seed;
    this.world = createCluster(code, topology, seed);
    this.spans.attach(this.world);
    this.branch = createBranch("1", "main");
    this.branches.set(this.branch.id, this.branch);
    rememberPlace(this.branch, this.world, 0);
  }

  get nowUs(): number {
    return this.world.nowUs;
  }

  /** True after a rewind, until what was lived has been lived again. */
  get behind(): boolean {
    const { branch, world } = this;
    return (
      this.cursor < branch.inputs.length || world.nowUs < branch.end.atUs || world.state.handled < branch.end.handled
    );
  }

  get waiting(): number {
    return this.exchanges.size + this.alarms.length;
  }

  /** True while somebody outside waits for an answer, or for time to pass. Who only watches waits for nothing. */
  get awaited(): boolean {
    return this.unanswered.size + this.alarms.length > 0;
  }

  /** Does something to the world, now. Behind the end of a branch this begins a new one. */
  do(input: SessionInput): InputResult {
    if (this.behind) this.fork();
    const { world, branch } = this;
    rememberPlace(branch, world, this.cursor);
    // Frozen, so that a session that was loaded, whose inputs are frozen too, is the same to the last bit.
    const logged: LoggedInput = deepFreeze({ ...positionOf(world), input });
    const result = applyInput(world, logged.input);
    if (result.error !== null) return result;
    branch.inputs.push(logged);
    this.cursor = branch.inputs.length;
    this.applied(logged.input, result);
    for (const listener of this.listeners) listener.onInput?.(logged);
    return result;
  }

  /**
   * Lets time pass up to `untilUs`, at most `maxEvents` events, replaying logged inputs where they came. Gives the number
   * of events.
   */
  advance(untilUs: number, maxEvents = Number.POSITIVE_INFINITY): number {
    let count = 0;
    for (;;) {
      const next = this.branch.inputs[this.cursor];
      if (next === undefined || next.atUs > untilUs) break;
      const { ran, arrived } = approach(this.world, next, Math.min(maxEvents - count, CHECKPOINT_EVERY_EVENTS));
      count += ran;
      this.lived();
      if (!arrived) {
        if (count >= maxEvents) return count;
        continue;
      }
      this.applied(next.input, applyLogged(this.branch, this.cursor, this.world));
      this.cursor += 1;
    }
    while (count < maxEvents) {
      const room = Math.min(maxEvents - count, CHECKPOINT_EVERY_EVENTS);
      const ran = this.world.advance(untilUs, room);
      count += ran;
      this.lived();
      if (ran < room) break;
    }
    this.lived();
    return count;
  }

  /**
   * Runs single events until somebody outside has been answered or an alarm rings, at most to `limitUs` and about
   * `maxEvents` events.
   */
  advanceUntilAnswer(limitUs: number, maxEvents = Number.POSITIVE_INFINITY): "answered" | "limit" | "going on" {
    const untilUs = Math.min(limitUs, this.nextAlarmAtUs());
    for (let count = 0; this.world.outputs.length === 0; count += 1) {
      const nextUs = this.world.nextEventAtUs();
      if (nextUs === undefined || nextUs > untilUs) {
        this.advance(untilUs);
        return untilUs < limitUs ? "answered" : "limit";
      }
      if (count >= maxEvents) {
        this.lived();
        return "going on";
      }
      if (this.behind) this.advance(nextUs, 1);
      else this.world.step();
    }
    this.lived();
    return "answered";
  }

  /** Resolves when `us` of virtual time have passed, or with false when time was moved meanwhile or the signal came. */
  sleep(us: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve(false);
      const stop = () => {
        this.alarms = this.alarms.filter((each) => each !== alarm);
        resolve(false);
      };
      const alarm: Alarm = {
        atUs: this.world.nowUs + Math.max(0, us),
        ring(inTime) {
          signal?.removeEventListener("abort", stop);
          resolve(inTime);
        },
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.alarms.push(alarm);
      this.alarms.sort((a, b) => a.atUs - b.atUs);
    });
  }

  nextAlarmAtUs(): number {
    return this.alarms[0]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  /** One event. */
  step(): boolean {
    const nextUs = this.world.nextEventAtUs();
    if (nextUs === undefined) return false;
    this.advance(nextUs, 1);
    return true;
  }

  /**
   * Back (or, on a branch that has been lived further, forward) to a moment. Everybody who waits is cut off. With `cut`,
   * what follows is a new branch even if nothing else is done.
   */
  rewindTo(atUs: number, cut: boolean): void {
    this.travelTo({ atUs: Math.max(0, Math.min(Math.floor(atUs), this.branch.end.atUs)) }, cut);
  }

  /** Names this moment. */
  mark(name: string): void {
    this.marks.set(name, { branch: this.branch.id, ...this.moment });
  }

  /** Back to exactly that moment; what follows is a new branch. False: there is no such mark. */
  rewindToMark(name: string): boolean {
    const mark = this.marks.get(name);
    if (mark === undefined) return false;
    if (!this.reaches(mark.branch, mark)) this.leaveFor(this.branches.get(mark.branch) as Branch);
    this.travelTo(mark, true);
    return true;
  }

  private get moment(): Moment {
    return { ...positionOf(this.world), inputs: this.cursor };
  }

  private travelTo(target: Moment | { readonly atUs: number }, cut: boolean): void {
    this.abortAll();
    try {
      const { world, cursor } = travel(this.branch, this.world, target, {
        begins: (there) => {
          this.spans.forgetAfter(there.state.nextSequence);
          this.spans.attach(there);
        },
        applied: (input, result) => this.applied(input, result),
      });
      this.world = world;
      this.cursor = cursor;
    } catch (error) {
      this.spans.attach(this.world);
      throw error;
    }
    this.world.outputs = [];
    if (cut && this.behind) this.fork();
    for (const listener of this.listeners) listener.onReset?.();
  }

  /** Lives on to exactly where the branch ends. */
  liveToEnd(): void {
    while (this.cursor < this.branch.inputs.length) this.advance((this.branch.inputs[this.cursor] as LoggedInput).atUs);
    for (let arrived = false; !arrived; ) {
      arrived = approach(this.world, this.branch.end, CHECKPOINT_EVERY_EVENTS).arrived;
      this.lived();
    }
  }

  /** Takes over what somebody saved, as a future to live: only for a world at its beginning. */
  adopt(inputs: readonly LoggedInput[], end: Position): void {
    this.branch.inputs = [...inputs];
    this.branch.end = end;
    for (const { input } of inputs) this.nextExchange = Math.max(this.nextExchange, exchangeOf(input) + 1);
  }

  /** True when a moment of a branch belongs to this one's history too. */
  private reaches(id: string, { atUs, handled }: Position): boolean {
    for (let branch: Branch | undefined = this.branch; branch !== undefined; ) {
      if (branch.id === id) return true;
      if (branch.parent === null || atUs > branch.forkedAt.atUs || handled > branch.forkedAt.handled) return false;
      branch = this.branches.get(branch.parent);
    }
    return false;
  }

  /** Goes to the end of another branch. */
  switchBranch(id: string): boolean {
    const branch = this.branches.get(id) ?? [...this.branches.values()].find((each) => each.name === id);
    if (branch === undefined) return false;
    this.leaveFor(branch);
    this.travelTo({ ...branch.end, inputs: branch.inputs.length }, false);
    return true;
  }

  private leaveFor(branch: Branch): void {
    this.spans.forgetSince(this.sharedUntilUs(branch));
    this.branch = branch;
  }

  /** Until when another branch's history is this one's as well. */
  private sharedUntilUs(other: Branch): number {
    const forks = new Map<string, number>();
    let untilUs = Number.POSITIVE_INFINITY;
    for (
      let branch: Branch | undefined = other;
      branch !== undefined;
      branch = this.branches.get(branch.parent ?? "")
    ) {
      forks.set(branch.id, untilUs);
      untilUs = Math.min(untilUs, branch.forkedAt.atUs);
    }
    untilUs = Number.POSITIVE_INFINITY;
    for (
      let branch: Branch | undefined = this.branch;
      branch !== undefined;
      branch = this.branches.get(branch.parent ?? "")
    ) {
      const known = forks.get(branch.id);
      if (known !== undefined) return Math.min(known, untilUs);
      untilUs = Math.min(untilUs, branch.forkedAt.atUs);
    }
    return 0;
  }

  /** A new branch from here on. Programs that ran here in the other life do not run in this one. */
  fork(name?: string): Branch {
    const id = String(this.nextBranch);
    this.nextBranch += 1;
    this.branch = forkBranch(
      this.branch,
      id,
      name ?? this.freeName(`branch-${id}`),
      positionOf(this.world),
      this.cursor,
    );
    this.branches.set(id, this.branch);
    for (const [machine, exchange] of openExchanges(this.world)) {
      if (!this.exchanges.has(exchange)) this.do({ type: "console", machine, input: { type: "close", exchange } });
    }
    return this.branch;
  }

  private freeName(name: string): string {
    return [...this.branches.values()].some((branch) => branch.name === name) ? this.freeName(`${name}-b`) : name;
  }

  /** Sends something from a machine's console. Gives the exchange's number, to send frames or close it by; null: the machine does not answer. */
  open(
    machine: string,
    ask: Omit<Extract<ConsoleInput, { readonly to: string }>, "exchange">,
    exchange: Exchange,
    command: Command | null = this.command,
  ): number | null {
    const number = this.nextExchange;
    this.nextExchange += 1;
    this.exchanges.set(number, exchange);
    this.unanswered.add(number);
    const joined = command === null ? {} : command.trace === 0 ? { command: command.line } : { trace: command.trace };
    const result = this.do({ type: "console", machine, input: { ...ask, exchange: number }, ...joined });
    if (command !== null && command.trace === 0) command.trace = result.trace ?? 0;
    if (result.error === null) return number;
    this.forget(number);
    return null;
  }

  private forget(exchange: number): boolean {
    this.unanswered.delete(exchange);
    return this.exchanges.delete(exchange);
  }

  /** What is sent from now on belongs to this command line, and to one trace, until it is over. */
  beginCommand(line: string): void {
    this.command = { line, trace: 0 };
  }

  endCommand(): void {
    this.command = null;
  }

  sendFrame(machine: string, exchange: number, frame: unknown): void {
    if (!this.exchanges.has(exchange)) return;
    this.unanswered.add(exchange);
    this.do({ type: "console", machine, input: { type: "frame", exchange, frame } });
  }

  close(machine: string, exchange: number): void {
    if (!this.forget(exchange)) return;
    this.do({ type: "console", machine, input: { type: "close", exchange } });
  }

  abortAll(): void {
    const waiting = [...this.exchanges.values()];
    this.exchanges.clear();
    this.unanswered.clear();
    const alarms = this.alarms;
    this.alarms = [];
    for (const alarm of alarms) alarm.ring(false);
    for (const exchange of waiting) exchange.end({ kind: "aborted", text: TIME_MOVED });
  }

  private applied(input: SessionInput, result: InputResult): void {
    if (result.trace !== null) this.spans.rootedByInput(result.trace, input);
  }

  /** To be called wherever time has passed: remembers the place, rings alarms, hands out answers. */
  private lived(): void {
    const here = positionOf(this.world);
    const { end } = this.branch;
    if (here.handled > end.handled || here.atUs > end.atUs)
      this.branch.end = { atUs: Math.max(here.atUs, end.atUs), handled: Math.max(here.handled, end.handled) };
    else if (here.handled < end.handled && here.atUs >= end.atUs) this.mendEnd();
    rememberPlace(this.branch, this.world, this.cursor);
    while ((this.alarms[0]?.atUs ?? Number.POSITIVE_INFINITY) <= here.atUs) this.alarms.shift()?.ring(true);
    this.flush();
  }

  /** A log of another version of the product may promise more events than there are. */
  private mendEnd(): void {
    const { branch, world } = this;
    if (this.cursor === branch.inputs.length && (world.nextEventAtUs() ?? Number.POSITIVE_INFINITY) > branch.end.atUs)
      branch.end = positionOf(world);
  }

  /** Hands out what left the world. */
  private flush(): void {
    if (this.world.outputs.length === 0) return;
    const outputs = this.world.outputs;
    this.world.outputs = [];
    for (const { output } of outputs) {
      const told = output as ConsoleOutput;
      const exchange = this.exchanges.get(told.exchange);
      if (exchange === undefined) continue;
      if (told.type === "frame") {
        this.unanswered.delete(told.exchange);
        exchange.frame?.(told.frame);
        continue;
      }
      this.forget(told.exchange);
      if (told.type === "answer") exchange.answer?.(told.body);
      else exchange.end(told.error);
    }
  }
}

/** What consoles still wait for. */
function openExchanges(world: World): [machine: string, exchange: number][] {
  const found: [string, number][] = [];
  for (const process of world.state.processes.values()) {
    if (process.kind !== "console" || !process.started) continue;
    for (const exchange of (process.state as ConsoleState).open.keys()) found.push([process.machine, exchange]);
  }
  return found;
}
