/** Security contexts, seccomp and AppArmor of pods and containers. */
import { byteLength } from "../byte-text.ts";
import { duplicate, forbidden, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import {
  checkDnsSubdomain,
  checkLocalDescendingPath,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";

const MAX_ID = 2_147_483_647;
const ID_MESSAGE = `must be between 0 and ${MAX_ID}, inclusive`;
const WINDOWS_MESSAGE = "cannot be set for a windows pod";
const PROFILE_TYPES: readonly string[] = ["Localhost", "RuntimeDefault", "Unconfined"];

export function checkId(errors: Errors, field: string, id: unknown): void {
  if (typeof id === "number" && (id < 0 || id > MAX_ID)) errors.push(invalid(field, id, ID_MESSAGE));
}

/** Of the pod as a whole: its security context, and what of it stands in the spec itself. */
export function checkPodSecurity(errors: Errors, field: string, spec: Fields, hostSysctls: boolean): void {
  const context = record(spec.securityContext);
  checkId(errors, child(field, "fsGroup"), context.fsGroup);
  checkId(errors, child(field, "runAsUser"), context.runAsUser);
  checkId(errors, child(field, "runAsGroup"), context.runAsGroup);
  list(context.supplementalGroups).forEach((group, index) => {
    checkId(errors, item(child(field, "supplementalGroups"), index), group);
  });
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const why = "ShareProcessNamespace and HostPID cannot both be enabled";
    errors.push(invalid(child(field, "shareProcessNamespace"), true, why));
  }
  checkSysctls(errors, child(field, "sysctls"), list(context.sysctls), hostSysctls ? {} : spec);
  oneOfIfSet(errors, child(field, "fsGroupChangePolicy"), context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]);
  checkSeccomp(errors, child(field, "seccompProfile"), context.seccompProfile);
  checkWindowsOptions(errors, child(field, "windowsOptions"), context.windowsOptions);
  checkAppArmor(errors, child(field, "appArmorProfile"), context.appArmorProfile);
  oneOfIfSet(errors, child(field, "supplementalGroupsPolicy"), context.supplementalGroupsPolicy, ["Merge", "Strict"]);
  oneOfIfSet(errors, child(field, "seLinuxChangePolicy"), context.seLinuxChangePolicy, ["MountOption", "Recursive"]);
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_FORM = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

function checkSysctls(errors: Errors, field: string, sysctls: readonly unknown[], host: Fields): void {
  const names = new Set<string>();
  sysctls.forEach((value, index) => {
    const name = text(record(value).name);
    const path = child(item(field, index), "name");
    if (name === "") errors.push(required(path));
    else if (name.length > 253 || !SYSCTL.test(name)) {
      errors.push(invalid(path, name, `must have at most 253 characters and match regex ${SYSCTL_FORM}`));
    } else if (names.has(name)) errors.push(duplicate(path, name));
    const namespace = namespaceOfSysctl(name);
    if (namespace !== null && host[namespace] === true) {
      errors.push(invalid(path, name, `may not be specified when '${namespace}' is true`));
    }
    names.add(name);
  });
}

/** What the pod would share with the host for the kernel's parameter to be the host's. */
function namespaceOfSysctl(sysctl: string): "hostIPC" | "hostNetwork" | null {
  const slashed = /^[^./]*\//.test(sysctl);
  const name = slashed ? sysctl.replace(/[./]/g, (one) => (one === "." ? "/" : ".")) : sysctl;
  if (name.startsWith("net.")) return "hostNetwork";
  return name === "kernel.sem" || /^(?:kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(name) ? "hostIPC" : null;
}

/** Who has a user namespace of its own shares nothing else with the host. */
export function checkHostUsers(errors: Errors, field: string, spec: Fields): void {
  if (spec.hostUsers !== false) return;
  const why = "when `pod.Spec.HostUsers` is false";
  if (spec.hostNetwork === true) errors.push(forbidden(child(field, "hostNetwork"), why));
  if (spec.hostPID === true) errors.push(forbidden(child(field, "HostPID"), why));
  if (spec.hostIPC === true) errors.push(forbidden(child(field, "HostIPC"), why));
}

const CREDENTIAL_SPEC_KIB = 64;
const NETBIOS_NAME = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function checkWindowsOptions(errors: Errors, field: string, value: unknown): void {
  if (!isPresent(value)) return;
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user } = record(value);
  if (isPresent(specName)) checkDnsSubdomain(errors, child(field, "gmsaCredentialSpecName"), specName);
  if (isPresent(spec)) {
    const path = child(field, "gmsaCredentialSpec");
    const length = byteLength(text(spec));
    if (length === 0) errors.push(invalid(path, spec, "gmsaCredentialSpec cannot be an empty string"));
    else if (length > CREDENTIAL_SPEC_KIB * 1024) {
      errors.push(invalid(path, spec, `gmsaCredentialSpec size must be under ${CREDENTIAL_SPEC_KIB} KiB`));
    }
  }
  if (isPresent(user)) checkWindowsUser(errors, child(field, "runAsUserName"), text(user));
}

function hasControlCharacter(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** `DOMAIN\\USER`, or the user alone. */
function checkWindowsUser(errors: Errors, field: string, name: string): void {
  const wrong = (why: string): void => {
    errors.push(invalid(field, name, why));
  };
  const parts = name.split("\\");
  if (name === "") wrong("runAsUserName cannot be an empty string");
  else if (hasControlCharacter(name)) wrong("runAsUserName cannot contain control characters");
  else if (parts.length > 2) wrong("runAsUserName cannot contain more than one backslash");
  else {
    const user = parts.at(-1)!;
    const domain = parts.length === 2 ? parts[0]! : null;
    if (domain !== null && domain.length >= 256) wrong("runAsUserName's Domain length must be under 256 characters");
    if (domain !== null && !NETBIOS_NAME.test(domain) && !DNS_NAME.test(domain)) {
      wrong("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
    }
    if (user === "") wrong("runAsUserName's User cannot be empty");
    else if (user.length > 104) wrong("runAsUserName's User length must not be longer than 104 characters");
    if (/^[. ]+$/.test(user)) wrong("runAsUserName's User cannot contain only periods or spaces");
    if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
      wrong("runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
    }
  }
}

const CONTAINER_KINDS = ["initContainers", "containers", "ephemeralContainers"];

/** In upstream's order: init containers first. */
function visitContainers(spec: Fields, field: string, visit: (container: Fields, path: string) => void): void {
  for (const kind of CONTAINER_KINDS) {
    list(spec[kind]).forEach((container, index) => {
      visit(record(container), item(child(field, kind), index));
    });
  }
}

/** Windows containers that are processes of the host: all of a pod's or none, and in the host's network. */
export function checkHostProcess(errors: Errors, field: string, spec: Fields): void {
  const ofPod = record(record(spec.securityContext).windowsOptions).hostProcess;
  let [containers, hostProcesses] = [0, 0];
  visitContainers(spec, field, (container, path) => {
    containers++;
    const own = record(record(container.securityContext).windowsOptions).hostProcess;
    if (isPresent(ofPod) && isPresent(own) && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(invalid(child(path, "securityContext.windowsOptions.hostProcess"), own, why));
    }
    if ((own ?? ofPod) === true) hostProcesses++;
  });
  if (hostProcesses === 0) return;
  if (hostProcesses !== containers) {
    const why = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
    errors.push(invalid(field, "", why));
  }
  if (spec.hostNetwork !== true) {
    const why = "hostNetwork must be true if pod contains any hostProcess containers";
    errors.push(invalid(child(field, "hostNetwork"), false, why));
  }
}

export function hasHostProcess(spec: Fields): boolean {
  const ofPod = record(record(spec.securityContext).windowsOptions).hostProcess;
  return CONTAINER_KINDS.flatMap((kind) => list(spec[kind])).some(
    (one) => (record(record(record(one).securityContext).windowsOptions).hostProcess ?? ofPod) === true,
  );
}

function oneOfIfSet(errors: Errors, field: string, value: unknown, supported: readonly string[]): void {
  if (isPresent(value) && !supported.includes(text(value))) errors.push(notSupported(field, value, supported));
}

export function checkContainerSecurityContext(errors: Errors, field: string, context: Fields, spec: Fields): void {
  checkId(errors, child(field, "runAsUser"), context.runAsUser);
  checkId(errors, child(field, "runAsGroup"), context.runAsGroup);
  oneOfIfSet(errors, child(field, "procMount"), context.procMount, ["Default", "Unmasked"]);
  if (context.procMount === "Unmasked" && spec.hostUsers !== false) {
    errors.push(invalid(child(field, "procMount"), "Unmasked", "`hostUsers` must be false to use `Unmasked`"));
  }
  checkSeccomp(errors, child(field, "seccompProfile"), context.seccompProfile);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) {
      errors.push(invalid(field, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
    }
    if (list(record(context.capabilities).add).includes("CAP_SYS_ADMIN")) {
      errors.push(
        invalid(field, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"),
      );
    }
  }
  checkWindowsOptions(errors, child(field, "windowsOptions"), context.windowsOptions);
  checkAppArmor(errors, child(field, "appArmorProfile"), context.appArmorProfile);
}

function checkSeccomp(errors: Errors, field: string, value: unknown): void {
  if (!isPresent(value)) return;
  const profile = record(value);
  const localhost = profile.localhostProfile;
  if (text(profile.type) === "")
    errors.push(required(child(field, "type"), "type is required when seccompProfile is set"));
  else if (!PROFILE_TYPES.includes(text(profile.type))) {
    errors.push(notSupported(child(field, "type"), profile.type, PROFILE_TYPES));
  }
  if (profile.type === "Localhost") {
    if (!isPresent(localhost)) {
      errors.push(required(child(field, "localhostProfile"), "must be set when seccomp type is Localhost"));
    } else checkLocalDescendingPath(errors, child(field, "localhostProfile"), text(localhost));
  } else if (isPresent(localhost)) {
    errors.push(invalid(child(field, "localhostProfile"), profile, "can only be set when seccomp type is Localhost"));
  }
}

const MAX_PROFILE_LENGTH = 4095;

function checkAppArmor(errors: Errors, field: string, value: unknown): void {
  if (!isPresent(value)) return;
  const profile = record(value);
  const path = child(field, "localhostProfile");
  const localhost = profile.localhostProfile;
  if (profile.type === "Localhost") {
    if (!isPresent(localhost)) errors.push(required(path, "must be set when AppArmor type is Localhost"));
    else {
      const name = text(localhost).trim();
      if (name !== text(localhost)) errors.push(invalid(path, localhost, "must not be padded with whitespace"));
      else if (name === "") errors.push(required(path, "must be set when AppArmor type is Localhost"));
      if (text(localhost).length > MAX_PROFILE_LENGTH) errors.push(tooLong(path, MAX_PROFILE_LENGTH));
    }
  } else if (profile.type === "RuntimeDefault" || profile.type === "Unconfined") {
    if (isPresent(localhost)) errors.push(invalid(path, localhost, "can only be set when AppArmor type is Localhost"));
  } else if (text(profile.type) === "") {
    errors.push(required(child(field, "type"), "type is required when appArmorProfile is set"));
  } else errors.push(notSupported(child(field, "type"), profile.type, PROFILE_TYPES));
}

/** Fields that mean nothing to Windows; "" is the spec's own, and false is as good as nothing there but for pointers. */
const LINUX_POD_FIELDS: readonly (readonly ["" | "securityContext", string])[] = [
  ["securityContext", "appArmorProfile"],
  ["securityContext", "seLinuxOptions"],
  ["", "hostUsers"],
  ["", "hostPID"],
  ["", "hostIPC"],
  ["securityContext", "seccompProfile"],
  ["securityContext", "fsGroup"],
  ["securityContext", "fsGroupChangePolicy"],
  ["securityContext", "sysctls"],
  ["", "shareProcessNamespace"],
  ["securityContext", "runAsUser"],
  ["securityContext", "runAsGroup"],
  ["securityContext", "supplementalGroups"],
  ["securityContext", "supplementalGroupsPolicy"],
  ["securityContext", "seLinuxChangePolicy"],
];
const LINUX_CONTAINER_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
];

export function checkWindowsPod(errors: Errors, field: string, spec: Fields): void {
  for (const [part, name] of LINUX_POD_FIELDS) {
    const value = part === "" ? spec[name] : record(spec[part])[name];
    const isSet =
      name === "hostPID" || name === "hostIPC"
        ? value === true
        : isPresent(value) && !(name === "sysctls" && list(value).length === 0);
    if (isSet) errors.push(forbidden(child(part === "" ? field : child(field, part), name), WINDOWS_MESSAGE));
  }
  visitContainers(spec, field, (container, path) => {
    for (const name of LINUX_CONTAINER_FIELDS) {
      if (!isPresent(record(container.securityContext)[name])) continue;
      errors.push(forbidden(child(child(path, "securityContext"), name), WINDOWS_MESSAGE));
    }
  });
}

export function checkLinuxPod(errors: Errors, field: string, spec: Fields): void {
  const check = (path: string, context: unknown): void => {
    if (!isPresent(record(context).windowsOptions)) return;
    const at = child(child(path, "securityContext"), "windowsOptions");
    errors.push(forbidden(at, "windows options cannot be set for a linux pod"));
  };
  check(field, spec.securityContext);
  visitContainers(spec, field, (container, path) => check(path, container.securityContext));
}
