/**
 * The three doors that programs which a person types know: the API server, a machine's console, and the session.
 * A real API server would do behind the first. Nothing here knows that the world is simulated.
 */

export interface HttpRequest {
  readonly method: string;
  /** Path with query: `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No HTTP answer came: `dial tcp 10.0.0.5:6443: connect: connection refused`, `net/http: TLS handshake timeout`, ... */
export interface ConnectionFailure {
  readonly failure: "refused" | "reset" | "timedOut" | "tls" | "unreachable" | "aborted";
  readonly text: string;
}

export function isFailure(answer: unknown): answer is ConnectionFailure {
  return typeof answer === "object" && answer !== null && "failure" in answer;
}

/**
 * What goes over a stream. `chunk`: text as it is flushed. `channel`: exec and attach, the channels of
 * v5.channel.k8s.io. `port...`: port-forward; `connection` is chosen by who opens it, `portEnd` says that its sender sends
 * no more. Data are bytes as text (`sim/api/byte-text.ts`).
 */
export type StreamFrame =
  | { readonly type: "chunk"; readonly data: string }
  | { readonly type: "channel"; readonly channel: number; readonly data: string }
  | { readonly type: "portOpen"; readonly connection: number; readonly port: number }
  | { readonly type: "portData"; readonly connection: number; readonly data: string }
  | { readonly type: "portEnd"; readonly connection: number }
  | { readonly type: "portError"; readonly connection: number; readonly text: string };

export interface HttpStream {
  readonly response: HttpResponse;
  /** Ends when the server closes. */
  readonly frames: AsyncIterable<StreamFrame>;
  /** Once the frames are over: why, if the server did not end them in good order. */
  ended?(): ConnectionFailure | null;
  send(frame: StreamFrame): void;
  close(): void;
}

export interface ApiDoor {
  /** `https://10.0.0.5:6443`: what messages show. */
  readonly server: string;
  readonly user: string;
  request(
    request: HttpRequest,
    options: { readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<HttpResponse | ConnectionFailure>;
  /** watch, logs -f, exec, attach, port-forward. */
  stream(request: HttpRequest, options: { readonly signal: AbortSignal }): Promise<HttpStream | ConnectionFailure>;
}

/** A machine's console, as root: what `ssh MACHINE` reaches. A machine without power or network does not answer. */
export interface ConsoleDoor {
  readonly machine: string;
  /** Sends a message to an address as seen from that machine (127.0.0.1:2379, the CRI socket), and gives the answer. */
  request(
    to: string,
    body: unknown,
    options: {
      readonly signal: AbortSignal;
      readonly timeoutMs: number;
      readonly certificate?: string;
      readonly protocol?: "UDP";
    },
  ): Promise<{ readonly body: unknown } | ConnectionFailure>;
  /** A stream to such an address; frames are whatever the server sends. */
  stream(
    to: string,
    body: unknown,
    options: { readonly signal: AbortSignal; readonly certificate?: string },
  ): Promise<{ readonly frames: AsyncIterable<unknown>; close(): void } | ConnectionFailure>;
  /** Text of a file, or null. */
  readFile(path: string): Promise<string | null>;
  listFiles(prefix: string): Promise<readonly string[]>;
  /** All at once: copies see the files as they were before. */
  changeFiles(changes: FileChanges): Promise<void>;
  /** What the machine's own kernel knows: processes, memory, disk, addresses. */
  facts(): Promise<MachineFacts>;
  /** systemd units: `kubelet`, `containerd`. */
  unit(verb: "start" | "stop" | "restart" | "status" | "is-active", unit: string): Promise<UnitStatus | null>;
  journal(unit: string): Promise<readonly { readonly wallUs: number; readonly text: string }[]>;
  /** netfilter's rules as iptables prints them, a line each; null: no such chain. */
  packetRules(
    style: "listing" | "specification",
    table: "nat" | "filter",
    chain?: string,
  ): Promise<readonly string[] | null>;
}

export interface FileChanges {
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly removals: readonly string[];
  readonly writes: readonly { readonly path: string; readonly text: string }[];
}

export interface MachineFacts {
  readonly name: string;
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number;
  readonly diskBytes: number;
  readonly diskUsedBytes: number;
  readonly bootedWallUs: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly name: string;
    readonly startedWallUs: number;
    /** `10.0.0.11:6443`, `unix:/run/...` */
    readonly listening: readonly string[];
  }[];
  /** Machines that it knows by name. */
  readonly neighbours: readonly { readonly name: string; readonly address: string }[];
}

export interface UnitStatus {
  readonly description: string;
  readonly name: string;
  readonly active: "active" | "inactive" | "failed" | "activating";
  readonly sub: string;
  readonly sinceWallUs: number;
  readonly pid: number;
  readonly log: readonly { readonly wallUs: number; readonly text: string }[];
}

/** What `lab` asks: time, faults, looking inside. Implemented by `src/session`. Answers are data; `lab` prints them. */
export interface SessionDoor {
  run(
    command: string,
    args: readonly string[],
    options: { readonly signal: AbortSignal; readonly files: FilesDoor },
  ): Promise<CommandResult>;
  /** Lets virtual time pass, for `sleep`. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** The world's calendar time, for `date` and ages, microseconds since 1970. */
  wallUs(): Promise<number>;
  /** What is asked from now on belongs to this command line, until null is told. */
  command(line: string | null): Promise<void>;
}

export interface FilesDoor {
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Names in a folder; null where the path is no folder. A door without it knows no folders. */
  list?(path: string): Promise<readonly string[] | null>;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** All three doors: what a shell is given. */
export interface Doors {
  readonly api: ApiDoor;
  readonly session: SessionDoor;
  console(machine: string): ConsoleDoor | null;
}

/** What answers HTTP on a port of the laptop: `kubectl port-forward` and `kubectl proxy` do, while they run. */
export type LocalListener = (
  request: HttpRequest,
  options: { readonly signal: AbortSignal },
) => Promise<HttpResponse | ConnectionFailure>;

/** What a program gets to run with, whichever it is. */
export interface ProgramContext {
  readonly args: readonly string[];
  /** The shell's variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly files: FilesDoor;
  /** Where it is typed: relative paths begin here. */
  readonly directory: string;
  /** On a machine: what was written here is on its disk from now on, and what came there is seen here. */
  sync(): Promise<void>;
  /** Streams output as it comes (watch, follow); what is returned at the end is only the exit code. */
  readonly out: { write(text: string): void };
  readonly err: { write(text: string): void };
  readonly signal: AbortSignal;
  readonly api: ApiDoor;
  readonly session: SessionDoor;
  /** Ports of the laptop that programs of this shell listen on. */
  readonly listeners?: Map<number, LocalListener>;
  console(machine: string): ConsoleDoor | null;
  /** Which machine it is typed on (`ssh`); null: the laptop. */
  readonly machine: string | null;
  /** Terminal width in columns; null when output goes into a pipe or file. */
  readonly columns: number | null;
  /**
   * Lets the person edit a text that lies at `path` meanwhile, with the program `editor` names or with what the page has.
   * Null: there is no such editor. `problem`: it ended with an error.
   */
  edit?(
    editor: string,
    path: string,
    text: string,
  ): Promise<{ readonly text: string } | { readonly problem: string } | null>;
}

/** A program's `run` gives its exit code. */
export type Program = (context: ProgramContext) => Promise<number>;
