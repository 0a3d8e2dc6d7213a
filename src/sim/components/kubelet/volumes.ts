import { deepFreeze } from "../../api/object.ts";
import { claimNameOf } from "../../api/storage/pod-claims.ts";
import { defined, withFields } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import type { ContainerMount } from "../container-runtime/messages.ts";
import { fieldValue, type NodeFacts, resourceValue } from "./fields.ts";
import { filesOf, lookUp, type ObjectNeed } from "./objects.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Container, DownwardItem, ObjectSource, ProjectedSource, Volume, VolumeMount } from "./types.ts";

/** Path -> text and permission bits of a volume's files, or where on the host they are. */
export type MountedVolume = VolumeFiles | { readonly hostPath: string };

interface VolumeFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly modes: Readonly<Record<string, number>>;
}

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
const WAITING = { waiting: true } as const;
const DEFAULT_MODE = 0o644;
/** What a pod's fsGroup may do at least with files that nobody writes (volume's roMask). */
const GROUP_READS = 0o440;
const ANYBODY = 0o777;
const STICKY = 0o1777;

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
  if (volume.hostPath !== undefined) return fromHost(volume.hostPath, facts);
  const found = filesOfVolume(state, worker, volume, podIp, facts);
  if (found !== null) return "files" in found ? { mounted: forGroup(found, pod.spec.securityContext?.fsGroup) } : found;
  const claim = claimNameOf(pod, volume);
  if (claim !== null) {
    const volumeOfClaim = worker.claims.get(claim);
    if (volumeOfClaim === undefined) return WAITING;
    return "problem" in volumeOfClaim ? { unprocessed: volumeOfClaim.problem } : { mounted: volumeOfClaim };
  }
  return { mounted: { hostPath: `${POD_VOLUMES}/${pod.metadata.uid}/volumes/kubernetes.io~empty-dir/${volume.name}` } };
}

/** hostPath type checks (pkg/volume/hostpath), as far as a disk knows of files and directories. */
function fromHost(
  { path, type = "" }: { readonly path: string; readonly type?: string },
  { hostFiles }: NodeFacts,
): VolumeResult {
  const isFile = hostFiles.read(path) !== undefined;
  const isDirectory =
    !isFile && (SYSTEM_DIRECTORIES.test(path) || hostFiles.list(`${path.replace(/\/+$/, "")}/`).length > 0);
  const wrong = (what: string): VolumeResult => ({ missing: `hostPath type check failed: ${path} is not a ${what}` });
  if (type === "Directory" && !isDirectory) return wrong("directory");
  if (type === "File" && !isFile) return wrong("file");
  if (type === "DirectoryOrCreate" && isFile) return wrong("directory");
  if (type === "FileOrCreate" && isDirectory) return wrong("file");
  return { mounted: { hostPath: path } };
}

