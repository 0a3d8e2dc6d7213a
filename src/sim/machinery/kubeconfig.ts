import type { ProgramArgs } from "../components/container-runtime/messages.ts";
import type { Certificate, Disk } from "../kernel/types.ts";

/** A kubeconfig's one context as data: what `/etc/kubernetes/*.conf` holds on disk. */
export interface KubeconfigFile {
  /** `host:port`: `10.0.0.5:6443`. */
  readonly server: string;
  /** `system:kube-scheduler`: for people; the API server goes by certificate or token. */
  readonly user: string;
  readonly certificate?: Certificate | undefined;
  /** Service-account or bootstrap token. */
  readonly token?: string | undefined;
}

/** Reads a kubeconfig from the machine's disk, as plain data or as `{text, data}`. Null: there is none, or it is text only. */
export function readKubeconfig(disk: Disk, path: string): KubeconfigFile | null {
  return fileData(disk.read(path)) as KubeconfigFile | null;
}

/** What programs read of a file whose value is `{text, data}` or the data itself. */
export function fileData(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return null;
  return "data" in value && "text" in value ? value.data : value;
}

const SERVICE_ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * `rest.InClusterConfig`: the `kubernetes` Service from the environment, the token from the mounted files. Null as
 * upstream when the variables or the token are missing (`ErrNotInCluster`).
 */
export function inClusterConfig(args: ProgramArgs): KubeconfigFile | null {
  const host = args.env.KUBERNETES_SERVICE_HOST;
  const port = args.env.KUBERNETES_SERVICE_PORT;
  const mount = args.container.mounts.find((each) => each.path === SERVICE_ACCOUNT_PATH);
  const token = mount?.files?.token;
  if (!host || !port || token === undefined) return null;
  return { server: `${host}:${port}`, user: "default", token };
}
