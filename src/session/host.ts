import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import type { Topology } from "../sim/cluster/topology.ts";
import { clusterReady } from "./ready.ts";
import type { readSaved } from "./save.ts";
import { Session } from "./session.ts";

/** How long booting may take in virtual time before something is taken to be wrong. */
const READY_LIMIT_US = 600_000_000;
const READY_STEP_US = 100_000;

/** What passes time: headless, a loop; on the page, a pacer that follows the wall clock. */
export interface TimeKeeper {
  /** Lets `us` of virtual time pass; resolves false when time was moved meanwhile. */
  pass(us: number): Promise<boolean>;
}

/** Holds the session of the moment and starts new ones. */
export class SessionHost {
  private current: Session | null = null;
  keeper: TimeKeeper | null = null;
  readonly onNewSession: ((session: Session) => void)[] = [];

  /** Throws when none has been started. */
  get session(): Session {
    if (this.current === null) throw new Error("No cluster has been started; type: lab topology basic");
    return this.current;
  }

  get started(): boolean {
    return this.current !== null;
  }

  /** A new world, run until it is ready for the first command. */
  start(topology: Topology, seed: number): Session {
    const session = this.startBooting(topology, seed);
    bootUntilReady(session);
    return session;
  }

  /** Lives a saved session again, to its end. */
  load(saved: ReturnType<typeof readSaved>): Session {
    const session = this.startBooting(saved.parsedTopology, saved.seed);
    session.adopt(saved.inputs, saved.end);
    return session;
  }

  /** A new world at virtual time 0. */
  startBooting(topology: Topology, seed: number): Session {
    this.current?.abortAll();
    const session = new Session(CLUSTER_CODE, topology, seed);
    this.current = session;
    for (const listener of this.onNewSession) listener(session);
    return session;
  }
}

/** Throws if the cluster does not get ready: then something in the engine is broken. */
export function bootUntilReady(session: Session): void {
  while (!clusterReady(session.world)) {
    if (session.nowUs >= READY_LIMIT_US) throw new Error("The cluster did not become ready within 10 virtual minutes.");
    session.advance(session.nowUs + READY_STEP_US);
  }
  session.readyAtUs = session.nowUs;
}
