/** Printers of nodes, services, events and the other kinds of the core group. */
import {
  ageOf,
  type Cell,
  columns,
  countOf,
  type Fields,
  firstThree,
  labelsText,
  list,
  NONE,
  nameOf,
  number,
  type PrintContext,
  type Printer,
  quantityText,
  record,
  since,
  text,
  UNKNOWN,
  UNSET,
} from "./printer.ts";

/** Name, the given cells, age. */
export function simplePrinter(
  names: readonly string[],
  cells: (object: Fields, print: PrintContext) => readonly Cell[],
): Printer {
  return {
    columns: columns("Name", ...names, "Age"),
    cells: (object, print) => [nameOf(object), ...cells(object, print), ageOf(object, print)],
  };
}

export const nodePrinter: Printer = {
  columns: columns(
    "Name",
    "Status",
    "Roles",
    "Age",
    "Version",
    "*Internal-IP",
    "*External-IP",
    "*OS-Image",
    "*Kernel-Version",
    "*Container-Runtime",
  ),
  cells: (node, print) => {
    const status = record(node.status);
    const info = record(status.nodeInfo);
    return [
      nameOf(node),
      nodeStatus(node),
      nodeRoles(node),
      ageOf(node, print),
      text(info.kubeletVersion),
      addressOf(status, "InternalIP"),
      addressOf(status, "ExternalIP"),
      text(info.osImage) || UNKNOWN,
      text(info.kernelVersion) || UNKNOWN,
      text(info.containerRuntimeVersion) || UNKNOWN,
    ];
  },
};

function nodeStatus(node: Fields): string {
  const ready = list(record(node.status).conditions)
    .map(record)
    .findLast((one) => one.type === "Ready");
  const word = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return record(node.spec).unschedulable === true ? `${word},SchedulingDisabled` : word;
}

const ROLE_PREFIX = "node-role.kubernetes.io/";

/** Roles of a node by its labels, in order; `<none>` without. */
export function nodeRoles(node: Fields): string {
  const labels = record(record(node.metadata).labels);
  const roles = new Set<string>();
  for (const key in labels) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === "kubernetes.io/role" && text(labels[key]) !== "") roles.add(text(labels[key]));
  }
  return roles.size === 0 ? NONE : [...roles].sort().join(",");
}

function addressOf(status: Fields, type: string): string {
  return (
    text(
      list(status.addresses)
        .map(record)
        .find((one) => one.type === type)?.address,
    ) || NONE
  );
}

export const servicePrinter: Printer = {
  columns: columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "*Selector"),
  cells: (service, print) => {
    const spec = record(service.spec);
    return [
      nameOf(service),
      text(spec.type),
      text(list(spec.clusterIPs)[0]) || NONE,
      externalIps(service, print.wide),
      servicePorts(spec),
      ageOf(service, print),
      labelsText(spec.selector),
    ];
  },
};

function servicePorts(spec: Fields): string {
  const ports = list(spec.ports).map((value) => {
    const { port, nodePort, protocol } = record(value);
    return nodePort ? `${port}:${nodePort}/${text(protocol)}` : `${port}/${text(protocol)}`;
  });
  return ports.length === 0 ? NONE : ports.join(",");
}

function externalIps(service: Fields, wide: boolean): string {
  const spec = record(service.spec);
  const own = list(spec.externalIPs).map(text);
  switch (spec.type) {
    case "ClusterIP":
    case "NodePort":
      return own.length > 0 ? own.join(",") : NONE;
    case "LoadBalancer": {
      const given = loadBalancerText(record(service.status).loadBalancer, wide);
      if (own.length > 0) return given === "" ? own.join(",") : [...given.split(","), ...own].join(",");
      return given || "<pending>";
    }
    case "ExternalName":
      return text(spec.externalName);
    default:
      return UNKNOWN;
  }
}

/** Addresses that a load balancer gave, cut to 16 characters where not wide. */
export function loadBalancerText(loadBalancer: unknown, wide: boolean): string {
  const addresses: string[] = [];
  for (const value of list(record(loadBalancer).ingress)) {
    const { ip, hostname } = record(value);
    const address = text(ip) || text(hostname);
    if (address !== "" && !addresses.includes(address)) addresses.push(address);
  }
  const joined = addresses.sort().join(",");
  return !wide && joined.length > 16 ? `${joined.slice(0, 13)}...` : joined;
}

