/** Pods and pod templates (core validation's ValidatePodSpec). */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { parseIp } from "../ip.ts";
import { nameIsDnsSubdomain, validateDns1123Label, validateDns1123Subdomain, validateQualifiedName } from "../names.ts";
import { parseQuantity } from "../quantity.ts";
import { checkAffinity, checkTolerations, checkTopologySpread } from "./affinity.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkDnsSubdomain,
  checkRequiredOneOf,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  NON_NEGATIVE_MESSAGE,
  record,
  text,
} from "./common.ts";
import { checkContainers, checkEphemeralContainers, checkInitContainers } from "./containers.ts";
import { validateWith } from "./core.ts";
import { checkAnnotations, checkLabels, checkObjectMeta } from "./metadata.ts";
import { checkResourceName } from "./resources.ts";
import { checkLinuxPod, checkPodSecurityContext, checkWindowsPod } from "./security.ts";
import { checkVolumes } from "./volumes.ts";

const RESTART_POLICIES: readonly string[] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: readonly string[] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];

export function checkPodSpec(errors: Errors, field: string, spec: Fields, podName: string): void {
  if (isPresent(spec.terminationGracePeriodSeconds)) {
    const seconds = spec.terminationGracePeriodSeconds as number;
    if (seconds < 0) errors.push(invalid(child(field, "terminationGracePeriodSeconds"), seconds, NON_NEGATIVE_MESSAGE));
  } else errors.push(required(child(field, "terminationGracePeriodSeconds")));
  const volumes = checkVolumes(errors, child(field, "volumes"), spec.volumes, podName);
  const claims = checkResourceClaims(errors, child(field, "resourceClaims"), spec.resourceClaims);
  const restartPolicy = text(spec.restartPolicy);
  const scope = {
    spec,
    volumes,
    claimNames: claims,
    hostNetwork: spec.hostNetwork === true,
    restartPolicy,
    gracePeriodSeconds: Number(spec.terminationGracePeriodSeconds ?? 30),
  };
  checkContainers(errors, child(field, "containers"), spec.containers, scope);
  if (spec.initContainers) checkInitContainers(errors, child(field, "initContainers"), spec.initContainers, scope);
  if (spec.ephemeralContainers)
    checkEphemeralContainers(errors, child(field, "ephemeralContainers"), spec.ephemeralContainers, scope);
  if (restartPolicy === "") errors.push(required(child(field, "restartPolicy")));
  else if (!RESTART_POLICIES.includes(restartPolicy)) {
    errors.push(notSupported(child(field, "restartPolicy"), restartPolicy, RESTART_POLICIES));
  }
  checkRequiredOneOf(errors, child(field, "dnsPolicy"), spec.dnsPolicy, DNS_POLICIES);
  if (isPresent(spec.nodeSelector)) checkLabels(errors, child(field, "nodeSelector"), spec.nodeSelector);
  checkNodeNameAndGates(errors, field, spec);
  if (spec.securityContext)
    checkPodSecurityContext(errors, child(field, "securityContext"), record(spec.securityContext), spec);
  checkAffinity(errors, child(field, "affinity"), spec.affinity);
  checkDnsConfig(errors, child(field, "dnsConfig"), spec.dnsPolicy, spec.dnsConfig);
  if (spec.topologySpreadConstraints)
    checkTopologySpread(errors, child(field, "topologySpreadConstraints"), spec.topologySpreadConstraints);
  checkOs(errors, field, spec);
  if (text(spec.serviceAccountName) !== "")
    checkDnsSubdomain(errors, child(field, "serviceAccountName"), spec.serviceAccountName);
  if (text(spec.hostname) !== "") checkDnsLabel(errors, child(field, "hostname"), spec.hostname);
  if (text(spec.subdomain) !== "") checkDnsLabel(errors, child(field, "subdomain"), spec.subdomain);
  if (spec.tolerations) checkTolerations(errors, child(field, "tolerations"), spec.tolerations);
  checkHostAliases(errors, child(field, "hostAliases"), spec.hostAliases);
  if (text(spec.priorityClassName) !== "") {
    addInvalid(
      errors,
      child(field, "priorityClassName"),
      spec.priorityClassName,
      validateDns1123Subdomain(text(spec.priorityClassName)),
    );
  }
  if (isPresent(spec.runtimeClassName)) {
    addInvalid(
      errors,
      child(field, "runtimeClassName"),
      spec.runtimeClassName,
      validateDns1123Subdomain(text(spec.runtimeClassName)),
    );
  }
  if (isPresent(spec.preemptionPolicy)) {
    checkRequiredOneOf(errors, child(field, "preemptionPolicy"), spec.preemptionPolicy, [
      "Never",
      "PreemptLowerPriority",
    ]);
  }
  if (spec.overhead) checkOverhead(errors, child(field, "overhead"), record(spec.overhead));
  checkReadinessGates(errors, child(field, "readinessGates"), spec.readinessGates);
  checkDeadline(errors, field, spec.activeDeadlineSeconds, 1);
}

