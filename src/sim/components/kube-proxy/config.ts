import { parse } from "yaml";
import { parseGoDuration } from "../../api/duration.ts";
import type { Context } from "../../kernel/types.ts";
import { inClusterConfig, type KubeconfigFile } from "../../machinery/kubeconfig.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";

/** KubeProxyConfiguration v1alpha1, as far as the iptables mode acts on it, with the flags that override it. */
export interface ProxyOptions {
  readonly nodeName: string;
  readonly clusterCidr: string;
  readonly mode: string;
  readonly masqueradeAll: boolean;
  readonly localhostNodePorts: boolean;
  readonly nodePortAddresses: readonly string[];
  readonly conntrackTcpLiberal: boolean;
  readonly minSyncPeriodUs: number;
  readonly qps: number;
  readonly burst: number;
  readonly kubeconfig: string;
}

interface ConfigFile {
  readonly mode?: string;
  readonly clusterCIDR?: string;
  readonly hostnameOverride?: string;
  readonly nodePortAddresses?: readonly string[] | null;
  readonly clientConnection?: { readonly kubeconfig?: string; readonly qps?: number; readonly burst?: number };
  readonly iptables?: {
    readonly masqueradeAll?: boolean;
    readonly localhostNodePorts?: boolean | null;
    readonly minSyncPeriod?: string;
  };
  readonly conntrack?: { readonly tcpBeLiberal?: boolean };
}

const FLAGS = new Set(
  (
    "config hostname-override kubeconfig cluster-cidr proxy-mode masquerade-all nodeport-addresses v vmodule " +
    "bind-address healthz-bind-address metrics-bind-address iptables-min-sync-period iptables-sync-period master " +
    "feature-gates conntrack-max-per-core conntrack-min cleanup logging-format oom-score-adj profiling"
  ).split(" "),
);

export function proxyOptions(
  args: ProgramArgs,
  context: Context,
): { readonly options: ProxyOptions; readonly error: string } {
  const flags = new Map<string, string>();
  let error = "";
  for (let index = 1; index < args.argv.length; index += 1) {
    const text = args.argv[index]!.replace(/^--?/, "");
    const at = text.indexOf("=");
    const name = at < 0 ? text : text.slice(0, at);
    if (!FLAGS.has(name) && error === "") error = `unknown flag: --${name}`;
    const next = args.argv[index + 1];
    if (at >= 0) flags.set(name, text.slice(at + 1));
    else if (next !== undefined && !next.startsWith("-")) {
      flags.set(name, next);
      index += 1;
    } else flags.set(name, "true");
  }
  const path = flags.get("config") ?? "";
  const text = path === "" ? "" : mountedFile(args, context, path);
  if (text === undefined && error === "") error = `failed complete: open ${path}: no such file or directory`;
  return { options: optionsOf((parse(text ?? "") ?? {}) as ConfigFile, flags, context), error };
}

function optionsOf(file: ConfigFile, flags: ReadonlyMap<string, string>, context: Context): ProxyOptions {
  const { iptables, clientConnection } = file;
  return Object.freeze({
    nodeName: flags.get("hostname-override") || file.hostnameOverride || context.machine.name,
    clusterCidr: flags.get("cluster-cidr") ?? file.clusterCIDR ?? "",
    mode: flags.get("proxy-mode") || file.mode || "iptables",
    masqueradeAll: flags.get("masquerade-all") === "true" || (iptables?.masqueradeAll ?? false),
    localhostNodePorts: iptables?.localhostNodePorts ?? true,
    nodePortAddresses: Object.freeze(file.nodePortAddresses ?? []),
    conntrackTcpLiberal: file.conntrack?.tcpBeLiberal ?? false,
    minSyncPeriodUs:
      parseGoDuration(flags.get("iptables-min-sync-period") ?? iptables?.minSyncPeriod ?? "1s") ?? 1_000_000,
    qps: clientConnection?.qps || 5,
    burst: clientConnection?.burst || 10,
    kubeconfig: flags.get("kubeconfig") || clientConnection?.kubeconfig || "",
  });
}

/** The kubeconfig's server with the mounted token; without a kubeconfig as any program in a pod. */
export function proxyKubeconfig(options: ProxyOptions, args: ProgramArgs, context: Context): KubeconfigFile | null {
  const text = options.kubeconfig === "" ? undefined : mountedFile(args, context, options.kubeconfig);
  if (text === undefined) return inClusterConfig(args);
  const file = parse(text) as {
    readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[];
    readonly users?: readonly { readonly user?: { readonly tokenFile?: string; readonly token?: string } }[];
  };
  const server = file.clusters?.[0]?.cluster?.server?.replace(/^https?:\/\//, "");
  if (server === undefined) return null;
  const user = file.users?.[0]?.user;
  const token = user?.tokenFile === undefined ? user?.token : mountedFile(args, context, user.tokenFile);
  return { server, user: "kube-proxy", ...(token === undefined ? {} : { token }) };
}

/** A text file at `path` inside the container, from the mount that holds it. */
function mountedFile(args: ProgramArgs, context: Context, path: string): string | undefined {
  for (const mount of args.container.mounts) {
    if (!path.startsWith(`${mount.path}/`)) continue;
    const name = path.slice(mount.path.length + 1);
    const volume = mount.volume === undefined ? undefined : context.disk.read(mount.volume);
    const files = (volume as { readonly files?: Readonly<Record<string, string>> } | undefined)?.files ?? mount.files;
    const text = files?.[name];
    if (text !== undefined) return text;
  }
  return undefined;
}
