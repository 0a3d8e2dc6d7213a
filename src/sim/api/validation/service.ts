/** Services and their endpoints. */

import { equalJson } from "../equal.ts";
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { formatIp, type IpAddress, parseCidr, parseIp } from "../ip.ts";
import {
  nameIsDns1035Label,
  nameIsDnsSubdomain,
  validateDns1123Label,
  validateDns1123Subdomain,
  validatePortName,
  validatePortNumber,
  validateQualifiedName,
} from "../names.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkPort,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { PROTOCOLS } from "./containers.ts";
import { checkImmutable, checkLabels, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";

const TYPES: readonly string[] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const NONE = "None";
const IP_MESSAGE = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const CIDR_MESSAGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
const SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";

function hasClusterIp(spec: Fields): boolean {
  return spec.type !== "ExternalName";
}

function isHeadless(spec: Fields): boolean {
  return list(spec.clusterIPs)[0] === NONE || spec.clusterIP === NONE;
}

function checkService(errors: Errors, service: Fields): void {
  const spec = record(service.spec);
  const ports = list(spec.ports).map(record);
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== "ExternalName") errors.push(required("spec.ports"));
  checkByType(errors, spec);
  checkPorts(errors, spec, ports);
  if (isPresent(spec.selector)) checkLabels(errors, "spec.selector", spec.selector);
  checkSessionAffinity(errors, spec);
  checkClusterIps(errors, spec);
  checkExternalIps(errors, spec);
  if (text(spec.type) === "") errors.push(required("spec.type"));
  else if (!TYPES.includes(text(spec.type))) errors.push(notSupported("spec.type", spec.type, TYPES));
  checkDistinctPorts(errors, ports);
  checkSourceRanges(errors, spec, record(record(service.metadata).annotations));
  if (isPresent(spec.allocateLoadBalancerNodePorts) && spec.type !== "LoadBalancer") {
    errors.push(forbidden("spec.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER));
  }
  if (spec.type === "LoadBalancer" && !isPresent(spec.allocateLoadBalancerNodePorts)) {
    errors.push(required("spec.allocateLoadBalancerNodePorts"));
  }
  if (isPresent(spec.loadBalancerClass)) {
    if (spec.type !== "LoadBalancer") errors.push(forbidden("spec.loadBalancerClass", ONLY_LOAD_BALANCER));
    else
      addInvalid(
        errors,
        "spec.loadBalancerClass",
        spec.loadBalancerClass,
        validateQualifiedName(text(spec.loadBalancerClass)),
      );
  }
  checkTrafficPolicies(errors, spec);
}

function checkByType(errors: Errors, spec: Fields): void {
  switch (spec.type) {
    case "LoadBalancer":
      if (isHeadless(spec))
        errors.push(invalid("spec.clusterIPs[0]", NONE, "may not be set to 'None' for LoadBalancer services"));
      break;
    case "NodePort":
      if (isHeadless(spec))
        errors.push(invalid("spec.clusterIPs[0]", NONE, "may not be set to 'None' for NodePort services"));
      break;
    case "ExternalName": {
      const name = text(spec.externalName);
      if (list(spec.clusterIPs).length > 0 || text(spec.clusterIP) !== "") {
        errors.push(forbidden("spec.clusterIPs", "may not be set for ExternalName services"));
      }
      if (list(spec.ipFamilies).length > 0)
        errors.push(forbidden("spec.ipFamilies", "may not be set for ExternalName services"));
      if (isPresent(spec.ipFamilyPolicy))
        errors.push(forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services"));
      if (name === "") errors.push(required("spec.externalName"));
      else
        addInvalid(
          errors,
          "spec.externalName",
          name,
          validateDns1123Subdomain(name.endsWith(".") ? name.slice(0, -1) : name),
        );
      break;
    }
  }
}

function checkPorts(errors: Errors, spec: Fields, ports: readonly Fields[]): void {
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const path = item("spec.ports", index);
    const name = text(port.name);
    if (ports.length > 1 && name === "") errors.push(required(child(path, "name")));
    else if (name !== "") {
      checkDnsLabel(errors, child(path, "name"), name);
      if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
      names.add(name);
    }
    checkPort(errors, child(path, "port"), port.port);
    if (text(port.protocol) === "") errors.push(required(child(path, "protocol")));
    else if (!PROTOCOLS.includes(text(port.protocol)))
      errors.push(notSupported(child(path, "protocol"), port.protocol, PROTOCOLS));
    if (typeof port.targetPort === "string") {
      addInvalid(errors, child(path, "targetPort"), port.targetPort, validatePortName(port.targetPort));
    } else
      addInvalid(errors, child(path, "targetPort"), port.targetPort, validatePortNumber(Number(port.targetPort ?? 0)));
    if (isPresent(port.appProtocol)) {
      addInvalid(errors, child(path, "appProtocol"), port.appProtocol, validateQualifiedName(text(port.appProtocol)));
    }
    if (spec.type === "ClusterIP" && port.nodePort) {
      errors.push(forbidden(child(path, "nodePort"), "may not be used when `type` is 'ClusterIP'"));
    }
  });
  checkNodePorts(errors, ports);
}

function checkNodePorts(errors: Errors, ports: readonly Fields[]): void {
  const taken = new Set<string>();
  ports.forEach((port, index) => {
    if (!port.nodePort) return;
    const key = `${port.nodePort}/${text(port.protocol)}`;
    if (taken.has(key)) errors.push(duplicate(child(item("spec.ports", index), "nodePort"), port.nodePort));
    taken.add(key);
  });
}

function checkDistinctPorts(errors: Errors, ports: readonly Fields[]): void {
  const seen = new Set<string>();
  ports.forEach((port, index) => {
    const key = `${text(port.protocol)}/${port.port}`;
    if (seen.has(key)) errors.push(duplicate(item("spec.ports", index), { protocol: port.protocol, port: port.port }));
    seen.add(key);
  });
}

function checkSessionAffinity(errors: Errors, spec: Fields): void {
  const affinities = ["ClientIP", "None"];
  if (text(spec.sessionAffinity) === "") errors.push(required("spec.sessionAffinity"));
  else if (!affinities.includes(text(spec.sessionAffinity)))
    errors.push(notSupported("spec.sessionAffinity", spec.sessionAffinity, affinities));
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === "ClientIP") {
    const path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
    const seconds = record(record(config).clientIP).timeoutSeconds;
    if (!isPresent(config))
      errors.push(required("spec.sessionAffinityConfig", "when session affinity type is ClientIP"));
    else if (Number(seconds ?? 0) <= 0 || Number(seconds) > 86_400) {
      errors.push(invalid(path, seconds, "must be greater than 0 and less than 86400"));
    }
  } else if (spec.sessionAffinity === NONE && isPresent(config)) {
    errors.push(forbidden("spec.sessionAffinityConfig", "must not be set when session affinity is None"));
  }
}

