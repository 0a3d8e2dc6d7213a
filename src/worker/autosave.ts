import { saveSession } from "../session/save.ts";
import type { Session } from "../session/session.ts";

const DATABASE = "kubarium";
const STORE = "sessions";
const KEY = "last";
/** Inputs come in bursts; writing each would be wasteful. */
const WRITE_AFTER_MS = 500;

/**
 * Keeps the input log in the browser (IndexedDB) as it grows, so that a page reloaded by accident can go on. What a
 * previous page kept stays readable until this one has an input of its own.
 */
export class Autosave {
  private database: IDBDatabase | null = null;
  private opened: Promise<void> | null = null;
  private previous: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** Opens the store and reads what was kept. A browser that has none (private windows) just keeps nothing. */
  open(): Promise<void> {
    this.opened ??= this.read();
    return this.opened;
  }

  kept(): string | null {
    return this.previous;
  }

  keep(session: Session): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.database === null) return;
      try {
        this.database.transaction(STORE, "readwrite").objectStore(STORE).put(saveSession(session), KEY);
      } catch {
        // The browser has closed the store (its data were cleared, say): the session goes on without.
        this.database = null;
      }
    }, WRITE_AFTER_MS);
  }

  private async read(): Promise<void> {
    if (typeof indexedDB === "undefined") return;
    try {
      this.database = await request(opening());
      const kept: unknown = await request(this.database.transaction(STORE).objectStore(STORE).get(KEY));
      this.previous = typeof kept === "string" ? kept : null;
    } catch {
      this.database = null;
    }
  }
}

function opening(): IDBOpenDBRequest {
  const open = indexedDB.open(DATABASE, 1);
  open.onupgradeneeded = () => {
    open.result.createObjectStore(STORE);
  };
  return open;
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
