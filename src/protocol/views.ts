/**
 * What the page draws, as the session sees it. Plain data; every number is read from the world. Times are virtual
 * microseconds since the world began unless the name says `wall`.
 */

export type Tone = "good" | "busy" | "warning" | "bad" | "off";

/** What is broken on purpose, on something. */
export interface FaultMark {
  /** Unique while it lasts: `stop kube-scheduler@control-plane-1`. */
  readonly id: string;
  readonly fault: string;
  readonly target: string;
  /** `stopped`, `clock 5 m ahead`: for a sign on the target. */
  readonly label: string;
  readonly sinceUs: number;
}

/** What can be done to a target: an entry of its Break menu. */
export interface BreakAction {
  readonly fault: string;
  readonly target: string;
  readonly label: string;
  /** One sentence: what it does and what mends it. */
  readonly hint: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly label: string;
    readonly default: string;
    readonly unit: string;
  }[];
}

export interface MachineView {
  readonly id: string;
  readonly role: "control-plane" | "worker" | "load-balancer" | "laptop" | "registry" | "outside";
  readonly zone: string;
  readonly ip: string;
  /** `on`, `off`, `booting`, `frozen`. */
  readonly power: "on" | "off" | "booting" | "frozen";
  /** The Node's condition as the API has it: `Ready`, `NotReady`, `Unknown`; "" when it is no node. */
  readonly node: "" | "Ready" | "NotReady" | "Unknown";
  readonly cordoned: boolean;
  readonly taints: readonly string[];
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  readonly cpuRequestedMillicores: number;
  readonly memoryRequestedBytes: number;
  readonly faults: readonly FaultMark[];
}

export interface ComponentView {
  /** `kube-apiserver@control-plane-1`. */
  readonly id: string;
  readonly name: string;
  readonly machine: string;
  readonly state: "running" | "starting" | "stopped" | "crashed" | "hung" | "slow" | "no power";
  readonly tone: Tone;
  readonly sinceUs: number;
  /** `leader, term 4`, `standby`, "". */
  readonly role: string;
  /** One line of what it is doing right now: `scoring web-7d9 on 3 nodes`, `nothing to do`. */
  readonly doing: string;
  readonly restarts: number;
  readonly faults: readonly FaultMark[];
  /** A consequence of something broken elsewhere, in a few words: `no etcd quorum`; "" otherwise. */
  readonly consequence: string;
}

export interface PodView {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** "" while it is not bound. */
  readonly machine: string;
  readonly state:
    | "waiting"
    | "pulling"
    | "starting"
    | "running"
    | "not ready"
    | "crash loop"
    | "terminating"
    | "succeeded"
    | "failed"
    | "lost";
  /** As kubectl's STATUS column says it. */
  readonly status: string;
  readonly ready: string;
  readonly restarts: number;
  /** 0..1 while pulling; null otherwise. */
  readonly progress: number | null;
  /** When the next restart comes, for a countdown; null otherwise. */
  readonly nextRestartAtUs: number | null;
  /** Name of the controller that made it (`web`), for the colour band; "" for bare and static pods. */
  readonly owner: string;
  /** Part of the cluster's own machinery (kube-system). */
  readonly system: boolean;
  readonly faults: readonly FaultMark[];
}