/** What every machine has, whether a file is below or not. */
const SYSTEM_DIRECTORIES =
  /^\/(|bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(\/(lib|log|run|tmp|local|share|bin|modules|fs|cgroup|kernel|containerd|docker|kubelet|netns))*\/?$/;

type Found = VolumeFiles | { readonly missing: string } | { readonly waiting: true };

/** Null: its files are not the kubelet's. */
function filesOfVolume(
  state: KubeletState,
  worker: PodWorker,
  { configMap, secret, downwardAPI, projected }: Volume,
  podIp: string,
  facts: NodeFacts,
): Found | null {
  if (configMap !== undefined)
    return fromObject(state, worker, "configmaps", configMap.name, configMap, configMap.defaultMode);
  if (secret !== undefined) return fromObject(state, worker, "secrets", secret.secretName, secret, secret.defaultMode);
  if (downwardAPI !== undefined)
    return downwardFiles(worker, downwardAPI.items ?? [], podIp, facts, downwardAPI.defaultMode);
  if (projected === undefined) return null;
  let [files, modes] = [{}, {}];
  for (const source of projected.sources ?? []) {
    const found = fromSource(state, worker, source, podIp, facts, projected.defaultMode);
    if (!("files" in found)) return found;
    files = { ...files, ...found.files };
    modes = { ...modes, ...found.modes };
  }
  return { files, modes };
}

function fromSource(
  state: KubeletState,
  worker: PodWorker,
  { configMap, secret, downwardAPI, serviceAccountToken }: ProjectedSource,
  podIp: string,
  facts: NodeFacts,
  mode: number | undefined,
): Found {
  if (configMap !== undefined) return fromObject(state, worker, "configmaps", configMap.name, configMap, mode);
  if (secret !== undefined) return fromObject(state, worker, "secrets", secret.name, secret, mode);
  if (downwardAPI !== undefined) return downwardFiles(worker, downwardAPI.items ?? [], podIp, facts, mode);
  if (serviceAccountToken === undefined) return { files: {}, modes: {} };
  const { path, audience = "" } = serviceAccountToken;
  const token = worker.tokens.get(audience);
  if (token === undefined) return WAITING;
  const hasGroup = worker.pod.spec.securityContext?.fsGroup !== undefined;
  return { files: { [path]: token.token }, modes: { [path]: hasGroup ? 0o600 : (mode ?? DEFAULT_MODE) } };
}

/** SetVolumeOwnership, of what is written for reading alone. */
function forGroup({ files, modes }: VolumeFiles, fsGroup: number | undefined): VolumeFiles {
  if (fsGroup === undefined) return { files, modes };
  return {
    files,
    modes: Object.fromEntries(
      Object.keys(files).map((path): [string, number] => [path, (modes[path] ?? DEFAULT_MODE) | GROUP_READS]),
    ),
  };
}

function fromObject(
  state: KubeletState,
  worker: PodWorker,
  resource: ObjectNeed["resource"],
  name = "",
  { items = [], optional = false }: ObjectSource,
  mode = DEFAULT_MODE,
): Found {
  const kind = resource === "configmaps" ? "configmap" : "secret";
  const object = lookUp(state, resource, worker.pod.metadata.namespace ?? "", name);
  if (object === undefined) return WAITING;
  if (object === null) return optional ? { files: {}, modes: {} } : { missing: `${kind} "${name}" not found` };
  const data = filesOf(object);
  const wanted = items.length > 0 ? items : Object.keys(data).map((key) => ({ key, path: key, mode: undefined }));
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  for (const { key, path, mode: own = mode } of wanted) {
    const text = data[key];
    if (text !== undefined) {
      files[path] = text;
      modes[path] = own;
    } else if (!optional)
      return { missing: `${kind} references non-existent ${kind === "secret" ? "secret" : "config"} key: ${key}` };
  }
  return { files, modes };
}

function downwardFiles(
  worker: PodWorker,
  items: readonly DownwardItem[],
  podIp: string,
  facts: NodeFacts,
  mode = DEFAULT_MODE,
): VolumeFiles {
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const { initContainers = [], containers } = worker.pod.spec;
  for (const { path, fieldRef, resourceFieldRef, mode: own = mode } of items) {
    modes[path] = own;
    if (fieldRef !== undefined) files[path] = fieldValue(worker.pod, podIp, facts, fieldRef.fieldPath) ?? "";
    if (resourceFieldRef !== undefined) {
      const container = [...initContainers, ...containers].find(({ name }) => name === resourceFieldRef.containerName);
      if (container !== undefined)
        files[path] = resourceValue(container, facts, resourceFieldRef.resource, resourceFieldRef.divisor);
    }
  }
  return { files, modes };
}

/** `folders`: of volumes on the host, to be made; `problem`: why the container cannot have its mounts, in upstream's words. */
export type MountsResult =
  | { readonly mounts: readonly ContainerMount[]; readonly folders: readonly string[] }
  | { readonly problem: string };

/** A container's mounts, once all of its pod's volumes are set up. */
export function mountsOf(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  podIp: string,
  facts: NodeFacts,
  env: Readonly<Record<string, string>>,
): MountsResult {
  const mounts: ContainerMount[] = [];
  const folders: string[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = worker.pod.spec.volumes?.find(({ name }) => name === mount.name);
    const result = volume === undefined ? WAITING : setUpVolume(state, worker, volume, podIp, facts);
    if (volume === undefined || !("mounted" in result)) continue;
    const subPath = subPathOf(mount, env);
    if ("problem" in subPath) return subPath;
    mounts.push(mountOf(worker, mount, volume, result.mounted, subPath.path));
    if (subPath.path !== "" && "hostPath" in result.mounted) folders.push(`${result.mounted.hostPath}/${subPath.path}`);
  }
  return { mounts, folders };
}

/** Where in the volume; "": all of it. */
function subPathOf(
  { subPath = "", subPathExpr = "" }: VolumeMount,
  env: Readonly<Record<string, string>>,
): { readonly path: string } | { readonly problem: string } {
  const missing = [...subPathExpr.matchAll(/\$\(([^)]*)\)/g)].find(([, name = ""]) => env[name] === undefined);
  if (missing !== undefined) return { problem: `missing value for "${missing[1]}"` };
  const path = subPathExpr === "" ? subPath : subPathExpr.replace(/\$\(([^)]*)\)/g, (_, name: string) => env[name]!);
  if (path.startsWith("/")) return { problem: `error SubPath \`${path}\` must not be an absolute path` };
  if (path.split("/").includes(".."))
    return { problem: `unable to provision SubPath \`${path}\`: must not contain '..'` };
  return { path: path.replace(/\/+$/, "") };
}

