import type { DeadlineLane } from "./deadlines.ts";
import type { KernelEvent } from "./event-queue.ts";
import type { RandomState } from "./random.ts";
import type { Table } from "./table.ts";
import type {
  Address,
  Certificate,
  ListenOptions,
  LogLine,
  MachineInfo,
  MachineName,
  Pid,
  ProcessExit,
  ProcessName,
  SpawnOptions,
} from "./types.ts";

/** Everything that a world is, as plain data. Two equal states have equal futures. */
export interface WorldState {
  readonly seed: number;
  /** Calendar time at virtual time 0, microseconds since 1970. */
  readonly epochWallUs: number;
  nowUs: number;
  /** Events run so far: with `nowUs`, the exact place in a world's life. */
  handled: number;
  nextSequence: number;
  nextPid: number;
  nextConnection: number;
  nextTimer: number;
  heap: KernelEvent[];
  readonly machines: Map<MachineName, Machine>;
  readonly processes: Map<Pid, Process>;
  /** Alive processes by name. */
  readonly names: Map<ProcessName, Pid>;
  /** Names that a fault keeps from being started, with the would-be parent that asked last. */
  readonly barred: Map<ProcessName, ProcessName | null>;
  /** Slowed processes by name: the factor outlives a restart. */
  readonly slow: Map<ProcessName, number>;
  /** `ip:port`, or `machine|unix:path` -> who listens. */
  readonly listeners: Map<string, Listener>;
  /** Which machine an IP lives on: machines' own and pods'. */
  readonly addresses: Map<string, MachineName>;
  readonly connections: Map<number, Connection>;
  /** Patience in microseconds -> who waits with it. */
  readonly deadlines: Map<number, DeadlineLane>;
  /** Fault rules in the order in which they were made; the first that does not pass wins. */
  readonly networkRules: NetworkRule[];
  /** Certificates that fault `cert-expire` made too old: serial -> end of validity, calendar microseconds. */
  readonly expired: Map<string, number>;
  /** What is broken on purpose, by id, in the order in which it was broken. Kept here so that it travels in time too. */
  readonly faults: Map<string, FaultRecord>;
  readonly randoms: Map<string, RandomState>;
}

/** Frozen. */
export interface FaultRecord {
  readonly id: string;
  readonly fault: string;
  readonly target: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly sinceUs: number;
  /** What the fault needs to know to undo itself. */
  readonly memo: unknown;
}

export interface Machine {
  readonly info: MachineInfo;
  powered: boolean;
  frozen: boolean;
  clockOffsetUs: number;
  bootedAtUs: number;
  /** How long from power-on to the first process. */
  bootUs: number;
  /** What runs from power-on (init). Frozen. */
  readonly boot: readonly SpawnOptions[];
  /** Ended processes that nobody has reaped yet. */
  readonly exited: Map<ProcessName, ExitedProcess>;
  readonly disk: DiskState;
  /** Volatile tables of the machine's own kernel (netfilter). */
  host: Map<string, unknown>;
  /** `process NUL number` -> line. */
  readonly logs: Table<LogLine>;
  readonly logBounds: Map<ProcessName, LogBounds>;
}

export interface LogBounds {
  first: number;
  next: number;
}

export interface ExitedProcess {
  readonly pid: Pid;
  readonly parent: ProcessName | null;
  readonly startedAtUs: number;
  readonly exit: ProcessExit;
}

export interface DiskState {
  readonly files: Table<unknown>;
  /** What power-off undoes: path -> what was there before (`undefined`: nothing). */
  unsynced: Map<string, unknown>;
  /** Layers of an fsync under way, oldest first. */
  syncing: { id: number; before: Map<string, unknown> }[];
  nextSync: number;
  busyUntilUs: number;
  fsyncUs: number;
  slowFactor: number;
  full: boolean;
}

export interface Process {
  readonly name: ProcessName;
  readonly pid: Pid;
  readonly kind: string;
  readonly machine: MachineName;
  readonly ip: string;
  readonly args: unknown;
  parent: ProcessName | null;
  readonly startedAtUs: number;
  state: unknown;
  started: boolean;
  hung: boolean;
  busyUntilUs: number;
  wakeAtUs: number;
  /** What arrived while it was busy or hung. */
  inbox: KernelEvent[];
  /** Timers that were cleared but are still queued, and some that had gone off before they were cleared. */
  cancelled: ReadonlySet<number>;
  listening: readonly string[];
  connections: ReadonlySet<number>;
  counters: ReadonlyMap<string, number>;
  gauges: ReadonlyMap<string, number>;
  histograms: ReadonlyMap<string, Histogram>;
  /** How often it stepped: a checkpoint shares the copy of one that did nothing since the last. */
  steps: number;
}

export interface Histogram {
  count: number;
  sum: number;
  /** Observations by power of two: index n counts values < 2^n. */
  readonly buckets: number[];
}

export interface Listener {
  readonly pid: Pid;
  readonly tls: ListenOptions["tls"] | null;
}

/** One request with its answer, or one stream. */
export interface Connection {
  readonly id: number;
  readonly stream: boolean;
  readonly clientPid: Pid;
  readonly clientMachine: MachineName;
  readonly clientIp: string;
  readonly dialled: Address;
  readonly certificate: Certificate | null;
  readonly tag: unknown;
  readonly label: string;
  /** On whose behalf it was opened. */
  readonly trace: number;
  readonly cause: number;
  readonly openedAtUs: number;
  readonly deadlineAtUs: number;
  readonly keepAliveUs: number;
  readonly protocol: "TCP" | "UDP";
  /** Where it goes after name resolution and address translation. */
  ip: string;
  port: string;
  serverMachine: MachineName;
  /** 0 until it has arrived. */
  serverPid: Pid;
  /** The end whose process died without a word (power-off): the other still believes in it. */
  clientGone: boolean;
  serverGone: boolean;
  /** Since when a stream's ends have not been able to hear each other; -1: they can. */
  blockedAtUs: number;
  /** Packets of each direction that wait for one that was lost, in order. */
  readonly toServer: Lane;
  readonly toClient: Lane;
}

export interface Lane {
  /** No packet of this lane arrives before this: streams keep order. */
  lastArrivalUs: number;
  retries: number;
  waiting: { readonly packet: Packet; readonly trace: number; readonly cause: number; readonly label: string }[];
}

export type Packet =
  | { readonly type: "open"; readonly body: unknown; readonly sizeBytes: number }
  | { readonly type: "answer"; readonly body: unknown; readonly sizeBytes: number }
  | { readonly type: "frame"; readonly frame: unknown; readonly sizeBytes: number; readonly toServer: boolean }
  | { readonly type: "close"; readonly toServer: boolean }
  | { readonly type: "refused" }
  | { readonly type: "tlsFailed"; readonly text: string }
  | { readonly type: "reset"; readonly toServer: boolean }
  | {
      readonly type: "datagram";
      readonly body: unknown;
      readonly ip: string;
      readonly port: string;
      readonly dialled: string;
      readonly from: ProcessName;
      readonly fromMachine: MachineName;
      readonly fromIp: string;
    };

/**
 * A fault on the way between machines. Selectors: a machine's name, `zone-a` for all of a zone, `*`.
 * `oneway`: only from the first to the second.
 */
export interface NetworkRule {
  readonly id: string;
  readonly between: readonly [string, string];
  readonly oneway: boolean;
  readonly effect:
    | { readonly type: "drop"; readonly percent: number }
    | { readonly type: "delay"; readonly byUs: number };
}
