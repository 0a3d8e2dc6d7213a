import type { KubeletState, PodWorker, ProbeWorker } from "./state.ts";
import type { PodCondition } from "./types.ts";

/** What the page shows of a kubelet. */
export interface KubeletView {
  readonly node: string;
  readonly registered: boolean;
  readonly conditions: readonly PodCondition[];
  readonly lease: { readonly lastRenewAtUs: number; readonly failing: boolean };
  readonly runtime: {
    readonly connected: boolean;
    readonly lastOkUs: number;
    readonly networkReady: boolean;
    readonly networkMessage: string;
  };
  readonly pods: readonly PodView[];
  readonly probes: readonly ProbeView[];
  readonly pulls: readonly { readonly pod: string; readonly image: string }[];
  readonly recentCalls: KubeletState["recentCalls"];
}

export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly isStatic: boolean;
  readonly phase: string;
  /** What its worker does now: `idle`, `pulling nginx`, `terminating: containers` ... */
  readonly work: string;
  readonly containers: readonly {
    readonly name: string;
    readonly state: string;
    readonly attempt: number;
    readonly reason: string;
  }[];
  /** Until when the next restart waits; null: nothing waits. */
  readonly backOffs: readonly { readonly key: string; readonly delayUs: number; readonly sinceUs: number }[];
}

export interface ProbeView {
  readonly pod: string;
  readonly container: string;
  readonly type: string;
  readonly result: string;
  readonly run: number;
  readonly nextAtUs: number;
  readonly lastRunAtUs: number;
  readonly lastOutput: string;
}

export function kubeletView(state: KubeletState): KubeletView {
  const { node, runtime } = state;
  return {
    node: state.nodeName,
    registered: node.registered,
    conditions: node.conditions,
    lease: { lastRenewAtUs: node.lastRenewAtUs, failing: node.lastRenewFailed },
    runtime: {
      connected: runtime.events !== null,
      lastOkUs: runtime.lastOkUs,
      networkReady: runtime.networkReady,
      networkMessage: runtime.networkMessage,
    },
    pods: [...state.workers.values()].map((worker) => podView(state, worker)),
    probes: [...state.probes.values()].map((probe) => probeView(state, probe)),
    pulls: state.pulls.map(({ uid, image }) => ({ pod: state.workers.get(uid)?.pod.metadata.name ?? "", image })),
    recentCalls: state.recentCalls.slice(),
  };
}

function podView(state: KubeletState, worker: PodWorker): PodView {
  const { namespace = "", name = "" } = worker.pod.metadata;
  const prefix = `${worker.uid}/`;
  return {
    uid: worker.uid,
    namespace,
    name,
    isStatic: worker.source === "file",
    phase: worker.status?.phase ?? "Pending",
    work: workOf(worker),
    containers: worker.containers.map((container) => ({
      name: container.name,
      state: container.state,
      attempt: container.attempt,
      reason: worker.reasons.get(container.name)?.reason ?? container.reason,
    })),
    backOffs: worker.pod.spec.containers.flatMap((container) => {
      const entry = state.backOffs.get(`${prefix}${container.name}`);
      return entry === undefined ? [] : [{ key: container.name, delayUs: entry.delayUs, sinceUs: entry.updatedAtUs }];
    }),
  };
}

function workOf({ flow, termination, phase, held, retry }: PodWorker): string {
  if (phase === "terminated") return "terminated";
  if (termination !== null) return `terminating: ${termination.stage}`;
  if (held.size > 0) return `held down: ${[...held].join(" ")}`;
  if (flow === null) return retry === null ? "idle" : "waiting to try again";
  if (flow.stage !== "containers") return flow.stage;
  return `${flow.step} ${flow.queue[0]?.container.name ?? ""}`;
}

function probeView(state: KubeletState, probe: ProbeWorker): ProbeView {
  return {
    pod: state.workers.get(probe.uid)?.pod.metadata.name ?? "",
    container: probe.container,
    type: probe.type,
    result: probe.count.result,
    run: probe.count.run,
    nextAtUs: probe.nextAtUs,
    lastRunAtUs: probe.lastRunAtUs,
    lastOutput: probe.lastOutput,
  };
}
