import type { LogLine, ProcessExit } from "../../kernel/types.ts";
import type { ImageConfig } from "../image-registry/messages.ts";

/** CRI over the runtime's socket on the same machine. */
export const CRI_SOCKET = "unix:/run/containerd/containerd.sock";

export interface SandboxConfig {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly attempt: number;
  readonly hostNetwork: boolean;
  /** Ports of the host that lead to the pod's. */
  readonly portMappings?: readonly PortMapping[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface PortMapping {
  readonly protocol: string;
  readonly hostPort: number;
  /** "": all of the host's addresses. */
  readonly hostIp: string;
  readonly containerPort: number;
}

export interface ContainerConfig {
  readonly name: string;
  readonly image: string;
  readonly attempt: number;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** Container path -> what is there: text of files (configMap, secret, downward API, token) or a host path. */
  readonly mounts: readonly ContainerMount[];
  readonly ports: readonly { readonly containerPort: number; readonly name?: string; readonly protocol?: string }[];
  readonly limits: { readonly cpuMillicores?: number; readonly memoryBytes?: number };
  readonly requests: { readonly cpuMillicores?: number; readonly memoryBytes?: number };
  readonly dns: {
    readonly nameservers: readonly string[];
    readonly searches: readonly string[];
    readonly ndots: number;
  };
  readonly hostname: string;
  /** The pod's name in the cluster's domain, where it has one: the first name in `/etc/hosts`. */
  readonly fqdn?: string;
  readonly hostAliases?: readonly HostAlias[];
  /** Absent: as the image says, also of `uid`. `groups`: beside `gid`. */
  readonly user?: { readonly uid?: number; readonly gid: number; readonly groups: readonly number[] };
  readonly readOnlyRootfs?: true;
  readonly privileged?: true;
  /** It cannot become more than it is. */
  readonly noNewPrivileges?: true;
  /** Of the pod: names and values. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Absent: false. Its standard input stays open for those who attach; `stdinOnce`: until the first one leaves. */
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
}

export interface HostAlias {
  readonly ip: string;
  readonly hostnames?: readonly string[];
}

export interface ContainerMount {
  readonly path: string;
  readonly readOnly: boolean;
  readonly files?: Readonly<Record<string, string>>;
  readonly hostPath?: string;
  /** `hostPath` is one file, empty until something is written to it. */
  readonly isFile?: true;
  /** Path on the machine's disk of a `{files, modes}` value that the kubelet keeps up to date; newer than `files`. */
  readonly volume?: string;
  /** Permission bits of `files`; absent: 0644. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Of the directory that is mounted, and whose its files are; absent: 0755, root's. */
  readonly mode?: number;
  readonly gid?: number;
  /** Kept in memory. */
  readonly tmpfs?: true;
}

export type CriRequest =
  | {
      readonly call: "RunPodSandbox";
      readonly config: SandboxConfig;
      /** Which of the configured runtimes; none: the default. */
      readonly runtimeHandler?: string;
    }
  | { readonly call: "StopPodSandbox"; readonly sandboxId: string }
  | { readonly call: "RemovePodSandbox"; readonly sandboxId: string }
  | { readonly call: "ListPodSandbox" }
  | { readonly call: "CreateContainer"; readonly sandboxId: string; readonly config: ContainerConfig }
  | { readonly call: "StartContainer"; readonly containerId: string }
  | { readonly call: "StopContainer"; readonly containerId: string; readonly timeoutSeconds: number }
  | { readonly call: "RemoveContainer"; readonly containerId: string }
  | {
      readonly call: "UpdateContainerResources";
      readonly containerId: string;
      readonly limits: ContainerConfig["limits"];
      readonly requests: ContainerConfig["requests"];
    }
  | { readonly call: "ListContainers" }
  | { readonly call: "ContainerStatus"; readonly containerId: string }
  | { readonly call: "PullImage"; readonly image: string }
  | { readonly call: "ImageStatus"; readonly image: string }
  | { readonly call: "ListImages" }
  | { readonly call: "RemoveImage"; readonly image: string }
  | {
      readonly call: "ExecSync";
      readonly containerId: string;
      readonly command: readonly string[];
      readonly timeoutSeconds: number;
    }
  | { readonly call: "ReadLogs"; readonly containerId: string }
  | { readonly call: "ContainerStats" }
  | { readonly call: "Status" }
  /** The node's pod CIDR, once the node object has one: what the CNI plugin hands addresses out of. */
  | { readonly call: "UpdateRuntimeConfig"; readonly podCidr: string };

export interface SandboxStatus {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly state: "SANDBOX_READY" | "SANDBOX_NOTREADY";
  readonly ip: string;
  readonly createdWallUs: number;
}

export interface ContainerStatusOfRuntime {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  /** Its image's first tag, in full: `docker.io/library/nginx:1.27`; what was asked for where it has none. */
  readonly image: string;
  /** As it was asked for: stands for the hash of the container's specification among the container's labels. */
  readonly askedImage: string;
  readonly imageId: string;
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED" | "CONTAINER_UNKNOWN";
  readonly createdWallUs: number;
  readonly startedWallUs: number;
  readonly finishedWallUs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** The kernel process that is this container. */
  readonly process: string;
}

export interface ImageOfRuntime {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigest: string;
  readonly sizeBytes: number;
  /** Number or name that its programs run as; "" is root. */
  readonly user: string;
}

/** gRPC error of the runtime, in containerd's words. */
export interface CriError {
  readonly call: "error";
  readonly code:
    | "NotFound"
    | "Unknown"
    | "AlreadyExists"
    | "FailedPrecondition"
    | "DeadlineExceeded"
    | "InvalidArgument";
  readonly text: string;
  /** The container's process may not be started now (fault `stop`); event `allowed` tells when it may. */
  readonly barred?: boolean;
}

export type CriResponse =
  | CriError
  /** `ip`: "" in the host's network. */
  | { readonly call: "RunPodSandbox"; readonly sandboxId: string; readonly ip: string }
  | {
      readonly call:
        | "StopPodSandbox"
        | "RemovePodSandbox"
        | "StartContainer"
        | "StopContainer"
        | "RemoveContainer"
        | "RemoveImage"
        | "UpdateContainerResources"
        | "UpdateRuntimeConfig";
    }
  | { readonly call: "ListPodSandbox"; readonly sandboxes: readonly SandboxStatus[] }
  | { readonly call: "CreateContainer"; readonly containerId: string }
  | { readonly call: "ListContainers"; readonly containers: readonly ContainerStatusOfRuntime[] }
  | { readonly call: "ContainerStatus"; readonly container: ContainerStatusOfRuntime }
  | { readonly call: "PullImage"; readonly image: ImageOfRuntime }
  | { readonly call: "ImageStatus"; readonly image: ImageOfRuntime | null }
  | { readonly call: "ListImages"; readonly images: readonly ImageOfRuntime[] }
  | { readonly call: "ExecSync"; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly call: "ReadLogs"; readonly lines: readonly LogLine[] }
  | {
      readonly call: "ContainerStats";
      readonly containers: readonly {
        readonly id: string;
        readonly cpuMillicores: number;
        readonly memoryBytes: number;
      }[];
    }
  /** `message`: why the network is not ready (`cni plugin not initialized`), else "". */
  | { readonly call: "Status"; readonly ready: boolean; readonly networkReady: boolean; readonly message: string };

/**
 * The runtime also serves streams: `{stream: "events"}` sends `ContainerEvent`s as containers change (what PLEG learns
 * by polling upstream; the kubelet relists once a second only while something is in flight), and
 * `{stream: "exec", containerId, command, stdin, tty}` whose frames are the kubelet's `ExecFrame`s, and
 * `{stream: "logs", containerId}` whose frames are `LogLine`s: of those that there are already the last `tailLines`, none
 * older than `sinceWallUs`; then what comes. `{stream: "attach"}` is for containers with a standard input: frames are
 * `ExecFrame`s. `{stream: "portForward"}`: frames are the kubelet's `PortFrame`s.
 */
export type CriStream =
  | { readonly stream: "events" }
  | {
      readonly stream: "exec";
      readonly containerId: string;
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly tty: boolean;
    }
  | {
      readonly stream: "logs";
      readonly containerId: string;
      readonly tailLines?: number;
      readonly sinceWallUs?: number;
    }
  | { readonly stream: "attach"; readonly containerId: string; readonly stdin: boolean }
  | { readonly stream: "portForward"; readonly sandboxId: string }
  /** From the process of a container with a standard input: its end of what is attached. */
  | { readonly stream: "containerIo"; readonly containerId: string }
  /** From the process that the runtime started for an exec: its end of the exec's frames. */
  | { readonly stream: "execIo"; readonly execId: string };

export interface ContainerEvent {
  /** `allowed`: a process that could not be started (`CriError.barred`) may be started again, at once, back-off forgotten. */
  readonly type: "created" | "started" | "stopped" | "deleted" | "allowed";
  readonly containerId: string;
  readonly sandboxId: string;
  readonly exit: ProcessExit | null;
  /** How the container is now; null once deleted. */
  readonly container: ContainerStatusOfRuntime | null;
}

/** What every container's program gets as `args` at start: the same for static pods, kube-proxy, CoreDNS and user workloads. */
export interface ProgramArgs {
  /** Entry point and arguments, after `command`, `args` and the image's own defaults. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
  readonly container: ContainerConfig;
  readonly sandbox: SandboxConfig;
  readonly imageConfig: ImageConfig;
  /** Path on the machine's disk below which the container's own files are: what it wrote. */
  readonly rootfs: string;
  /** Whose CPU and memory it uses: the container's group in the machine's accounting. */
  readonly cgroup: string;
  /** The pod's address. */
  readonly podIp: string;
  /** Set for a process that was started by exec: it opens the stream `execIo` with it. */
  readonly exec?: { readonly id: string; readonly stdin: boolean; readonly tty: boolean };
  /** Set for a container with a standard input: its process opens the stream `containerIo` with it. */
  readonly containerId?: string;
}
