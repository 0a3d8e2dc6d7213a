import { deepFreeze } from "../../api/object.ts";
import { claimNameOf } from "../../api/storage/pod-claims.ts";
import { withFields } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import type { ContainerMount } from "../container-runtime/messages.ts";
import { fieldValue, type NodeFacts, resourceValue } from "./fields.ts";
import { filesOf, lookUp, type ObjectNeed } from "./objects.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Container, DownwardItem, KeyToPath, Volume } from "./types.ts";

/** Path -> text of a volume's files, or where on the host they are. */
export type MountedVolume = { readonly files: Readonly<Record<string, string>> } | { readonly hostPath: string };

/**
 * `missing`: why a volume cannot be set up (upstream's text); `unprocessed`: why it is not known what to set up; `waiting`: what it needs is not known yet, and nothing is
 * wrong so far.
 */
export type VolumeResult =
  | { readonly mounted: MountedVolume }
  | { readonly missing: string }
  | { readonly unprocessed: string }
  | { readonly waiting: true };

const POD_VOLUMES = "/var/lib/kubelet/pods";
const WAITING: VolumeResult = { waiting: true };

/** Where the kubelet keeps a pod's volume of files, for programs that read it again later. */
export function volumePath(uid: string, volume: string): string {
  return `${POD_VOLUMES}/${uid}/volumes/${volume}`;
}

export function setUpVolume(
  state: KubeletState,
  worker: PodWorker,
  volume: Volume,
  podIp: string,
  facts: NodeFacts,
): VolumeResult {
  const { pod } = worker;
  if (volume.hostPath !== undefined) return { mounted: { hostPath: volume.hostPath.path } };
  if (volume.configMap !== undefined) {
    const { name, items, optional } = volume.configMap;
    return fromObject(state, worker, "configmaps", name ?? "", items, optional === true);
  }
  if (volume.secret !== undefined) {
    const { secretName, items, optional } = volume.secret;
    return fromObject(state, worker, "secrets", secretName ?? "", items, optional === true);
  }
  if (volume.downwardAPI !== undefined) {
    return { mounted: { files: downwardFiles(worker, volume.downwardAPI.items ?? [], podIp, facts) } };
  }
  if (volume.projected !== undefined) {
    const files: Record<string, string> = {};
    for (const source of volume.projected.sources ?? []) {
      let result: VolumeResult = { mounted: { files: {} } };
      if (source.configMap !== undefined) {
        result = fromObject(
          state,
          worker,
          "configmaps",
          source.configMap.name ?? "",
          source.configMap.items,
          source.configMap.optional === true,
        );
      } else if (source.secret !== undefined) {
        result = fromObject(
          state,
          worker,
          "secrets",
          source.secret.name ?? "",
          source.secret.items,
          source.secret.optional === true,
        );
      } else if (source.downwardAPI !== undefined) {
        result = { mounted: { files: downwardFiles(worker, source.downwardAPI.items ?? [], podIp, facts) } };
      } else if (source.serviceAccountToken !== undefined) {
        const token = worker.tokens.get(source.serviceAccountToken.audience ?? "");
        if (token === undefined) return WAITING;
        result = { mounted: { files: { [source.serviceAccountToken.path]: token.token } } };
      }
      if (!("mounted" in result)) return result;
      if ("files" in result.mounted) Object.assign(files, result.mounted.files);
    }
    return { mounted: { files } };
  }
  const claim = claimNameOf(pod, volume);
  if (claim !== null) {
    const found = worker.claims.get(claim);
    if (found === undefined) return WAITING;
    return "problem" in found ? { unprocessed: found.problem } : { mounted: found };
  }
  return { mounted: { hostPath: `${POD_VOLUMES}/${pod.metadata.uid}/volumes/kubernetes.io~empty-dir/${volume.name}` } };
}

function fromObject(
  state: KubeletState,
  worker: PodWorker,
  resource: ObjectNeed["resource"],
  name: string,
  items: readonly KeyToPath[] | undefined,
  optional: boolean,
): VolumeResult {
  const kind = resource === "configmaps" ? "configmap" : "secret";
  const object = lookUp(state, resource, worker.pod.metadata.namespace ?? "", name);
  if (object === undefined) return WAITING;
  if (object === null) return optional ? { mounted: { files: {} } } : { missing: `${kind} "${name}" not found` };
  const data = filesOf(object);
  if (items === undefined || items.length === 0) return { mounted: { files: data } };
  const files: Record<string, string> = {};
  for (const { key, path } of items) {
    const text = data[key];
    if (text !== undefined) files[path] = text;
    else if (!optional)
      return { missing: `${kind} references non-existent ${kind === "secret" ? "secret" : "config"} key: ${key}` };
  }
  return { mounted: { files } };
}

function downwardFiles(
  worker: PodWorker,
  items: readonly DownwardItem[],
  podIp: string,
  facts: NodeFacts,
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { path, fieldRef, resourceFieldRef } of items) {
    if (fieldRef !== undefined) files[path] = fieldValue(worker.pod, podIp, facts, fieldRef.fieldPath) ?? "";
    if (resourceFieldRef !== undefined) {
      const container = worker.pod.spec.containers.find(({ name }) => name === resourceFieldRef.containerName);
      if (container !== undefined)
        files[path] = resourceValue(container, facts, resourceFieldRef.resource, resourceFieldRef.divisor);
    }
  }
  return files;
}

/** A container's mounts, once all of its pod's volumes are set up. */
export function mountsOf(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  podIp: string,
  facts: NodeFacts,
): ContainerMount[] {
  const mounts: ContainerMount[] = [];
  for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
    const volume = worker.pod.spec.volumes?.find((one) => one.name === name);
    const result = volume === undefined ? WAITING : setUpVolume(state, worker, volume, podIp, facts);
    if (!("mounted" in result)) continue;
    const { mounted } = result;
    const base = { path: mountPath, readOnly: readOnly === true };
    if ("hostPath" in mounted) {
      mounts.push(
        withFields(base, { hostPath: subPath === undefined ? mounted.hostPath : `${mounted.hostPath}/${subPath}` }),
      );
    } else if (subPath === undefined) {
      mounts.push(withFields(base, { files: mounted.files, volume: volumePath(worker.uid, name) }));
    } else {
      // One file of the volume at the mount path itself; it is not updated later, as upstream.
      mounts.push({ ...base, files: { "": mounted.files[subPath] ?? "" } });
    }
  }
  return mounts;
}

/** A ConfigMap or secret changed: volumes made of it get the new text (what is mounted by `subPath` keeps the old). */
export function refreshVolumes(state: KubeletState, worker: PodWorker, facts: NodeFacts, context: Context): void {
  const podIp = worker.sandboxes[0]?.ip ?? "";
  for (const volume of worker.pod.spec.volumes ?? []) {
    if (volume.configMap === undefined && volume.secret === undefined && volume.projected === undefined) continue;
    const result = setUpVolume(state, worker, volume, podIp, facts);
    if ("mounted" in result && "files" in result.mounted) {
      context.disk.write(volumePath(worker.uid, volume.name), deepFreeze({ files: result.mounted.files }));
    }
  }
}

/** Volumes that only live as long as the pod. */
export function removeVolumes(context: Context, uid: string): void {
  for (const path of context.disk.list(`${POD_VOLUMES}/${uid}/`)) context.disk.remove(path);
}
