import type { Component, MachineInfo } from "../../../../kernel/types.ts";
import { createWorld, type World } from "../../../../kernel/world.ts";
import { logOf } from "../../../../machinery/testing/small-world.ts";
import type { ImageConfig } from "../../../image-registry/messages.ts";
import type { HttpRequest } from "../../../kube-apiserver/messages.ts";
import type { ContainerConfig, ProgramArgs, SandboxConfig } from "../../messages.ts";
import { WORKLOADS } from "../list.ts";

const sandbox: SandboxConfig = {
  namespace: "default",
  name: "pod",
  uid: "u",
  attempt: 0,
  hostNetwork: false,
  labels: {},
};

function imageOf(reference: string): ImageConfig {
  const isNginx = reference.includes("nginx");
  return {
    reference,
    digest: "sha256:0",
    sizeBytes: 1,
    layers: [],
    entrypoint: [],
    cmd: [],
    env: {},
    workingDir: "/",
    user: "",
    ports: isNginx ? [80] : [],
    stopSignal: "SIGTERM",
    userland: isNginx ? "debian" : "busybox",
    commands: reference.includes("curl") ? ["curl"] : reference.includes("python") ? ["python3"] : [],
    programs: isNginx ? { nginx: "workload/server" } : {},
    files: isNginx
      ? { "/usr/share/nginx/html/index.html": "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n" }
      : {},
    idleMemoryBytes: 1,
    idleCpuMillicores: 1,
    requestCpuUs: 100,
  };
}

/** Resolves names, and shows who asks by HTTP the headers that came. */
const dns: Component<Record<string, never>> = {
  kind: "dns",
  start(context) {
    context.listen(53);
    context.listen(80);
    return {};
  },
  step(_state, message, context) {
    if (message.type !== "request") return;
    const { type, headers } = message.body as Partial<HttpRequest>;
    if (type === "http") {
      context.respond(message.id, { type: "http", status: 200, headers: {}, body: JSON.stringify(headers) });
      return;
    }
    const { name } = message.body as { readonly name: string };
    const known = name === "web.default.svc.cluster.local.";
    context.respond(
      message.id,
      known
        ? { type: "dns", rcode: "NOERROR", answers: [{ name, type: "A", ttl: 30, data: "10.0.0.9" }] }
        : { type: "dns", rcode: "NXDOMAIN", answers: [] },
    );
  },
};

/** A machine with a DNS server, an nginx at 10.0.0.9, and a container that runs `argv`. */
export function start(
  argv: readonly string[],
  image = "busybox:1.36",
  files: Readonly<Record<string, string>> = {},
): World {
  const container: ContainerConfig = {
    name: "c",
    image,
    attempt: 0,
    command: [],
    args: [],
    env: { COLOUR: "blue" },
    workingDir: "",
    ports: [],
    limits: {},
    requests: {},
    mounts: [{ path: "/config", readOnly: true, files }],
    dns: {
      nameservers: ["10.0.0.2"],
      searches: ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"],
      ndots: 5,
    },
    hostname: "pod",
  };
  const argsOf = (reference: string, given: readonly string[]): ProgramArgs => ({
    argv: given,
    env: { ...imageOf(reference).env, ...container.env },
    image: reference,
    imageConfig: imageOf(reference),
    container,
    sandbox,
    rootfs: `/rootfs/${reference}`,
    cgroup: reference,
    podIp: "10.0.0.7",
  });
  const info: MachineInfo = {
    name: "control-plane-1",
    ip: "10.0.0.2",
    zone: "a",
    role: "worker",
    cpuMillicores: 2000,
    memoryBytes: 2 ** 32,
    extra: {},
  };
  const components = [dns, ...WORKLOADS] as unknown as readonly Component<never, never>[];
  return createWorld(
    { components: new Map(components.map((component) => [component.kind, component])), routePacket: null },
    {
      seed: 1,
      epochWallUs: 1_795_165_200_000_000,
      machines: [
        {
          info,
          boot: [
            { name: "dns", kind: "dns", args: null },
            {
              name: "nginx",
              kind: "workload/server",
              args: argsOf("docker.io/library/nginx:1.27", ["nginx"]),
              ip: "10.0.0.9",
            },
            {
              name: "c",
              kind: "workload/shell",
              args: argsOf(image.includes("/") ? image : `docker.io/library/${image}`, argv),
              ip: "10.0.0.7",
            },
          ],
          bootUs: 0,
          fsyncUs: 1000,
          files: {},
        },
      ],
    },
  );
}

export function output(script: string, seconds = 60): string[] {
  const world = start(["sh", "-c", script]);
  world.advance(seconds * 1_000_000);
  return logOf(world, "c");
}

export function exitCode(world: World): number | undefined {
  return world.state.machines.get("control-plane-1")?.exited.get("c")?.exit.exitCode;
}