export const endpointsPrinter = simplePrinter(["Endpoints"], (object) => {
  const addresses: string[] = [];
  for (const value of list(object.subsets)) {
    const subset = record(value);
    const ips = list(subset.addresses).map((one) => text(record(one).ip));
    const ports = list(subset.ports).map(record);
    if (ports.length === 0) addresses.push(...ips);
    for (const { port } of ports)
      addresses.push(...ips.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${number(port)}`));
  }
  return [firstThree(addresses, countOf(object.subsets) === 0 ? NONE : "")];
});

export const endpointSlicePrinter = simplePrinter(["AddressType", "Ports", "Endpoints"], (slice) => {
  const ports = list(slice.ports).map((value) => {
    const { port } = record(value);
    return typeof port === "number" ? String(port) : "*";
  });
  const addresses = list(slice.endpoints).flatMap((one) => list(record(one).addresses).map(text));
  return [text(slice.addressType), firstThree(ports, UNSET), firstThree(addresses, UNSET)];
});

export const eventPrinter: Printer = {
  columns: columns(
    "Last Seen",
    "Type",
    "Reason",
    "Object",
    "*Subobject",
    "*Source",
    "Message",
    "*First Seen",
    "*#Count",
    "*Name",
  ),
  cells: (event, print) => {
    const involved = record(event.involvedObject ?? event.regarding);
    const [first, last, count] = eventTimes(event, print);
    const kind = text(involved.kind).toLowerCase();
    return [
      last,
      text(event.type),
      text(event.reason),
      text(involved.name) === "" ? kind : `${kind}/${text(involved.name)}`,
      text(involved.fieldPath),
      eventSource(event),
      (text(event.message) || text(event.note)).trim(),
      first,
      count,
      nameOf(event),
    ];
  },
};

function eventTimes(event: Fields, print: PrintContext): [string, string, number] {
  const firstTime = event.firstTimestamp ?? event.deprecatedFirstTimestamp;
  const lastTime = event.lastTimestamp ?? event.deprecatedLastTimestamp;
  const first = since(firstTime || event.eventTime, print);
  const count = number(event.count) || number(event.deprecatedCount) || 1;
  if (event.series) {
    const series = record(event.series);
    return [first, since(series.lastObservedTime, print), number(series.count)];
  }
  return [first, lastTime ? since(lastTime, print) : first, count];
}

function eventSource(event: Fields): string {
  const source = record(event.source ?? event.deprecatedSource);
  const component = text(source.component) || text(event.reportingComponent) || text(event.reportingController);
  const host = text(source.host) || text(event.reportingInstance);
  return host === "" ? component : `${component}, ${host}`;
}

export const namespacePrinter = simplePrinter(["Status"], (object) => [text(record(object.status).phase)]);
export const configMapPrinter = simplePrinter(["#Data"], (object) => [
  countOf(object.data) + countOf(object.binaryData),
]);
export const secretPrinter = simplePrinter(["Type", "#Data"], (object) => [text(object.type), countOf(object.data)]);
export const serviceAccountPrinter = simplePrinter(["#Secrets"], (object) => [countOf(object.secrets)]);

export const componentStatusPrinter: Printer = {
  columns: columns("Name", "Status", "Message", "Error"),
  cells: (object) => {
    const healthy = list(object.conditions)
      .map(record)
      .find((one) => one.type === "Healthy");
    const word = healthy === undefined ? "Unknown" : healthy.status === "True" ? "Healthy" : "Unhealthy";
    return [nameOf(object), word, text(healthy?.message), text(healthy?.error)];
  },
};

export const resourceQuotaPrinter = simplePrinter(["Request", "Limit"], (object) => {
  const { hard, used } = record(object.status);
  const names = Object.keys(record(hard)).sort();
  const shown = (limits: boolean): string =>
    names
      .filter((name) => name.startsWith("limits.") === limits)
      .map((name) => `${name}: ${quantityText(record(used)[name])}/${quantityText(record(hard)[name])}`)
      .join(", ");
  return [shown(false), shown(true)];
});
