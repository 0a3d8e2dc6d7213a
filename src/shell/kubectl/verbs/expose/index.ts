/** `kubectl expose`: a Service for what runs already. */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { overridden } from "../../overrides.ts";
import { type Info, readInfos, resolveTargets } from "../../targets.ts";
import { withLastApplied } from "../create/generate.ts";

const exposable = new Set(["ReplicationController", "Service", "Pod", "Deployment", "ReplicaSet"]);

function selectorOf(info: Info, given: string): JsonObject {
  if (given !== "") return Object.fromEntries(given.split(",").map((pair) => pair.split("=") as [string, string]));
  const { kind } = info.resource;
  if (!exposable.has(kind)) throw new CommandError(`cannot expose a ${kind}.${info.resource.group}`.replace(/\.$/, ""));
  if (kind === "Pod") {
    const labels = objectOf(at(info.object, "metadata", "labels"));
    if (Object.keys(labels).length === 0)
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      );
    return labels;
  }
  if (kind === "Service") {
    const selector = objectOf(at(info.object, "spec", "selector"));
    if (Object.keys(selector).length === 0)
      throw new CommandError(
        "couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set",
      );
    return selector;
  }
  const labels = objectOf(at(info.object, "spec", "selector", "matchLabels"));
  if (objectsOf(at(info.object, "spec", "selector", "matchExpressions")).length > 0) {
    throw new CommandError(
      `couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "[]" to map-based selector format`,
    );
  }
  return Object.keys(labels).length > 0 ? labels : objectOf(at(info.object, "spec", "selector"));
}

interface Port {
  readonly port: number;
  readonly protocol: string;
}

function portsOf({ object, resource }: Info): readonly Port[] {
  if (resource.kind === "Service") {
    return objectsOf(at(object, "spec", "ports")).map((port) => ({
      port: Number(port.port),
      protocol: textOf(port.protocol) || "TCP",
    }));
  }
  const spec = resource.kind === "Pod" ? at(object, "spec") : at(object, "spec", "template", "spec");
  return objectsOf(at(spec, "containers")).flatMap((container) =>
    objectsOf(container.ports).map((port) => ({
      port: Number(port.containerPort),
      protocol: textOf(port.protocol) || "TCP",
    })),
  );
}

function servicePorts(info: Info, { flags }: Invocation): readonly JsonObject[] {
  const given = flags.text("port");
  const known = portsOf(info);
  const numbers = given === "" ? known.map(({ port }) => port) : given.split(",").map(Number);
  if (numbers.length === 0) throw new CommandError("couldn't find port via --port flag or introspection");
  const target = flags.text("target-port");
  const protocolOf = (port: number): string =>
    flags.text("protocol") || known.find((one) => one.port === port)?.protocol || "TCP";
  return numbers.map((port, index) => ({
    ...(numbers.length > 1 ? { name: `port-${index + 1}` } : {}),
    protocol: protocolOf(port),
    port,
    targetPort: target === "" ? port : /^\d+$/.test(target) ? Number(target) : target,
  }));
}

function serviceFor(info: Info, invocation: Invocation): JsonObject {
  const { flags } = invocation;
  const type = flags.text("type");
  const name = flags.text("name") || info.name;
  if (name.length > 63) throw new CommandError(`name ${name} is too long`.replace("name ", "name: "));
  const given = flags.text("labels");
  const labels =
    given === ""
      ? objectOf(at(info.object, "metadata", "labels"))
      : Object.fromEntries(given.split(",").map((pair) => pair.split("=") as [string, string]));
  const selector = selectorOf(info, flags.text("selector"));
  const external = flags.text("external-ip");
  const namespace = invocation.namespaceGiven ? { namespace: invocation.namespace } : {};
  const balancer = flags.text("load-balancer-ip");
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { creationTimestamp: null, ...(Object.keys(labels).length > 0 ? { labels } : {}), name, ...namespace },
    spec: {
      ...(flags.text("cluster-ip") ? { clusterIP: flags.text("cluster-ip") } : {}),
      ...(external ? { externalIPs: [external] } : {}),
      ports: servicePorts(info, invocation),
      selector,
      ...(flags.text("session-affinity") ? { sessionAffinity: flags.text("session-affinity") } : {}),
      ...(type ? { type } : {}),
      ...(balancer ? { loadBalancerIP: balancer } : {}),
    },
    status: { loadBalancer: {} },
  };
  const made = overridden(service, invocation);
  return flags.bool("save-config") ? withLastApplied(made) : made;
}

export const expose: Command = {
  name: "expose",
  completes: "workloads",
  flags: [
    textFlag("load-balancer-ip"),
    textFlag("override-type", "merge"),
    textFlag("overrides"),
    boolFlag("save-config"),
    textFlag("cluster-ip"),
    dryRunFlag,
    textFlag("external-ip"),
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-expose",
    },
    { ...textFlag("labels"), short: "l" },
    textFlag("name"),
    textFlag("port"),
    textFlag("protocol"),
    textFlag("selector"),
    textFlag("session-affinity"),
    textFlag("target-port"),
    textFlag("type"),
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({
    complete: (invocation) =>
      resolveTargets(invocation, invocation.args, {
        files: fileSources(invocation.flags),
        recursive: invocation.flags.bool("recursive"),
      }),
    run: async (targets, invocation) => {
      const { client, context, flags } = invocation;
      const dryRun = dryRunOf(flags);
      const report = reporter(await printerFor(flags, context), context, dryRun);
      const { infos, errors } = await readInfos(invocation, targets);
      throwCollected(errors);
      for (const info of infos) {
        const service = serviceFor(info, invocation);
        if (dryRun === "client") {
          report(service, "exposed");
          continue;
        }
        const path = withQuery(`/api/v1/namespaces/${info.namespace}/services`, [
          ["dryRun", dryRun === "server" ? "All" : undefined],
          ["fieldManager", flags.text("field-manager")],
        ]);
        const created = await client.send("POST", path, { body: service });
        report({ apiVersion: "v1", kind: "Service", ...created }, "exposed");
      }
      return 0;
    },
  }),
};
