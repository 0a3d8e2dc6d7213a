import type {
  CommandResult,
  ConnectionFailure,
  ConsoleDoor,
  FilesDoor,
  HttpRequest,
  HttpResponse,
} from "../shell/doors.ts";

/** A Comlink proxy; null: that was the last frame. */
export type Frames = (frame: unknown) => void;

export type ConsoleMethods = "readFile" | "listFiles" | "changeFiles" | "unit" | "journal" | "facts" | "packetRules";

type RequestOptions = Omit<Parameters<ConsoleDoor["request"]>[2], "signal">;
type StreamOptions = Omit<Parameters<ConsoleDoor["stream"]>[2], "signal">;

/** The doors as they cross the port between the session's worker and the shell's. `call` is chosen by the shell's end. */
export interface DoorsRemote {
  server(): Promise<string>;
  request(call: number, request: HttpRequest, timeoutMs?: number): Promise<HttpResponse | ConnectionFailure>;
  stream(call: number, request: HttpRequest, listener: Frames): Promise<HttpResponse | ConnectionFailure>;
  abort(call: number): Promise<void>;
  send(call: number, frame: unknown): Promise<void>;
  close(call: number): Promise<void>;
  hasConsole(machine: string): Promise<boolean>;
  consoleRequest(
    call: number,
    machine: string,
    to: string,
    body: unknown,
    options: RequestOptions,
  ): Promise<{ readonly body: unknown } | ConnectionFailure>;
  consoleStream(
    call: number,
    machine: string,
    to: string,
    body: unknown,
    options: StreamOptions,
    listener: Frames,
  ): Promise<ConnectionFailure | null>;
  consoleCall(machine: string, method: ConsoleMethods, args: readonly unknown[]): Promise<unknown>;
  lab(call: number, command: string, args: readonly string[], files: FilesDoor): Promise<CommandResult>;
  sleep(call: number, milliseconds: number): Promise<void>;
  wallUs(): Promise<number>;
  command(line: string | null): Promise<void>;
}
