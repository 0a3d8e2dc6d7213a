/** `kubectl describe ingress|ingressclass` */
import { at, isObject, type JsonObject, objectOf, objectsOf, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import type { DescribeContext, Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { addresses } from "./service.ts";
import { annotationLines, labelLines } from "./writer.ts";

export const describeIngress: Describer = async (lines, object, context) => {
  const { name, namespace, labels, annotations } = objectOf(object.metadata);
  const spec = objectOf(object.spec);
  const place = textOf(namespace);
  const balancers = objectsOf(at(object, "status", "loadBalancer", "ingress"));
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  lines.line(0, "Namespace:", place);
  lines.line(0, "Address:", balancers.map(({ ip, hostname }) => textOf(ip) || textOf(hostname)).join(","));
  lines.line(0, "Ingress Class:", textOf(spec.ingressClassName) || "<none>");
  const fallback = isObject(spec.defaultBackend) ? await backendText(spec.defaultBackend, place, context) : "<default>";
  lines.line(0, "Default backend:", fallback);
  const secured = objectsOf(spec.tls);
  if (secured.length > 0) lines.line(0, "TLS:");
  for (const { secretName, hosts } of secured) {
    const list = ((hosts ?? []) as readonly string[]).join(",");
    lines.raw(secretName ? `  ${textOf(secretName)} terminates ${list}\n` : `  SNI routes ${list}\n`);
  }
  lines.raw("Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n");
  const rules = objectsOf(spec.rules).filter((rule) => isObject(rule.http));
  for (const rule of rules) {
    lines.raw(`  ${textOf(rule.host) || "*"}\t\n`);
    for (const { path, backend } of objectsOf(at(rule, "http", "paths")))
      lines.raw(`    \t${textOf(path)} \t${await backendText(objectOf(backend), place, context)}\n`);
  }
  if (rules.length === 0) lines.raw(`  *\t*\t${fallback}\n`);
  annotationLines(lines, "Annotations", objectOf(annotations));
  if (context.showEvents) eventLines(lines, await eventsOf(context.invocation, object, "Ingress"), context.nowUs);
};

/** `web:80 (10.244.1.5:8080,10.244.2.7:8080)` */
async function backendText(backend: JsonObject, namespace: string, { invocation }: DescribeContext): Promise<string> {
  const resource = objectOf(backend.resource);
  if (resource.kind)
    return `APIGroup: ${textOf(resource.apiGroup) || "<none>"}, Kind: ${textOf(resource.kind)}, Name: ${textOf(resource.name)}`;
  const name = textOf(at(backend, "service", "name"));
  const port = objectOf(at(backend, "service", "port"));
  const wanted = textOf(port.name) || String(port.number ?? "");
  const answer = await invocation.client.raw("GET", `/api/v1/namespaces/${namespace}/services/${name}`);
  if (answer.status >= 400) return `${name}:${wanted} (<error: services ${JSON.stringify(name)} not found>)`;
  const ports = objectsOf(at(JSON.parse(answer.body), "spec", "ports"));
  const found = ports.find((one) => textOf(one.name) === textOf(port.name) && port.name !== undefined);
  const chosen = found ?? ports.find((one) => one.port === port.number);
  const slices = await invocation.client.get(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, [
    ["labelSelector", `kubernetes.io/service-name=${name}`],
  ]);
  return `${name}:${wanted} (${addresses(listItems(slices), textOf(chosen?.name))})`;
}

export const describeIngressClass: Describer = async (lines, object, { invocation, nowUs, showEvents }) => {
  const { name, labels, annotations } = objectOf(object.metadata);
  lines.line(0, "Name:", textOf(name));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Controller:", textOf(at(object, "spec", "controller")));
  const parameters = objectOf(at(object, "spec", "parameters"));
  if (parameters.kind) {
    lines.line(0, "Parameters:");
    if (parameters.apiGroup) lines.line(1, "APIGroup:", textOf(parameters.apiGroup));
    lines.line(1, "Kind:", textOf(parameters.kind));
    lines.line(1, "Name:", textOf(parameters.name));
  }
  if (showEvents) eventLines(lines, await eventsOf(invocation, object, "IngressClass"), nowUs);
};
