/** Pods and pod templates (core validation's ValidatePodSpec). */
import { duplicate, forbidden, internalError, invalid, notSupported, required } from "../field-errors.ts";
import { jsonSyntaxError } from "../go-json-syntax.ts";
import { parseIp } from "../ip.ts";
import {
  nameIsDnsSubdomain,
  validateDns1123Label,
  validateDns1123SubdomainWithUnderscore,
  validateQualifiedName,
} from "../names.ts";
import { checkAffinity, checkTolerations, checkTopologySpread } from "./affinity.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkDnsSubdomain,
  checkLocalDescendingPath,
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
  repetitions,
  text,
} from "./common.ts";
import {
  checkContainers,
  checkEphemeralContainers,
  checkHostNetworkPorts,
  checkInitContainers,
  checkTrimmedImage,
  type PodScope,
} from "./containers.ts";
import { validateWith } from "./core.ts";
import { checkAnnotations, checkLabels, checkObjectMeta } from "./metadata.ts";
import { checkResourceRequirements } from "./resources.ts";
import { checkHostProcess, checkHostUsers, checkLinuxPod, checkPodSecurity, checkWindowsPod } from "./security.ts";
import { checkVolumes } from "./volumes.ts";

const RESTART_POLICIES: readonly string[] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: readonly string[] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES: readonly string[] = ["PreemptLowerPriority", "Never"];

/** Whose spec it is. */
export interface SpecOwner {
  /** "" in templates. */
  readonly podName: string;
  readonly ofPod: boolean;
  /** The spec before the change: what was wrong before may stay so. */
  readonly old?: Fields;
}

const TEMPLATE: SpecOwner = { podName: "", ofPod: false };

export function checkPodSpec(errors: Errors, field: string, spec: Fields, owner: SpecOwner = TEMPLATE): void {
  const seconds = spec.terminationGracePeriodSeconds;
  if (!isPresent(seconds)) errors.push(required(child(field, "terminationGracePeriodSeconds")));
  const volumes = checkVolumes(errors, child(field, "volumes"), spec.volumes, owner);
  const scope: PodScope = {
    spec,
    volumes,
    claimNames: checkResourceClaims(errors, child(field, "resourceClaims"), spec.resourceClaims),
    restartPolicy: text(spec.restartPolicy),
    gracePeriodSeconds: isPresent(seconds) ? Number(seconds) : null,
  };
  checkContainers(errors, child(field, "containers"), spec.containers, scope);
  checkInitContainers(errors, child(field, "initContainers"), spec.initContainers, scope);
  checkEphemeralContainers(errors, child(field, "ephemeralContainers"), spec.ephemeralContainers, scope);
  checkHostNetworkPorts(errors, field, spec, owner.ofPod);
  checkRequiredOneOf(errors, child(field, "restartPolicy"), spec.restartPolicy, RESTART_POLICIES);
  checkRequiredOneOf(errors, child(field, "dnsPolicy"), spec.dnsPolicy, DNS_POLICIES);
  checkLabels(errors, child(field, "nodeSelector"), spec.nodeSelector);
  checkPodSecurity(errors, child(field, "securityContext"), spec, hasHostSysctls(owner.old));
  checkAffinity(errors, child(field, "affinity"), spec.affinity);
  checkDnsConfig(errors, child(field, "dnsConfig"), spec.dnsPolicy, spec.dnsConfig);
  checkReadinessGates(errors, child(field, "readinessGates"), spec.readinessGates);
  checkSchedulingGates(errors, child(field, "schedulingGates"), spec.schedulingGates);
  checkTopologySpread(errors, child(field, "topologySpreadConstraints"), spec.topologySpreadConstraints);
  checkHostProcess(errors, field, spec);
  checkHostUsers(errors, field, spec);
  checkNames(errors, field, spec);
  checkDeadline(errors, field, spec.activeDeadlineSeconds, 1);
  checkTolerations(errors, child(field, "tolerations"), spec.tolerations);
  checkHostAliases(errors, child(field, "hostAliases"), spec.hostAliases);
  if (isPresent(spec.preemptionPolicy)) {
    checkRequiredOneOf(errors, child(field, "preemptionPolicy"), spec.preemptionPolicy, PREEMPTION_POLICIES);
  }
  checkResourceRequirements(errors, child(field, "overhead"), { limits: spec.overhead }, []);
  checkOs(errors, field, spec);
}

const SUBDOMAINS = ["serviceAccountName", "nodeName", "priorityClassName"];

