import type { SessionHost } from "./host.ts";

/** A wait that nothing ends is ended after this much virtual time, so that nothing hangs. */
const LIMIT_US = 24 * 3_600_000_000;

/**
 * Headless: lets the world go on whenever a program outside waits for it, until the program is done. Typing costs no
 * virtual time. `breathe` gives the program its turn (a macrotask).
 */
export async function drive<T>(host: SessionHost, program: Promise<T>, breathe: () => Promise<void>): Promise<T> {
  let settled = false;
  const done = program.finally(() => {
    settled = true;
  });
  done.catch(() => {});
  while (!settled) {
    await breathe();
    if (settled) break;
    if (host.started && host.session.waiting > 0) {
      if (host.session.advanceUntilAnswer(host.session.nowUs + LIMIT_US) === "limit") host.session.abortAll();
    }
  }
  return done;
}
