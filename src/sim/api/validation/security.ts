/** Security contexts, seccomp and AppArmor of pods and containers. */
import { forbidden, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import {
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

function checkId(errors: Errors, field: string, id: unknown): void {
  if (typeof id === "number" && (id < 0 || id > MAX_ID)) errors.push(invalid(field, id, ID_MESSAGE));
}

export function checkPodSecurityContext(errors: Errors, field: string, context: Fields, spec: Fields): void {
  const hostField = (name: string): boolean => spec[name] === true;
  if (isPresent(context.fsGroup)) checkId(errors, child(field, "fsGroup"), context.fsGroup);
  if (isPresent(context.runAsUser)) checkId(errors, child(field, "runAsUser"), context.runAsUser);
  if (isPresent(context.runAsGroup)) checkId(errors, child(field, "runAsGroup"), context.runAsGroup);
  list(context.supplementalGroups).forEach((group, index) => {
    checkId(errors, item(child(field, "supplementalGroups"), index), group);
  });
  if (context.shareProcessNamespace === true && hostField("hostPID")) {
    errors.push(
      invalid(child(field, "shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled"),
    );
  }
  const sysctls = new Set<string>();
  list(context.sysctls).forEach((value, index) => {
    const name = text(record(value).name);
    const path = child(item(child(field, "sysctls"), index), "name");
    if (name === "") errors.push(required(path));
    else if (!/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 253) {
      errors.push(
        invalid(
          path,
          name,
          "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
        ),
      );
    } else if (sysctls.has(name)) errors.push({ type: "FieldValueDuplicate", field: path, value: name, detail: "" });
    sysctls.add(name);
  });
  oneOfIfSet(errors, child(field, "fsGroupChangePolicy"), context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]);
  oneOfIfSet(errors, child(field, "seLinuxChangePolicy"), context.seLinuxChangePolicy, ["MountOption", "Recursive"]);
  oneOfIfSet(errors, child(field, "supplementalGroupsPolicy"), context.supplementalGroupsPolicy, ["Merge", "Strict"]);
  checkSeccomp(errors, child(field, "seccompProfile"), context.seccompProfile);
  checkAppArmor(errors, child(field, "appArmorProfile"), context.appArmorProfile);
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
    errors.push(invalid(child(field, "localhostProfile"), localhost, "can only be set when seccomp type is Localhost"));
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

/** Fields that mean nothing to Windows. */
const LINUX_POD_FIELDS = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "fsGroup",
  "fsGroupChangePolicy",
  "sysctls",
  "runAsUser",
  "runAsGroup",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "seLinuxChangePolicy",
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
  for (const name of ["hostPID", "hostIPC", "shareProcessNamespace"]) {
    if (spec[name] === true) errors.push(forbidden(child(field, name), WINDOWS_MESSAGE));
  }
  const check = (path: string, context: Fields, names: readonly string[]): void => {
    for (const name of names) if (isPresent(context[name])) errors.push(forbidden(child(path, name), WINDOWS_MESSAGE));
  };
  check(child(field, "securityContext"), record(spec.securityContext), LINUX_POD_FIELDS);
  for (const kind of ["containers", "initContainers", "ephemeralContainers"]) {
    list(spec[kind]).forEach((container, index) => {
      const path = child(item(child(field, kind), index), "securityContext");
      check(path, record(record(container).securityContext), LINUX_CONTAINER_FIELDS);
    });
  }
}

export function checkLinuxPod(errors: Errors, field: string, spec: Fields): void {
  const message = "windows options cannot be set for a linux pod";
  if (isPresent(record(spec.securityContext).windowsOptions)) {
    errors.push(forbidden(child(child(field, "securityContext"), "windowsOptions"), message));
  }
  for (const kind of ["containers", "initContainers", "ephemeralContainers"]) {
    list(spec[kind]).forEach((container, index) => {
      if (!isPresent(record(record(container).securityContext).windowsOptions)) return;
      errors.push(
        forbidden(child(child(item(child(field, kind), index), "securityContext"), "windowsOptions"), message),
      );
    });
  }
}
