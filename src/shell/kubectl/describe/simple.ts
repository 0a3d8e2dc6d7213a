/** `kubectl describe namespace|configmap|secret|serviceaccount|endpoints|endpointslice|role|rolebinding` */
import {
  at,
  compareText,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  objectsOf,
  sortedKeys,
  textOf,
} from "../json.ts";
import { listItems } from "../targets.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { limitLines } from "./policies.ts";
import { annotationLines, type Lines, labelLines, orNone } from "./writer.ts";

function head(lines: Lines, object: JsonObject, namespaced = true): void {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  if (namespaced) lines.line(0, "Namespace:", textOf(namespace));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
}

export const describeNamespace: Describer = async (lines, object, { invocation }) => {
  head(lines, object, false);
  const name = textOf(at(object, "metadata", "name"));
  lines.line(0, "Status:", textOf(at(object, "status", "phase")));
  const conditions = objectsOf(at(object, "status", "conditions"));
  if (conditions.length > 0) {
    lines.line(0, "Conditions:");
    lines.line(1, "Type", "Status", "LastTransitionTime", "Reason", "Message");
    lines.line(1, "----", "------", "------------------", "------", "-------");
    for (const one of conditions)
      lines.line(
        1,
        textOf(one.type),
        textOf(one.status),
        textOf(one.lastTransitionTime),
        textOf(one.reason),
        textOf(one.message),
      );
  }
  const read = async (resource: string): Promise<readonly JsonObject[]> => {
    const answer = await invocation.client.raw("GET", `/api/v1/namespaces/${name}/${resource}?limit=500`, {
      accept: "application/json",
    });
    return answer.status >= 400 ? [] : listItems(JSON.parse(answer.body) as JsonObject);
  };
  const quotas = await read("resourcequotas");
  if (quotas.length === 0) lines.raw("\nNo resource quota.\n");
  else quotaLines(lines, quotas);
  const ranges = await read("limitranges");
  if (ranges.length === 0) lines.raw("\nNo LimitRange resource.\n");
  else rangeLines(lines, ranges);
};

function quotaLines(lines: Lines, quotas: readonly JsonObject[]): void {
  lines.raw("\nResource Quotas\n");
  for (const quota of quotas) {
    lines.line(1, "Name:", textOf(at(quota, "metadata", "name")));
    lines.line(1, "Resource", "Used", "Hard");
    lines.line(1, "--------", "---", "---");
    const hard = objectOf(at(quota, "status", "hard"));
    for (const name of sortedKeys(hard))
      lines.line(1, name, String(at(quota, "status", "used", name) ?? "0"), String(hard[name]));
  }
}

function rangeLines(lines: Lines, ranges: readonly JsonObject[]): void {
  lines.raw("\nResource Limits\n");
  limitLines(lines, ranges, 1);
}

export const describeConfigMap: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  lines.raw("\nData\n====\n");
  const data = objectOf(object.data);
  for (const key of sortedKeys(data)) lines.raw(`${key}:\n----\n${textOf(data[key])}\n\n`);
  lines.raw("\nBinaryData\n====\n");
  const binary = objectOf(object.binaryData);
  for (const key of sortedKeys(binary)) lines.raw(`${key}: ${byteLength(textOf(binary[key]))} bytes\n`);
  lines.raw("\n");
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "ConfigMap"), nowUs);
};

function byteLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}

export const describeSecret: Describer = async (lines, object) => {
  head(lines, object);
  lines.raw(`\nType:\t${textOf(object.type)}\n`);
  lines.raw("\nData\n====\n");
  const data = objectOf(object.data);
  for (const key of sortedKeys(data)) {
    const isToken = object.type === "kubernetes.io/service-account-token" && key === "token";
    lines.raw(isToken ? `${key}:\t${atob(textOf(data[key]))}\n` : `${key}:\t${byteLength(textOf(data[key]))} bytes\n`);
  }
};

export const describeServiceAccount: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  const names = (field: string): string =>
    objectsOf(object[field])
      .map(({ name }) => textOf(name))
      .join(",");
  lines.line(0, "Image pull secrets:", orNone(names("imagePullSecrets")));
  lines.line(0, "Mountable secrets:", orNone(names("secrets")));
  lines.line(0, "Tokens:", "<none>");
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "ServiceAccount"), nowUs);
};

export const describeEndpoints: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  lines.line(0, "Subsets:");
  for (const subset of objectsOf(object.subsets)) {
    const ips = (field: string): string =>
      orNone(
        objectsOf(subset[field])
          .map(({ ip }) => textOf(ip))
          .join(","),
      );
    lines.line(1, "Addresses:", ips("addresses"));
    lines.line(1, "NotReadyAddresses:", ips("notReadyAddresses"));
    const ports = objectsOf(subset.ports);
    if (ports.length > 0) {
      lines.line(1, "Ports:");
      lines.line(2, "Name", "Port", "Protocol");
      lines.line(2, "----", "----", "--------");
      for (const { name, port, protocol } of ports)
        lines.line(2, textOf(name) || "<unset>", String(port), textOf(protocol));
    }
    lines.raw("\n");
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "Endpoints"), nowUs);
};