export function checkDeadline(errors: Errors, field: string, seconds: unknown, least: number): void {
  if (typeof seconds !== "number" || (seconds >= least && seconds <= 2_147_483_647)) return;
  errors.push(
    invalid(child(field, "activeDeadlineSeconds"), seconds, `must be between ${least} and 2147483647, inclusive`),
  );
}

function checkNodeNameAndGates(errors: Errors, field: string, spec: Fields): void {
  const nodeName = text(spec.nodeName);
  const gates = list(spec.schedulingGates).map((gate) => text(record(gate).name));
  if (nodeName !== "") addInvalid(errors, child(field, "nodeName"), nodeName, validateDns1123Subdomain(nodeName));
  gates.forEach((gate, index) => {
    const path = item(child(field, "schedulingGates"), index);
    if (gates.indexOf(gate) < index) errors.push(duplicate(path, { name: gate }));
    addInvalid(errors, path, gate, validateQualifiedName(gate));
  });
}

function checkResourceClaims(errors: Errors, field: string, claims: unknown): string[] {
  const names: string[] = [];
  list(claims).forEach((value, index) => {
    const claim = record(value);
    const path = item(field, index);
    const name = text(claim.name);
    if (name === "") errors.push(required(child(path, "name")));
    else if (names.includes(name)) errors.push(duplicate(child(path, "name"), name));
    else addInvalid(errors, child(path, "name"), name, validateDns1123Label(name));
    names.push(name);
    const sources = ["resourceClaimName", "resourceClaimTemplateName"].filter((source) => isPresent(claim[source]));
    if (sources.length > 1) {
      errors.push(
        invalid(path, claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"),
      );
    } else if (sources.length === 0) {
      errors.push(invalid(path, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
    } else checkDnsSubdomain(errors, child(path, sources[0]!), claim[sources[0]!]);
  });
  return names;
}

function checkDnsConfig(errors: Errors, field: string, policy: unknown, value: unknown): void {
  const config = record(value);
  if (policy === "None") {
    if (!isPresent(value)) errors.push(required(field, "must provide `dnsConfig` when `dnsPolicy` is None"));
    else if (list(config.nameservers).length === 0) {
      errors.push(
        required(child(field, "nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None"),
      );
    }
  }
  if (!isPresent(value)) return;
  const [servers, searches] = [list(config.nameservers), list(config.searches)];
  if (servers.length > 3)
    errors.push(invalid(child(field, "nameservers"), servers, "must not have more than 3 nameservers"));
  servers.forEach((server, index) => {
    if (!parseIp(text(server))) {
      errors.push(
        invalid(
          item(child(field, "nameservers"), index),
          server,
          "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ),
      );
    }
  });
  if (searches.length > 32)
    errors.push(invalid(child(field, "searches"), searches, "must not have more than 32 search paths"));
  if (searches.join(" ").length > 2048) {
    errors.push(
      invalid(
        child(field, "searches"),
        searches,
        "must not have more than 2048 characters (including spaces) in the search list",
      ),
    );
  }
  searches.forEach((search, index) => {
    const name = text(search);
    if (name === ".") return;
    addInvalid(
      errors,
      item(child(field, "searches"), index),
      name,
      validateDns1123Subdomain(name.endsWith(".") ? name.slice(0, -1) : name),
    );
  });
  list(config.options).forEach((option, index) => {
    if (text(record(option).name) === "")
      errors.push(required(item(child(field, "options"), index), "must not be empty"));
  });
}

function checkOs(errors: Errors, field: string, spec: Fields): void {
  if (!isPresent(spec.os)) return;
  const name = text(record(spec.os).name);
  const path = child(child(field, "os"), "name");
  if (name === "") errors.push(required(path, "cannot be empty"));
  else if (name === "windows") checkWindowsPod(errors, field, spec);
  else if (name === "linux") checkLinuxPod(errors, field, spec);
  else errors.push(notSupported(path, name, ["linux", "windows"]));
}

function checkHostAliases(errors: Errors, field: string, aliases: unknown): void {
  list(aliases).forEach((value, index) => {
    const { ip, hostnames } = record(value);
    if (!parseIp(text(ip))) {
      errors.push(
        invalid(child(item(field, index), "ip"), ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
      );
    }
    for (const hostname of list(hostnames))
      addInvalid(errors, child(item(field, index), "hostnames"), hostname, validateDns1123Subdomain(text(hostname)));
  });
}

function checkOverhead(errors: Errors, field: string, overhead: Fields): void {
  for (const name in overhead) {
    checkResourceName(errors, item(field, name), name);
    if (parseQuantity(text(overhead[name]) || "0").nano < 0n)
      errors.push(invalid(item(field, name), overhead[name], NON_NEGATIVE_MESSAGE));
  }
}

function checkReadinessGates(errors: Errors, field: string, gates: unknown): void {
  list(gates).forEach((gate, index) => {
    const type = text(record(gate).conditionType);
    addInvalid(errors, child(item(field, index), "conditionType"), type, validateQualifiedName(type));
  });
}

const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
const APPARMOR_CONTAINER = "container.apparmor.security.beta.kubernetes.io/";
export const MIRROR = "kubernetes.io/config.mirror";

function checkPodAnnotations(errors: Errors, field: string, annotations: Fields, spec: Fields): void {
  for (const key in annotations) {
    const value = text(annotations[key]);
    if (key === MIRROR && text(spec.nodeName) === "") {
      errors.push(invalid(item(field, key), value, "must set spec.nodeName if mirror pod annotation is set"));
    }
    if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) {
      if (!/^(runtime\/default|docker\/default|unconfined|localhost\/.+)$/.test(value)) {
        errors.push(invalid(child(field, key), value, "must be a valid seccomp profile"));
      }
    }
    if (key.startsWith(APPARMOR_CONTAINER)) checkAppArmorAnnotation(errors, item(field, key), key, value, spec);
    if (key === "controller.kubernetes.io/pod-deletion-cost" && !isDeletionCost(value)) {
      errors.push(invalid(item(field, key), value, "must be a 32bit integer"));
    }
  }
}

function checkAppArmorAnnotation(errors: Errors, field: string, key: string, value: string, spec: Fields): void {
  const name = key.slice(APPARMOR_CONTAINER.length);
  const names = ["containers", "initContainers", "ephemeralContainers"].flatMap((kind) =>
    list(spec[kind]).map((one) => text(record(one).name)),
  );
  if (!names.includes(name)) errors.push(invalid(field, name, "container not found"));
  if (value !== "" && value !== "runtime/default" && value !== "unconfined" && !value.startsWith("localhost/")) {
    errors.push(invalid(field, value, `invalid AppArmor profile name: "${value}"`));
  }
}

function isDeletionCost(value: string): boolean {
  if (!/^(0|-?[1-9]\d*)$/.test(value)) return false;
  return Number(value) >= -2_147_483_648 && Number(value) <= 2_147_483_647;
}

function checkAppArmorFields(errors: Errors, spec: Fields, annotations: Fields): void {
  for (const kind of ["containers", "initContainers", "ephemeralContainers"]) {
    list(spec[kind]).forEach((value, index) => {
      const container = record(value);
      const annotation = annotations[APPARMOR_CONTAINER + text(container.name)];
      const profile = record(container.securityContext).appArmorProfile ?? record(spec.securityContext).appArmorProfile;
      if (!isPresent(annotation) || !isPresent(profile) || text(annotation) === "") return;
      const { type, localhostProfile } = record(profile);
      const own = isPresent(record(container.securityContext).appArmorProfile);
      const path = own
        ? child(child(item(child("spec", kind), index), "securityContext"), "appArmorProfile")
        : "spec.securityContext.appArmorProfile";
      const said = text(annotation);
      const meant = said === "runtime/default" ? "RuntimeDefault" : said === "unconfined" ? "Unconfined" : "Localhost";
      const message = "apparmor type in annotation and field must match";
      if (meant !== type) errors.push(forbidden(child(path, "type"), message));
      else if (meant === "Localhost" && said.slice("localhost/".length) !== text(localhostProfile)) {
        errors.push(forbidden(child(path, "localhostProfile"), "apparmor profile in annotation and field must match"));
      }
    });
  }
}

export function checkMetadataAndSpec(errors: Errors, pod: Fields): void {
  const metadata = record(pod.metadata);
  const spec = record(pod.spec);
  checkObjectMeta(errors, metadata, true, nameIsDnsSubdomain);
  const annotations = record(metadata.annotations);
  checkPodAnnotations(errors, "metadata.annotations", annotations, spec);
  checkPodSpec(errors, "spec", spec, text(metadata.name));
  checkServiceAccountMirror(errors, spec, annotations);
  checkAppArmorFields(errors, spec, annotations);
}

function checkServiceAccountMirror(errors: Errors, spec: Fields, annotations: Fields): void {
  if (!isPresent(annotations[MIRROR]) || list(spec.ephemeralContainers).length === 0) return;
  errors.push(forbidden("spec.ephemeralContainers", "static pods do not support ephemeral containers"));
}

export function validatePod(errors: Errors, pod: Fields): void {
  checkMetadataAndSpec(errors, pod);
  const spec = record(pod.spec);
  if (list(spec.ephemeralContainers).length > 0)
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  if (text(spec.nodeName) !== "" && list(spec.schedulingGates).length > 0) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  checkIps(errors, "status.podIPs", record(pod.status).podIPs);
}

export function checkTemplateMetadata(errors: Errors, field: string, template: Fields): void {
  const metadata = record(template.metadata);
  checkLabels(errors, child(field, "labels"), metadata.labels);
  checkAnnotations(errors, child(field, "annotations"), metadata.annotations);
  checkPodAnnotations(errors, child(field, "annotations"), record(metadata.annotations), record(template.spec));
}

/** A template of pods: what a ReplicaSet, Job or the like makes them from. */
export function checkPodTemplate(errors: Errors, field: string, template: Fields): void {
  checkTemplateMetadata(errors, field, template);
  const [metadata, spec] = [record(template.metadata), record(template.spec)];
  checkPodSpec(errors, child(field, "spec"), spec, "");
  checkAppArmorFields(errors, spec, record(metadata.annotations));
  if (list(spec.ephemeralContainers).length > 0) {
    errors.push(
      forbidden(child(child(field, "spec"), "ephemeralContainers"), "ephemeral containers not allowed in pod template"),
    );
  }
}

export const validatePodTemplate = validateWith(true, (errors, object) => {
  checkPodTemplate(errors, "template", record(object.template));
});

/** One address for each family at most. */
export function checkIps(errors: Errors, field: string, ips: unknown): void {
  const addresses = list(ips).map((one) => text(record(one).ip));
  const families = addresses.map((address) => parseIp(address)?.version);
  addresses.forEach((address, index) => {
    if (families[index] === undefined) {
      errors.push(
        invalid(item(field, index), address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
      );
    }
  });
  if (addresses.length > 1 && (addresses.length > 2 || families[0] === families[1])) {
    const known = families.filter((family) => family !== undefined);
    if (new Set(known).size < known.length || addresses.length > 2) {
      errors.push(invalid(field, addresses, "may specify no more than one IP for each IP family"));
    }
  }
}
