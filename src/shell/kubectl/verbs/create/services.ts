/** `create service clusterip|nodeport|loadbalancer|externalname` */
import type { Command, Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { type Generator, generatorCommand, objectMeta } from "./generate.ts";

const base = { root: "/api/v1", resource: "services", namespaced: true } as const;

const tcpFlag: FlagSpec = { name: "tcp", type: "list", usage: "Port pairs can be specified as '<port>:<targetPort>'." };

function ports({ flags }: Invocation, nodePort = 0): readonly JsonObject[] {
  return flags.list("tcp").map((pair) => {
    const [port, target = port] = pair.split(":") as [string, string?];
    for (const text of [port, target!]) {
      if (/^\d+$/.test(text) && (Number(text) < 1 || Number(text) > 65_535)) {
        throw new CommandError(`${text} must be between 1 and 65535, inclusive`);
      }
    }
    if (!/^\d+$/.test(port)) throw new CommandError(`invalid port ${JSON.stringify(port)}: must be a number`);
    const targetPort = /^\d+$/.test(target!) ? Number(target) : target!;
    const name = pair.includes(":") ? pair.replace(":", "-") : port;
    return { name, protocol: "TCP", port: Number(port), targetPort, ...(nodePort ? { nodePort } : {}) };
  });
}

function service(name: string, type: string, invocation: Invocation, extra: JsonObject = {}): JsonObject {
  const nodePort = invocation.flags.has("node-port") ? invocation.flags.int("node-port") : 0;
  const list = invocation.flags.has("tcp") ? ports(invocation, nodePort) : [];
  const labels = { app: name };
  if (list.length === 0 && type !== "ExternalName" && extra.clusterIP !== "None") {
    throw new CommandError("at least one tcp port specifier must be provided");
  }
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: objectMeta(name, labels),
    spec: { ...(list.length > 0 ? { ports: list } : {}), selector: labels, ...extra, type },
    status: { loadBalancer: {} },
  };
}

const generators: readonly Generator[] = [
  {
    ...base,
    name: "clusterip",
    failure: "failed to create ClusterIP service",
    short: "Create a ClusterIP service",
    usage: "create service clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none] [options]",
    examples: [["Create a ClusterIP service", "kubectl create service clusterip my-cs --tcp=5678:8080"]],
    flags: [
      tcpFlag,
      {
        name: "clusterip",
        type: "string",
        usage: "ClusterIP of one's own; empty to have one given, 'None' for none (headless).",
      },
    ],
    build: (name, invocation) => {
      const ip = invocation.flags.text("clusterip");
      return service(name, "ClusterIP", invocation, ip ? { clusterIP: ip } : {});
    },
  },
  {
    ...base,
    name: "nodeport",
    failure: "failed to create NodePort service",
    short: "Create a NodePort service",
    usage: "create service nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
    examples: [["Create a NodePort service", "kubectl create service nodeport my-ns --tcp=5678:8080"]],
    flags: [
      tcpFlag,
      {
        name: "node-port",
        type: "int",
        default: 0,
        usage: "Port used to expose the service on each node in a cluster.",
      },
    ],
    build: (name, invocation) => service(name, "NodePort", invocation),
  },
  {
    ...base,
    name: "loadbalancer",
    failure: "failed to create LoadBalancer service",
    short: "Create a LoadBalancer service",
    usage: "create service loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none] [options]",
    flags: [tcpFlag],
    build: (name, invocation) => service(name, "LoadBalancer", invocation),
  },
  {
    ...base,
    name: "externalname",
    failure: "failed to create ExternalName service",
    short: "Create an ExternalName service",
    usage: "create service externalname NAME --external-name external.name [--dry-run=server|client|none] [options]",
    flags: [tcpFlag, { name: "external-name", type: "string", usage: "External name of service", required: true }],
    build: (name, invocation) =>
      service(name, "ExternalName", invocation, { externalName: invocation.flags.text("external-name") }),
  },
];

export const serviceCommand: Command = {
  name: "service",
  aliases: ["svc"],
  short: "Create a service using a specified subcommand",
  usage: "create service [flags] [options]",
  subcommands: generators.map(generatorCommand),
};
