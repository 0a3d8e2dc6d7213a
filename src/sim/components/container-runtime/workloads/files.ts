import type { Context } from "../../../kernel/types.ts";
import type { ContainerMount, ProgramArgs } from "../messages.ts";

/**
 * A container's files: what is mounted, else what it wrote (below its rootfs on the machine's disk), else what its
 * image brings. A directory that was made is kept as an entry that ends with "/".
 */
type FileError = "EROFS" | "ENOENT" | "EISDIR" | "ENOSPC";

/** Stands in the rootfs for a file of the image that was removed. */
const REMOVED = null;
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
  if (written !== undefined) return typeof written === "string" ? written : null;
  return args.imageConfig.files[path] ?? madeByRuntime(args, path);
}

function readMounted(context: Context, mount: ContainerMount, rest: string): string | null {
  if (mount.hostPath !== undefined)
    return (
      textOf(context.disk.read(rest === "" ? mount.hostPath : `${mount.hostPath}/${rest}`)) ??
      (mount.isFile === true && rest === "" ? "" : null)
    );
  return filesOf(context, mount)[rest] ?? null;
}

function filesOf(context: Context, mount: ContainerMount): Readonly<Record<string, string>> {
  const kept =
    mount.volume === undefined
      ? undefined
      : (context.disk.read(mount.volume) as { readonly files?: Readonly<Record<string, string>> } | undefined);
  return kept?.files ?? mount.files ?? {};
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const text = (value as { readonly text?: unknown } | null | undefined)?.text;
  return typeof text === "string" ? text : null;
}

/** The three files that the kubelet and the runtime write for every container. */
function madeByRuntime({ container, podIp }: ProgramArgs, path: string): string | null {
  const { hostname, dns } = container;
  if (path === "/etc/hostname") return `${hostname}\n`;
  if (path === "/etc/hosts") return hostsFile(container, podIp);
  if (path === "/etc/resolv.conf") {
    const options = dns.ndots > 1 ? `options ndots:${dns.ndots}\n` : "";
    return `search ${dns.searches.join(" ")}\n${dns.nameservers.map((server) => `nameserver ${server}\n`).join("")}${options}`;
  }
  if (path === "/etc/os-release") return 'NAME="Kubarium container"\n';
  return path === "/dev/null" ? "" : null;
}

/** managedHostsFileContent. */
function hostsFile({ hostname, fqdn, hostAliases = [] }: ProgramArgs["container"], podIp: string): string {
  const aliases = hostAliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join("\t")}\n`).join("");
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

/** Null: written. */
export function writeFile(context: Context, args: ProgramArgs, path: string, text: string): FileError | null {
  if (path === "/dev/null") return null;
  if (isDirectory(context, args, path)) return "EISDIR";
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  if (!isDirectory(context, args, parent)) return "ENOENT";
  const mount = mountOf(args, path);
  if (mount === null ? args.container.readOnlyRootfs === true : mount.readOnly || mount.hostPath === undefined)
    return "EROFS";
  const target = mount === null ? `${args.rootfs}${path}` : `${mount.hostPath}${path.slice(mount.path.length)}`;
  return context.disk.write(target, text) === null ? null : "ENOSPC";
}

export function makeDirectory(context: Context, args: ProgramArgs, path: string): void {
  const mount = mountOf(args, path);
  if (mount === null) context.disk.write(`${args.rootfs}${path}/`, "");
  else if (mount.hostPath !== undefined) context.disk.write(`${mount.hostPath}${path.slice(mount.path.length)}/`, "");
}

/** False: there was none. */
export function removeFile(context: Context, args: ProgramArgs, path: string): boolean {
  if (readFile(context, args, path) === null) return false;
  const mount = mountOf(args, path);
  if (mount === null) {
    const comesWithImage = args.imageConfig.files[path] !== undefined || madeByRuntime(args, path) !== null;
    if (comesWithImage) context.disk.write(`${args.rootfs}${path}`, REMOVED);
    else context.disk.remove(`${args.rootfs}${path}`);
  } else if (mount.hostPath !== undefined) context.disk.remove(`${mount.hostPath}${path.slice(mount.path.length)}`);
  return true;
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
