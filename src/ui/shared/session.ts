import { create } from "zustand";
import type { SessionCommands, ShellCommands } from "../../protocol/commands.ts";
import type { Selection } from "../../protocol/views.ts";
import { tell } from "./notices.ts";
import { sentences } from "./text.ts";

/** What the page needs of the two workers. The app sets it once; tests set a fake one. */
export interface Connection {
  readonly session: SessionCommands;
  /** Starts the shell's worker when it is first needed. */
  shell(): Promise<ShellCommands>;
  /** Kills the shell's worker: the next `shell()` starts a new one. */
  killShell(): void;
}

export const useConnection = create<{ readonly connection: Connection | null }>()(() => ({ connection: null }));

export function setConnection(connection: Connection): void {
  useConnection.setState({ connection });
}

export function theConnection(): Connection {
  const { connection } = useConnection.getState();
  if (!connection) throw new Error("The page is not connected to a session yet.");
  return connection;
}

/** Asks the session for something, if there is one yet; a failure becomes a notice, never an unhandled rejection. */
export function ask<T>(what: (session: SessionCommands) => Promise<T>): Promise<T | undefined> {
  const { connection } = useConnection.getState();
  if (!connection) return Promise.resolve(undefined);
  return what(connection.session).catch((error: unknown) => {
    tell({ id: "session-failed", tone: "error", text: sentences.sessionFailed, detail: describeError(error) });
    return undefined;
  });
}

/** For commands that answer a sentence when they refuse. */
export async function tryTo(what: (session: SessionCommands) => Promise<string | null>): Promise<void> {
  const refusal = await ask(what);
  if (refusal) tell({ id: "refused", tone: "warning", text: refusal, detail: "" });
}

export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is selected, as the page asked for it: the session's view of it follows. */
export const useSelection = create<{ readonly selection: Selection | null }>()(() => ({ selection: null }));

export function select(selection: Selection | null): void {
  useSelection.setState({ selection });
  void ask((session) => session.select(selection));
}

export function sameSelection(a: Selection | null | undefined, b: Selection | null | undefined): boolean {
  return a === b || (!!a && !!b && keyOfSelection(a) === keyOfSelection(b));
}

export function keyOfSelection(selection: Selection): string {
  return selection.type === "object"
    ? `object ${selection.resource} ${selection.namespace}/${selection.name}`
    : `${selection.type} ${selection.id}`;
}