export interface LinkView {
  /** `a--b` of two component or machine ids. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: "api" | "etcd" | "raft" | "cri" | "pod" | "kubectl";
  readonly state: "up" | "cut" | "lossy" | "slow";
  readonly faults: readonly FaultMark[];
}

export type MessageShape = "request" | "answer" | "watch" | "raft" | "cri" | "pod" | "other";

/** A message on its way. Where to draw it = (now - sentAtUs) / (arrivesAtUs - sentAtUs). */
export interface MessageView {
  readonly id: number;
  /** Component ids; a pod's id for pod traffic. */
  readonly from: string;
  readonly to: string;
  readonly shape: MessageShape;
  /** Verb and object: `POST deployments web`. */
  readonly label: string;
  readonly sentAtUs: number;
  readonly arrivesAtUs: number;
  readonly trace: number;
  readonly followed: boolean;
  readonly lost: boolean;
}

export interface TimelineMark {
  readonly id: string;
  readonly atUs: number;
  readonly kind: "input" | "fault" | "heal" | "warning" | "checkpoint" | "mark";
  readonly label: string;
}

export interface BranchView {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly forkedAtUs: number;
  readonly endUs: number;
  readonly current: boolean;
}

export interface TimeView {
  readonly nowUs: number;
  /** The cluster's calendar time, microseconds since 1970. */
  readonly wallUs: number;
  readonly playing: boolean;
  /** Virtual seconds per real second that was asked for. */
  readonly speed: number;
  readonly following: boolean;
  /** What following does now: `slow: deployments web is on its way`, `fast: nothing is on its way`. */
  readonly pace: string;
  /** Virtual seconds per real second that really pass. */
  readonly rate: number;
  readonly followedTrace: number | null;
  /** Where rewinding can go back to. */
  readonly startUs: number;
  /** When the cluster became ready for the first command. */
  readonly readyUs: number;
  readonly marks: readonly TimelineMark[];
  readonly branches: readonly BranchView[];
  /** A long wait that can be skipped: `pods of worker-2 are evicted`, at that time. */
  readonly skips: readonly { readonly label: string; readonly atUs: number }[];
  readonly busy: string;
}

export interface StageView {
  readonly topology: string;
  readonly seed: number;
  readonly ready: boolean;
  readonly machines: readonly MachineView[];
  readonly components: readonly ComponentView[];
  readonly pods: readonly PodView[];
  readonly links: readonly LinkView[];
  readonly faults: readonly FaultMark[];
}

/** What a thing's inspector shows: a small document, so that every component can say what it has to say. */
export interface InspectorView {
  readonly selection: Selection;
  readonly title: string;
  /** What is it? One sentence. */
  readonly what: string;
  readonly more: string;
  /** What state is it in? */
  readonly state: string;
  readonly tone: Tone;
  readonly sinceUs: number;
  /** Why: the causal chain, root first; each a place and moment to go to. */
  readonly why: readonly CauseStep[];
  readonly sections: readonly Section[];
  readonly actions: readonly BreakAction[];
  readonly faults: readonly FaultMark[];
  /** Commands to type. */
  readonly commands: readonly string[];
}

export interface CauseStep {
  readonly text: string;
  readonly atUs: number;
  readonly selection: Selection | null;
}

export type Section =
  | {
      readonly type: "facts";
      readonly title: string;
      readonly facts: readonly { readonly name: string; readonly value: string; readonly tone?: Tone }[];
    }
  | {
      readonly type: "table";
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly {
        readonly cells: readonly string[];
        readonly tone?: Tone;
        readonly selection?: Selection;
      }[];
      readonly note?: string;
    }
  | {
      readonly type: "log";
      readonly title: string;
      readonly lines: readonly { readonly atUs: number; readonly text: string }[];
    }
  | {
      readonly type: "code";
      readonly title: string;
      readonly language: "yaml" | "json" | "text";
      readonly text: string;
    }
  | { readonly type: "tree"; readonly title: string; readonly nodes: readonly TreeNode[] }
  /** The API server's request chain: what each stage decided for the request in it. */
  | {
      readonly type: "pipeline";
      readonly title: string;
      readonly stages: readonly {
        readonly name: string;
        readonly state: "passed" | "refused" | "here" | "ahead";
        readonly detail: string;
      }[];
    }
  /** etcd: the log of each member, side by side. */
  | { readonly type: "raft"; readonly title: string; readonly members: readonly RaftMemberView[] }
  /** A scheduler's decision: node x plugin. */
  | {
      readonly type: "decision";
      readonly title: string;
      readonly pod: string;
      /** How it ended, in a sentence. */
      readonly outcome: string;
      /** To be shown at once; others wait to be opened. */
      readonly open: boolean;
      readonly plugins: readonly { readonly name: string; readonly weight: number }[];
      readonly nodes: readonly DecisionNodeView[];
      /** Nodes that are not in `nodes`, and why; "" when all are. */
      readonly rest: string;
      readonly preemption: PreemptionView | null;
    }
  /** The layers of a message's envelope. */
  | {
      readonly type: "envelope";
      readonly title: string;
      readonly layers: readonly {
        readonly name: string;
        readonly facts: readonly { readonly name: string; readonly value: string }[];
        readonly body: string;
      }[];
    };

export interface DecisionNodeView {
  readonly node: string;
  readonly verdict: "chosen" | "fits" | "refused";
  /** What each plugin gave, 0..100; empty where nothing was scored. */
  readonly scores: readonly number[];
  /** Of scores times weights; "" where nothing was scored. */
  readonly sum: string;
  readonly refusedBy: string;
  readonly reason: string;
}

/** Whose pods would have had to go. */
export interface PreemptionView {
  readonly outcome: string;
  readonly candidates: readonly {
    readonly node: string;
    readonly isPicked: boolean;
    readonly victims: readonly string[];
    readonly highestPriority: number;
    readonly pdbViolations: number;
  }[];
  readonly refused: readonly { readonly node: string; readonly reason: string }[];
}

export interface RaftMemberView {
  readonly name: string;
  readonly role: string;
  readonly term: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly commit: number;
  readonly applied: number;
  readonly alive: boolean;
  readonly entries: readonly {
    readonly index: number;
    readonly term: number;
    readonly what: string;
    readonly committed: boolean;
  }[];
}

export interface TreeNode {
  readonly label: string;
  readonly detail: string;
  readonly selection?: Selection;
  readonly children: readonly TreeNode[];
}

export type Selection =
  | { readonly type: "machine"; readonly id: string }
  | { readonly type: "component"; readonly id: string }
  | { readonly type: "link"; readonly id: string }
  | { readonly type: "message"; readonly id: number }
  | { readonly type: "trace"; readonly id: number }
  /** `resource.group` (core: `pods`). */
  | { readonly type: "object"; readonly resource: string; readonly namespace: string; readonly name: string };

export interface TraceSummary {
  readonly id: number;
  /** `kubectl apply -f - (deployments web)`. */
  readonly label: string;
  readonly atUs: number;
  readonly spans: number;
  readonly done: boolean;
  readonly origin: "input" | "timer" | "fault";
}

export interface TraceView {
  readonly traces: readonly TraceSummary[];
  readonly selected: { readonly id: number; readonly rows: readonly TraceRow[] } | null;
}

/** A line of the indented tree. */
export interface TraceRow {
  readonly span: number;
  readonly depth: number;
  readonly atUs: number;
  readonly component: string;
  readonly text: string;
  /** Authentication, admission, ...: what was decided on the way. */
  readonly decisions: readonly { readonly stage: string; readonly text: string }[];
  readonly tone: Tone;
}

export interface EventRow {
  readonly id: string;
  readonly lastSeenUs: number;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly count: number;
  readonly source: string;
}

export interface Views {
  readonly time: TimeView;
  readonly stage: StageView;
  readonly messages: readonly MessageView[];
  readonly caption: { readonly text: string; readonly tone: Tone };
  readonly inspector: InspectorView | null;
  readonly trace: TraceView;
  readonly events: readonly EventRow[];
}

export type ViewName = keyof Views;