export const describeEndpointSlice: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  head(lines, object);
  lines.line(0, "AddressType:", textOf(object.addressType));
  const ports = objectsOf(object.ports);
  if (ports.length === 0) lines.line(0, "Ports: <unset>");
  else {
    lines.line(0, "Ports:");
    lines.line(1, "Name", "Port", "Protocol");
    lines.line(1, "----", "----", "--------");
    for (const { name, port, protocol } of ports)
      lines.line(
        1,
        textOf(name) || "<unset>",
        port === undefined ? "<unset>" : String(numberOf(port)),
        textOf(protocol),
      );
  }
  const endpoints = objectsOf(object.endpoints);
  if (endpoints.length === 0) lines.line(0, "Endpoints: <none>");
  else lines.line(0, "Endpoints:");
  for (const endpoint of endpoints) endpointLines(lines, endpoint);
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "EndpointSlice"), nowUs);
};

function endpointLines(lines: Lines, endpoint: JsonObject): void {
  lines.line(1, `- Addresses:  ${listOf(endpoint.addresses).map(textOf).join(", ")}`);
  lines.line(2, "Conditions:");
  const ready = at(endpoint, "conditions", "ready");
  lines.line(3, "Ready:", ready === undefined ? "<unset>" : String(ready));
  lines.line(2, "Hostname:", textOf(endpoint.hostname) || "<unset>");
  const target = objectOf(endpoint.targetRef);
  if (target.kind) lines.line(2, "TargetRef:", `${textOf(target.kind)}/${textOf(target.name)}`);
  lines.line(2, "NodeName:", textOf(endpoint.nodeName) || "<unset>");
  lines.line(2, "Zone:", textOf(endpoint.zone) || "<unset>");
}

export const describeRole: Describer = async (lines, object) => {
  const { name, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "PolicyRule:");
  lines.line(1, "Resources", "Non-Resource URLs", "Resource Names", "Verbs");
  lines.line(1, "---------", "-----------------", "--------------", "-----");
  for (const { group, resource, name, url, verbs } of grantsOf(objectsOf(object.rules)))
    lines.line(1, inGroup(resource, group), `[${url}]`, `[${name}]`, `[${verbs.join(" ")}]`);
};

interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly url: string;
  readonly verbs: readonly string[];
}

/** Rules taken apart, the verbs of one resource together, in upstream's order: by verbs, groups, resources, names. */
function grantsOf(rules: readonly JsonObject[]): readonly Grant[] {
  const texts = (list: unknown): readonly string[] => listOf(list).map(textOf);
  const byResource = new Map<string, Grant>();
  const urls: Grant[] = [];
  for (const rule of rules) {
    const verbs = texts(rule.verbs);
    const names = texts(rule.resourceNames);
    for (const group of texts(rule.apiGroups))
      for (const resource of texts(rule.resources))
        for (const name of names.length > 0 ? names : [""]) {
          const key = `${group} ${resource} ${name}`;
          const before = byResource.get(key)?.verbs ?? [];
          byResource.set(key, { group, resource, name, url: "", verbs: [...before, ...verbs] });
        }
    for (const url of texts(rule.nonResourceURLs))
      for (const verb of verbs) urls.push({ group: "", resource: "", name: "", url, verbs: [verb] });
  }
  const order = ({ group, resource, name, url, verbs }: Grant): string =>
    `[${verbs.join(" ")}],[${group}],[${resource}],[${name}],[${url}]`;
  return [...byResource.values(), ...urls].sort((a, b) => compareText(order(a), order(b)));
}

/** `deployments.apps/scale` */
function inGroup(resource: string, group: string): string {
  const [name = "", subresource] = resource.split(/\/(.*)/s);
  const full = group === "" ? name : `${name}.${group}`;
  return subresource === undefined ? full : `${full}/${subresource}`;
}

export const describeRoleBinding: Describer = async (lines, object) => {
  const { name, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Role:");
  lines.line(1, "Kind:", textOf(at(object, "roleRef", "kind")));
  lines.line(1, "Name:", textOf(at(object, "roleRef", "name")));
  lines.line(0, "Subjects:");
  lines.line(1, "Kind", "Name", "Namespace");
  lines.line(1, "----", "----", "---------");
  for (const subject of objectsOf(object.subjects))
    lines.line(1, textOf(subject.kind), textOf(subject.name), textOf(subject.namespace));
};
