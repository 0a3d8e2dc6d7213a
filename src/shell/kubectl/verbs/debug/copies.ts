/** Pods that are made for debugging: a changed copy of one, or one with a node's own namespaces and disk. */
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { at, type JsonObject, objectOf, objectsOf, textOf, without } from "../../json.ts";
import { nameOfPod } from "../../pods.ts";
import { attachIfAsked, containerOf, randomSuffix } from "./container.ts";
import { hostNamespaces, mountsHost, profiledContainer } from "./profiles.ts";

async function create(invocation: Invocation, pod: JsonObject): Promise<JsonObject> {
  const namespace = textOf(at(pod, "metadata", "namespace")) || invocation.namespace;
  return invocation.client.send("POST", `/api/v1/namespaces/${namespace}/pods`, {
    body: { apiVersion: "v1", kind: "Pod", ...pod },
    accept: "application/json",
  });
}

export async function copyPod(invocation: Invocation, pod: JsonObject, command: readonly string[]): Promise<number> {
  const { client, flags } = invocation;
  const metadata = objectOf(pod.metadata);
  const namespace = textOf(metadata.namespace);
  const spec = objectOf(pod.spec);
  const containers = objectsOf(spec.containers).map((container) => withoutProbes(invocation, container));
  const { list, debugged } = await changedContainers(invocation, containers, command);
  const placed = flags.bool("same-node") ? spec : without(spec, "nodeName");
  const copy = {
    metadata: {
      name: flags.text("copy-to"),
      namespace,
      ...(flags.bool("keep-labels") && metadata.labels ? { labels: metadata.labels } : {}),
      ...(flags.bool("keep-annotations") && metadata.annotations ? { annotations: metadata.annotations } : {}),
    },
    spec: {
      ...without(placed, "ephemeralContainers", ...(flags.bool("keep-init-containers") ? [] : ["initContainers"])),
      containers: list,
      ...(flags.text("image") !== "" || flags.changed("share-processes")
        ? { shareProcessNamespace: flags.bool("share-processes") }
        : {}),
    },
  };
  if (flags.bool("replace"))
    await client.send("DELETE", `/api/v1/namespaces/${namespace}/pods/${nameOfPod(pod)}`, {
      body: { gracePeriodSeconds: 0 },
    });
  return attachIfAsked(invocation, await create(invocation, copy), debugged);
}

function withoutProbes({ flags }: Invocation, container: JsonObject): JsonObject {
  const dropped = ["liveness", "readiness", "startup"].filter((probe) => !flags.bool(`keep-${probe}`));
  return without(container, ...dropped.map((probe) => `${probe}Probe`));
}

async function changedContainers(
  invocation: Invocation,
  containers: readonly JsonObject[],
  command: readonly string[],
): Promise<{ readonly list: readonly JsonObject[]; readonly debugged: string }> {
  const { flags } = invocation;
  const images = flags.pairs("set-image");
  const renewed = containers.map((container) => {
    const image = images[textOf(container.name)] ?? images["*"];
    return image === undefined ? container : { ...container, image };
  });
  const wanted = flags.text("container");
  const index = renewed.findIndex(({ name }) => name === wanted);
  if (index >= 0) {
    const words = flags.bool("arguments-only") ? "args" : "command";
    const before = renewed[index]!;
    const changed = {
      ...before,
      ...(command.length > 0 ? (words === "args" ? { args: command } : { ...without(before, "args"), command }) : {}),
      ...(flags.text("image") ? { image: flags.text("image") } : {}),
      ...(flags.bool("stdin") ? { stdin: true } : {}),
      ...(flags.bool("tty") ? { tty: true } : {}),
    };
    const cleared = command.length > 0 && words === "command" ? without(changed, "args") : changed;
    return { list: renewed.with(index, cleared), debugged: wanted };
  }
  if (flags.text("image") === "") {
    if (wanted === "" && command.length === 0) return { list: renewed, debugged: textOf(renewed[0]?.name) };
    throw new CommandError("you must specify an existing container or a new image when specifying args.");
  }
  const name = wanted || `debugger-${await randomSuffix(invocation)}`;
  if (wanted === "" && !flags.bool("quiet")) invocation.out(`Defaulting debug container name to ${name}.`);
  const added = containerOf(invocation, name, flags.text("image"), command);
  return { list: [...renewed, profiledContainer(added, flags.text("profile"), "copy")], debugged: name };
}

export async function debugNode(invocation: Invocation, node: JsonObject, command: readonly string[]): Promise<number> {
  const { flags } = invocation;
  const profile = flags.text("profile");
  const name = textOf(at(node, "metadata", "name"));
  const container = flags.text("container") || "debugger";
  const pod = `node-debugger-${name}-${await randomSuffix(invocation)}`;
  if (!flags.bool("quiet"))
    invocation.out(`Creating debugging pod ${pod} with container ${container} on node ${name}.`);
  const base = profiledContainer(containerOf(invocation, container, flags.text("image"), command), profile, "node");
  const host = mountsHost(profile);
  const created = await create(invocation, {
    metadata: { name: pod },
    spec: {
      containers: [{ ...base, ...(host ? { volumeMounts: [{ name: "host-root", mountPath: "/host" }] } : {}) }],
      ...hostNamespaces(profile),
      nodeName: name,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
      ...(host ? { volumes: [{ name: "host-root", hostPath: { path: "/" } }] } : {}),
    },
  });
  return attachIfAsked(invocation, created, container);
}