function checkNames(errors: Errors, field: string, spec: Fields): void {
  for (const name of SUBDOMAINS) if (text(spec[name]) !== "") checkDnsSubdomain(errors, child(field, name), spec[name]);
  for (const name of ["hostname", "subdomain"])
    if (text(spec[name]) !== "") checkDnsLabel(errors, child(field, name), spec[name]);
  if (isPresent(spec.runtimeClassName))
    checkDnsSubdomain(errors, child(field, "runtimeClassName"), spec.runtimeClassName);
}

/** Whether the pod has kernel parameters of namespaces that it shares with its host, as older servers let in. */
function hasHostSysctls(spec: Fields | undefined): boolean {
  if (spec === undefined || list(record(spec.securityContext).sysctls).length === 0) return false;
  const errors: Errors = [];
  checkPodSecurity(errors, "", { ...spec, securityContext: { sysctls: record(spec.securityContext).sysctls } }, false);
  return errors.some(({ detail }) => detail.startsWith("may not be specified when"));
}

export function checkDeadline(errors: Errors, field: string, seconds: unknown, least: number): void {
  if (typeof seconds !== "number" || (seconds >= least && seconds <= 2_147_483_647)) return;
  errors.push(
    invalid(child(field, "activeDeadlineSeconds"), seconds, `must be between ${least} and 2147483647, inclusive`),
  );
}

function checkSchedulingGates(errors: Errors, field: string, gates: unknown): void {
  const names = list(gates).map((gate) => text(record(gate).name));
  const repeated = repetitions(names);
  names.forEach((name, index) => {
    checkQualifiedName(errors, item(field, index), name);
    if (repeated.has(index)) errors.push(duplicate(item(field, index), name));
  });
}

function checkResourceClaims(errors: Errors, field: string, claims: unknown): string[] {
  const names: string[] = [];
  const seen = new Set<string>();
  list(claims).forEach((value, index) => {
    const claim = record(value);
    const path = item(field, index);
    const name = text(claim.name);
    if (name === "") errors.push(required(child(path, "name")));
    else if (seen.has(name)) errors.push(duplicate(child(path, "name"), name));
    else addInvalid(errors, child(path, "name"), name, validateDns1123Label(name));
    names.push(name);
    seen.add(name);
    const sources = ["resourceClaimName", "resourceClaimTemplateName"].filter((source) => isPresent(claim[source]));
    if (sources.length > 1) {
      const why = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified";
      errors.push(invalid(path, claim, why));
    }
    if (sources.length === 0) {
      errors.push(invalid(path, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
    }
    for (const source of sources) checkDnsSubdomain(errors, child(path, source), claim[source]);
  });
  return names.filter((name) => name !== "");
}

const DNS_LIMITS = { nameservers: 3, searches: 32, searchCharacters: 2048 };

function checkDnsConfig(errors: Errors, field: string, policy: unknown, value: unknown): void {
  const config = record(value);
  const [servers, searches] = [list(config.nameservers).map(text), list(config.searches).map(text)];
  const [serversPath, searchesPath] = [child(field, "nameservers"), child(field, "searches")];
  if (policy === "None" && servers.length === 0) {
    errors.push(
      isPresent(value)
        ? required(serversPath, "must provide at least one DNS nameserver when `dnsPolicy` is None")
        : required(field, "must provide `dnsConfig` when `dnsPolicy` is None"),
    );
    return;
  }
  if (servers.length > DNS_LIMITS.nameservers)
    errors.push(invalid(serversPath, servers, `must not have more than ${DNS_LIMITS.nameservers} nameservers`));
  servers.forEach((server, index) => {
    if (!parseIp(server)) errors.push(invalid(item(serversPath, index), server, IP_MESSAGE));
  });
  if (searches.length > DNS_LIMITS.searches)
    errors.push(invalid(searchesPath, searches, `must not have more than ${DNS_LIMITS.searches} search paths`));
  if (searches.join(" ").length > DNS_LIMITS.searchCharacters) {
    const why = `must not have more than ${DNS_LIMITS.searchCharacters} characters (including spaces) in the search list`;
    errors.push(invalid(searchesPath, searches, why));
  }
  searches.forEach((search, index) => {
    if (search === ".") return;
    const name = search.endsWith(".") ? search.slice(0, -1) : search;
    addInvalid(errors, item(searchesPath, index), name, validateDns1123SubdomainWithUnderscore(name));
  });
  list(config.options).forEach((option, index) => {
    if (text(record(option).name) === "")
      errors.push(required(item(child(field, "options"), index), "must not be empty"));
  });
}

function checkOs(errors: Errors, field: string, spec: Fields): void {
  if (!isPresent(spec.os)) return;
  const name = text(record(spec.os).name);
  const path = child(field, "os");
  if (name === "") errors.push(required(child(path, "name"), "cannot be empty"));
  else if (name === "windows") checkWindowsPod(errors, field, spec);
  else if (name === "linux") checkLinuxPod(errors, field, spec);
  else errors.push(notSupported(path, name, ["linux", "windows"]));
}

function checkHostAliases(errors: Errors, field: string, aliases: unknown): void {
  list(aliases).forEach((value, index) => {
    const { ip, hostnames } = record(value);
    const path = item(field, index);
    if (!parseIp(text(ip))) errors.push(invalid(child(path, "ip"), text(ip), IP_MESSAGE));
    list(hostnames).forEach((hostname, at) => {
      checkDnsSubdomain(errors, item(child(path, "hostnames"), at), hostname);
    });
  });
}

function checkReadinessGates(errors: Errors, field: string, gates: unknown): void {
  list(gates).forEach((gate, index) => {
    const type = text(record(gate).conditionType);
    addInvalid(errors, child(item(field, index), "conditionType"), type, validateQualifiedName(type));
  });
}

const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
const TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations";
export const APPARMOR_CONTAINER = "container.apparmor.security.beta.kubernetes.io/";
export const MIRROR = "kubernetes.io/config.mirror";

export function checkPodAnnotations(errors: Errors, field: string, annotations: Fields, spec: Fields): void {
  for (const key in annotations) {
    const value = text(annotations[key]);
    if (key === MIRROR && text(spec.nodeName) === "") {
      errors.push(invalid(item(field, key), value, "must set spec.nodeName if mirror pod annotation is set"));
    }
    if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER))
      checkSeccompAnnotation(errors, child(field, key), value);
    if (key === TOLERATIONS && value !== "") checkTolerationsAnnotation(errors, field, value);
    if (key.startsWith(APPARMOR_CONTAINER)) checkAppArmorAnnotation(errors, item(field, key), key, value, spec);
    if (key === "controller.kubernetes.io/pod-deletion-cost" && !isDeletionCost(value)) {
      errors.push(invalid(item(field, key), value, "must be a 32bit integer"));
    }
  }
}

