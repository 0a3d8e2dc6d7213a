/** Services and their endpoints. */

import { asGo, duplicate, forbidden, invalid, invalidAsGo, required, tooMany } from "../field-errors.ts";
import { goServicePort, goTexts } from "../go-values.ts";
import { formatIp, type IpAddress, parseCidr, parseIp } from "../ip.ts";
import { nameIsDns1035Label, nameIsDnsSubdomain, validateLabelValue, validatePortName } from "../names.ts";
import {
  addInvalid,
  CIDR_MESSAGE,
  checkDnsLabel,
  checkDnsSubdomain,
  checkOneOf,
  checkPort,
  checkQualifiedName,
  checkRequiredOneOf,
  child,
  type Errors,
  type Fields,
  IP_MESSAGE,
  isPresent,
  item,
  list,
  record,
  text,
  validateFullyQualifiedDomainName,
} from "./common.ts";
import { PROTOCOLS } from "./containers.ts";
import { checkImmutable, checkLabels, checkObjectMeta, checkObjectMetaUpdate, IMMUTABLE } from "./metadata.ts";

const TYPES: readonly string[] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const NONE = "None";
const SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
const TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints";
const TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";
const ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'";

function isHeadless(spec: Fields): boolean {
  const ips = list(spec.clusterIPs);
  return ips.length === 1 && ips[0] === NONE;
}

function checkService(errors: Errors, service: Fields): void {
  const spec = record(service.spec);
  const ports = list(spec.ports).map(record);
  const annotations = record(record(service.metadata).annotations);
  checkTopologyAnnotations(errors, annotations);
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== "ExternalName") errors.push(required("spec.ports"));
  checkByType(errors, spec);
  checkPorts(errors, ports);
  checkLabels(errors, "spec.selector", spec.selector);
  checkSessionAffinity(errors, spec);
  checkClusterIps(errors, spec);
  list(spec.externalIPs).forEach((value, index) => {
    const path = item("spec.externalIPs", index);
    if (parseIp(text(value))) checkNonSpecial(errors, path, text(value));
    else errors.push(invalid(path, value, IP_MESSAGE));
  });
  checkRequiredOneOf(errors, "spec.type", spec.type, TYPES);
  if (spec.type === "ClusterIP") {
    ports.forEach((port, index) => {
      if (!port.nodePort) return;
      const path = child(item("spec.ports", index), "nodePort");
      errors.push(forbidden(path, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  checkNodePorts(errors, ports);
  checkDistinctPorts(errors, ports);
  checkSourceRanges(errors, spec, annotations);
  if (isPresent(spec.allocateLoadBalancerNodePorts) && spec.type !== "LoadBalancer") {
    errors.push(forbidden("spec.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER));
  }
  if (spec.type === "LoadBalancer" && !isPresent(spec.allocateLoadBalancerNodePorts)) {
    errors.push(required("allocateLoadBalancerNodePorts"));
  }
  checkLoadBalancerClass(errors, spec);
  checkTrafficPolicies(errors, spec);
}

/** The old name of the annotation and the new one do not contradict each other. */
function checkTopologyAnnotations(errors: Errors, annotations: Fields): void {
  const [mode, hints] = [annotations[TOPOLOGY_MODE], annotations[TOPOLOGY_HINTS]];
  if (!isPresent(mode) || !isPresent(hints) || mode === hints) return;
  const why = `must match annotations[${TOPOLOGY_HINTS}] when both are specified`;
  errors.push(invalid(item("metadata.annotations", TOPOLOGY_MODE), mode, why));
}

function checkByType(errors: Errors, spec: Fields): void {
  switch (spec.type) {
    case "LoadBalancer":
    case "NodePort":
      if (isHeadless(spec)) {
        errors.push(invalid("spec.clusterIPs[0]", NONE, `may not be set to 'None' for ${spec.type} services`));
      }
      break;
    case "ExternalName": {
      const why = "may not be set for ExternalName services";
      if (list(spec.clusterIPs).length > 0) errors.push(forbidden("spec.clusterIPs", why));
      if (list(spec.ipFamilies).length > 0) errors.push(forbidden("spec.ipFamilies", why));
      if (isPresent(spec.ipFamilyPolicy)) errors.push(forbidden("spec.ipFamilyPolicy", why));
      const name = text(spec.externalName).replace(/\.$/, "");
      if (name === "") errors.push(required("spec.externalName"));
      else checkDnsSubdomain(errors, "spec.externalName", name);
      break;
    }
  }
}

function checkPorts(errors: Errors, ports: readonly Fields[]): void {
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
    checkPort(errors, child(path, "port"), port.port ?? 0);
    checkRequiredOneOf(errors, child(path, "protocol"), port.protocol, PROTOCOLS);
    const { targetPort } = port;
    if (typeof targetPort === "string") {
      addInvalid(errors, child(path, "targetPort"), targetPort, validatePortName(targetPort));
    } else checkPort(errors, child(path, "targetPort"), targetPort ?? 0);
    if (isPresent(port.appProtocol)) checkQualifiedName(errors, child(path, "appProtocol"), port.appProtocol);
  });
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
    if (seen.has(key))
      errors.push(asGo(duplicate(item("spec.ports", index), goServicePort(text(port.protocol), port.port))));
    seen.add(key);
  });
}

function checkSessionAffinity(errors: Errors, spec: Fields): void {
  checkRequiredOneOf(errors, "spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", NONE]);
  const path = "spec.sessionAffinityConfig";
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === NONE && isPresent(config)) {
    errors.push(forbidden(path, "must not be set when session affinity is None"));
  }
  if (spec.sessionAffinity !== "ClientIP") return;
  const why = "when session affinity type is ClientIP";
  const { clientIP } = record(config);
  const { timeoutSeconds: seconds } = record(clientIP);
  if (!isPresent(config)) errors.push(required(path, why));
  else if (!isPresent(clientIP)) errors.push(required(child(path, "clientIP"), why));
  else if (!isPresent(seconds)) errors.push(required(child(path, "clientIP.timeoutSeconds"), why));
  else if (Number(seconds) <= 0 || Number(seconds) > 86_400) {
    errors.push(invalid(child(path, "clientIP.timeoutSeconds"), seconds, "must be greater than 0 and less than 86400"));
  }
}

