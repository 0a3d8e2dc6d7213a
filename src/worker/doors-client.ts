import * as Comlink from "comlink";
import { FrameQueue } from "../session/frame-queue.ts";
import type {
  ApiDoor,
  ConnectionFailure,
  ConsoleDoor,
  Doors,
  HttpStream,
  SessionDoor,
  UnitStatus,
} from "../shell/doors.ts";
import type { ConsoleMethods, DoorsRemote } from "./doors-remote.ts";

/** The shell's end of the port: doors as programs know them. */
export function connectDoors(port: MessagePort): Doors {
  const remote = Comlink.wrap<DoorsRemote>(port) as unknown as DoorsRemote;
  let nextCall = 1;
  let server = "https://10.0.0.11:6443";
  void remote.server().then((known) => {
    server = known;
  });

  /** Gives the call a number and, while it lasts, hands an abort on. */
  const during = async <T>(signal: AbortSignal, run: (call: number) => Promise<T>): Promise<T> => {
    const call = nextCall;
    nextCall += 1;
    const abort = () => void remote.abort(call);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const answer = run(call);
      if (signal.aborted) abort();
      return await answer;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
  const begin = (signal: AbortSignal): number => {
    const call = nextCall;
    nextCall += 1;
    signal.addEventListener("abort", () => void remote.abort(call), { once: true });
    return call;
  };
  const listen = <T>(frames: FrameQueue<T>) =>
    Comlink.proxy((frame: unknown) => {
      if (frame === null) frames.end();
      else frames.push(frame as T);
    });

  const api: ApiDoor = {
    get server() {
      return server;
    },
    user: "kubernetes-admin",
    request: (request, { signal, timeoutMs }) => during(signal, (call) => remote.request(call, request, timeoutMs)),
    async stream(request, { signal }): Promise<HttpStream | ConnectionFailure> {
      const call = begin(signal);
      const frames = new FrameQueue<{ readonly type: "chunk"; readonly data: string }>();
      signal.addEventListener("abort", () => frames.end(), { once: true });
      const asked = remote.stream(call, request, listen(frames));
      if (signal.aborted) void remote.abort(call);
      const response = await asked;
      if ("failure" in response) return response;
      return {
        response,
        frames,
        send: (frame) => void remote.send(call, frame),
        close: () => {
          frames.end();
          void remote.close(call);
        },
      };
    },
  };

  const console = (machine: string): ConsoleDoor => {
    const ask = (method: ConsoleMethods, ...args: readonly unknown[]) => remote.consoleCall(machine, method, args);
    return {
      machine,
      request: (to, body, { signal, ...options }) =>
        during(signal, (call) => remote.consoleRequest(call, machine, to, body, options)),
      async stream(to, body, { signal, ...options }) {
        const call = begin(signal);
        const frames = new FrameQueue<unknown>();
        signal.addEventListener("abort", () => frames.end(), { once: true });
        const asked = remote.consoleStream(call, machine, to, body, options, listen(frames));
        if (signal.aborted) void remote.abort(call);
        const failure = await asked;
        if (failure !== null) return failure;
        const close = () => {
          frames.end();
          void remote.close(call);
        };
        return { frames, close };
      },
      readFile: (path) => ask("readFile", path) as Promise<string | null>,
      listFiles: (prefix) => ask("listFiles", prefix) as Promise<readonly string[]>,
      changeFiles: (changes) => ask("changeFiles", changes) as Promise<void>,
      unit: (verb, unit) => ask("unit", verb, unit) as Promise<UnitStatus | null>,
      journal: (unit) => ask("journal", unit) as ReturnType<ConsoleDoor["journal"]>,
      facts: () => ask("facts") as ReturnType<ConsoleDoor["facts"]>,
      packetRules: (style, table, chain) =>
        ask("packetRules", style, table, chain) as ReturnType<ConsoleDoor["packetRules"]>,
    };
  };

  const session: SessionDoor = {
    run: (command, args, { signal, files }) =>
      during(signal, (call) => remote.lab(call, command, args, Comlink.proxy({ ...files }))),
    sleep: (milliseconds, signal) => during(signal, (call) => remote.sleep(call, milliseconds)),
    wallUs: () => remote.wallUs(),
    command: (line) => remote.command(line),
  };
  return { api, session, console };
}