function familyOf(ip: IpAddress): string {
  return ip.version === 4 ? "IPv4" : "IPv6";
}

function checkClusterIps(errors: Errors, spec: Fields): void {
  if (!hasClusterIp(spec)) return;
  const ips = list(spec.clusterIPs).map(text);
  const families = list(spec.ipFamilies).map(text);
  const ip = text(spec.clusterIP);
  const field = "spec.clusterIPs";
  checkFamilies(errors, spec, families);
  if (ips.length === 0 && ip === "") return;
  if (ips.length > 0 && ips[0] !== ip) errors.push(invalid(field, ips, "first value must match `clusterIP`"));
  else if (ips.length === 0) errors.push(required(field));
  if (ips.length > 1 && ips.includes(NONE)) errors.push(invalid(field, ips, "'None' must be the first and only value"));
  const parsed = ips.map((one) => parseIp(one));
  if (ips.length > 2) errors.push(invalid(field, ips, "may only hold up to 2 values"));
  if (ips.length === 2 && parsed[0] && parsed[1] && parsed[0].version === parsed[1].version) {
    errors.push(invalid(field, ips, "may specify no more than one IP for each IP family"));
  }
  ips.forEach((one, index) => {
    if (one === NONE) return;
    if (one === "") return;
    if (!parsed[index]) errors.push(invalid(item(field, index), one, IP_MESSAGE));
    else if (
      families[index] !== undefined &&
      ["IPv4", "IPv6"].includes(families[index]) &&
      familyOf(parsed[index]) !== families[index]
    ) {
      errors.push(
        invalid(
          item(field, index),
          one,
          `expected an ${families[index]} value as indicated by \`ipFamilies[${index}]\``,
        ),
      );
    }
  });
}

