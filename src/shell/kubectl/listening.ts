/** Listening on a port of the laptop until Ctrl-C. */
import type { LocalListener } from "../doors.ts";
import type { Invocation } from "./command.ts";
import { CommandError, SilentExit } from "./errors.ts";

/** Where nobody can press Ctrl-C it ends after this much virtual time. */
const unseenMs = 10_000;

/** The port itself, or for 0 one that is free. */
export function claimPort({ context }: Invocation, port: number, listener: LocalListener): number {
  const listeners = context.listeners;
  if (!listeners) throw new CommandError("this terminal cannot listen on ports");
  let chosen = port;
  if (chosen === 0) for (chosen = 32_768; listeners.has(chosen); chosen += 1);
  if (listeners.has(chosen)) throw new CommandError(`listen tcp4 127.0.0.1:${chosen}: bind: address already in use`);
  listeners.set(chosen, listener);
  return chosen;
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

export async function listenUntilInterrupted({ context }: Invocation, ports: readonly number[]): Promise<number> {
  try {
    if (context.columns === null) {
      await context.session.sleep(unseenMs, context.signal);
      if (!context.signal.aborted) return 0;
    } else await interrupted(context.signal);
  } finally {
    for (const port of ports) context.listeners?.delete(port);
  }
  throw new SilentExit(130);
}
