import type { StreamId, TimerId } from "../../kernel/types.ts";
import type { Machinery, MachineryTimer } from "../../machinery/machinery.ts";
import type { ContainerStatusOfRuntime } from "../container-runtime/messages.ts";
import type { ClaimFound } from "./claims.ts";
import type { KubeletConfig } from "./config.ts";
import type { PodActions, RuntimeSandbox } from "./pod-actions.ts";
import type { ProbeCount } from "./probes/results.ts";
import type { PendingResize } from "./resize.ts";
import type { PodUse } from "./resources.ts";
import type { Container, Pod, PodCondition, PodStatus, Probe, ProbeType } from "./types.ts";

export interface KubeletState {
  readonly nodeName: string;
  readonly config: KubeletConfig;
  /** Null: no kubeconfig, the kubelet runs its static pods alone. */
  readonly machinery: Machinery | null;
  /** By uid. */
  readonly workers: Map<string, PodWorker>;
  /** `namespace/name` -> uid of the pod that goes by it now. */
  readonly byName: Map<string, string>;
  /** Sandbox id -> uid. */
  readonly bySandbox: Map<string, string>;
  /** What the runtime had when the kubelet came up and no worker has claimed: uid -> its sandboxes and containers. */
  readonly unclaimed: Map<string, { sandboxes: RuntimeSandbox[]; containers: ContainerStatusOfRuntime[] }>;
  /** Mirror pods as the API has them, by `namespace/name`. */
  readonly mirrors: Map<string, Pod>;
  /** Static pod files as last read: path -> the value that was there, and the pod it gave. */
  readonly manifests: Map<string, { readonly value: unknown; readonly uid: string | null }>;
  readonly runtime: RuntimeLink;
  nextFlow: number;
  /** Pulls go one after another (serializeImagePulls); the first one is under way. */
  pulls: readonly { readonly uid: string; readonly flow: number; readonly image: string; readonly askedAtUs: number }[];
  readonly node: NodeState;
  /** ConfigMaps and secrets that pods here use: `configmaps/default/web` -> uids of those pods. */
  readonly objects: Map<string, Set<string>>;
  readonly probes: Map<string, ProbeWorker>;
  /** Container key -> its restart back-off; `image:<key>` -> its pull back-off. */
  readonly backOffs: Map<string, BackOffEntry>;
  /** Pods that the runtime said something about since the last relist. */
  readonly plegDue: Set<string>;
  plegTimer: boolean;
  /** The kubelet's streams towards its callers, joined with those towards the runtime. */
  readonly relays: Map<StreamId, Relay>;
  statusRetry: boolean;
  readonly recentCalls: {
    readonly atUs: number;
    readonly call: string;
    readonly subject: string;
    readonly answer: string;
  }[];
}

export interface Relay {
  /** `io`: frames both ways as they are (attach, ports); `exec`: as well, and a lost runtime is told as an exit. */
  readonly kind: "exec" | "io" | "logs";
  readonly other: StreamId;
  /** True at the end towards the runtime. */
  readonly inner: boolean;
  /** For logs: what to do with each line. */
  readonly timestamps?: boolean;
}

export interface RuntimeLink {
  /** The runtime's event stream; null while it is away. */
  events: StreamId | null;
  /** Both lists are in since the stream was opened. */
  listed: boolean;
  sandboxesListed: boolean;
  /** Last answered status check; 0: never. */
  lastOkUs: number;
  networkReady: boolean;
  networkMessage: string;
  podCidrSent: string;
}

export interface NodeState {
  registered: boolean;
  /** Own node as the API last showed it. */
  seen: boolean;
  conditions: readonly PodCondition[];
  /** Text of what was last reported, without heart-beat times. */
  reported: string;
  reportedAtUs: number;
  reporting: boolean;
  leaseVersion: string;
  leaseKnown: boolean;
  lastRenewAtUs: number;
  lastRenewFailed: boolean;
  /** Which node events were recorded. */
  said: Record<string, string>;
  schedulable: boolean;
}

export interface BackOffEntry {
  readonly delayUs: number;
  /** When it last changed. */
  readonly updatedAtUs: number;
}

