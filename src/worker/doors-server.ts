import * as Comlink from "comlink";
import { createApiDoor, createConsoleDoor } from "../session/doors.ts";
import type { SessionHost } from "../session/host.ts";
import type { ConnectionFailure, HttpRequest, HttpResponse, SessionDoor } from "../shell/doors.ts";
import type { ConsoleMethods, DoorsRemote, Frames } from "./doors-remote.ts";

export interface ServedDoors {
  /** The other end is gone: ends all that it waited for. */
  close(): void;
}

/** The session's end of the port to the shell's worker: signals and streams become numbers and callbacks. */
export function serveDoors(port: MessagePort, host: SessionHost, sessionDoor: SessionDoor): ServedDoors {
  const aborts = new Map<number, AbortController>();
  const streams = new Map<number, { send?(frame: unknown): void; close(): void }>();
  const current = () => host.session;
  const api = createApiDoor(current);

  const withSignal = async <T>(call: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    aborts.set(call, controller);
    try {
      return await run(controller.signal);
    } finally {
      aborts.delete(call);
    }
  };
  const pump = async (call: number, frames: AsyncIterable<unknown>, listener: Frames) => {
    for await (const frame of frames) listener(frame);
    streams.delete(call);
    aborts.delete(call);
    listener(null);
  };
  const consoleOf = (machine: string) => {
    const door = createConsoleDoor(current, machine);
    if (door === null) throw new Error(`ssh: Could not resolve hostname ${machine}: Name or service not known`);
    return door;
  };

  const remote: DoorsRemote = {
    server: async () => api.server,
    request: (call: number, request: HttpRequest, timeoutMs?: number) =>
      withSignal(call, (signal) => api.request(request, timeoutMs === undefined ? { signal } : { signal, timeoutMs })),
    async stream(call: number, request: HttpRequest, listener: Frames): Promise<HttpResponse | ConnectionFailure> {
      const controller = new AbortController();
      aborts.set(call, controller);
      const stream = await api.stream(request, { signal: controller.signal });
      if ("failure" in stream) {
        aborts.delete(call);
        return stream;
      }
      streams.set(call, { send: (frame) => stream.send(frame as never), close: () => stream.close() });
      void pump(call, stream.frames, listener);
      return stream.response;
    },
    async abort(call: number) {
      aborts.get(call)?.abort();
    },
    async send(call: number, frame: unknown) {
      streams.get(call)?.send?.(frame);
    },
    async close(call: number) {
      streams.get(call)?.close();
    },
    hasConsole: async (machine: string) => createConsoleDoor(current, machine) !== null,
    consoleRequest: (call, machine, to, body, options) =>
      withSignal(call, (signal) => consoleOf(machine).request(to, body, { ...options, signal })),
    async consoleStream(call, machine, to, body, options, listener) {
      const controller = new AbortController();
      aborts.set(call, controller);
      const stream = await consoleOf(machine).stream(to, body, { ...options, signal: controller.signal });
      if ("failure" in stream) {
        aborts.delete(call);
        return stream;
      }
      streams.set(call, { close: stream.close });
      void pump(call, stream.frames, listener);
      return null;
    },
    async consoleCall(machine: string, method: ConsoleMethods, args: readonly unknown[]) {
      const door = consoleOf(machine);
      return (door[method] as (...values: readonly unknown[]) => Promise<unknown>)(...args);
    },
    lab: (call, command, args, files) =>
      withSignal(call, (signal) => sessionDoor.run(command, args, { signal, files })),
    sleep: (call, milliseconds) => withSignal(call, (signal) => sessionDoor.sleep(milliseconds, signal)),
    wallUs: () => sessionDoor.wallUs(),
    command: (line) => sessionDoor.command(line),
  };
  Comlink.expose(remote, port);
  return {
    close() {
      for (const controller of aborts.values()) controller.abort();
      for (const stream of streams.values()) stream.close();
      port.close();
    },
  };
}