function mountOf(
  worker: PodWorker,
  { mountPath, name, readOnly = false }: VolumeMount,
  volume: Volume,
  mounted: MountedVolume,
  subPath: string,
): ContainerMount {
  const gid = volume.hostPath === undefined ? worker.pod.spec.securityContext?.fsGroup : undefined;
  const base = defined({ path: mountPath, readOnly, gid });
  if ("hostPath" in mounted) {
    const hostPath = subPath === "" ? mounted.hostPath : `${mounted.hostPath}/${subPath}`;
    if (volume.hostPath !== undefined) return withFields(base, { hostPath });
    const tmpfs = volume.emptyDir?.medium === "Memory" || undefined;
    return withFields(base, defined({ hostPath, mode: ANYBODY, tmpfs }));
  }
  const { files, modes } = mounted;
  // What is below a path of the volume is not updated later, as upstream.
  const text = files[subPath];
  if (subPath !== "" && text !== undefined)
    return withFields(base, { files: { "": text }, modes: { "": modes[subPath] ?? DEFAULT_MODE } });
  const tmpfs = volume.configMap === undefined || undefined;
  const directory = withFields(base, defined({ mode: tmpfs ? STICKY : ANYBODY, tmpfs }));
  return subPath === ""
    ? withFields(directory, { files, modes, volume: volumePath(worker.uid, name) })
    : withFields(directory, { files: below(files, subPath), modes: below(modes, subPath) });
}

function below<T>(all: Readonly<Record<string, T>>, folder: string): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([path, value]): [string, T][] =>
      path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), value]] : [],
    ),
  );
}

/** A subPath that is not there becomes a directory, as anybody's as its volume. */
export function makeFolders(folders: readonly string[], context: Context): void {
  for (const folder of folders) {
    if (context.disk.read(folder) !== undefined || context.disk.list(`${folder}/`).length > 0) continue;
    context.disk.write(`${folder}/`, Object.freeze({ mode: ANYBODY, uid: 0, gid: 0 }));
  }
}

/** What a volume was made of changed: it has the new text (what is mounted by `subPath` keeps the old). */
export function refreshVolumes(state: KubeletState, worker: PodWorker, facts: NodeFacts, context: Context): void {
  const podIp = worker.sandboxes[0]?.ip ?? "";
  for (const volume of worker.pod.spec.volumes ?? []) {
    if (volume.hostPath !== undefined || volume.persistentVolumeClaim !== undefined) continue;
    const result = setUpVolume(state, worker, volume, podIp, facts);
    if ("mounted" in result && "files" in result.mounted) {
      context.disk.write(volumePath(worker.uid, volume.name), deepFreeze({ ...result.mounted }));
    }
  }
}

/** Volumes that only live as long as the pod. */
export function removeVolumes(context: Context, uid: string): void {
  for (const path of context.disk.list(`${POD_VOLUMES}/${uid}/`)) context.disk.remove(path);
}
