import type { SessionHost } from "./host.ts";
import type { Session } from "./session.ts";

/** A wait that nothing ends is ended after this much virtual time, so that nothing hangs. */
const LIMIT_US = 24 * 3_600_000_000;
/** After this many events the program gets a turn even if nobody answered: somebody may want to interrupt it. */
const EVENTS_PER_TURN = 20_000;

/**
 * Headless: lets the world go on whenever a program outside waits for it, until the program is done. Typing costs no
 * virtual time. `breathe` gives the program its turn (a macrotask).
 */
export async function drive<T>(host: SessionHost, program: Promise<T>, breathe: () => Promise<void>): Promise<T> {
  let settled = false;
  let waitingIn: Session | null = null;
  let limitUs = 0;
  const done = program.finally(() => {
    settled = true;
  });
  done.catch(() => {});
  while (!settled) {
    await breathe();
    if (settled) break;
    if (host.started && host.session.waiting > 0) {
      const { session } = host;
      if (waitingIn !== session) limitUs = session.nowUs + LIMIT_US;
      waitingIn = session;
      const came = session.advanceUntilAnswer(limitUs, EVENTS_PER_TURN);
      if (came === "limit") session.abortAll();
      if (came !== "going on") waitingIn = null;
    }
  }
  return done;
}
