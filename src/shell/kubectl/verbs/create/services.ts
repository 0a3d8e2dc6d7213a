/** `create service clusterip|nodeport|loadbalancer|externalname` */
import type { Command, Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { type Generator, generatorCommand, objectMeta } from "./generate.ts";

const base = { root: "/api/v1", resource: "services", namespaced: true } as const;

const tcpFlag: FlagSpec = { name: "tcp", type: "list" };

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
    flags: [
      tcpFlag,
      {
        name: "clusterip",
        type: "string",
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
    flags: [
      tcpFlag,
      {
        name: "node-port",
        type: "int",
        default: 0,
      },
    ],
    build: (name, invocation) => service(name, "NodePort", invocation),
  },
  {
    ...base,
    name: "loadbalancer",
    failure: "failed to create LoadBalancer service",
    flags: [tcpFlag],
    build: (name, invocation) => service(name, "LoadBalancer", invocation),
  },
  {
    ...base,
    name: "externalname",
    failure: "failed to create ExternalName service",
    flags: [tcpFlag, { name: "external-name", type: "string", required: true }],
    build: (name, invocation) =>
      service(name, "ExternalName", invocation, { externalName: invocation.flags.text("external-name") }),
  },
];

export const serviceCommand: Command = {
  name: "service",
  aliases: ["svc"],
  subcommands: generators.map(generatorCommand),
};
