import { deepFreeze } from "../../api/object.ts";
import { defined } from "../../kernel/records.ts";
import type { ImageConfig } from "../image-registry/messages.ts";
import type { ContainerConfig, ProgramArgs, SandboxConfig } from "./messages.ts";
import type { ContainerRecord, RuntimeState, SandboxRecord } from "./state.ts";
import { ROOTFS } from "./store.ts";
import { hasCommand } from "./workloads/shell/userland.ts";

/** Component that runs everything a shell or small Unix tool would. */
export const SHELL_KIND = "workload/shell";

/** Entry point and arguments, as Kubernetes combines `command` and `args` with the image's own. */
export function argvOf(config: ContainerConfig, image: ImageConfig): readonly string[] {
  if (config.command.length > 0) return [...config.command, ...config.args];
  return [...image.entrypoint, ...(config.args.length > 0 ? config.args : image.cmd)];
}

export type Program =
  | { readonly kind: string; readonly argv: readonly string[] }
  /** As runc words it. */
  | { readonly error: string };

/** Which kernel component is the program that `argv` names, in this image. */
export function findProgram(argv: readonly string[], image: ImageConfig, mounted: (path: string) => boolean): Program {
  const executable = argv[0] ?? "";
  const name = executable.slice(executable.lastIndexOf("/") + 1);
  const inner = argv[1];
  // An image's entry point script ends with exec "$@".
  if (
    name.endsWith("entrypoint.sh") &&
    inner !== undefined &&
    !inner.startsWith("-") &&
    image.entrypoint.includes(executable)
  ) {
    const rest = findProgram(argv.slice(1), image, mounted);
    if ("kind" in rest) return rest;
  }
  const kind = image.programs[name];
  if (kind !== undefined) return { kind, argv };
  if (hasCommand(image.userland, image.commands, executable)) return { kind: SHELL_KIND, argv };
  if (image.userland !== "none" && executable.startsWith("/") && mounted(executable))
    return { kind: SHELL_KIND, argv: ["/bin/sh", ...argv] };
  const reason = executable.includes("/")
    ? `stat ${executable}: no such file or directory`
    : "executable file not found in $PATH";
  return { error: `exec: "${executable}": ${reason}` };
}

/**
 * The process that a container is. A component of the cluster is named as upstream names it (`etcd@control-plane-1`),
 * a user's container `<pod>/<container>@<machine>`; all attempts of one container share the name, two pods never do.
 */
export function processNameOf(
  state: RuntimeState,
  sandboxId: string,
  sandbox: SandboxConfig,
  container: string,
  kind: string,
  machine: string,
): string {
  const plain =
    sandbox.hostNetwork && !kind.startsWith("workload/")
      ? `${kind}@${machine}`
      : `${sandbox.name}/${container}@${machine}`;
  if (isFree(state, plain, sandboxId, sandbox.uid)) return plain;
  const qualified = `${sandbox.namespace}/${sandbox.name}/${container}@${machine}`;
  if (isFree(state, qualified, sandboxId, sandbox.uid)) return qualified;
  return `${sandbox.namespace}/${sandbox.name}/${container}-${sandbox.uid.slice(0, 8)}@${machine}`;
}

function isFree(state: RuntimeState, process: string, sandboxId: string, uid: string): boolean {
  const holder = state.byProcess.get(process);
  if (holder === undefined) return true;
  const record = state.containers.get(holder);
  if (record === undefined || record.status.sandboxId === sandboxId) return true;
  return record.status.state === "CONTAINER_EXITED" || state.sandboxes.get(record.status.sandboxId)?.config.uid === uid;
}

/** What a program in a container is started with. `exec`: it is not the container's own. */
export function programArgs(
  { status, config }: ContainerRecord,
  sandbox: SandboxRecord,
  image: ImageConfig,
  argv: readonly string[],
  machineIp: string,
  exec?: ProgramArgs["exec"],
): ProgramArgs {
  return deepFreeze(
    defined({
      argv,
      env: Object.assign({}, image.env, { HOSTNAME: config.hostname }, config.env),
      image: image.reference,
      imageConfig: image,
      container: config,
      sandbox: sandbox.config,
      rootfs: `${ROOTFS}${status.id}/rootfs`,
      cgroup: status.id,
      podIp: sandbox.ip === "" ? machineIp : sandbox.ip,
      exec,
      containerId: exec === undefined && config.stdin === true ? status.id : undefined,
    }),
  );
}
