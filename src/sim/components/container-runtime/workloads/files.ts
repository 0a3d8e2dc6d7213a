import { byteLength } from "../../../api/byte-text.ts";
import type { Context } from "../../../kernel/types.ts";
import type { ContainerMount, ProgramArgs } from "../messages.ts";

/**
 * A container's files: what is mounted, else what it wrote (below its rootfs on the machine's disk), else what its
 * image brings. A directory that was made is kept as an entry that ends with "/".
 */
export type FileError = "EROFS" | "ENOENT" | "EISDIR" | "ENOSPC" | "EACCES";

/** Whose a file is, and who may do what with it. */
export interface FileStat {
  readonly isDirectory: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Kept in memory. */
  readonly tmpfs: boolean;
}

/** What a disk keeps of a file that is not root's with 0644 (text alone), or a directory not root's with 0755. */
interface KeptFile {
  readonly text?: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Stands in the rootfs for a file of the image that was removed. */
const REMOVED = null;
/** Characters of the longest file: all of it is held in memory, and read and written as a whole. */
const FILE_MAX = 4_194_304;
const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
/** Everybody may put something there. */
const SHARED_DIRECTORIES = new Set(["/tmp", "/var/tmp", "/dev/shm"]);
const STICKY = 0o1777;
const ANYBODY_WRITES = 0o666;
const DIRECTORIES = ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"];

/** Absolute, without `.`, `..` and double slashes. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : directory}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Null: there is no such file. */
export function readFile(context: Context, args: ProgramArgs, path: string): string | null {
  const mount = mountOf(args, path);
  if (mount !== null) return readMounted(context, mount, path.slice(mount.path.length).replace(/^\//, ""));
  const written = context.disk.read(`${args.rootfs}${path}`);
  if (written !== undefined) return textOf(written);
  return args.imageConfig.files[path] ?? madeByRuntime(context, args, path);
}

function readMounted(context: Context, mount: ContainerMount, rest: string): string | null {
  if (mount.hostPath !== undefined)
    return (
      textOf(context.disk.read(rest === "" ? mount.hostPath : `${mount.hostPath}/${rest}`)) ??
      (mount.isFile === true && rest === "" ? "" : null)
    );
  const files = filesOf(context, mount);
  return Object.hasOwn(files, rest) ? (files[rest] ?? null) : null;
}

type Volume = Pick<ContainerMount, "files" | "modes">;

function volumeOf(context: Context, mount: ContainerMount): Volume {
  const kept = mount.volume === undefined ? undefined : (context.disk.read(mount.volume) as Volume | undefined);
  return kept?.files === undefined ? mount : kept;
}

function filesOf(context: Context, mount: ContainerMount): Readonly<Record<string, string>> {
  return volumeOf(context, mount).files ?? {};
}

/** Null: there is no such file or directory. */
export function statFile(context: Context, args: ProgramArgs, path: string): FileStat | null {
  const text = readFile(context, args, path);
  const isFolder = text === null && isDirectory(context, args, path);
  if (text === null && !isFolder) return null;
  const mount = mountOf(args, path);
  const place = placeOf(args, path);
  const kept = place === null ? undefined : context.disk.read(isFolder ? `${place}/` : place);
  const known = typeof kept === "object" && kept !== null && "mode" in kept ? (kept as KeptFile) : null;
  const { mode, uid, gid } = known ?? defaultStat(context, args, path, isFolder, mount);
  const sizeBytes = text === null ? 4096 : byteLength(text);
  return { isDirectory: isFolder, mode, uid, gid, sizeBytes, tmpfs: mount?.tmpfs === true };
}

function defaultStat(
  context: Context,
  args: ProgramArgs,
  path: string,
  isFolder: boolean,
  mount: ContainerMount | null,
): Pick<FileStat, "mode" | "uid" | "gid"> {
  const mode = isFolder ? DIRECTORY_MODE : FILE_MODE;
  if (mount === null) return { mode: SHARED_DIRECTORIES.has(path) ? STICKY : mode, uid: 0, gid: 0 };
  const gid = mount.gid ?? 0;
  if (mount.isFile === true) return { mode: ANYBODY_WRITES, uid: 0, gid };
  if (path === mount.path && isFolder) return { mode: mount.mode ?? DIRECTORY_MODE, uid: 0, gid };
  const rest = path.slice(mount.path.length).replace(/^\//, "");
  return { mode: isFolder ? mode : (volumeOf(context, mount).modes?.[rest] ?? mode), uid: 0, gid };
}

/** Where on the machine's disk a file of the container is; null: in a volume that the kubelet writes. */
function placeOf(args: ProgramArgs, path: string): string | null {
  const mount = mountOf(args, path);
  if (mount === null) return `${args.rootfs}${path}`;
  return mount.hostPath === undefined ? null : `${mount.hostPath}${path.slice(mount.path.length)}`;
}

/** Who the container's programs are: a user that goes by a name is nobody in particular, but not root. */
export function userOf({ container, imageConfig }: ProgramArgs): {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
} {
  const [name = "", group = ""] = imageConfig.user.split(":");
  const uid = name === "" || name === "root" ? 0 : /^\d+$/.test(name) ? Number(name) : 1000;
  const given = container.user;
  if (given === undefined) return { uid, gid: /^\d+$/.test(group) ? Number(group) : 0, groups: [] };
  return { uid: given.uid ?? uid, gid: given.gid, groups: given.groups };
}

const READ = 4;
const WRITE = 2;

function may(args: ProgramArgs, stat: FileStat, what: number): boolean {
  const { uid, gid, groups } = userOf(args);
  if (uid === 0) return true;
  const shift = stat.uid === uid ? 6 : stat.gid === gid || groups.includes(stat.gid) ? 3 : 0;
  return ((stat.mode >> shift) & what) !== 0;
}

/** Whether the container's user may read the file. */
export function mayRead(context: Context, args: ProgramArgs, path: string): boolean {
  const stat = statFile(context, args, path);
  return stat === null || may(args, stat, READ);
}

/** Changes permissions, or whose it is. Null: done. */
export function changeFile(
  context: Context,
  args: ProgramArgs,
  path: string,
  change: Partial<Pick<FileStat, "mode" | "uid" | "gid">>,
): FileError | null {
  const stat = statFile(context, args, path);
  if (stat === null) return "ENOENT";
  const { uid } = userOf(args);
  if (uid !== 0 && (stat.uid !== uid || change.uid !== undefined)) return "EACCES";
  const place = placeOf(args, path);
  if (place === null || isReadOnly(args, path)) return "EROFS";
  const { mode, uid: owner, gid } = { ...stat, ...change };
  const text = stat.isDirectory ? {} : { text: readFile(context, args, path) ?? "" };
  const kept: KeptFile = Object.freeze({ ...text, mode, uid: owner, gid });
  return context.disk.write(stat.isDirectory ? `${place}/` : place, kept) === null ? null : "ENOSPC";
}

function isReadOnly(args: ProgramArgs, path: string): boolean {
  const mount = mountOf(args, path);
  return mount === null ? args.container.readOnlyRootfs === true : mount.readOnly || mount.hostPath === undefined;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const text = (value as { readonly text?: unknown } | null | undefined)?.text;
  return typeof text === "string" ? text : null;
}

/** The three files that the kubelet and the runtime write for every container. */
function madeByRuntime(context: Context, args: ProgramArgs, path: string): string | null {
  const { hostname, dns } = args.container;
  if (path === "/etc/hostname") return `${hostname}\n`;
  if (path === "/etc/hosts") return hostsFile(context, args);
  if (path === "/etc/resolv.conf") {
    const options = dns.ndots > 1 ? `options ndots:${dns.ndots}\n` : "";
    return `search ${dns.searches.join(" ")}\n${dns.nameservers.map((server) => `nameserver ${server}\n`).join("")}${options}`;
  }
  if (path === "/etc/os-release") return 'NAME="Kubarium container"\n';
  return path === "/dev/null" ? "" : null;
}

/** managedHostsFileContent, and nodeHostsFileContent in the host's network. */
function hostsFile(context: Context, { container, podIp, sandbox }: ProgramArgs): string {
  const { hostname, fqdn, hostAliases = [] } = container;
  const aliases = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}\n`).join("");
  if (sandbox.hostNetwork) {
    const own = textOf(context.disk.read("/etc/hosts")) ?? "";
    return `# Kubernetes-managed hosts file (host network).\n${own}${aliases === "" ? "" : `\n# Entries added by HostAliases.\n${aliases}`}`;
  }
  return `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
fe00::\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
${podIp}\t${fqdn === undefined ? "" : `${fqdn}\t`}${hostname}
${aliases === "" ? "" : `\n# Entries added by HostAliases.\n${aliases}`}`;
}

/** Null: written. `mode`: of a file that there was not yet. */
export function writeFile(
  context: Context,
  args: ProgramArgs,
  path: string,
  text: string,
  mode = FILE_MODE,
): FileError | null {
  if (path === "/dev/null") return null;
  if (text.length > FILE_MAX) return "ENOSPC";
  const stat = statFile(context, args, path);
  if (stat?.isDirectory === true) return "EISDIR";
  const problem = stat === null ? whyNoEntry(context, args, path) : isReadOnly(args, path) ? "EROFS" : null;
  if (problem !== null) return problem;
  if (stat !== null && !may(args, stat, WRITE)) return "EACCES";
  const place = placeOf(args, path) as string;
  const { uid, gid } = userOf(args);
  const own = stat ?? { mode, uid, gid: mountOf(args, path)?.gid ?? gid };
  const isPlain = (own.mode === FILE_MODE && own.uid === 0 && own.gid === 0) || mountOf(args, path)?.isFile === true;
  const kept: KeptFile = Object.freeze({ text, mode: own.mode, uid: own.uid, gid: own.gid });
  return context.disk.write(place, isPlain ? text : kept) === null ? null : "ENOSPC";
}

/** Why nothing can be made or removed at a path; null: it can. */
function whyNoEntry(context: Context, args: ProgramArgs, path: string): FileError | null {
  const parent = statFile(context, args, path.slice(0, path.lastIndexOf("/")) || "/");
  if (parent?.isDirectory !== true) return "ENOENT";
  if (isReadOnly(args, path)) return "EROFS";
  return may(args, parent, WRITE) ? null : "EACCES";
}

/** Null: made, or there already. */
export function makeDirectory(context: Context, args: ProgramArgs, path: string): FileError | null {
  if (isDirectory(context, args, path)) return null;
  const problem = whyNoEntry(context, args, path);
  if (problem !== null) return problem;
  const { uid, gid } = userOf(args);
  const kept: KeptFile = Object.freeze({ mode: DIRECTORY_MODE, uid, gid: mountOf(args, path)?.gid ?? gid });
  context.disk.write(`${placeOf(args, path)}/`, kept.uid === 0 && kept.gid === 0 ? "" : kept);
  return null;
}

/** Why not; null: it is removed. */
export function removeFile(context: Context, args: ProgramArgs, path: string): FileError | null {
  if (readFile(context, args, path) === null) return "ENOENT";
  const problem = whyNoEntry(context, args, path);
  if (problem !== null) return problem;
  const mount = mountOf(args, path);
  if (mount === null) {
    const comesWithImage = args.imageConfig.files[path] !== undefined || madeByRuntime(context, args, path) !== null;
    if (comesWithImage) context.disk.write(`${args.rootfs}${path}`, REMOVED);
    else context.disk.remove(`${args.rootfs}${path}`);
  } else if (mount.hostPath !== undefined) context.disk.remove(`${mount.hostPath}${path.slice(mount.path.length)}`);
  return null;
}

/** A directory with all that is in it. */
export function removeDirectory(context: Context, args: ProgramArgs, path: string): void {
  for (const name of listDirectory(context, args, path) ?? []) {
    const inside = `${path === "/" ? "" : path}/${name}`;
    if (isDirectory(context, args, inside)) removeDirectory(context, args, inside);
    else removeFile(context, args, inside);
  }
  const mount = mountOf(args, path);
  if (mount === null) context.disk.remove(`${args.rootfs}${path}/`);
  else if (mount.hostPath !== undefined) context.disk.remove(`${mount.hostPath}${path.slice(mount.path.length)}/`);
}

/** Names in a directory, sorted; null: there is no such directory. */
export function listDirectory(context: Context, args: ProgramArgs, path: string): string[] | null {
  if (!isDirectory(context, args, path)) return null;
  const prefix = path === "/" ? "/" : `${path}/`;
  const names = new Set<string>(path === "/" ? DIRECTORIES : []);
  const add = (full: string): void => {
    if (!full.startsWith(prefix)) return;
    const name = full.slice(prefix.length).split("/")[0] ?? "";
    if (name !== "") names.add(name);
  };
  for (const full of Object.keys(args.imageConfig.files)) add(full);
  for (const full of context.disk.list(`${args.rootfs}${prefix}`)) {
    const inside = full.slice(args.rootfs.length);
    if (context.disk.read(full) === REMOVED) names.delete(inside.slice(prefix.length));
    else add(inside);
  }
  for (const mount of args.container.mounts) {
    add(mount.path);
    if (mount.hostPath !== undefined) {
      for (const full of context.disk.list(`${mount.hostPath}/`))
        add(`${mount.path}${full.slice(mount.hostPath.length)}`);
    } else {
      for (const name of Object.keys(filesOf(context, mount))) add(name === "" ? mount.path : `${mount.path}/${name}`);
    }
  }
  return [...names].sort();
}

export function isDirectory(context: Context, args: ProgramArgs, path: string): boolean {
  if (path === "/") return true;
  if (readFile(context, args, path) !== null) return false;
  const first = path.split("/")[1] ?? "";
  if (path.lastIndexOf("/") === 0 && DIRECTORIES.includes(first)) return true;
  const prefix = `${path}/`;
  if (Object.keys(args.imageConfig.files).some((file) => file.startsWith(prefix))) return true;
  for (const mount of args.container.mounts) {
    if (mount.path === path || mount.path.startsWith(prefix)) return true;
    if (
      mount.hostPath !== undefined &&
      path.startsWith(`${mount.path}/`) &&
      context.disk.list(`${mount.hostPath}${path.slice(mount.path.length)}/`).length > 0
    )
      return true;
    if (mount.files !== undefined && path.startsWith(`${mount.path}/`)) {
      const rest = `${path.slice(mount.path.length + 1)}/`;
      if (Object.keys(filesOf(context, mount)).some((name) => name.startsWith(rest))) return true;
    }
  }
  if (
    [
      "/usr/bin",
      "/usr/local",
      "/usr/share",
      "/usr/local/bin",
      "/var/log",
      "/var/run",
      "/var/tmp",
      "/var/lib",
      "/dev/shm",
    ].includes(path)
  )
    return true;
  return context.disk.list(`${args.rootfs}${prefix}`).length > 0;
}

function mountOf({ container }: ProgramArgs, path: string): ContainerMount | null {
  let best: ContainerMount | null = null;
  for (const mount of container.mounts) {
    const covers = path === mount.path || path.startsWith(mount.path === "/" ? "/" : `${mount.path}/`);
    if (covers && mount.path.length >= (best?.path.length ?? 0)) best = mount;
  }
  return best;
}
