/** `kubectl describe service` */
import { at, type JsonObject, listOf, numberOf, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import { listItems } from "../targets.ts";
import type { Describer } from "./describer.ts";
import { eventLines, eventsOf } from "./events.ts";
import { annotationLines, type Lines, labelLines, orNone } from "./writer.ts";

export const describeService: Describer = async (lines, service, { invocation, nowUs, showEvents }) => {
  const { name, namespace, labels, annotations } = objectOf(service.metadata);
  const spec = objectOf(service.spec);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${textOf(namespace)}/endpointslices`;
  const answer = await invocation.client.raw(
    "GET",
    `${path}?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${textOf(name)}`)}`,
    { accept: "application/json" },
  );
  const slices = answer.status >= 400 ? [] : listItems(JSON.parse(answer.body) as JsonObject);
  lines.line(0, "Name:", textOf(name));
  lines.line(0, "Namespace:", textOf(namespace));
  labelLines(lines, "Labels", objectOf(labels));
  annotationLines(lines, "Annotations", objectOf(annotations));
  lines.line(0, "Selector:", orNone(pairs(objectOf(spec.selector))));
  lines.line(0, "Type:", textOf(spec.type));
  if (spec.ipFamilyPolicy) lines.line(0, "IP Family Policy:", textOf(spec.ipFamilyPolicy));
  const families = listOf(spec.ipFamilies).map(textOf);
  lines.line(0, "IP Families:", families.length > 0 ? families.join(",") : "<none>");
  lines.line(0, "IP:", textOf(spec.clusterIP));
  const ips = listOf(spec.clusterIPs).map(textOf);
  lines.line(0, "IPs:", ips.length > 0 ? ips.join(",") : "<none>");
  const external = listOf(spec.externalIPs).map(textOf);
  if (external.length > 0) lines.line(0, "External IPs:", external.join(","));
  if (spec.loadBalancerIP) lines.line(0, "Desired LoadBalancer IP:", textOf(spec.loadBalancerIP));
  if (spec.externalName) lines.line(0, "External Name:", textOf(spec.externalName));
  const ingress = objectsOf(at(service, "status", "loadBalancer", "ingress"));
  if (ingress.length > 0)
    lines.line(
      0,
      "LoadBalancer Ingress:",
      ingress
        .map(({ ip, hostname, ipMode }) => `${textOf(ip) || textOf(hostname)}${ipMode ? ` (${textOf(ipMode)})` : ""}`)
        .join(", "),
    );
  for (const port of objectsOf(spec.ports)) portLines(lines, port, slices);
  lines.line(0, "Session Affinity:", textOf(spec.sessionAffinity));
  if (spec.externalTrafficPolicy) lines.line(0, "External Traffic Policy:", textOf(spec.externalTrafficPolicy));
  if (spec.internalTrafficPolicy) lines.line(0, "Internal Traffic Policy:", textOf(spec.internalTrafficPolicy));
  if (numberOf(spec.healthCheckNodePort) > 0) lines.line(0, "HealthCheck NodePort:", String(spec.healthCheckNodePort));
  const ranges = listOf(spec.loadBalancerSourceRanges).map(textOf);
  if (ranges.length > 0) lines.line(0, "LoadBalancer Source Ranges:", ranges.join(","));
  if (showEvents) eventLines(lines, await eventsOf(invocation, service, "Service"), nowUs);
};

function pairs(selector: JsonObject): string {
  return sortedKeys(selector)
    .map((key) => `${key}=${textOf(selector[key])}`)
    .join(",");
}

function portLines(lines: Lines, port: JsonObject, slices: readonly JsonObject[]): void {
  const name = textOf(port.name) || "<unset>";
  const protocol = textOf(port.protocol) || "TCP";
  lines.line(0, "Port:", name, `${numberOf(port.port)}/${protocol}`);
  const target = port.targetPort ?? port.port;
  lines.line(0, "TargetPort:", `${String(target)}/${protocol}`);
  if (numberOf(port.nodePort) > 0) lines.line(0, "NodePort:", name, `${numberOf(port.nodePort)}/${protocol}`);
  lines.line(0, "Endpoints:", addresses(slices, textOf(port.name)));
}

/** `10.244.1.5:80,10.244.1.6:80 + 2 more...` */
export function addresses(slices: readonly JsonObject[], portName: string): string {
  const found = slices.flatMap((slice) => {
    const port = objectsOf(slice.ports).find(({ name }) => textOf(name) === portName);
    if (!port) return [];
    const ready = objectsOf(slice.endpoints).filter((endpoint) => at(endpoint, "conditions", "ready") !== false);
    return ready.flatMap((endpoint) =>
      listOf(endpoint.addresses).map((address) =>
        slice.addressType === "IPv6"
          ? `[${textOf(address)}]:${numberOf(port.port)}`
          : `${textOf(address)}:${numberOf(port.port)}`,
      ),
    );
  });
  if (found.length === 0) return "";
  return found.length > 3 ? `${found.slice(0, 3).join(",")} + ${found.length - 3} more...` : found.join(",");
}
