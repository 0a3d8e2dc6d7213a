/** NetworkPolicies, Ingresses, IngressClasses. */
import { forbidden, invalid, invalidAsGo, notSupported, required, tooLong } from "../field-errors.ts";
import { goTexts } from "../go-values.ts";
import { cidrContains, parseCidr, parseIp } from "../ip.ts";
import {
  nameIsDns1035Label,
  nameIsDnsSubdomain,
  validateDns1123Subdomain,
  validatePathSegmentName,
  validatePortName,
  validatePortNumber,
  validateWildcardDns1123Subdomain,
} from "../names.ts";
import {
  addInvalid,
  CIDR_MESSAGE,
  checkDnsLabel,
  checkOneOf,
  checkPort,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
  validateDomainPrefixedPath,
} from "./common.ts";
import { PROTOCOLS } from "./containers.ts";
import { type Validate, validateWith } from "./core.ts";
import { checkImmutable, checkObjectMeta, checkObjectMetaUpdate } from "./metadata.ts";
import { checkLabelSelector } from "./selectors.ts";
import { checkIngressPoint } from "./service.ts";

export const validateNetworkPolicy = validateWith(true, (errors, object) => {
  const spec = record(object.spec);
  checkLabelSelector(errors, "spec.podSelector", spec.podSelector);
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    list(spec[direction]).forEach((value, index) => {
      const rule = record(value);
      const path = item(child("spec", direction), index);
      list(rule.ports).forEach((port, at) => {
        checkPolicyPort(errors, item(child(path, "ports"), at), record(port));
      });
      list(rule[peers]).forEach((peer, at) => {
        checkPeer(errors, item(child(path, peers), at), record(peer));
      });
    });
  }
  const types = list(spec.policyTypes).map(text);
  if (types.length > 2) {
    const shown = goTexts(types, "networking.PolicyType");
    errors.push(invalidAsGo("spec.policyTypes", shown, "may not specify more than two policyTypes"));
    return;
  }
  types.forEach((type, index) => {
    if (type === "Ingress" || type === "Egress") return;
    errors.push(notSupported(item("spec.policyTypes", index), type, ["Ingress", "Egress"]));
  });
});

function checkPolicyPort(errors: Errors, field: string, port: Fields): void {
  if (isPresent(port.protocol) && !PROTOCOLS.includes(text(port.protocol))) {
    errors.push(notSupported(child(field, "protocol"), port.protocol, ["TCP", "UDP", "SCTP"]));
  }
  const end = child(field, "endPort");
  if (!isPresent(port.port)) {
    if (isPresent(port.endPort))
      errors.push(invalid(end, port.endPort, "may not be specified when `port` is not specified"));
  } else if (typeof port.port === "string") {
    if (isPresent(port.endPort))
      errors.push(invalid(end, port.endPort, "may not be specified when `port` is non-numeric"));
    addInvalid(errors, child(field, "port"), port.port, validatePortName(port.port));
  } else {
    addInvalid(errors, child(field, "port"), port.port, validatePortNumber(Number(port.port)));
    if (!isPresent(port.endPort)) return;
    if (Number(port.endPort) < Number(port.port))
      errors.push(invalid(end, port.port, "must be greater than or equal to `port`"));
    addInvalid(errors, end, port.endPort, validatePortNumber(Number(port.endPort)));
  }
}

function checkPeer(errors: Errors, field: string, peer: Fields): void {
  let peers = 0;
  for (const name of ["podSelector", "namespaceSelector"]) {
    if (!isPresent(peer[name])) continue;
    peers++;
    checkLabelSelector(errors, child(field, name), peer[name]);
  }
  if (isPresent(peer.ipBlock)) {
    checkIpBlock(errors, child(field, "ipBlock"), record(peer.ipBlock));
    if (peers > 0) errors.push(forbidden(field, "may not specify both ipBlock and another peer"));
    peers++;
  }
  if (peers === 0) errors.push(required(field, "must specify a peer"));
}

function checkIpBlock(errors: Errors, field: string, block: Fields): void {
  const cidr = text(block.cidr);
  if (cidr === "") {
    errors.push(required(child(field, "cidr")));
    return;
  }
  const range = parseCidr(cidr);
  if (!range) {
    errors.push(invalid(child(field, "cidr"), cidr, CIDR_MESSAGE));
    return;
  }
  list(block.except).forEach((value, index) => {
    const path = item(child(field, "except"), index);
    const except = parseCidr(text(value));
    if (!except) errors.push(invalid(path, value, CIDR_MESSAGE));
    else if (!cidrContains(range, except.address) || except.prefix <= range.prefix) {
      errors.push(invalid(path, value, "must be a strict subset of `cidr`"));
    }
  });
}