function checkFamilies(errors: Errors, spec: Fields, families: readonly string[]): void {
  const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
  families.forEach((family, index) => {
    const path = item("spec.ipFamilies", index);
    if (family !== "IPv4" && family !== "IPv6") errors.push(notSupported(path, family, ["IPv4", "IPv6"]));
    else if (families.indexOf(family) < index) errors.push(duplicate(path, family));
  });
  if (isPresent(spec.ipFamilyPolicy) && !policies.includes(text(spec.ipFamilyPolicy))) {
    errors.push(notSupported("spec.ipFamilyPolicy", spec.ipFamilyPolicy, policies));
  }
}

function checkExternalIps(errors: Errors, spec: Fields): void {
  list(spec.externalIPs).forEach((value, index) => {
    const path = item("spec.externalIPs", index);
    const ip = parseIp(text(value));
    if (!ip) errors.push(invalid(path, value, IP_MESSAGE));
    else checkNonSpecial(errors, path, text(value), ip);
  });
}

/** An address that no host keeps to itself. */
function checkNonSpecial(errors: Errors, field: string, value: string, ip: IpAddress): void {
  const shown = formatIp(ip);
  const first = ip.groups[6]! >> 8;
  if (shown === "0.0.0.0" || shown === "::") errors.push(invalid(field, value, `may not be unspecified (${value})`));
  if (ip.version === 4 ? first === 127 : shown === "::1") {
    errors.push(invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
  }
  const linkLocal = ip.version === 4 ? ip.groups[6] === 0xa9fe : (ip.groups[0]! & 0xffc0) === 0xfe80;
  if (linkLocal) errors.push(invalid(field, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
  const multicast =
    ip.version === 4 ? ip.groups[6] === 0xe000 && ip.groups[7]! < 256 : (ip.groups[0]! & 0xff0f) === 0xff02;
  if (multicast)
    errors.push(invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
}

function checkSourceRanges(errors: Errors, spec: Fields, annotations: Fields): void {
  const ranges = list(spec.loadBalancerSourceRanges);
  if (ranges.length > 0) {
    if (spec.type !== "LoadBalancer") errors.push(forbidden("spec.LoadBalancerSourceRanges", ONLY_LOAD_BALANCER));
    ranges.forEach((range, index) => {
      if (!parseCidr(text(range).trim()))
        errors.push(invalid(item("spec.LoadBalancerSourceRanges", index), range, CIDR_MESSAGE));
    });
    return;
  }
  const annotation = annotations[SOURCE_RANGES];
  if (!isPresent(annotation)) return;
  const path = item("metadata.annotations", SOURCE_RANGES);
  if (spec.type !== "LoadBalancer") errors.push(forbidden(path, ONLY_LOAD_BALANCER));
  const trimmed = text(annotation).trim();
  for (const range of trimmed === "" ? [] : trimmed.split(",")) {
    if (!parseCidr(range.trim())) errors.push(invalid(path, range, CIDR_MESSAGE));
  }
}

function checkTrafficPolicies(errors: Errors, spec: Fields): void {
  const policies = ["Cluster", "Local"];
  const external = text(spec.externalTrafficPolicy);
  const exposed =
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && list(spec.externalIPs).length > 0);
  if (external !== "" && !exposed)
    errors.push(invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services"));
  else if (exposed && external === "") errors.push(required("spec.externalTrafficPolicy"));
  else if (external !== "" && !policies.includes(external))
    errors.push(notSupported("spec.externalTrafficPolicy", external, policies));
  const needsCheck = spec.type === "LoadBalancer" && external === "Local";
  if (Number(spec.healthCheckNodePort ?? 0) !== 0 && !needsCheck) {
    errors.push(
      invalid(
        "spec.healthCheckNodePort",
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  }
  if (hasClusterIp(spec)) {
    const internal = text(spec.internalTrafficPolicy);
    if (!isPresent(spec.internalTrafficPolicy)) errors.push(required("spec.internalTrafficPolicy"));
    else if (!policies.includes(internal)) errors.push(notSupported("spec.internalTrafficPolicy", internal, policies));
  }
  if (isPresent(spec.trafficDistribution) && spec.trafficDistribution !== "PreferClose") {
    errors.push(notSupported("spec.trafficDistribution", spec.trafficDistribution, ["PreferClose"]));
  }
}

export function validateService(errors: Errors, service: Fields): void {
  checkObjectMeta(errors, record(service.metadata), true, nameIsDns1035Label);
  checkService(errors, service);
}

export function validateServiceUpdate(errors: Errors, service: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(service.metadata), record(old.metadata));
  if (subresource === "status") {
    checkLoadBalancerStatus(
      errors,
      "status.loadBalancer",
      record(record(service.status).loadBalancer),
      record(service.spec),
    );
    return;
  }
  checkClusterIpUpdate(errors, record(service.spec), record(old.spec));
  checkLoadBalancerClassUpdate(errors, record(service.spec), record(old.spec));
  checkObjectMeta(errors, record(service.metadata), true, nameIsDns1035Label);
  checkService(errors, service);
}

function checkClusterIpUpdate(errors: Errors, spec: Fields, old: Fields): void {
  if (old.type === "ExternalName" || spec.type === "ExternalName") return;
  const [ips, before] = [list(spec.clusterIPs).map(text), list(old.clusterIPs).map(text)];
  const [families, familiesBefore] = [list(spec.ipFamilies).map(text), list(old.ipFamilies).map(text)];
  if (before.length > 0 && text(before[0]) !== "") {
    if (ips.length === 0) errors.push(invalid("spec.clusterIPs[0]", ips, "primary clusterIP can not be unset"));
    else if (ips[0] !== before[0]) errors.push(invalid("spec.clusterIPs[0]", ips, "may not change once set"));
  }
  if (ips.length > 1 && before.length > 1 && ips[1] !== before[1])
    errors.push(invalid("spec.clusterIPs[1]", ips, "may not change once set"));
  if (before.length === 2 && ips.length === 1 && spec.ipFamilyPolicy !== "SingleStack") {
    errors.push(
      invalid(
        "spec.ipFamilyPolicy",
        spec.ipFamilyPolicy,
        "must be set to 'SingleStack' when releasing the secondary clusterIP",
      ),
    );
  }
  if (familiesBefore.length > 0) {
    if (families.length === 0)
      errors.push(invalid("spec.ipFamilies[0]", families, "primary ipFamily can not be unset"));
    else if (families[0] !== familiesBefore[0])
      errors.push(invalid("spec.ipFamilies[0]", families, "may not change once set"));
  }
  if (families.length > 1 && familiesBefore.length > 1 && families[1] !== familiesBefore[1]) {
    errors.push(invalid("spec.ipFamilies[1]", families, "may not change once set"));
  }
  if (familiesBefore.length === 2 && families.length === 1 && spec.ipFamilyPolicy !== "SingleStack") {
    errors.push(
      invalid(
        "spec.ipFamilyPolicy",
        spec.ipFamilyPolicy,
        "must be set to 'SingleStack' when releasing the secondary ipFamily",
      ),
    );
  }
}

function checkLoadBalancerClassUpdate(errors: Errors, spec: Fields, old: Fields): void {
  const wasBalancer = old.type === "LoadBalancer";
  if (
    spec.type === "LoadBalancer" &&
    wasBalancer &&
    !equalJson(spec.loadBalancerClass ?? null, old.loadBalancerClass ?? null)
  ) {
    errors.push(invalid("spec.loadBalancerClass", spec.loadBalancerClass, "may not change once set"));
  }
  if (spec.type !== "LoadBalancer" && isPresent(spec.loadBalancerClass)) {
    errors.push(forbidden("spec.loadBalancerClass", ONLY_LOAD_BALANCER));
  }
}

export function checkLoadBalancerStatus(errors: Errors, field: string, status: Fields, spec: Fields): void {
  const ingress = list(status.ingress);
  if (ingress.length > 0 && spec.type !== undefined && spec.type !== "LoadBalancer") {
    errors.push(forbidden(child(field, "ingress"), 'may only be used when `spec.type` is "LoadBalancer"'));
  }
  ingress.forEach((value, index) => {
    const path = item(child(field, "ingress"), index);
    const { ip, hostname } = record(value);
    if (text(ip) !== "" && !parseIp(text(ip))) errors.push(invalid(child(path, "ip"), ip, IP_MESSAGE));
    if (text(hostname) === "") return;
    addInvalid(errors, child(path, "hostname"), hostname, validateDns1123Subdomain(text(hostname)));
    if (parseIp(text(hostname)))
      errors.push(invalid(child(path, "hostname"), hostname, "must be a DNS name, not an IP address"));
  });
}

export function validateEndpoints(errors: Errors, object: Fields, old?: Fields): void {
  if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  else checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  list(object.subsets).forEach((value, index) => {
    const subset = record(value);
    const path = item("subsets", index);
    const [ready, waiting] = [list(subset.addresses), list(subset.notReadyAddresses)];
    if (ready.length === 0 && waiting.length === 0)
      errors.push(required(path, "must specify `addresses` or `notReadyAddresses`"));
    ready.forEach((address, at) => {
      checkEndpointAddress(errors, item(child(path, "addresses"), at), record(address));
    });
    waiting.forEach((address, at) => {
      checkEndpointAddress(errors, item(child(path, "notReadyAddresses"), at), record(address));
    });
    const ports = list(subset.ports);
    ports.forEach((port, at) => {
      checkEndpointPort(errors, item(child(path, "ports"), at), record(port), ports.length > 1);
    });
  });
}

function checkEndpointAddress(errors: Errors, field: string, address: Fields): void {
  const ip = parseIp(text(address.ip));
  if (!ip) {
    errors.push(invalid(child(field, "ip"), text(address.ip), IP_MESSAGE));
    errors.push(invalid(child(field, "ip"), text(address.ip), "must be a valid IP address"));
  } else checkNonSpecial(errors, child(field, "ip"), text(address.ip), ip);
  if (text(address.hostname) !== "") checkDnsLabel(errors, child(field, "hostname"), address.hostname);
  if (isPresent(address.nodeName)) {
    addInvalid(errors, child(field, "nodeName"), address.nodeName, validateDns1123Subdomain(text(address.nodeName)));
  }
}

function checkEndpointPort(errors: Errors, field: string, port: Fields, needsName: boolean): void {
  if (needsName && text(port.name) === "") errors.push(required(child(field, "name")));
  else if (text(port.name) !== "") checkDnsLabel(errors, child(field, "name"), port.name);
  checkPort(errors, child(field, "port"), port.port);
  if (text(port.protocol) === "") errors.push(required(child(field, "protocol")));
  else if (!PROTOCOLS.includes(text(port.protocol)))
    errors.push(notSupported(child(field, "protocol"), port.protocol, PROTOCOLS));
  if (isPresent(port.appProtocol))
    addInvalid(errors, child(field, "appProtocol"), port.appProtocol, validateQualifiedName(text(port.appProtocol)));
}

const ADDRESS_TYPES: readonly string[] = ["FQDN", "IPv4", "IPv6"];

export function validateEndpointSlice(errors: Errors, slice: Fields, old?: Fields): void {
  if (old) checkObjectMetaUpdate(errors, record(slice.metadata), record(old.metadata));
  else checkObjectMeta(errors, record(slice.metadata), true, nameIsDnsSubdomain);
  const type = text(slice.addressType);
  if (old) checkImmutable(errors, "addressType", slice.addressType, old.addressType);
  if (type === "") errors.push(required("addressType"));
  else if (!ADDRESS_TYPES.includes(type)) errors.push(notSupported("addressType", type, ADDRESS_TYPES));
  checkSliceEndpoints(errors, list(slice.endpoints), type);
  checkSlicePorts(errors, list(slice.ports));
}

function checkSliceEndpoints(errors: Errors, endpoints: readonly unknown[], type: string): void {
  if (endpoints.length > 1000) {
    errors.push({
      type: "FieldValueTooMany",
      field: "endpoints",
      value: endpoints.length,
      detail: "must have at most 1000 items",
    });
    return;
  }
  endpoints.forEach((value, index) => {
    const endpoint = record(value);
    const path = item("endpoints", index);
    const addresses = list(endpoint.addresses);
    if (addresses.length === 0) errors.push(required(child(path, "addresses"), "must contain at least 1 address"));
    else if (addresses.length > 100) {
      errors.push({
        type: "FieldValueTooMany",
        field: child(path, "addresses"),
        value: addresses.length,
        detail: "must have at most 100 items",
      });
    }
    addresses.forEach((address, at) => {
      checkSliceAddress(errors, item(child(path, "addresses"), at), text(address), type);
    });
    if (isPresent(endpoint.nodeName)) {
      addInvalid(errors, child(path, "nodeName"), endpoint.nodeName, validateDns1123Subdomain(text(endpoint.nodeName)));
    }
    const topology = record(endpoint.deprecatedTopology);
    if (Object.keys(topology).length > 16) {
      errors.push({
        type: "FieldValueTooMany",
        field: child(path, "deprecatedTopology"),
        value: Object.keys(topology).length,
        detail: "must have at most 16 items",
      });
    }
    checkLabels(errors, child(path, "deprecatedTopology"), topology);
    if (text(endpoint.hostname) !== "")
      addInvalid(errors, child(path, "hostname"), endpoint.hostname, validateDns1123Label(text(endpoint.hostname)));
  });
}

function checkSliceAddress(errors: Errors, field: string, address: string, type: string): void {
  if (type === "FQDN") {
    addInvalid(errors, field, address, validateDns1123Subdomain(address));
    return;
  }
  if (type !== "IPv4" && type !== "IPv6") return;
  const ip = parseIp(address);
  if (!ip) errors.push(invalid(field, address, IP_MESSAGE));
  else if (familyOf(ip) !== type) errors.push(invalid(field, address, `must be an ${type} address`));
  else checkNonSpecial(errors, field, address, ip);
}

function checkSlicePorts(errors: Errors, ports: readonly unknown[]): void {
  if (ports.length > 20_000) {
    errors.push({
      type: "FieldValueTooMany",
      field: "ports",
      value: ports.length,
      detail: "must have at most 20000 items",
    });
    return;
  }
  const names = new Set<string>();
  ports.forEach((value, index) => {
    const port = record(value);
    const path = item("ports", index);
    const name = text(port.name);
    if (name !== "") addInvalid(errors, child(path, "name"), name, validateDns1123Label(name));
    if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
    names.add(name);
    if (!isPresent(port.protocol)) errors.push(required(child(path, "protocol")));
    else if (!PROTOCOLS.includes(text(port.protocol)))
      errors.push(notSupported(child(path, "protocol"), port.protocol, PROTOCOLS));
    if (isPresent(port.port)) checkPort(errors, child(path, "port"), port.port);
    if (isPresent(port.appProtocol))
      addInvalid(errors, child(path, "appProtocol"), port.appProtocol, validateQualifiedName(text(port.appProtocol)));
  });
}