function familyOf(ip: IpAddress): string {
  return ip.version === 4 ? "IPv4" : "IPv6";
}

const FAMILIES: readonly string[] = ["IPv4", "IPv6"];
const FAMILY_POLICIES: readonly string[] = ["PreferDualStack", "RequireDualStack", "SingleStack"];

function checkClusterIps(errors: Errors, spec: Fields): void {
  if (spec.type === "ExternalName") return;
  const ips = list(spec.clusterIPs).map(text);
  const families = list(spec.ipFamilies).map(text);
  const field = "spec.clusterIPs";
  checkFirstIp(errors, field, text(spec.clusterIP), ips);
  families.forEach((family, index) => {
    const path = item("spec.ipFamilies", index);
    checkOneOf(errors, path, family, FAMILIES);
    if (families.indexOf(family) < index) errors.push(duplicate(path, family));
  });
  if (isPresent(spec.ipFamilyPolicy)) checkOneOf(errors, "spec.ipFamilyPolicy", spec.ipFamilyPolicy, FAMILY_POLICIES);
  if (checkIpForms(errors, field, ips)) checkIpFamilies(errors, field, ips, families);
}

/** The old field of one address and the new one of several agree. */
function checkFirstIp(errors: Errors, field: string, ip: string, ips: readonly string[]): void {
  if (ip === "") {
    if (ips.length > 0) errors.push(invalid(field, ips, "must be empty when `clusterIP` is not specified"));
  } else if (ips.length === 0) errors.push(required(field));
  else if (ips[0] !== ip) errors.push(invalid(field, ips, "first value must match `clusterIP`"));
}

/** False where one is none: families are not looked at then. */
function checkIpForms(errors: Errors, field: string, ips: readonly string[]): boolean {
  let areIps = true;
  ips.forEach((ip, index) => {
    if (index === 0 && ip === NONE) {
      if (ips.length === 1) return;
      errors.push(invalid(field, ips, "'None' must be the first and only value"));
    } else if (parseIp(ip)) return;
    else errors.push(invalid(item(field, index), ip, IP_MESSAGE));
    areIps = false;
  });
  if (ips.length > 2) errors.push(invalid(field, ips, "may only hold up to 2 values"));
  return areIps;
}