const PATH_TYPES: readonly string[] = ["Exact", "ImplementationSpecific", "Prefix"];
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

export const validateIngress: Validate = (errors, object, old, subresource) => {
  if (old) checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
  if (subresource === "status") {
    list(record(record(object.status).loadBalancer).ingress).forEach((point, index) => {
      checkIngressPoint(errors, item("status.loadBalancer.ingress", index), record(point));
    });
    return;
  }
  checkObjectMeta(errors, record(object.metadata), true, nameIsDnsSubdomain);
  const spec = record(object.spec);
  checkIngressSpec(errors, spec, old ? leniencyOf(record(old.spec)) : { secretNames: false, wildcardRules: false });
  const annotation = record(record(object.metadata).annotations)[CLASS_ANNOTATION];
  if (!old && isPresent(annotation) && isPresent(spec.ingressClassName) && annotation !== spec.ingressClassName) {
    const why = "must match `ingressClassName` when both are specified";
    errors.push(invalid(`annotations.${CLASS_ANNOTATION}`, annotation, why));
  }
};

/** What may be wrong because it was before. */
interface Leniency {
  readonly secretNames: boolean;
  readonly wildcardRules: boolean;
}

function leniencyOf(old: Fields): Leniency {
  const rules = list(old.rules).map(record);
  return {
    secretNames: list(old.tls).some((tls) => {
      const name = text(record(tls).secretName);
      return name !== "" && validateDns1123Subdomain(name).length > 0;
    }),
    wildcardRules: rules.some(({ host, http }) => {
      const errors: Errors = [];
      if (isPresent(http)) checkPaths(errors, "", list(record(http).paths));
      return text(host).includes("*") && errors.length > 0;
    }),
  };
}

function checkIngressSpec(errors: Errors, spec: Fields, leniency: Leniency): void {
  const rules = list(spec.rules);
  if (rules.length === 0 && !isPresent(spec.defaultBackend)) {
    const shown = goTexts(spec.rules, "networking.IngressRule");
    errors.push(invalidAsGo("spec", shown, "either `defaultBackend` or `rules` must be specified"));
  }
  if (isPresent(spec.defaultBackend)) checkBackend(errors, "spec.defaultBackend", record(spec.defaultBackend));
  rules.forEach((value, index) => {
    const rule = record(value);
    const path = item("spec.rules", index);
    checkHost(errors, child(path, "host"), text(rule.host));
    const isLenient = text(rule.host).includes("*") && leniency.wildcardRules;
    if (isPresent(rule.http) && !isLenient)
      checkPaths(errors, child(path, "http.paths"), list(record(rule.http).paths));
  });
  list(spec.tls).forEach((value, index) => {
    const path = item("spec.tls", index);
    list(record(value).hosts).forEach((host, at) => {
      const messages = text(host).includes("*")
        ? validateWildcardDns1123Subdomain(text(host))
        : validateDns1123Subdomain(text(host));
      addInvalid(errors, item(child(path, "hosts"), at), host, messages);
    });
    const secret = text(record(value).secretName);
    if (secret !== "" && !leniency.secretNames)
      addInvalid(errors, child(path, "secretName"), secret, validateDns1123Subdomain(secret));
  });
  if (isPresent(spec.ingressClassName)) {
    addInvalid(
      errors,
      "spec.ingressClassName",
      spec.ingressClassName,
      validateDns1123Subdomain(text(spec.ingressClassName)),
    );
  }
}

function checkHost(errors: Errors, field: string, host: string): void {
  if (host === "") return;
  if (parseIp(host)) errors.push(invalid(field, host, "must be a DNS name, not an IP address"));
  if (host.includes("*")) addInvalid(errors, field, host, validateWildcardDns1123Subdomain(host));
  else addInvalid(errors, field, host, validateDns1123Subdomain(host));
}

