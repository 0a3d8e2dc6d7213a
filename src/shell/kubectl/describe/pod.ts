/** `kubectl describe pod` */
import { at, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { containerLines } from "./containers.ts";
import type { Describer } from "./describer.ts";
import { eventLines, readEvents } from "./events.ts";
import { tolerationText } from "./pod-template.ts";
import { volumeLines } from "./volumes.ts";
import { ageOf, annotationLines, type Lines, labelLines, longTime, multiline } from "./writer.ts";

export const describePod: Describer = async (lines, pod, { invocation, nowUs, showEvents }) => {
  head(lines, pod, nowUs);
  const spec = objectOf(pod.spec);
  const status = objectOf(pod.status);
  const place = { inTemplate: false, pod };
  const init = objectsOf(spec.initContainers);
  if (init.length > 0) containerLines(lines, "Init Containers", init, objectsOf(status.initContainerStatuses), place);
  containerLines(lines, "Containers", objectsOf(spec.containers), objectsOf(status.containerStatuses), place);
  const ephemeral = objectsOf(spec.ephemeralContainers);
  if (ephemeral.length > 0)
    containerLines(lines, "Ephemeral Containers", ephemeral, objectsOf(status.ephemeralContainerStatuses), place);
  gates(lines, spec, status);
  conditions(lines, objectsOf(status.conditions));
  volumeLines(lines, objectsOf(spec.volumes), false);
  if (status.qosClass) lines.line(0, "QoS Class:", textOf(status.qosClass));
  labelLines(lines, "Node-Selectors", objectOf(spec.nodeSelector));
  multiline(lines, "Tolerations", objectsOf(spec.tolerations).map(tolerationText));
  spread(lines, objectsOf(spec.topologySpreadConstraints));
  if (!showEvents) return;
  const { name, namespace, uid } = objectOf(pod.metadata);
  const selector = `involvedObject.name=${textOf(name)},involvedObject.namespace=${textOf(namespace)},involvedObject.uid=${textOf(uid)}`;
  eventLines(lines, await readEvents(invocation, textOf(namespace), selector), nowUs);
};

function head(lines: Lines, pod: JsonObject, nowUs: number): void {
  const metadata = objectOf(pod.metadata);
  const spec = objectOf(pod.spec);
  const status = objectOf(pod.status);
  lines.line(0, "Name:", textOf(metadata.name));
  lines.line(0, "Namespace:", textOf(metadata.namespace));
  if (typeof spec.priority === "number") lines.line(0, "Priority:", String(spec.priority));
  if (spec.priorityClassName) lines.line(0, "Priority Class Name:", textOf(spec.priorityClassName));
  if (spec.runtimeClassName) lines.line(0, "Runtime Class Name:", textOf(spec.runtimeClassName));
  if (spec.serviceAccountName) lines.line(0, "Service Account:", textOf(spec.serviceAccountName));
  lines.line(0, "Node:", spec.nodeName ? `${textOf(spec.nodeName)}/${textOf(status.hostIP)}` : "<none>");
  if (status.startTime) lines.line(0, "Start Time:", longTime(status.startTime));
  labelLines(lines, "Labels", objectOf(metadata.labels));
  annotationLines(lines, "Annotations", objectOf(metadata.annotations));
  phase(lines, pod, nowUs);
  if (status.reason) lines.line(0, "Reason:", textOf(status.reason));
  if (status.message) lines.line(0, "Message:", textOf(status.message));
  const profile = objectOf(at(spec, "securityContext", "seccompProfile"));
  if (profile.type) lines.line(0, "SeccompProfile:", textOf(profile.type));
  lines.line(0, "IP:", textOf(status.podIP));
  const ips = objectsOf(status.podIPs);
  if (ips.length === 0) lines.line(0, "IPs:", "<none>");
  else {
    lines.line(0, "IPs:");
    for (const { ip } of ips) lines.line(1, "IP:", textOf(ip));
  }
  const owner = objectsOf(metadata.ownerReferences).find(({ controller }) => controller === true);
  if (owner) lines.line(0, "Controlled By:", `${textOf(owner.kind)}/${textOf(owner.name)}`);
  if (status.nominatedNodeName) lines.line(0, "NominatedNodeName:", textOf(status.nominatedNodeName));
}

function phase(lines: Lines, pod: JsonObject, nowUs: number): void {
  const deleted = at(pod, "metadata", "deletionTimestamp");
  const now = textOf(at(pod, "status", "phase"));
  if (deleted && now !== "Failed" && now !== "Succeeded") {
    lines.line(0, "Status:", `Terminating (lasts ${ageOf(deleted, nowUs)})`);
    lines.line(0, "Termination Grace Period:", `${numberOf(at(pod, "metadata", "deletionGracePeriodSeconds"))}s`);
  } else lines.line(0, "Status:", now);
}

function gates(lines: Lines, spec: JsonObject, status: JsonObject): void {
  const list = objectsOf(spec.readinessGates);
  if (list.length === 0) return;
  lines.line(0, "Readiness Gates:");
  lines.line(1, "Type", "Status");
  for (const { conditionType } of list) {
    const found = objectsOf(status.conditions).find(({ type }) => type === conditionType);
    lines.line(1, `${textOf(conditionType)} `, `${found ? textOf(found.status) : "<none>"} `);
  }
}

function conditions(lines: Lines, list: readonly JsonObject[]): void {
  if (list.length === 0) return;
  lines.line(0, "Conditions:");
  lines.line(1, "Type", "Status");
  for (const { type, status } of list) lines.line(1, `${textOf(type)} `, `${textOf(status)} `);
}

function spread(lines: Lines, list: readonly JsonObject[]): void {
  if (list.length === 0) return;
  const texts = list.map((one) => {
    const selector = objectOf(at(one, "labelSelector", "matchLabels"));
    const shown = Object.entries(selector)
      .map(([key, value]) => `${key}=${textOf(value)}`)
      .join(",");
    return `${textOf(one.topologyKey)}:${textOf(one.whenUnsatisfiable)} when max skew ${numberOf(one.maxSkew)} is exceeded${shown ? ` for selector ${shown}` : ""}`;
  });
  multiline(lines, "Topology Spread Constraints", texts);
}
