/** `kubectl describe persistentvolume|persistentvolumeclaim|storageclass` */
import { at, isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import type { DescribeContext, Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { plainPairs } from "./policies.ts";
import { sourceLines } from "./volumes.ts";
import { annotationLines, type Lines, labelLines, longTime, multiline } from "./writer.ts";

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function modes(list: unknown): string {
  const all = listOf(list).map(textOf);
  return Object.keys(shortModes)
    .filter((mode) => all.includes(mode))
    .map((mode) => shortModes[mode])
    .join(",");
}

function finalizers(object: JsonObject): string {
  return `[${listOf(at(object, "metadata", "finalizers"))
    .map(textOf)
    .join(" ")}]`;
}

const oldClass = "volume.beta.kubernetes.io/storage-class";

function classOf(object: JsonObject): string {
  return textOf(at(object, "metadata", "annotations", oldClass)) || textOf(at(object, "spec", "storageClassName"));
}

/** `Terminating` with how long it has been, where it is on its way out. */
function phaseOf(object: JsonObject): string {
  return textOf(at(object, "metadata", "deletionTimestamp")) ? "Terminating" : textOf(at(object, "status", "phase"));
}

export const describeVolume: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, labels, annotations } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const claim = objectOf(spec.claimRef);
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Finalizers:", finalizers(object));
  lines.line(0, "StorageClass:", classOf(object));
  lines.line(0, "Status:", phaseOf(object));
  lines.line(0, "Claim:", claim.name ? `${textOf(claim.namespace)}/${textOf(claim.name)}` : "");
  lines.line(0, "Reclaim Policy:", textOf(spec.persistentVolumeReclaimPolicy));
  lines.line(0, "Access Modes:", modes(spec.accessModes));
  if (spec.volumeMode) lines.line(0, "VolumeMode:", textOf(spec.volumeMode));
  lines.line(0, "Capacity:", String(at(spec, "capacity", "storage") ?? ""));
  nodeAffinityLines(lines, at(spec, "nodeAffinity", "required"));
  lines.line(0, "Message:", textOf(at(object, "status", "message")));
  lines.line(0, "Source:");
  sourceLines(lines, spec);
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "PersistentVolume"), nowUs);
};

function nodeAffinityLines(lines: Lines, required: unknown): void {
  if (!isObject(required)) {
    lines.line(0, "Node Affinity:", "<none>");
    return;
  }
  lines.line(0, "Node Affinity:", "");
  const terms = objectsOf(required.nodeSelectorTerms);
  lines.line(1, "Required Terms:", terms.length === 0 ? "<none>" : "");
  terms.forEach((term, index) => {
    const texts = objectsOf(term.matchExpressions).map(({ key, operator, values }) => {
      const list = listOf(values).map(textOf);
      const set = list.length > 0 ? ` [${list.join(", ")}]` : "";
      return `${textOf(key)} ${textOf(operator).toLowerCase()}${set}`;
    });
    if (texts.length === 0) lines.line(2, `Term ${index}:`, "<none>");
    multiline(lines, `    Term ${index}`, texts);
  });
}

