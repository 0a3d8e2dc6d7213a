import { parse } from "yaml";
import { digestHex } from "../../api/hash.ts";
import { deepFreeze } from "../../api/object.ts";
import { CONFIG_SOURCE } from "../../api/pod/status.ts";
import { formatTime } from "../../api/time.ts";
import type { Context } from "../../kernel/types.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { CONFIG_HASH, CONFIG_SEEN, staticPodName } from "./critical.ts";
import { addPod, removePod } from "./pod-workers.ts";
import type { KubeletState } from "./state.ts";
import type { Container, Pod, Probe } from "./types.ts";

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
  const uid = given.metadata.uid ?? digestHex(`${nodeName}:${path}:${text}`, 32);
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
