import type { Controller, SyncRecord } from "../../machinery/controller-runtime.ts";
import type { Informer } from "../../machinery/informer.ts";
import { queueLength, type WorkQueue } from "../../machinery/work-queue.ts";
import type { ControllerManagerState } from "./program.ts";

/** What a person can see of a controller manager: plain data, made from its state. */
export interface ControllerManagerView {
  readonly role: "leader" | "standby";
  /** Holder identity of this process, and who leads as far as it knows. */
  readonly identity: string;
  readonly leader: string;
  readonly controllers: readonly ControllerView[];
  readonly informers: readonly InformerView[];
}

export interface ControllerView {
  readonly name: string;
  /** `waiting`: for its informers or its credentials. */
  readonly status: "running" | "waiting";
  readonly queue: {
    /** Keys that wait for a worker, those being worked on, and those that come back at a time. */
    readonly ready: number;
    readonly processing: readonly string[];
    readonly delayed: readonly { readonly key: string; readonly atUs: number }[];
    /** Failures in a row, by key. */
    readonly retries: readonly { readonly key: string; readonly failures: number }[];
  };
  readonly syncs: number;
  readonly failures: number;
  /** Newest last. */
  readonly lastSyncs: readonly SyncRecord[];
  /** Keys whose creations or deletions have not been seen yet. */
  readonly expectations: readonly { readonly key: string; readonly creations: number; readonly deletions: number }[];
}

export interface InformerView {
  readonly name: string;
  readonly resource: string;
  readonly phase: Informer["phase"];
  readonly synced: boolean;
  readonly objects: number;
  readonly resourceVersion: string;
}

const KEYS_SHOWN = 20;

export function viewControllerManager(state: ControllerManagerState): ControllerManagerView {
  const { election, queues, informers } = state.machinery;
  return {
    role: state.role,
    identity: election?.identity ?? "",
    leader: election?.reportedLeader ?? "",
    controllers: [...state.controllers.values()].map((controller) =>
      viewController(controller, queues.get(controller.name)),
    ),
    informers: [...informers.values()].map(viewInformer),
  };
}

function viewController(controller: Controller, queue: WorkQueue | undefined): ControllerView {
  const awaited = [...controller.expectations.byKey].filter(([, each]) => each.creations > 0 || each.deletions > 0);
  return {
    name: controller.name,
    status: controller.running ? "running" : "waiting",
    queue: {
      ready: queue === undefined ? 0 : queueLength(queue),
      processing: [...controller.executions.keys()].slice(0, KEYS_SHOWN),
      delayed: [...(queue?.waiting ?? [])].slice(0, KEYS_SHOWN).map(([key, { atUs }]) => ({ key, atUs })),
      retries: [...(queue?.failures ?? [])].slice(0, KEYS_SHOWN).map(([key, failures]) => ({ key, failures })),
    },
    syncs: controller.syncs,
    failures: controller.failures,
    lastSyncs: controller.lastSyncs,
    expectations: awaited
      .slice(0, KEYS_SHOWN)
      .map(([key, { creations, deletions }]) => ({ key, creations, deletions })),
  };
}

function viewInformer(informer: Informer): InformerView {
  return {
    name: informer.name,
    resource: informer.resource.resource,
    phase: informer.phase,
    synced: informer.hasSynced,
    objects: informer.store.objects.size,
    resourceVersion: informer.resourceVersion,
  };
}