export const describeVolumeClaim: Describer = async (lines, object, context) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const bound = textOf(spec.volumeName) !== "";
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "StorageClass:", classOf(object));
  lines.line(0, "Status:", phaseOf(object));
  lines.line(0, "Volume:", textOf(spec.volumeName));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Finalizers:", finalizers(object));
  lines.line(0, "Capacity:", bound ? String(at(object, "status", "capacity", "storage") ?? "0") : "");
  lines.line(0, "Access Modes:", bound ? modes(at(object, "status", "accessModes")) : "");
  if (spec.volumeMode) lines.line(0, "VolumeMode:", textOf(spec.volumeMode));
  const source = objectOf(spec.dataSource);
  if (source.kind) {
    lines.line(0, "DataSource:");
    if (source.apiGroup) lines.line(1, "APIGroup:", textOf(source.apiGroup));
    lines.line(1, "Kind:", textOf(source.kind));
    lines.line(1, "Name:", textOf(source.name));
  }
  multiline(lines, "Used By", await usersOf(object, context));
  const conditions = objectsOf(at(object, "status", "conditions"));
  if (conditions.length > 0) {
    lines.raw("Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n");
    lines.raw("  ----\t------\t-----------------\t------------------\t------\t-------\n");
    for (const one of conditions)
      lines.line(
        1,
        ...["type", "status", "lastProbeTime", "lastTransitionTime", "reason", "message"].map((field) =>
          textOf(one[field]),
        ),
      );
  }
  if (context.showEvents)
    eventLines(lines, await eventsOf(context.invocation, object, "PersistentVolumeClaim"), context.nowUs);
};

/** Pods that mount the claim. */
async function usersOf(object: JsonObject, { invocation }: DescribeContext): Promise<readonly string[]> {
  const { name, namespace } = objectOf(object.metadata);
  const pods = await invocation.client.get(`/api/v1/namespaces/${textOf(namespace)}/pods`, [["limit", "500"]]);
  return listItems(pods)
    .filter((pod) =>
      objectsOf(at(pod, "spec", "volumes")).some((volume) => at(volume, "persistentVolumeClaim", "claimName") === name),
    )
    .map((pod) => textOf(at(pod, "metadata", "name")));
}

export const describeStorageClass: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const annotations = objectOf(at(object, "metadata", "annotations"));
  const isDefault = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
  lines.line(0, "Name:", textOf(at(object, "metadata", "name")));
  lines.line(0, "IsDefaultClass:", isDefault.some((key) => annotations[key] === "true") ? "Yes" : "No");
  lines.line(0, "Annotations:", plainPairs(annotations));
  lines.line(0, "Provisioner:", textOf(object.provisioner));
  lines.line(0, "Parameters:", plainPairs(objectOf(object.parameters)));
  const expands = object.allowVolumeExpansion;
  lines.line(0, "AllowVolumeExpansion:", expands === undefined ? "<unset>" : expands ? "True" : "False");
  const options = listOf(object.mountOptions).map(textOf);
  if (options.length === 0) lines.line(0, "MountOptions:", "<none>");
  else lines.raw(`MountOptions:\n${options.map((option) => `  ${option}\n`).join("")}`);
  if (object.reclaimPolicy) lines.line(0, "ReclaimPolicy:", textOf(object.reclaimPolicy));
  if (object.volumeBindingMode) lines.line(0, "VolumeBindingMode:", textOf(object.volumeBindingMode));
  const topologies = objectsOf(object.allowedTopologies);
  if (topologies.length > 0) {
    lines.line(0, "AllowedTopologies:", "");
    topologies.forEach((term, index) => {
      const texts = objectsOf(term.matchLabelExpressions).map(
        ({ key, values }) => `${textOf(key)} in [${listOf(values).map(textOf).join(", ")}]`,
      );
      multiline(lines, `  Term ${index}`, texts);
    });
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "StorageClass"), nowUs);
};

export const describeCsiNode: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  lines.line(0, "Spec:");
  const drivers = objectsOf(at(object, "spec", "drivers"));
  if (drivers.length > 0) lines.line(1, "Drivers:");
  for (const driver of drivers) {
    lines.line(2, `${textOf(driver.name)}:`);
    lines.line(3, "Node ID:", textOf(driver.nodeID));
    const count = at(driver, "allocatable", "count");
    if (typeof count === "number") {
      lines.line(3, "Allocatables:");
      lines.line(4, "Count:", String(count));
    }
    const keys = listOf(driver.topologyKeys).map(textOf);
    if (keys.length > 0) lines.line(3, "Topology Keys:", `[${keys.join(" ")}]`);
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "CSINode"), nowUs);
};
