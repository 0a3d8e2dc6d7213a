import type { RequestId, StreamId, TimerId } from "../../kernel/types.ts";
import type { ImageConfig, ImageLayer } from "../image-registry/messages.ts";
import type { ExecFrame } from "../kubelet/messages.ts";
import type { ContainerConfig, ContainerStatusOfRuntime, SandboxConfig } from "./messages.ts";

/** A pod sandbox as kept on disk. Frozen; replaced when it changes. */
export interface SandboxRecord {
  readonly id: string;
  readonly config: SandboxConfig;
  /** "" for the host's network. */
  readonly ip: string;
  readonly createdWallUs: number;
  readonly stopped: boolean;
}

/** A container as kept on disk. Frozen; replaced when it changes. */
export interface ContainerRecord {
  readonly status: ContainerStatusOfRuntime;
  readonly config: ContainerConfig;
  readonly imageReference: string;
  /** Kernel time, to tell this attempt's log lines from those of others under the same process name. 0: not yet. */
  readonly startedAtUs: number;
  readonly finishedAtUs: number;
  /** Of the process once it has been started. */
  readonly pid?: number;
}

export interface PullState {
  /** Complete reference. */
  readonly reference: string;
  readonly startedAtUs: number;
  phase: "resolving" | "downloading" | "unpacking";
  image: ImageConfig | null;
  /** Layers still to be asked for. */
  waiting: readonly ImageLayer[];
  /** Layers on their way, with the time when they were asked for. */
  readonly downloading: Map<string, { readonly sizeBytes: number; readonly askedAtUs: number }>;
  doneBytes: number;
  /** Who waits for it. */
  readonly requests: RequestId[];
}

export interface ExecState {
  readonly id: string;
  readonly containerId: string;
  readonly process: string;
  /** Set for ExecSync: the request to answer. */
  readonly request: RequestId | null;
  /** Set for a streaming exec: the stream towards the kubelet. */
  readonly stream: StreamId | null;
  /** The stream that the started process opened; null until then. */
  io: StreamId | null;
  /** Frames for the process that came before it had opened its stream. */
  readonly early: ExecFrame[];
  stdout: string;
  stderr: string;
  deadline: TimerId | null;
  readonly timeoutSeconds: number;
}

export interface TerminalState {
  /** The stream that the container's process opened. */
  io: StreamId | null;
  /** What was typed before it did. */
  readonly early: ExecFrame[];
  readonly clients: Set<StreamId>;
  /** Its input has been ended. */
  closed: boolean;
}

export interface ForwardedConnection {
  readonly port: number;
  /** Bytes that are no HTTP go as they are: the connection to the pod, once there is one. */
  raw: StreamId | null;
  /** The pod has taken it. */
  accepted: boolean;
  /** Bytes as text. */
  unread: string;
  /** The client sends no more. */
  ended: boolean;
  /** A request of it is with the pod. */
  asking: boolean;
  /** It has spoken HTTP. */
  answered: boolean;
}

export interface StopState {
  readonly requests: RequestId[];
  timer: TimerId | null;
}

/** containerd and its CRI plugin. What must survive its restart is on disk below `/var/lib/containerd`. */
export interface RuntimeState {
  readonly sandboxes: Map<string, SandboxRecord>;
  readonly containers: Map<string, ContainerRecord>;
  /** Oldest first; frozen. */
  readonly containersOfSandbox: Map<string, readonly string[]>;
  /** Process name -> the container that it is (or last was). */
  readonly byProcess: Map<string, string>;
  readonly images: Map<string, ImageConfig>;
  readonly pulls: Map<string, PullState>;
  readonly execs: Map<string, ExecState>;
  readonly execByProcess: Map<string, string>;
  readonly execByStream: Map<StreamId, string>;
  readonly stops: Map<string, StopState>;
  readonly eventStreams: Set<StreamId>;
  /** `output`: as frames of an attach. */
  readonly logStreams: Map<StreamId, { readonly containerId: string; sent: number; readonly output?: true }>;
  /** Open inputs of containers, and which container each stream to or from one belongs to. */
  readonly terminals: Map<string, TerminalState>;
  readonly attached: Map<StreamId, { readonly containerId: string; readonly stdin: boolean }>;
  readonly forwards: Map<
    StreamId,
    { readonly sandboxId: string; readonly connections: Map<number, ForwardedConnection> }
  >;
  /** Connections of forwards that carry bytes as they are. */
  readonly rawForwards: Map<StreamId, { readonly forward: StreamId; readonly connection: number }>;
  podCidr: string;
  /** Addresses given out, and the last one: host-local's files. */
  readonly addresses: Map<string, string>;
  lastAddress: string;
  nextExec: number;
  /** A sync of the disk is due or under way. */
  syncing: boolean;
  /** Last calls, for the page. */
  readonly recentCalls: { readonly atUs: number; readonly call: string; readonly subject: string }[];
}

export type RuntimeMessage =
  | { readonly type: "sandboxSetUp"; readonly request: RequestId; readonly id: string }
  | { readonly type: "containerCreated"; readonly request: RequestId; readonly id: string }
  | { readonly type: "containerStarting"; readonly request: RequestId; readonly id: string }
  | { readonly type: "sandboxTornDown"; readonly request: RequestId }
  | { readonly type: "gracePeriodOver"; readonly containerId: string }
  | { readonly type: "layersUnpacked"; readonly reference: string }
  | { readonly type: "execTimedOut"; readonly execId: string }
  | { readonly type: "execExited"; readonly execId: string; readonly exitCode: number }
  | { readonly type: "followLog"; readonly stream: StreamId }
  | { readonly type: "forwardSilent"; readonly stream: StreamId; readonly connection: number }
  | { readonly type: "terminalOver"; readonly containerId: string }
  | { readonly type: "syncDisk" };
