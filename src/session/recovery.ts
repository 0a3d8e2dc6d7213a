import { SimulationError } from "../sim/kernel/world.ts";
import type { SessionHost } from "./host.ts";
import { saveSession } from "./save.ts";
import type { Session } from "./session.ts";

/** After this many failures at the same place, time stands still until somebody moves it. */
const ATTEMPTS_MAX = 3;

export interface Recovered {
  readonly text: string;
  /** All that reproduces the failure. */
  readonly detail: string;
}

/**
 * An exception in the world is a bug of ours. The session goes back to the last checkpoint before it, on a new branch
 * without the inputs that came after; what fails at the same place again goes back further, and in the end stands still.
 */
export class Recovery {
  /** Time must not go on: it would fail at the same place again. */
  stopped = false;
  private readonly host: SessionHost;
  private place = "";
  private attempts = 0;

  constructor(host: SessionHost) {
    this.host = host;
    host.onNewSession.push((session) => {
      this.stopped = false;
      this.place = "";
      session.listeners.push({
        onReset: () => {
          this.stopped = false;
        },
      });
    });
  }

  recover(error: unknown): Recovered {
    const { session } = this.host;
    const failedAtUs = error instanceof SimulationError ? error.atUs : session.nowUs;
    const detail = detailOf(session, error);
    const place = error instanceof SimulationError ? `${error.process} ${error.atUs}` : `session ${session.nowUs}`;
    this.attempts = place === this.place ? this.attempts + 1 : 1;
    this.place = place;
    const at = `The simulation failed at ${(failedAtUs / 1_000_000).toFixed(3)} s`;
    const stopped = !this.goBack(session, failedAtUs);
    // Going back lifts the stop, as it does when a person goes back.
    this.stopped = stopped || this.attempts >= ATTEMPTS_MAX;
    return {
      text: this.stopped
        ? `${at} again, so time stands still. Go back and do something else, or start a new cluster; please report it with the details.`
        : `${at} and went back to its last checkpoint. Please report it with the details.`,
      detail,
    };
  }

  private goBack(session: Session, failedAtUs: number): boolean {
    const before = session.branch.checkpoints.filter((each) => each.atUs < failedAtUs);
    const checkpoint = before.at(-this.attempts) ?? before[0];
    try {
      session.rewindTo(checkpoint?.atUs ?? 0, true);
      return true;
    } catch {
      return false;
    }
  }
}

function detailOf(session: Session, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `topology ${session.topology.name}, seed ${session.seed}\n${text}\n\n${saveSession(session)}`;
}
