/** `kubectl describe poddisruptionbudget|resourcequota|limitrange|priorityclass|networkpolicy` */
import { formatObjectSelector } from "../../../sim/api/labels.ts";
import { parseTime } from "../../../sim/api/time.ts";
import { at, isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { annotationLines, type Lines, labelLines } from "./writer.ts";

function selectorText(selector: unknown): string {
  return formatObjectSelector(objectOf(selector) as Parameters<typeof formatObjectSelector>[0]) || "<none>";
}

export const describeDisruptionBudget: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, namespace } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const status = objectOf(object.status);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  if (spec.minAvailable !== undefined) lines.line(0, "Min available:", String(spec.minAvailable));
  else if (spec.maxUnavailable !== undefined) lines.line(0, "Max unavailable:", String(spec.maxUnavailable));
  lines.line(0, "Selector:", spec.selector === undefined ? "<unset>" : selectorText(spec.selector));
  lines.line(0, "Status:");
  lines.line(2, "Allowed disruptions:", String(numberOf(status.disruptionsAllowed)));
  lines.line(2, "Current:", String(numberOf(status.currentHealthy)));
  lines.line(2, "Desired:", String(numberOf(status.desiredHealthy)));
  lines.line(2, "Total:", String(numberOf(status.expectedPods)));
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "PodDisruptionBudget"), nowUs);
};

const scopes: Readonly<Record<string, string>> = {
  Terminating:
    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating:
    "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort:
    "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort:
    "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
};

export const describeResourceQuota: Describer = async (lines, object) => {
  const { name, namespace } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  const named = listOf(at(object, "spec", "scopes"))
    .map(textOf)
    .sort();
  if (named.length > 0) {
    lines.line(0, "Scopes:", named.join(", "));
    for (const scope of named) if (scopes[scope]) lines.raw(` * ${scopes[scope]}\n`);
  }
  lines.line(0, "Resource", "Used", "Hard");
  lines.line(0, "--------", "----", "----");
  const hard = objectOf(at(object, "status", "hard"));
  for (const resource of sortedKeys(hard))
    lines.line(0, resource, String(at(object, "status", "used", resource) ?? "0"), String(hard[resource]));
};

export const describeLimitRange: Describer = async (lines, object) => {
  const { name, namespace } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  limitLines(lines, [object], 0);
};

/** One row a type and resource, of one or several LimitRanges. */
export function limitLines(lines: Lines, ranges: readonly JsonObject[], level: number): void {
  lines.line(level, "Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio");
  lines.line(level, "----", "--------", "---", "---", "---------------", "-------------", "-----------------------");
  for (const limit of ranges.flatMap((range) => objectsOf(at(range, "spec", "limits")))) {
    const fields = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"];
    const names = new Set(fields.flatMap((field) => sortedKeys(objectOf(limit[field]))));
    for (const name of [...names].sort())
      lines.line(level, textOf(limit.type), name, ...fields.map((field) => String(at(limit, field, name) ?? "-")));
  }
}

export const describePriorityClass: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  lines.line(0, "Name:", textOf(at(object, "metadata", "name")));
  lines.line(0, "Value:", String(numberOf(object.value)));
  lines.line(0, "GlobalDefault:", String(object.globalDefault === true));
  lines.line(0, "PreemptionPolicy:", textOf(object.preemptionPolicy));
  lines.line(0, "Description:", textOf(object.description));
  lines.line(0, "Annotations:", plainPairs(objectOf(at(object, "metadata", "annotations"))));
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "PriorityClass"), nowUs);
};

/** `a=b,c=d` with nothing hidden. */
export function plainPairs(pairs: JsonObject): string {
  return (
    sortedKeys(pairs)
      .map((key) => `${key}=${textOf(pairs[key])}`)
      .join(",") || "<none>"
  );
}

export const describeNetworkPolicy: Describer = async (lines, object) => {
  const { name, namespace, labels, annotations, creationTimestamp } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  lines.line(0, "Created on:", createdText(textOf(creationTimestamp)));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.raw("Spec:\n");
  const all = Object.keys(objectOf(spec.podSelector)).length === 0;
  const note = all ? " (Allowing the specific traffic to all pods in this namespace)" : "";
  lines.raw(`  PodSelector:     ${selectorText(spec.podSelector)}${note}\n`);
  const types = listOf(spec.policyTypes).map(textOf);
  if (types.includes("Ingress")) {
    lines.raw("  Allowing ingress traffic:\n");
    ruleLines(lines, objectsOf(spec.ingress), "from", "ingress");
  } else lines.raw("  Not affecting ingress traffic\n");
  if (types.includes("Egress")) {
    lines.raw("  Allowing egress traffic:\n");
    ruleLines(lines, objectsOf(spec.egress), "to", "egress");
  } else lines.raw("  Not affecting egress traffic\n");
  lines.raw(`  Policy Types: ${types.join(", ")}\n`);
};

function createdText(time: string): string {
  return parseTime(time) === null ? "<unknown>" : `${time.slice(0, 10)} ${time.slice(11, 19)} +0000 UTC`;
}

function ruleLines(
  lines: Lines,
  rules: readonly JsonObject[],
  peers: "from" | "to",
  direction: "ingress" | "egress",
): void {
  if (rules.length === 0) lines.raw(`    <none> (Selected pods are isolated for ${direction} connectivity)\n`);
  const title = peers === "from" ? "From" : "To";
  const end = peers === "from" ? "source" : "destination";
  rules.forEach((rule, index) => {
    portLines(lines, objectsOf(rule.ports));
    const list = objectsOf(rule[peers]);
    if (list.length === 0) lines.raw(`    ${title}: <any> (traffic not restricted by ${end})\n`);
    for (const peer of list) {
      lines.raw(`    ${title}:\n`);
      peerLines(lines, peer);
    }
    if (index < rules.length - 1) lines.raw("    ----------\n");
  });
}

function portLines(lines: Lines, ports: readonly JsonObject[]): void {
  if (ports.length === 0) lines.raw("    To Port: <any> (traffic allowed to all ports)\n");
  for (const { port, endPort, protocol } of ports) {
    const name = textOf(protocol) || "TCP";
    if (endPort === undefined) lines.raw(`    To Port: ${port === undefined ? "<any>" : String(port)}/${name}\n`);
    else lines.raw(`    To Port Range: ${String(port)}-${String(endPort)}/${name}\n`);
  }
}

function peerLines(lines: Lines, peer: JsonObject): void {
  if (isObject(peer.ipBlock)) {
    lines.raw(`      IPBlock:\n        CIDR: ${textOf(peer.ipBlock.cidr)}\n`);
    lines.raw(`        Except: ${listOf(peer.ipBlock.except).map(textOf).join(", ")}\n`);
    return;
  }
  if (peer.namespaceSelector !== undefined)
    lines.raw(`      NamespaceSelector: ${selectorText(peer.namespaceSelector)}\n`);
  if (peer.podSelector !== undefined) lines.raw(`      PodSelector: ${selectorText(peer.podSelector)}\n`);
}
