/** `kubectl describe node` */
import {
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  type Quantity,
} from "../../../sim/api/quantity.ts";
import type { Invocation } from "../command.ts";
import { at, compareText, type Json, type JsonObject, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import type { Describer } from "./describer.ts";
import { eventLines, readEvents } from "./events.ts";
import { ageOf, annotationLines, type Lines, labelLines, longTime, multiline, orNone } from "./writer.ts";

export const describeNode: Describer = async (lines, node, { invocation, nowUs, showEvents }) => {
  const { name, labels, annotations, creationTimestamp, uid } = objectOf(node.metadata);
  const spec = objectOf(node.spec);
  const status = objectOf(node.status);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Roles:", orNone(rolesOf(objectOf(labels)).join(",")));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "CreationTimestamp:", longTime(creationTimestamp));
  multiline(lines, "Taints", taintsOf(objectsOf(spec.taints)));
  lines.line(0, "Unschedulable:", String(spec.unschedulable === true));
  await leaseLines(lines, invocation, textOf(name));
  conditionLines(lines, objectsOf(status.conditions));
  lines.line(0, "Addresses:");
  for (const { type, address } of objectsOf(status.addresses)) lines.line(1, `${textOf(type)}:`, textOf(address));
  resourceLines(lines, "Capacity", objectOf(status.capacity));
  resourceLines(lines, "Allocatable", objectOf(status.allocatable));
  systemLines(lines, objectOf(status.nodeInfo));
  if (spec.podCIDR) lines.line(0, "PodCIDR:", textOf(spec.podCIDR));
  const cidrs = (spec.podCIDRs ?? []) as readonly string[];
  if (cidrs.length > 0) lines.line(0, "PodCIDRs:", cidrs.join(","));
  if (spec.providerID) lines.line(0, "ProviderID:", textOf(spec.providerID));
  await podLines(lines, invocation, node, nowUs);
  if (!showEvents) return;
  const selector = (id: string): string =>
    `involvedObject.name=${textOf(name)},involvedObject.namespace=,involvedObject.kind=Node,involvedObject.uid=${id}`;
  const events = [
    ...(await readEvents(invocation, "", selector(textOf(uid)))),
    ...(await readEvents(invocation, "", selector(textOf(name)))),
  ];
  eventLines(lines, events, nowUs);
};

function rolesOf(labels: JsonObject): readonly string[] {
  const roles = sortedKeys(labels).flatMap((key) => {
    if (key.startsWith("node-role.kubernetes.io/")) return [key.slice("node-role.kubernetes.io/".length)];
    return key === "kubernetes.io/role" ? [textOf(labels[key])] : [];
  });
  return [...new Set(roles)].filter((role) => role !== "").sort(compareText);
}

function taintsOf(taints: readonly JsonObject[]): readonly string[] {
  return [...taints]
    .sort((a, b) => compareText(textOf(a.effect), textOf(b.effect)) || compareText(textOf(a.key), textOf(b.key)))
    .map(({ key, value, effect }) => `${textOf(key)}${value ? `=${textOf(value)}` : ""}:${textOf(effect)}`);
}

async function leaseLines(lines: Lines, invocation: Invocation, name: string): Promise<void> {
  const answer = await invocation.client.raw(
    "GET",
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`,
    { accept: "application/json" },
  );
  if (answer.status >= 400) {
    lines.line(0, "Lease:", `Failed to get lease: leases.coordination.k8s.io ${JSON.stringify(name)} not found`);
    return;
  }
  const spec = objectOf((JSON.parse(answer.body) as JsonObject).spec);
  lines.line(0, "Lease:");
  const time = (value: Json | undefined): string => (value ? longTime(value) : "<unset>");
  lines.line(1, "HolderIdentity:", spec.holderIdentity ? textOf(spec.holderIdentity) : "<unset>");
  lines.line(1, "AcquireTime:", time(spec.acquireTime));
  lines.line(1, "RenewTime:", time(spec.renewTime));
}

function conditionLines(lines: Lines, conditions: readonly JsonObject[]): void {
  if (conditions.length === 0) return;
  lines.line(0, "Conditions:");
  lines.line(1, "Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message");
  lines.line(1, "----", "------", "-----------------", "------------------", "------", "-------");
  for (const { type, status, lastHeartbeatTime, lastTransitionTime, reason, message } of conditions) {
    const cells = [type, status].map((value) => `${textOf(value)} `);
    lines.line(
      1,
      ...cells,
      `${longTime(lastHeartbeatTime)} `,
      `${longTime(lastTransitionTime)} `,
      `${textOf(reason)} `,
      `${textOf(message)}`,
    );
  }
}

function resourceLines(lines: Lines, title: string, resources: JsonObject): void {
  const names = sortedKeys(resources);
  if (names.length === 0) return;
  lines.line(0, `${title}:`);
  for (const name of names) lines.line(1, `${name}:`, canonicalQuantity(String(resources[name])));
}

const systemFields: readonly (readonly [title: string, field: string])[] = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
  ["Kube-Proxy Version", "kubeProxyVersion"],
];

function systemLines(lines: Lines, info: JsonObject): void {
  lines.line(0, "System Info:");
  for (const [title, field] of systemFields) lines.line(1, `${title}:`, textOf(info[field]));
}

type Amounts = Map<string, Quantity>;

function add(sum: Amounts, resources: JsonObject): void {
  for (const name of Object.keys(resources)) {
    const quantity = parseQuantity(String(resources[name]));
    const before = sum.get(name);
    sum.set(name, before ? { nano: before.nano + quantity.nano, format: before.format } : quantity);
  }
}

function atLeast(sum: Amounts, resources: JsonObject): void {
  for (const name of Object.keys(resources)) {
    const quantity = parseQuantity(String(resources[name]));
    const before = sum.get(name);
    if (!before || compareQuantities(formatQuantity(before), formatQuantity(quantity)) < 0) sum.set(name, quantity);
  }
}

/** What a pod asks for: containers together, or its greediest init container, and its overhead. */
function podAmounts(pod: JsonObject, field: "requests" | "limits"): Amounts {
  const sum: Amounts = new Map();
  const spec = objectOf(pod.spec);
  for (const container of objectsOf(spec.containers)) add(sum, objectOf(at(container, "resources", field)));
  for (const container of objectsOf(spec.initContainers)) {
    const resources = objectOf(at(container, "resources", field));
    if (container.restartPolicy === "Always") add(sum, resources);
    else atLeast(sum, resources);
  }
  add(sum, objectOf(spec.overhead));
  return sum;
}

function share(sum: Amounts, name: string, allocatable: JsonObject): string {
  const quantity = sum.get(name);
  const text = quantity ? formatQuantity(quantity) : "0";
  const whole = milliValue(String(allocatable[name] ?? "0"));
  return `${text} (${whole === 0 ? 0 : Math.trunc((milliValue(text) / whole) * 100)}%)`;
}

async function podLines(lines: Lines, invocation: Invocation, node: JsonObject, nowUs: number): Promise<void> {
  const name = textOf(at(node, "metadata", "name"));
  const list = await invocation.client.get("/api/v1/pods", [
    ["fieldSelector", `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`],
    ["limit", "500"],
  ]);
  const pods = listItems(list);
  const own = objectOf(at(node, "status", "allocatable"));
  const allocatable = sortedKeys(own).length > 0 ? own : objectOf(at(node, "status", "capacity"));
  lines.line(0, "Non-terminated Pods:", `(${pods.length} in total)`);
  lines.line(1, "Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age");
  lines.line(1, "---------", "----", "", "------------", "----------", "---------------", "-------------", "---");
  const totals: { readonly requests: Amounts; readonly limits: Amounts } = { requests: new Map(), limits: new Map() };
  for (const pod of pods) {
    const [requests, limits] = [podAmounts(pod, "requests"), podAmounts(pod, "limits")];
    const { namespace, name: podName, creationTimestamp } = objectOf(pod.metadata);
    const cells = [
      share(requests, "cpu", allocatable),
      share(limits, "cpu", allocatable),
      share(requests, "memory", allocatable),
      share(limits, "memory", allocatable),
    ];
    lines.line(1, textOf(namespace), textOf(podName), "", ...cells, ageOf(creationTimestamp, nowUs));
    for (const [sum, part] of [
      [totals.requests, requests],
      [totals.limits, limits],
    ] as const) {
      add(sum, Object.fromEntries([...part].map(([key, quantity]) => [key, formatQuantity(quantity)])));
    }
  }
  lines.line(0, "Allocated resources:");
  lines.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
  lines.line(1, "Resource", "Requests", "Limits");
  lines.line(1, "--------", "--------", "------");
  for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
    lines.line(1, resource, share(totals.requests, resource, allocatable), share(totals.limits, resource, allocatable));
  }
  const others = sortedKeys(allocatable).filter(
    (key) => key.startsWith("hugepages-") || (key.includes("/") && !key.startsWith("kubernetes.io/")),
  );
  for (const resource of others) {
    const text = (sum: Amounts): string => (sum.has(resource) ? formatQuantity(sum.get(resource)!) : "0");
    const cells = resource.startsWith("hugepages-")
      ? [share(totals.requests, resource, allocatable), share(totals.limits, resource, allocatable)]
      : [text(totals.requests), text(totals.limits)];
    lines.line(1, resource, ...cells);
  }
}
