import type { ApiObject } from "../../api/object.ts";
import { classOf, type PersistentVolume, type PersistentVolumeClaim } from "../../api/storage/volumes.ts";
import type { Component, Context, TraceRef } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { referenceTo } from "../../machinery/event-recorder.ts";
import type { Delta } from "../../machinery/informer.ts";
import { klog } from "../../machinery/klog.ts";
import { inClusterConfig } from "../../machinery/kubeconfig.ts";
import {
  clientOf,
  createMachinery,
  emitEvent,
  informerOf,
  type Machinery,
  machineryStep,
  startInformers,
} from "../../machinery/machinery.ts";
import { createRequest, deleteRequest, isAlreadyExists, isNotFound, resultOf } from "../../machinery/requests.ts";
import { PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from "../../machinery/resources.ts";
import { keyOf } from "../../machinery/store.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import { LOCAL_PATH_PROVISIONER } from "./messages.ts";
import { helperName, helperPod, persistentVolume, type StorageClass } from "./objects.ts";
import type { Job, JobTag, ProvisionerMessage, ProvisionerState } from "./state.ts";

const PATH = "/opt/local-path-provisioner";
const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
const HELPER_TIMEOUT_SECONDS = 120;
const RETRY_US = 15_000_000;
const RECORDER = "events";

/**
 * rancher/local-path-provisioner: a folder on the node that the claim's first pod was put on. Volumes stay on their node.
 * A helper pod there makes the folder, and removes it when the claim is gone and the class says `Delete`.
 */
export const localPathProvisioner: Component<ProvisionerState, ProvisionerMessage> = {
  kind: "local-path-provisioner",

  start(context, given) {
    const args = given as ProgramArgs;
    const kubeconfig = inClusterConfig(args);
    const state: ProvisionerState = {
      machinery:
        kubeconfig === null
          ? null
          : createMachinery({
              kubeconfig,
              client: { userAgent: "local-path-provisioner/v0.0.31 (linux/amd64)", qps: 5, burst: 10 },
              informers: [
                { resource: STORAGE_CLASSES },
                { resource: PERSISTENT_VOLUMES },
                { resource: PERSISTENT_VOLUME_CLAIMS },
                { resource: PODS, namespace: namespaceOf(args) },
              ],
              recorders: [
                { name: RECORDER, component: `${LOCAL_PATH_PROVISIONER}_${context.self.name.split("/")[0]}` },
              ],
            }),
      namespace: namespaceOf(args),
      jobs: new Map(),
      provisioned: 0,
      removed: 0,
    };
    if (state.machinery === null) {
      const text = "unable to get client config: unable to load in-cluster configuration";
      context.log(text);
      context.exit(1, "Error", text);
      return state;
    }
    klog(context, "I", "controller.go:824", `"Starting provisioner controller ${LOCAL_PATH_PROVISIONER}"`);
    startInformers(state.machinery, context);
    return state;
  },

  step(state, message, context) {
    const { machinery } = state;
    if (machinery === null) return;
    const outcomes = machineryStep(machinery, message, context);
    if (outcomes !== null) {
      for (const outcome of outcomes) {
        if (outcome.type === "deltas")
          for (const delta of outcome.deltas) changed(state, machinery, outcome.informer, delta, context);
        else if (outcome.type === "synced") lookAgain(state, machinery, context);
      }
      return;
    }
    switch (message.type) {
      case "response":
      case "requestFailed":
        answered(state, machinery, message.tag as JobTag, resultOf(message), context);
        return;
      case "helperTooLate": {
        const job = state.jobs.get(message.volume);
        if (job?.stage === "helper" && job.sinceUs === message.sinceUs)
          fail(machinery, job, `${job.what} process timeout after ${HELPER_TIMEOUT_SECONDS} seconds`, context);
        return;
      }
      case "tryAgain":
        if (state.jobs.get(message.volume)?.stage === "failed") state.jobs.delete(message.volume);
        lookAgain(state, machinery, context);
        return;
      case "signal":
        context.exit(0);
        return;
      default:
    }
  },
};

function namespaceOf({ env }: ProgramArgs): string {
  return env.POD_NAMESPACE ?? "local-path-storage";
}

function changed(
  state: ProvisionerState,
  machinery: Machinery,
  informer: string,
  delta: Delta,
  context: Context,
): void {
  if (delta.type === "deleted") return;
  if (informer === "pods") helperChanged(state, machinery, delta.object, context);
  else if (informer === "persistentvolumeclaims")
    considerClaim(state, machinery, delta.object as PersistentVolumeClaim, delta.trace, context);
  else if (informer === "persistentvolumes")
    considerVolume(state, machinery, delta.object as PersistentVolume, delta.trace, context);
}

/** Everything may be told in any order: what was passed over is looked at when the last list is there, and on retries. */
function lookAgain(state: ProvisionerState, machinery: Machinery, context: Context): void {
  const { trace } = context;
  informerOf(machinery, "persistentvolumeclaims").store.objects.forEach((claim) => {
    considerClaim(state, machinery, claim as PersistentVolumeClaim, trace, context);
  });
  informerOf(machinery, "persistentvolumes").store.objects.forEach((volume) => {
    considerVolume(state, machinery, volume as PersistentVolume, trace, context);
  });
}

function classNamed(machinery: Machinery, name: string): StorageClass | undefined {
  return informerOf(machinery, "storageclasses").store.objects.get(name) as StorageClass | undefined;
}

function considerClaim(
  state: ProvisionerState,
  machinery: Machinery,
  claim: PersistentVolumeClaim,
  trace: TraceRef,
  context: Context,
): void {
  const { metadata, spec } = claim;
  if (spec.volumeName || metadata.deletionTimestamp !== undefined) return;
  if (metadata.annotations?.[PROVISIONER] !== LOCAL_PATH_PROVISIONER) return;
  const volume = `pvc-${metadata.uid}`;
  const storageClass = classNamed(machinery, classOf(claim));
  if (state.jobs.has(volume) || storageClass === undefined || hasVolume(machinery, volume)) return;
  const node = metadata.annotations[SELECTED_NODE] ?? "";
  const path = `${PATH}/${volume}_${metadata.namespace}_${metadata.name}`;
  const job: Job = {
    what: "create",
    volume,
    node,
    path,
    claim,
    persistentVolume: null,
    trace,
    sinceUs: context.nowUs,
    stage: "helper",
  };
  state.jobs.set(volume, job);
  context.actFor(trace);
  tell(
    machinery,
    job,
    "Normal",
    "Provisioning",
    `External provisioner is provisioning volume for claim "${keyOf(claim)}"`,
    context,
  );
  const problem = whyNot(claim, node);
  if (problem === null) startHelper(state, machinery, job, context);
  else fail(machinery, job, problem, context);
}

function whyNot({ spec }: PersistentVolumeClaim, node: string): string | null {
  if (spec.selector) return "claim.Spec.Selector is not supported";
  const single = (mode: string) => mode === "ReadWriteOnce" || mode === "ReadWriteOncePod";
  if (!(spec.accessModes ?? []).every(single))
    return "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes";
  return node === "" ? "configuration error, no node was specified" : null;
}

function hasVolume(machinery: Machinery, name: string): boolean {
  return informerOf(machinery, "persistentvolumes").store.objects.get(name) !== undefined;
}

function considerVolume(
  state: ProvisionerState,
  machinery: Machinery,
  volume: PersistentVolume,
  trace: TraceRef,
  context: Context,
): void {
  const { metadata, spec, status } = volume;
  const { name = "", annotations = {} } = metadata;
  if (annotations[PROVISIONED_BY] !== LOCAL_PATH_PROVISIONER || metadata.deletionTimestamp !== undefined) return;
  if (spec.persistentVolumeReclaimPolicy !== "Delete" || state.jobs.has(name)) return;
  if (status?.phase !== "Released" && status?.phase !== "Failed") return;
  const job: Job = {
    what: "delete",
    volume: name,
    node: annotations["local.path.provisioner/selected-node"] ?? "",
    path: spec.hostPath?.path ?? "",
    claim: null,
    persistentVolume: volume,
    trace,
    sinceUs: context.nowUs,
    stage: "helper",
  };
  state.jobs.set(name, job);
  context.actFor(trace);
  startHelper(state, machinery, job, context);
}

function startHelper(state: ProvisionerState, machinery: Machinery, job: Job, context: Context): void {
  klog(
    context,
    "I",
    "provisioner.go:570",
    `"create the helper pod ${helperName(job.what, job.volume)} into ${state.namespace}"`,
  );
  const tag: JobTag = { provisioner: "helper", volume: job.volume };
  call(clientOf(machinery), context, createRequest(PODS, helperPod(state.namespace, job)), tag);
  context.setTimer(
    HELPER_TIMEOUT_SECONDS * 1_000_000,
    { type: "helperTooLate", volume: job.volume, sinceUs: job.sinceUs },
    "keep",
  );
}

function helperChanged(state: ProvisionerState, machinery: Machinery, pod: ApiObject, context: Context): void {
  const { phase } = (pod.status ?? {}) as { readonly phase?: string };
  if (phase !== "Succeeded" && phase !== "Failed") return;
  for (const job of state.jobs.values()) {
    if (job.stage !== "helper" || helperName(job.what, job.volume) !== pod.metadata?.name) continue;
    context.actFor(job.trace);
    removeHelper(state, machinery, job, context);
    if (phase === "Failed") fail(machinery, job, `the helper pod on node ${job.node} failed`, context);
    else write(machinery, job, context);
    return;
  }
}

function removeHelper(state: ProvisionerState, machinery: Machinery, job: Job, context: Context): void {
  const tag: JobTag = { provisioner: "helperGone", volume: job.volume };
  call(clientOf(machinery), context, deleteRequest(PODS, state.namespace, helperName(job.what, job.volume)), tag);
}

/** The folder is made, or gone: now the object. */
function write(machinery: Machinery, job: Job, context: Context): void {
  job.stage = "writing";
  const tag: JobTag = { provisioner: "volume", volume: job.volume };
  const storageClass = job.claim === null ? undefined : classNamed(machinery, classOf(job.claim));
  const ask =
    job.claim !== null && storageClass !== undefined
      ? createRequest(PERSISTENT_VOLUMES, persistentVolume(job.claim, job, storageClass))
      : deleteRequest(PERSISTENT_VOLUMES, "", job.volume);
  call(clientOf(machinery), context, ask, tag);
}

function answered(
  state: ProvisionerState,
  machinery: Machinery,
  tag: JobTag,
  result: ReturnType<typeof resultOf>,
  context: Context,
): void {
  const job = state.jobs.get(tag.volume);
  if (job === undefined || tag.provisioner === "helperGone") return;
  if (tag.provisioner === "helper") {
    // One that was left by an earlier run does the same.
    if (!result.ok && !isAlreadyExists(result)) fail(machinery, job, result.text, context);
    return;
  }
  if (!result.ok && !(job.what === "create" ? isAlreadyExists(result) : isNotFound(result))) {
    fail(machinery, job, result.text, context);
    return;
  }
  state.jobs.delete(job.volume);
  if (job.what === "delete") {
    state.removed += 1;
    klog(context, "I", "controller.go:1518", `"volume deleted" PV="${job.volume}"`);
    return;
  }
  state.provisioned += 1;
  tell(machinery, job, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${job.volume}`, context);
}

function fail(machinery: Machinery, job: Job, why: string, context: Context): void {
  job.stage = "failed";
  const className = job.claim === null ? "" : classOf(job.claim);
  const text = job.what === "create" ? `failed to provision volume with StorageClass "${className}": ${why}` : why;
  tell(machinery, job, "Warning", job.what === "create" ? "ProvisioningFailed" : "VolumeFailedDelete", text, context);
  klog(context, "E", "controller.go:957", `"error syncing claim" err="${text.replaceAll('"', '\\"')}"`);
  context.setTimer(RETRY_US, { type: "tryAgain", volume: job.volume }, "keep");
}

function tell(
  machinery: Machinery,
  job: Job,
  type: "Normal" | "Warning",
  reason: string,
  message: string,
  context: Context,
): void {
  const object =
    job.claim === null
      ? referenceTo(PERSISTENT_VOLUMES, job.persistentVolume as ApiObject)
      : referenceTo(PERSISTENT_VOLUME_CLAIMS, job.claim);
  emitEvent(machinery, RECORDER, context, { object, type, reason, message });
}