function checkPaths(errors: Errors, field: string, paths: readonly unknown[]): void {
  if (paths.length === 0) errors.push(required(field));
  paths.forEach((value, index) => {
    const entry = record(value);
    const path = item(field, index);
    if (!isPresent(entry.pathType)) {
      errors.push(required(child(path, "pathType"), "pathType must be specified"));
      return;
    }
    if (PATH_TYPES.includes(text(entry.pathType)))
      checkPath(errors, child(path, "path"), text(entry.path), text(entry.pathType));
    else errors.push(notSupported(child(path, "pathType"), entry.pathType, PATH_TYPES));
    checkBackend(errors, child(path, "backend"), record(entry.backend));
  });
}

const BAD_SEQUENCES = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDINGS = ["/..", "/."];

function checkPath(errors: Errors, field: string, path: string, type: string): void {
  if (type === "ImplementationSpecific") {
    if (path !== "" && !path.startsWith("/")) errors.push(invalid(field, path, "must be an absolute path"));
    return;
  }
  if (!path.startsWith("/")) errors.push(invalid(field, path, "must be an absolute path"));
  for (const part of BAD_SEQUENCES)
    if (path.includes(part)) errors.push(invalid(field, path, `must not contain '${part}'`));
  for (const ending of BAD_ENDINGS)
    if (path.endsWith(ending)) errors.push(invalid(field, path, `cannot end with '${ending}'`));
}

function checkBackend(errors: Errors, field: string, backend: Fields): void {
  const [service, resource] = [isPresent(backend.service), isPresent(backend.resource)];
  if (service && resource) {
    errors.push(invalid(field, "", "cannot set both resource and service backends"));
  } else if (resource) checkTypedReference(errors, child(field, "resource"), record(backend.resource));
  else if (service) checkServiceBackend(errors, field, record(backend.service));
  else errors.push(invalid(field, "", "resource or service backend is required"));
}

function checkServiceBackend(errors: Errors, field: string, service: Fields): void {
  const path = child(field, "service");
  const name = text(service.name);
  if (name === "") errors.push(required(child(path, "name")));
  else addInvalid(errors, child(path, "name"), name, nameIsDns1035Label(name, false));
  const port = record(service.port);
  const [named, numbered] = [text(port.name) !== "", Number(port.number ?? 0) !== 0];
  if (named && numbered) errors.push(invalid(field, "", "cannot set both port name & port number"));
  else if (named) addInvalid(errors, child(path, "port.name"), port.name, validatePortName(text(port.name)));
  else if (numbered) checkPort(errors, child(path, "port.number"), port.number);
  else errors.push(required(field, "port name or number is required"));
}

function checkTypedReference(errors: Errors, field: string, reference: Fields): void {
  if (isPresent(reference.apiGroup)) {
    addInvalid(
      errors,
      child(field, "apiGroup"),
      reference.apiGroup,
      validateDns1123Subdomain(text(reference.apiGroup)),
    );
  }
  for (const name of ["kind", "name"]) {
    const value = text(reference[name]);
    if (value === "") errors.push(required(child(field, name), `${name} is required`));
    else addInvalid(errors, child(field, name), value, validatePathSegmentName(value));
  }
}

const SCOPES: readonly string[] = ["Cluster", "Namespace"];

export const validateIngressClass: Validate = (errors, object, old) => {
  const spec = record(object.spec);
  if (old) {
    checkObjectMetaUpdate(errors, record(object.metadata), record(old.metadata));
    checkImmutable(errors, "spec.controller", spec.controller, record(old.spec).controller);
  }
  checkObjectMeta(errors, record(object.metadata), false, nameIsDnsSubdomain);
  const controller = text(spec.controller);
  if (controller.length > 250) errors.push(tooLong("spec.controller", 250));
  errors.push(...validateDomainPrefixedPath("spec.controller", controller));
  if (isPresent(spec.parameters)) checkParameters(errors, "spec.parameters", record(spec.parameters));
};

function checkParameters(errors: Errors, field: string, parameters: Fields): void {
  const { namespace, scope } = parameters;
  checkTypedReference(errors, field, parameters);
  if (!isPresent(scope)) errors.push(required(child(field, "scope")));
  else checkOneOf(errors, child(field, "scope"), scope, SCOPES);
  const path = child(field, "namespace");
  if (scope === "Namespace") {
    if (isPresent(namespace)) checkDnsLabel(errors, path, namespace);
    else errors.push(required(path, "`parameters.scope` is set to 'Namespace'"));
  } else if (scope === "Cluster" && isPresent(namespace)) {
    errors.push(forbidden(path, "`parameters.scope` is set to 'Cluster'"));
  }
}