function checkIpFamilies(errors: Errors, field: string, ips: readonly string[], families: readonly string[]): void {
  if (ips[0] === NONE) return;
  const given = ips.map((ip) => familyOf(parseIp(ip)!));
  if (ips.length > 1 && new Set(given).size < 2)
    errors.push(invalid(field, ips, "may specify no more than one IP for each IP family"));
  given.forEach((family, index) => {
    const wanted = families[index];
    if (wanted === undefined || wanted === family || !FAMILIES.includes(wanted)) return;
    const why = `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalid(item(field, index), ips[index], why));
  });
}

/** An address that no host keeps to itself. */
function checkNonSpecial(errors: Errors, field: string, value: string): void {
  const ip = parseIp(value);
  if (!ip) {
    errors.push(invalid(field, value, "must be a valid IP address"));
    return;
  }
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
  const ranges = list(spec.loadBalancerSourceRanges).map((range) => text(range).trim());
  const annotation = annotations[SOURCE_RANGES];
  const inField = ranges.length > 0;
  if (!inField && !isPresent(annotation)) return;
  const path = inField ? "spec.LoadBalancerSourceRanges" : item("metadata.annotations", SOURCE_RANGES);
  if (spec.type !== "LoadBalancer") errors.push(forbidden(path, ONLY_LOAD_BALANCER));
  const written = text(annotation).trim();
  const annotated = written === "" ? [] : written.split(",").map((range) => range.trim());
  (inField ? ranges : annotated).forEach((range, index) => {
    if (!parseCidr(range)) errors.push(invalid(inField ? item(path, index) : path, range, CIDR_MESSAGE));
  });
}

const TRAFFIC_POLICIES: readonly string[] = ["Cluster", "Local"];

/** Whether there is traffic from outside of the cluster. */
function isExposed(spec: Fields): boolean {
  if (spec.type === "NodePort" || spec.type === "LoadBalancer") return true;
  return spec.type === "ClusterIP" && list(spec.externalIPs).length > 0;
}

function needsHealthCheck(spec: Fields): boolean {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}

function checkTrafficPolicies(errors: Errors, spec: Fields): void {
  const external = text(spec.externalTrafficPolicy);
  if (isExposed(spec)) checkRequiredOneOf(errors, "spec.externalTrafficPolicy", external, TRAFFIC_POLICIES);
  else if (external !== "") {
    const why = "may only be set for externally-accessible services";
    errors.push(invalid("spec.externalTrafficPolicy", external, why));
  }
  checkHealthCheckPort(errors, "spec.healthCheckNodePort", Number(spec.healthCheckNodePort ?? 0), spec);
  if (isPresent(spec.internalTrafficPolicy)) {
    checkOneOf(errors, "spec.internalTrafficPolicy", spec.internalTrafficPolicy, TRAFFIC_POLICIES);
  } else if (TYPES.includes(text(spec.type)) && spec.type !== "ExternalName") {
    errors.push(required("spec.internalTrafficPolicy"));
  }
  if (isPresent(spec.trafficDistribution))
    checkOneOf(errors, "spec.trafficDistribution", spec.trafficDistribution, ["PreferClose"]);
}

function checkHealthCheckPort(errors: Errors, field: string, port: number, spec: Fields): void {
  if (needsHealthCheck(spec)) {
    if (port === 0) errors.push(required(field));
    else checkPort(errors, field, port);
  } else if (port !== 0) {
    const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid(field, port, why));
  }
}

export function validateService(errors: Errors, service: Fields): void {
  checkObjectMeta(errors, record(service.metadata), true, nameIsDns1035Label);
  checkService(errors, service);
}

export function validateServiceUpdate(errors: Errors, service: Fields, old: Fields, subresource: string): void {
  checkObjectMetaUpdate(errors, record(service.metadata), record(old.metadata));
  const [spec, oldSpec] = [record(service.spec), record(old.spec)];
  if (subresource === "status") {
    const status = record(record(service.status).loadBalancer);
    checkLoadBalancerStatus(errors, "status.loadBalancer", status, spec);
    return;
  }
  if (spec.type !== "ExternalName" && oldSpec.type !== "ExternalName") {
    checkClusterIpUpdate(errors, spec, oldSpec);
    checkFamilyUpdate(errors, spec, oldSpec);
  }
  checkLoadBalancerClassUpdate(errors, spec, oldSpec);
  const port = spec.healthCheckNodePort ?? 0;
  if (needsHealthCheck(spec) && needsHealthCheck(oldSpec) && port !== (oldSpec.healthCheckNodePort ?? 0))
    errors.push(forbidden("spec.healthCheckNodePort", IMMUTABLE));
  validateService(errors, service);
}

const LASTING = "may not change once set";

function checkClusterIpUpdate(errors: Errors, spec: Fields, old: Fields): void {
  if (isHeadless(spec) && isHeadless(old)) return;
  const [ips, before] = [list(spec.clusterIPs).map(text), list(old.clusterIPs).map(text)];
  const path = (index: number): string => item("spec.clusterIPs", index);
  if (ips.length === before.length) {
    before.forEach((ip, index) => {
      if (ip !== ips[index]) errors.push(invalid(path(index), ips, LASTING));
    });
    return;
  }
  if (ips.length === 0) errors.push(invalid(path(0), ips, "primary clusterIP can not be unset"));
  else if (before.length > 0 && ips[0] !== before[0]) errors.push(invalid(path(0), ips, LASTING));
  if (ips.length === 1 && before.length > 1) checkRelease(errors, spec, "clusterIP");
}

function checkFamilyUpdate(errors: Errors, spec: Fields, old: Fields): void {
  if (isHeadless(spec) || isHeadless(old)) return;
  const [families, before] = [list(spec.ipFamilies).map(text), list(old.ipFamilies).map(text)];
  const ips = list(spec.clusterIPs);
  const path = "spec.ipFamilies[0]";
  if (families.length === before.length) {
    before.forEach((family, index) => {
      if (family !== families[index]) errors.push(invalidAsGo(path, goTexts(families, "core.IPFamily"), LASTING));
    });
    return;
  }
  const shrinks = families.length < before.length;
  // Upstream looks at the addresses here.
  if (shrinks && ips.length === 0)
    errors.push(invalidAsGo(path, goTexts(families, "core.IPFamily"), "primary ipFamily can not be unset"));
  if (families.length > 0 && before.length > 0 && families[0] !== before[0]) errors.push(invalid(path, ips, LASTING));
  if (shrinks && families.length === 1) checkRelease(errors, spec, "ipFamily");
}

function checkRelease(errors: Errors, spec: Fields, what: string): void {
  if (spec.ipFamilyPolicy === "SingleStack") return;
  const why = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  errors.push(invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, why));
}

function checkLoadBalancerClass(errors: Errors, spec: Fields): void {
  if (!isPresent(spec.loadBalancerClass)) return;
  const path = "spec.loadBalancerClass";
  if (spec.type === "LoadBalancer") checkQualifiedName(errors, path, spec.loadBalancerClass);
  else errors.push(forbidden(path, ONLY_LOAD_BALANCER));
}

function checkLoadBalancerClassUpdate(errors: Errors, spec: Fields, old: Fields): void {
  const stays = spec.type === "LoadBalancer" && old.type === "LoadBalancer";
  if (stays && (spec.loadBalancerClass ?? null) !== (old.loadBalancerClass ?? null)) {
    errors.push(invalid("spec.loadBalancerClass", spec.loadBalancerClass, LASTING));
  }
  checkLoadBalancerClass(errors, spec);
}

const IP_MODES: readonly string[] = ["Proxy", "VIP"];

function checkLoadBalancerStatus(errors: Errors, field: string, status: Fields, spec: Fields): void {
  const path = child(field, "ingress");
  const ingress = list(status.ingress).map(record);
  if (ingress.length > 0 && spec.type !== "LoadBalancer") {
    errors.push(forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'"));
    return;
  }
  ingress.forEach((point, index) => {
    const modePath = child(item(path, index), "ipMode");
    const hasIp = text(point.ip) !== "";
    checkIngressPoint(errors, item(path, index), point);
    if (!isPresent(point.ipMode)) {
      if (hasIp) errors.push(required(modePath, "must be specified when `ip` is set"));
    } else if (!hasIp) errors.push(forbidden(modePath, "may not be specified when `ip` is not set"));
    else checkOneOf(errors, modePath, point.ipMode, IP_MODES);
  });
}

/** Where a load balancer takes traffic: of Services and of Ingresses. */
export function checkIngressPoint(errors: Errors, field: string, point: Fields): void {
  const [ip, hostname] = [text(point.ip), text(point.hostname)];
  if (ip !== "" && !parseIp(ip)) errors.push(invalid(child(field, "ip"), ip, IP_MESSAGE));
  if (hostname === "") return;
  checkDnsSubdomain(errors, child(field, "hostname"), hostname);
  if (parseIp(hostname))
    errors.push(invalid(child(field, "hostname"), hostname, "must be a DNS name, not an IP address"));
}

export function validateEndpoints(errors: Errors, object: Fields, old?: Fields): void {
  if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
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
  const path = child(field, "ip");
  if (!parseIp(text(address.ip))) errors.push(invalid(path, text(address.ip), IP_MESSAGE));
  if (text(address.hostname) !== "") checkDnsLabel(errors, child(field, "hostname"), address.hostname);
  if (isPresent(address.nodeName)) checkDnsSubdomain(errors, child(field, "nodeName"), address.nodeName);
  checkNonSpecial(errors, path, text(address.ip));
}

function checkEndpointPort(errors: Errors, field: string, port: Fields, needsName: boolean): void {
  if (needsName && text(port.name) === "") errors.push(required(child(field, "name")));
  else if (text(port.name) !== "") checkDnsLabel(errors, child(field, "name"), port.name);
  checkPort(errors, child(field, "port"), port.port ?? 0);
  checkRequiredOneOf(errors, child(field, "protocol"), port.protocol, PROTOCOLS);
  if (isPresent(port.appProtocol)) checkQualifiedName(errors, child(field, "appProtocol"), port.appProtocol);
}

const ADDRESS_TYPES: readonly string[] = ["FQDN", "IPv4", "IPv6"];

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_TOPOLOGY = 16;
const MAX_HINTS = 8;

export function validateEndpointSlice(errors: Errors, slice: Fields, old?: Fields): void {
  checkObjectMeta(errors, record(slice.metadata), true, nameIsDnsSubdomain);
  const type = text(slice.addressType);
  checkRequiredOneOf(errors, "addressType", type, ADDRESS_TYPES);
  checkSliceEndpoints(errors, list(slice.endpoints), type);
  checkSlicePorts(errors, list(slice.ports));
  if (old) checkImmutable(errors, "addressType", slice.addressType, old.addressType);
}

function checkSliceEndpoints(errors: Errors, endpoints: readonly unknown[], type: string): void {
  if (endpoints.length > MAX_ENDPOINTS) {
    errors.push(tooMany("endpoints", endpoints.length, MAX_ENDPOINTS));
    return;
  }
  endpoints.forEach((value, index) => {
    const endpoint = record(value);
    const path = item("endpoints", index);
    const addresses = list(endpoint.addresses);
    const addressesPath = child(path, "addresses");
    if (addresses.length === 0) errors.push(required(addressesPath, "must contain at least 1 address"));
    else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(addressesPath, addresses.length, MAX_ADDRESSES));
    addresses.forEach((address, at) => {
      checkSliceAddress(errors, item(addressesPath, at), text(address), type);
    });
    if (isPresent(endpoint.nodeName)) checkDnsSubdomain(errors, child(path, "nodeName"), endpoint.nodeName);
    checkSliceTopology(errors, child(path, "deprecatedTopology"), record(endpoint.deprecatedTopology));
    if (isPresent(endpoint.hostname)) checkDnsLabel(errors, child(path, "hostname"), endpoint.hostname);
    checkHints(errors, child(path, "hints"), record(endpoint.hints));
  });
}

function checkSliceTopology(errors: Errors, field: string, topology: Fields): void {
  const keys = Object.keys(topology);
  if (keys.length > MAX_TOPOLOGY) errors.push(tooMany(field, keys.length, MAX_TOPOLOGY));
  checkLabels(errors, field, topology);
}

/** For which zones an endpoint is meant. */
function checkHints(errors: Errors, field: string, hints: Fields): void {
  const zones = list(hints.forZones).map((zone) => text(record(zone).name));
  const path = child(field, "forZones");
  if (zones.length > MAX_HINTS) {
    errors.push(tooMany(path, zones.length, MAX_HINTS));
    return;
  }
  zones.forEach((zone, index) => {
    const at = child(item(path, index), "name");
    if (zones.indexOf(zone) < index) errors.push(duplicate(at, zone));
    addInvalid(errors, at, zone, validateLabelValue(zone));
  });
}

function checkSliceAddress(errors: Errors, field: string, address: string, type: string): void {
  if (type === "FQDN") {
    errors.push(...validateFullyQualifiedDomainName(field, address));
    return;
  }
  if (type !== "IPv4" && type !== "IPv6") return;
  const ip = parseIp(address);
  if (!ip) errors.push(invalid(field, address, IP_MESSAGE));
  else if (familyOf(ip) !== type) errors.push(invalid(field, address, `must be an ${type} address`));
  else checkNonSpecial(errors, field, address);
}

function checkSlicePorts(errors: Errors, ports: readonly unknown[]): void {
  if (ports.length > MAX_PORTS) {
    errors.push(tooMany("ports", ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  ports.forEach((value, index) => {
    const port = record(value);
    const path = item("ports", index);
    const name = text(port.name);
    if (name !== "") checkDnsLabel(errors, child(path, "name"), name);
    if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
    names.add(name);
    if (isPresent(port.protocol)) checkOneOf(errors, child(path, "protocol"), port.protocol, PROTOCOLS);
    else errors.push(required(child(path, "protocol")));
    if (isPresent(port.port)) checkPort(errors, child(path, "port"), port.port);
    if (isPresent(port.appProtocol)) checkQualifiedName(errors, child(path, "appProtocol"), port.appProtocol);
  });
}