export interface PodWorker {
  readonly uid: string;
  pod: Pod;
  readonly source: "api" | "file";
  phase: "running" | "terminating" | "terminated";
  /** A sync under way. */
  flow: SyncFlow | null;
  /** Something changed since the sync began. */
  again: boolean;
  retry: TimerId | null;
  /** Newest first. */
  sandboxes: RuntimeSandbox[];
  containers: ContainerStatusOfRuntime[];
  /** Containers on their way out: id -> how far. */
  kills: ReadonlyMap<string, KillState>;
  /** Why a container could not be started: waiting reason and message. */
  reasons: ReadonlyMap<string, { readonly reason: string; readonly message: string }>;
  /** Containers whose process is held down by a fault. */
  held: ReadonlySet<string>;
  /** Init containers were done once in the present sandbox. */
  initialized: boolean;
  readonly startTime: string;
  use: PodUse;
  /** Other resources than it has are wanted, and cannot be had now. */
  resize: PendingResize | null;
  /** Set when the kubelet itself ended the pod: rejected, evicted, past its deadline. */
  verdict: {
    readonly phase: string;
    readonly reason: string;
    readonly message: string;
    readonly conditions?: readonly PodCondition[];
  } | null;
  status: PodStatus | null;
  /** Status as the API server has it, as far as the kubelet knows. */
  reported: PodStatus | null;
  patching: boolean;
  patchAgain: boolean;
  termination: Termination | null;
  /** Tokens got for this pod: audience -> token. */
  tokens: ReadonlyMap<string, { readonly token: string; readonly expiresAtUs: number; readonly issuedAtUs: number }>;
  tokensAsked: ReadonlySet<string>;
  /** Claims by name: where their volumes are. */
  claims: ReadonlyMap<string, ClaimFound>;
  claimsAsked: ReadonlySet<string>;
  mountTries: number;
  mountFailedAtUs: number;
  mirrorAsked: boolean;
  /** When the worker began, for the phase of its probes' tickers. */
  readonly sinceUs: number;
  deadline: TimerId | null;
  /** True once the API object's removal was asked for. */
  deleteAsked: boolean;
}

export interface Termination {
  readonly startedAtUs: number;
  graceSeconds: number;
  stage: "containers" | "sidecars" | "sandbox" | "done";
  /** The pod is gone from the API (or its file): nothing is to be reported. */
  removed: boolean;
}

export interface KillState {
  readonly name: string;
  readonly startedAtUs: number;
  readonly graceSeconds: number;
  /** `stopped`: the runtime says so, its event is still to come. */
  stage: "preStop" | "stopping" | "stopped";
}

export interface SyncFlow {
  readonly id: number;
  stage: "volumes" | "killing" | "sandbox" | "containers";
  actions: PodActions | null;
  /** Containers still to start, in order; the first one is in work. */
  queue: StartItem[];
  sandboxId: string;
  step: "image" | "create" | "start" | "postStart";
  containerId: string;
  pullStartedAtUs: number;
  beganAtUs: number;
  /** Set when nothing is left to do; `retryUs`: something failed, try again after that. */
  ended: { readonly retryUs: number | null } | null;
}

export interface StartItem {
  readonly container: Container;
  readonly kind: "init" | "app" | "ephemeral";
}

export interface ProbeWorker {
  readonly key: string;
  readonly uid: string;
  readonly container: string;
  readonly type: ProbeType;
  readonly probe: Probe;
  /** Container that the count is about; "" before the first. */
  containerId: string;
  count: ProbeCount;
  /** Whether a result has been recorded for this container. */
  known: boolean;
  onHold: boolean;
  inFlight: boolean;
  /** A beat passed while a run was under way. */
  missed: boolean;
  timer: TimerId | null;
  nextAtUs: number;
  lastRunAtUs: number;
  lastOutput: string;
}

export type KubeletMessage =
  | MachineryTimer
  | { readonly type: "runtimeConnect" }
  | { readonly type: "runtimeCheck" }
  | { readonly type: "pleg" }
  | { readonly type: "podRetry"; readonly uid: string }
  | { readonly type: "podDeadline"; readonly uid: string }
  | { readonly type: "resizeRetry"; readonly uid: string }
  | { readonly type: "nodeStatus" }
  | { readonly type: "nodeRegister" }
  | { readonly type: "csiNode"; readonly uid: string }
  | { readonly type: "leaseRenew" }
  | { readonly type: "manifestScan" }
  | { readonly type: "statusRetry" }
  | { readonly type: "probe"; readonly key: string }
  | {
      readonly type: "sleepOver";
      readonly uid: string;
      readonly containerId: string;
      readonly hook: "preStop" | "postStart";
    };