const SECCOMP_PROFILES = ["runtime/default", "docker/default", "unconfined"];
const LOCALHOST = "localhost/";

function checkSeccompAnnotation(errors: Errors, field: string, profile: string): void {
  if (SECCOMP_PROFILES.includes(profile)) return;
  if (profile.startsWith(LOCALHOST)) checkLocalDescendingPath(errors, field, profile.slice(LOCALHOST.length));
  else errors.push(invalid(field, profile, "must be a valid seccomp profile"));
}

/** What tolerations were before they were fields. */
function checkTolerationsAnnotation(errors: Errors, field: string, value: string): void {
  const wrong = jsonSyntaxError(value);
  if (wrong !== null) errors.push(invalid(field, TOLERATIONS, wrong));
  else checkTolerations(errors, child(field, TOLERATIONS), JSON.parse(value));
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

interface Profile {
  readonly type: string;
  readonly localhostProfile: string | null;
}

function profileOf(value: unknown): Profile | null {
  if (!isPresent(value)) return null;
  const { type, localhostProfile } = record(value);
  return { type: text(type), localhostProfile: isPresent(localhostProfile) ? text(localhostProfile) : null };
}

/** What old annotations say and what the fields say is the same. */
function checkProfilesMatch(
  errors: Errors,
  field: string,
  annotation: unknown,
  profile: Profile | null,
  what: "apparmor" | "seccomp",
): void {
  if (!isPresent(annotation) || profile === null) return;
  const said = text(annotation);
  const type = `${what} type in annotation and field must match`;
  switch (profile.type) {
    case "Unconfined":
      if (said !== "unconfined") errors.push(forbidden(child(field, "type"), type));
      break;
    case "RuntimeDefault":
      if (said !== "runtime/default" && !(what === "seccomp" && said === "docker/default"))
        errors.push(forbidden(child(field, "type"), type));
      break;
    case "Localhost":
      if (!said.startsWith(LOCALHOST)) errors.push(forbidden(child(field, "type"), type));
      else if (said.slice(LOCALHOST.length) !== profile.localhostProfile) {
        const why = `${what} profile in annotation and field must match`;
        errors.push(forbidden(child(field, "localhostProfile"), why));
      }
  }
}

const CONTAINER_KINDS = ["initContainers", "containers", "ephemeralContainers"];

/** Profiles of seccomp and AppArmor in annotations against those in fields. */
function checkProfileAnnotations(errors: Errors, field: string, spec: Fields, annotations: Fields): void {
  const ofPod = record(spec.securityContext);
  const podPath = child(child(field, "securityContext"), "seccompProfile");
  checkProfilesMatch(errors, podPath, annotations[SECCOMP_POD], profileOf(ofPod.seccompProfile), "seccomp");
  for (const kind of CONTAINER_KINDS) {
    list(spec[kind]).forEach((value, index) => {
      const { name, securityContext } = record(value);
      const own = record(securityContext);
      const path = child(item(child(field, kind), index), "securityContext");
      const seccomp = profileOf(own.seccompProfile);
      const seccompSaid = annotations[SECCOMP_CONTAINER + text(name)];
      checkProfilesMatch(errors, child(path, "seccompProfile"), seccompSaid, seccomp, "seccomp");
      if (record(spec.os).name === "windows") return;
      const appArmor = profileOf(own.appArmorProfile ?? ofPod.appArmorProfile);
      const appArmorSaid = annotations[APPARMOR_CONTAINER + text(name)];
      checkProfilesMatch(errors, child(path, "appArmorProfile"), appArmorSaid, appArmor, "apparmor");
    });
  }
}

export function checkMetadataAndSpec(errors: Errors, pod: Fields, old?: Fields): void {
  const metadata = record(pod.metadata);
  const spec = record(pod.spec);
  checkObjectMeta(errors, metadata, true, nameIsDnsSubdomain);
  checkPodAnnotations(errors, "metadata.annotations", record(metadata.annotations), spec);
  const owner = { podName: text(metadata.name), ofPod: true };
  checkPodSpec(errors, "spec", spec, old === undefined ? owner : { ...owner, old: record(old.spec) });
  if (text(spec.serviceAccountName) === "") checkNoTokenVolumes(errors, spec);
  for (const kind of ["containers", "initContainers"]) {
    list(spec[kind]).forEach((container, index) => {
      checkTrimmedImage(errors, item(child("spec", kind), index), record(container));
    });
  }
}

/** Tokens are a service account's. */
function checkNoTokenVolumes(errors: Errors, spec: Fields): void {
  list(spec.volumes).forEach((volume, index) => {
    list(record(record(volume).projected).sources).forEach((source, at) => {
      if (!isPresent(record(source).serviceAccountToken)) return;
      const path = item(`${item("spec.volumes", index)}.projected.sources`, at);
      const why = "must not be specified when serviceAccountName is not set";
      errors.push(forbidden(child(path, "serviceAccountToken"), why));
    });
  });
}

export function validatePod(errors: Errors, pod: Fields): void {
  checkMetadataAndSpec(errors, pod);
  const spec = record(pod.spec);
  if (list(spec.ephemeralContainers).length > 0)
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  if (text(spec.nodeName) !== "" && list(spec.schedulingGates).length > 0) {
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  }
  checkProfileAnnotations(errors, "spec", spec, record(record(pod.metadata).annotations));
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
  checkPodSpec(errors, child(field, "spec"), spec);
  checkProfileAnnotations(errors, child(field, "spec"), spec, record(metadata.annotations));
  if (list(spec.ephemeralContainers).length > 0) {
    errors.push(
      forbidden(child(child(field, "spec"), "ephemeralContainers"), "ephemeral containers not allowed in pod template"),
    );
  }
}

export const validatePodTemplate = validateWith(true, (errors, object) => {
  checkPodTemplate(errors, "template", record(object.template));
});

/** The addresses of a status: one for each family at most. */
export function checkIps(errors: Errors, field: string, ips: unknown): void {
  const addresses = list(ips).map((one) => text(record(one).ip));
  const families = addresses.map((address) => parseIp(address)?.version);
  addresses.forEach((address, index) => {
    if (families[index] === undefined) errors.push(invalid(item(field, index), address, IP_MESSAGE));
  });
  if (addresses.length < 2) return;
  const unknown = families.indexOf(undefined);
  if (unknown >= 0) {
    const why = `failed to check for dual stack with error:invalid IP[${unknown}]: ${addresses[unknown]}`;
    errors.push(internalError(field, why));
  }
  if (unknown >= 0 || new Set(families).size < 2 || addresses.length > 2) {
    errors.push(invalid(field, ips, "may specify no more than one IP for each IP family"));
  }
}
