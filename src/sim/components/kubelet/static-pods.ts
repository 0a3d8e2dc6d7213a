import { parse } from "yaml";
import { deepFreeze } from "../../api/object.ts";
import { formatTime } from "../../api/time.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, informerOf } from "../../machinery/machinery.ts";
import { createRequest, deleteRequest } from "../../machinery/requests.ts";
import { PODS } from "../../machinery/resources.ts";
import { CONFIG_HASH, CONFIG_MIRROR, CONFIG_SEEN, CONFIG_SOURCE, staticPodName } from "./critical.ts";
import { digest } from "./hash.ts";
import { addPod, removePod } from "./pod-workers.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Container, Pod, Probe } from "./types.ts";

export interface MirrorTag {
  readonly kubelet: "mirror";
  readonly uid: string;
}

/** Looks at the manifest directory: pods whose file is new, changed or gone. */
export function scanManifests(state: KubeletState, context: Context): void {
  const directory = state.config.staticPodPath;
  if (directory === "") return;
  const prefix = directory.endsWith("/") ? directory : `${directory}/`;
  const seen = new Set<string>();
  for (const path of context.disk.list(prefix)) {
    const name = path.slice(prefix.length);
    if (name.includes("/") || name.startsWith(".")) continue;
    seen.add(path);
    const value = context.disk.read(path);
    const before = state.manifests.get(path);
    if (before !== undefined && before.value === value) continue;
    readManifest(state, path, value, before?.uid ?? null, context);
  }
  for (const [path, { uid }] of state.manifests) {
    if (seen.has(path)) continue;
    state.manifests.delete(path);
    dropStatic(state, uid, context);
  }
}

function dropStatic(state: KubeletState, uid: string | null, context: Context): void {
  const worker = uid === null ? undefined : state.workers.get(uid);
  if (worker !== undefined) removePod(state, worker, context);
}

function readManifest(
  state: KubeletState,
  path: string,
  value: unknown,
  oldUid: string | null,
  context: Context,
): void {
  const pod = parseStaticPod(state.nodeName, path, value, formatTime(context.wallUs()));
  if (pod === null) {
    klog(context, "E", "file.go:187", `"Could not process manifest file" err="invalid pod" path=${quote(path)}`);
    state.manifests.set(path, { value, uid: null });
    dropStatic(state, oldUid, context);
    return;
  }
  const uid = pod.metadata.uid as string;
  state.manifests.set(path, { value, uid });
  if (oldUid === uid) return;
  dropStatic(state, oldUid, context);
  startStatic(state, pod, context);
}

/** A static pod waits until an earlier one by the same name has ended. */
function startStatic(state: KubeletState, pod: Pod, context: Context): void {
  if (state.byName.has(`${pod.metadata.namespace}/${pod.metadata.name}`)) return;
  addPod(state, pod, "file", context);
}

/** An earlier static pod is gone: the one that now has its name may start. */
export function startWaitingStatics(state: KubeletState, context: Context): void {
  for (const [path, { value, uid }] of state.manifests) {
    if (uid === null || state.workers.has(uid)) continue;
    const pod = parseStaticPod(state.nodeName, path, value, formatTime(context.wallUs()));
    if (pod !== null) startStatic(state, pod, context);
  }
}

/** file.go + common.go applyDefaults: the manifest as a pod of this node. Null: it is none. */
export function parseStaticPod(nodeName: string, path: string, value: unknown, seenAt: string): Pod | null {
  const text = typeof value === "string" ? value : (value as { readonly text?: unknown } | null)?.text;
  if (typeof text !== "string") return null;
  let manifest: unknown;
  try {
    manifest = parse(text);
  } catch {
    return null;
  }
  const given = manifest as Pod | null;
  if (typeof given !== "object" || given === null || given.kind !== "Pod" || !Array.isArray(given.spec?.containers))
    return null;
  const name = staticPodName(given.metadata?.name ?? "", nodeName);
  if (name === null) return null;
  const uid = given.metadata.uid ?? digest(`${nodeName}:${path}:${text}`);
  return deepFreeze({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...given.metadata,
      name,
      namespace: given.metadata.namespace ?? "default",
      uid,
      annotations: {
        ...given.metadata.annotations,
        [CONFIG_HASH]: uid,
        [CONFIG_SEEN]: seenAt,
        [CONFIG_SOURCE]: "file",
      },
    },
    spec: {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      enableServiceLinks: true,
      schedulerName: "default-scheduler",
      securityContext: {},
      ...given.spec,
      containers: given.spec.containers.map(withDefaults),
      nodeName,
      tolerations: [{ effect: "NoExecute", operator: "Exists" }, ...(given.spec.tolerations ?? [])],
    },
    status: { phase: "Pending" },
  });
}

function withDefaults(container: Container): Container {
  const probes: Record<string, Probe> = {};
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
    const probe = container[kind];
    if (probe !== undefined)
      probes[kind] = { successThreshold: 1, failureThreshold: 3, periodSeconds: 10, timeoutSeconds: 1, ...probe };
  }
  return { resources: {}, terminationMessagePath: "/dev/termination-log", ...container, ...probes };
}

/** What the API shall show of a static pod. Asked for as soon as the node is known there. */
export function ensureMirror(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null || worker.mirrorAsked || worker.phase !== "running") return;
  if (!informerOf(state.machinery, "pods").hasSynced) return;
  const node = informerOf(state.machinery, "node").store.objects.get(state.nodeName);
  if (node === undefined) return;
  const { metadata, spec } = worker.pod;
  const mirror = state.mirrors.get(`${metadata.namespace}/${metadata.name}`);
  if (mirror !== undefined) {
    const isOurs = mirror.metadata.annotations?.[CONFIG_HASH] === worker.uid;
    if (!isOurs || mirror.metadata.deletionTimestamp !== undefined) deleteMirror(state, worker, context);
    return;
  }
  worker.mirrorAsked = true;
  worker.reported = null;
  const { uid: _own, ...rest } = metadata;
  const body = deepFreeze({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...rest,
      annotations: { ...metadata.annotations, [CONFIG_MIRROR]: worker.uid },
      ownerReferences: [
        { apiVersion: "v1", kind: "Node", name: state.nodeName, uid: node.metadata?.uid ?? "", controller: true },
      ],
    },
    spec,
  });
  const tag: MirrorTag = { kubelet: "mirror", uid: worker.uid };
  call(clientOf(state.machinery), context, createRequest(PODS, body), tag);
}

export function deleteMirror(state: KubeletState, worker: PodWorker, context: Context): void {
  const { namespace = "", name = "" } = worker.pod.metadata;
  const mirror = state.mirrors.get(`${namespace}/${name}`);
  if (state.machinery === null || mirror === undefined) return;
  const options = deepFreeze({ gracePeriodSeconds: 0, preconditions: { uid: mirror.metadata.uid ?? "" } });
  call(clientOf(state.machinery), context, deleteRequest(PODS, namespace, name, options), { kubelet: "ignored" });
}
