import { createCluster } from "../sim/cluster/cluster.ts";
import type { Topology } from "../sim/cluster/topology.ts";
import type { ConsoleInput, ConsoleOutput } from "../sim/components/console/messages.ts";
import type { World, WorldCode } from "../sim/kernel/world.ts";
import { applyInput, type InputResult, type LoggedInput, type SessionInput } from "./inputs.ts";
import { Spans } from "./spans.ts";
import {
  type Branch,
  createBranch,
  forkBranch,
  type Position,
  positionOf,
  rememberPlace,
  runTo,
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
  readonly marks = new Map<string, { readonly branch: string; readonly atUs: number }>();
  readonly listeners: SessionListener[] = [];
  /** When the cluster became ready for the first command; null: not yet. */
  readyAtUs: number | null = null;
  private alarms: { readonly atUs: number; readonly ring: (inTime: boolean) => void }[] = [];
  private readonly exchanges = new Map<number, Exchange>();
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
    rememberPlace(this.branch, this.world, true);
  }

  get nowUs(): number {
    return this.world.nowUs;
  }

  /** True after a rewind, until what was lived has been lived again. */
  get behind(): boolean {
    return this.cursor < this.branch.inputs.length || this.world.nowUs < this.branch.end.atUs;
  }

  get waiting(): number {
    return this.exchanges.size + this.alarms.length;
  }

  /** Does something to the world, now. Behind the end of a branch this begins a new one. */
  do(input: SessionInput): InputResult {
    if (this.behind) this.fork();
    const { world, branch } = this;
    rememberPlace(branch, world);
    const logged: LoggedInput = { ...positionOf(world), input };
    const result = applyInput(world, input);
    if (result.error !== null) return result;
    branch.inputs.push(logged);
    this.cursor = branch.inputs.length;
    if (result.trace !== null) this.spans.rootedByInput(result.trace, input);
    for (const listener of this.listeners) listener.onInput?.(logged);
    return result;
  }

  /**
   * Lets time pass up to `untilUs`, at most `maxEvents` events, replaying logged inputs where they came. Gives the number
   * of events.
   */
  advance(untilUs: number, maxEvents = Number.MAX_SAFE_INTEGER): number {
    let count = 0;
    for (;;) {
      const next = this.branch.inputs[this.cursor];
      if (next === undefined || next.atUs > untilUs) break;
      const room = Math.min(maxEvents - count, next.handled - this.world.state.handled);
      if (room > 0) count += this.world.advance(next.atUs, room);
      this.flush();
      if (this.world.state.handled < next.handled) return count;
      runTo(this.world, next);
      applyInput(this.world, next.input);
      this.cursor += 1;
    }
    if (count < maxEvents) count += this.world.advance(untilUs, maxEvents - count);
    this.lived();
    this.flush();
    return count;
  }

  /** Runs single events until somebody outside has been answered or an alarm rings, at most to `limitUs`. */
  advanceUntilAnswer(limitUs: number): "answered" | "limit" {
    const untilUs = Math.min(limitUs, this.nextAlarmAtUs());
    while (this.world.outputs.length === 0) {
      const nextUs = this.world.nextEventAtUs();
      if (nextUs === undefined || nextUs > untilUs) {
        this.advance(untilUs);
        return untilUs < limitUs ? "answered" : "limit";
      }
      this.world.step();
    }
    this.lived();
    this.flush();
    return "answered";
  }

  /** Resolves when `us` of virtual time have passed, or with false when time was moved meanwhile. */
  sleep(us: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.alarms.push({ atUs: this.world.nowUs + us, ring: resolve });
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
    const target = Math.max(0, Math.min(atUs, this.branch.end.atUs));
    this.abortAll();
    const { world, cursor } = travel(this.branch, this.world, target, (there) => {
      this.spans.forgetAfter(there.state.nextSequence);
      this.spans.attach(there);
    });
    this.world = world;
    this.world.outputs = [];
    this.cursor = cursor;
    if (cut && this.behind) this.fork();
    for (const listener of this.listeners) listener.onReset?.();
  }

  /** Lives what somebody saved: only for a world at its beginning. */
  adopt(inputs: readonly LoggedInput[], end: Position): void {
    this.branch.inputs = [...inputs];
    this.branch.end = end;
    while (this.cursor < inputs.length) this.advance((inputs[this.cursor] as LoggedInput).atUs);
    this.advance(end.atUs);
  }

  /** True when a branch is this one or one that it came from. */
  reaches(id: string): boolean {
    for (let branch: Branch | undefined = this.branch; branch !== undefined; ) {
      if (branch.id === id) return true;
      branch = branch.parent === null ? undefined : this.branches.get(branch.parent);
    }
    return false;
  }

  /** Goes to the end of another branch. */
  switchBranch(id: string): boolean {
    const branch = this.branches.get(id) ?? [...this.branches.values()].find((each) => each.name === id);
    if (branch === undefined) return false;
    this.branch = branch;
    this.rewindTo(branch.end.atUs, false);
    return true;
  }

  /** A new branch from here on. */
  fork(name?: string): Branch {
    const id = String(this.nextBranch);
    this.nextBranch += 1;
    this.branch = forkBranch(this.branch, id, name ?? `branch-${id}`, positionOf(this.world), this.cursor);
    this.branches.set(id, this.branch);
    return this.branch;
  }

  /** Sends something from a machine's console. Gives the exchange's number, to send frames or close it by; null: the machine does not answer. */
  open(
    machine: string,
    ask: Omit<Extract<ConsoleInput, { readonly to: string }>, "exchange">,
    exchange: Exchange,
  ): number | null {
    const number = this.nextExchange;
    this.nextExchange += 1;
    this.exchanges.set(number, exchange);
    const result = this.do({ type: "console", machine, input: { ...ask, exchange: number } });
    if (result.error === null) return number;
    this.exchanges.delete(number);
    return null;
  }

  sendFrame(machine: string, exchange: number, frame: unknown): void {
    if (this.exchanges.has(exchange)) this.do({ type: "console", machine, input: { type: "frame", exchange, frame } });
  }

  close(machine: string, exchange: number): void {
    if (!this.exchanges.delete(exchange)) return;
    this.do({ type: "console", machine, input: { type: "close", exchange } });
  }

  abortAll(): void {
    const waiting = [...this.exchanges.values()];
    this.exchanges.clear();
    const alarms = this.alarms;
    this.alarms = [];
    for (const alarm of alarms) alarm.ring(false);
    for (const exchange of waiting) exchange.end({ kind: "aborted", text: "Time was moved; the command was cut off." });
  }

  private lived(): void {
    const here = positionOf(this.world);
    if (here.handled > this.branch.end.handled || here.atUs > this.branch.end.atUs) this.branch.end = here;
    const last = this.branch.inputs[this.cursor - 1];
    // A checkpoint at the very place of an input would be taken for one from before it.
    if (last === undefined || last.handled !== here.handled || last.atUs !== here.atUs)
      rememberPlace(this.branch, this.world);
    while ((this.alarms[0]?.atUs ?? Number.POSITIVE_INFINITY) <= here.atUs) this.alarms.shift()?.ring(true);
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
        exchange.frame?.(told.frame);
        continue;
      }
      this.exchanges.delete(told.exchange);
      if (told.type === "answer") exchange.answer?.(told.body);
      else exchange.end(told.error);
    }
  }
}
