import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import type { Topology } from "../sim/cluster/topology.ts";
import type { WorldCode } from "../sim/kernel/world.ts";
import { clusterReady } from "./ready.ts";
import type { readSaved } from "./save.ts";
import { Session } from "./session.ts";

/** How long booting may take in virtual time before something is taken to be wrong. */
export const READY_LIMIT_US = 600_000_000;
export const READY_STEP_US = 100_000;

export const NOT_READY = "The cluster did not become ready within 10 virtual minutes.";

/** What passes time on the page: a pacer that follows the wall clock. Headless runs have none. */
export interface TimeKeeper {
  /** Lets `us` of virtual time pass; resolves false when time was moved meanwhile or the signal came. */
  pass(us: number, signal: AbortSignal): Promise<boolean>;
}

/** Holds the session of the moment and starts new ones. */
export class SessionHost {
  private current: Session | null = null;
  keeper: TimeKeeper | null = null;
  readonly onNewSession: ((session: Session) => void)[] = [];
  private readonly code: WorldCode;

  constructor(code: WorldCode = CLUSTER_CODE) {
    this.code = code;
  }

  /** Throws when none has been started. */
  get session(): Session {
    if (this.current === null) throw new Error("No cluster has been started; type: lab topology basic");
    return this.current;
  }

  get started(): boolean {
    return this.current !== null;
  }

  /** Lets virtual time pass for somebody outside; false: time was moved meanwhile, or the signal came. */
  pass(us: number, signal: AbortSignal): Promise<boolean> {
    return this.keeper === null ? this.session.sleep(us, signal) : this.keeper.pass(us, signal);
  }

  /** A new world, run until it is ready for the first command. */
  start(topology: Topology, seed: number): Session {
    const session = this.startBooting(topology, seed);
    bootUntilReady(session);
    return session;
  }

  /** Lives a saved session again, to its end. */
  load(saved: ReturnType<typeof readSaved>): Session {
    const session = this.startLoading(saved);
    session.liveToEnd();
    if (clusterReady(session.world)) session.readyAtUs ??= session.nowUs;
    return session;
  }

  /** A saved session at virtual time 0, with all of its life before it. */
  startLoading(saved: ReturnType<typeof readSaved>): Session {
    const session = this.startBooting(saved.parsedTopology, saved.seed);
    session.adopt(saved.inputs, saved.end);
    return session;
  }

  /** A new world at virtual time 0. */
  startBooting(topology: Topology, seed: number): Session {
    this.current?.abortAll();
    const session = new Session(this.code, topology, seed);
    this.current = session;
    for (const listener of this.onNewSession) listener(session);
    return session;
  }
}

/** Throws if the cluster does not get ready: then something in the engine is broken. */
export function bootUntilReady(session: Session): void {
  while (!clusterReady(session.world)) {
    if (session.nowUs >= READY_LIMIT_US) throw new Error(NOT_READY);
    session.advance(session.nowUs + READY_STEP_US);
  }
  session.readyAtUs = session.nowUs;
}
