/** Containers of a pod: names, images, ports, environment, probes, mounts. */
import { duplicate, forbidden, invalid, notFound, notSupported, required } from "../field-errors.ts";
import {
  nameIsDnsSubdomain,
  validateConfigMapKey,
  validateDns1123Subdomain,
  validateEnvVarName,
  validateHttpHeaderName,
  validatePortName,
  validatePortNumber,
} from "../names.ts";
import { canonicalQuantity } from "../quantity.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkLocalDescendingPath,
  checkNonNegative,
  checkOneOf,
  checkPort,
  checkQualifiedName,
  checkRequiredOneOf,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkResourceRequirements } from "./resources.ts";
import { checkContainerSecurityContext } from "./security.ts";
import { checkStopSignal } from "./stop-signals.ts";

export const PROTOCOLS: readonly string[] = ["SCTP", "TCP", "UDP"];
const PULL_POLICIES: readonly string[] = ["Always", "IfNotPresent", "Never"];

/** What containers refer to in their pod. */
export interface PodScope {
  readonly spec: Fields;
  /** Volume's name to whether it may be used as a block device. */
  readonly volumes: ReadonlyMap<string, Fields>;
  readonly claimNames: readonly string[];
  readonly restartPolicy: string;
  /** Null where the pod does not say. */
  readonly gracePeriodSeconds: number | null;
}

export function checkContainers(errors: Errors, field: string, containers: unknown, scope: PodScope): void {
  const all = list(containers);
  if (all.length === 0) {
    errors.push(required(field));
    return;
  }
  const names = new Set<string>();
  all.forEach((value, index) => {
    const container = record(value);
    const path = item(field, index);
    checkContainerCommon(errors, path, container, scope);
    if (names.has(text(container.name))) errors.push(duplicate(child(path, "name"), container.name));
    names.add(text(container.name));
    if (container.lifecycle) checkLifecycle(errors, child(path, "lifecycle"), record(container.lifecycle), scope);
    checkProbes(errors, path, container, scope);
    if (isPresent(container.restartPolicy)) {
      errors.push(forbidden(child(path, "restartPolicy"), "may not be set for non-init containers"));
    }
  });
  checkHostPortConflicts(errors, field, all);
}

export function checkInitContainers(errors: Errors, field: string, containers: unknown, scope: PodScope): void {
  const all = list(containers);
  const regular = new Set(list(scope.spec.containers).map((one) => text(record(one).name)));
  all.forEach((value, index) => {
    const container = record(value);
    const path = item(field, index);
    checkContainerCommon(errors, path, container, scope);
    const sidecar = container.restartPolicy === "Always";
    if (isPresent(container.restartPolicy) && !sidecar) {
      errors.push(notSupported(child(path, "restartPolicy"), container.restartPolicy, ["Always"]));
    }
    if (regular.has(text(container.name))) errors.push(duplicate(child(path, "name"), container.name));
    else if (text(container.name) !== "") regular.add(text(container.name));
    checkHostPortConflicts(errors, field, [container]);
    if (sidecar) {
      if (container.lifecycle) checkLifecycle(errors, child(path, "lifecycle"), record(container.lifecycle), scope);
      checkProbes(errors, path, container, scope);
      return;
    }
    if (container.lifecycle) errors.push(forbidden(child(path, "lifecycle"), NOT_FOR_INIT));
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
      if (container[probe]) errors.push(forbidden(child(path, probe), NOT_FOR_INIT));
    }
  });
}

const NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always";

/** In the order of Go's fields. */
const FORBIDDEN_FOR_EPHEMERAL = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
];
const NOT_EPHEMERAL = "cannot be set for an Ephemeral Container";

export function checkEphemeralContainers(errors: Errors, field: string, containers: unknown, scope: PodScope): void {
  const others = [...list(scope.spec.containers), ...list(scope.spec.initContainers)].map((one) =>
    text(record(one).name),
  );
  const names = new Set(others);
  list(containers).forEach((value, index) => {
    const container = record(value);
    const path = item(field, index);
    checkContainerCommon(errors, path, container, scope);
    checkTrimmedImage(errors, path, container);
    const name = text(container.name);
    if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
    names.add(name);
    const target = text(container.targetContainerName);
    if (target !== "" && !others.includes(target)) errors.push(notFound(child(path, "targetContainerName"), target));
    checkEphemeralFields(errors, path, container);
  });
}

function checkEphemeralFields(errors: Errors, path: string, container: Fields): void {
  for (const name of FORBIDDEN_FOR_EPHEMERAL) {
    const given = container[name];
    if (!isPresent(given) || (typeof given === "object" && Object.keys(given as object).length === 0)) continue;
    errors.push(forbidden(child(path, name), NOT_EPHEMERAL));
  }
  list(container.volumeMounts).forEach((mount, at) => {
    for (const name of ["subPath", "subPathExpr"]) {
      if (text(record(mount)[name]) === "") continue;
      errors.push(forbidden(child(item(child(path, "volumeMounts"), at), name), NOT_EPHEMERAL));
    }
  });
}

/** Templates may hold blanks around an image's name, pods may not. */
export function checkTrimmedImage(errors: Errors, path: string, container: Fields): void {
  const image = text(container.image);
  if (image === image.trim()) return;
  errors.push(invalid(child(path, "image"), image, "must not have leading or trailing whitespace"));
}

function checkContainerCommon(errors: Errors, path: string, container: Fields, scope: PodScope): void {
  if (text(container.name) === "") errors.push(required(child(path, "name")));
  else checkDnsLabel(errors, child(path, "name"), container.name);
  if (text(container.image) === "") errors.push(required(child(path, "image")));
  const messages = container.terminationMessagePolicy;
  if (messages !== "File" && messages !== "FallbackToLogsOnError") {
    const policyPath = child(path, "terminationMessagePolicy");
    if (text(messages) === "") errors.push(required(policyPath));
    else errors.push(notSupported(policyPath, messages, ["File", "FallbackToLogsOnError"]));
  }
  if (container.ports) checkContainerPorts(errors, child(path, "ports"), list(container.ports));
  if (container.env) checkEnv(errors, child(path, "env"), list(container.env));
  if (container.envFrom) checkEnvFrom(errors, child(path, "envFrom"), list(container.envFrom));
  if (container.volumeMounts) checkVolumeMounts(errors, child(path, "volumeMounts"), container, scope);
  if (container.volumeDevices) checkVolumeDevices(errors, child(path, "volumeDevices"), container, scope);
  checkRequiredOneOf(errors, child(path, "imagePullPolicy"), container.imagePullPolicy, PULL_POLICIES);
  if (container.resources) {
    checkResourceRequirements(errors, child(path, "resources"), record(container.resources), scope.claimNames);
  }
  if (container.resizePolicy)
    checkResizePolicy(errors, child(path, "resizePolicy"), list(container.resizePolicy), scope);
  if (container.securityContext) {
    checkContainerSecurityContext(
      errors,
      child(path, "securityContext"),
      record(container.securityContext),
      scope.spec,
    );
  }
}

const RESIZE_POLICIES: readonly string[] = ["NotRequired", "RestartContainer"];

function checkResizePolicy(errors: Errors, field: string, policies: readonly unknown[], scope: PodScope): void {
  const seen = new Set<string>();
  policies.forEach((value, index) => {
    const { resourceName, restartPolicy } = record(value);
    const [name, policy] = [text(resourceName), text(restartPolicy)];
    if (seen.has(name)) errors.push({ ...duplicate(item(field, index), name), bare: true });
    seen.add(name);
    if (name === "") errors.push(required(field));
    else if (name !== "cpu" && name !== "memory") {
      errors.push({ ...notSupported(field, name, ["cpu", "memory"]), bare: true });
    }
    checkRequiredOneOf(errors, field, policy, RESIZE_POLICIES);
    if (scope.restartPolicy === "Never" && policy !== "NotRequired") {
      errors.push(invalid(field, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  });
}

function checkContainerPorts(errors: Errors, field: string, ports: readonly unknown[]): void {
  const names = new Set<string>();
  ports.forEach((value, index) => {
    const port = record(value);
    const path = item(field, index);
    const name = text(port.name);
    if (name !== "") {
      const messages = validatePortName(name);
      if (messages.length > 0) addInvalid(errors, child(path, "name"), name, messages);
      else if (names.has(name)) errors.push(duplicate(child(path, "name"), name));
      names.add(name);
    }
    if (!port.containerPort) errors.push(required(child(path, "containerPort")));
    else checkPort(errors, child(path, "containerPort"), port.containerPort);
    if (port.hostPort) checkPort(errors, child(path, "hostPort"), port.hostPort);
    checkRequiredOneOf(errors, child(path, "protocol"), port.protocol, PROTOCOLS);
  });
}

/** In the host's network ports are the host's; a template may leave that to the pods made from it. */
export function checkHostNetworkPorts(errors: Errors, field: string, spec: Fields, ofPod: boolean): void {
  if (spec.hostNetwork !== true) return;
  list(spec.containers).forEach((container, index) => {
    list(record(container).ports).forEach((value, at) => {
      const [host, inside] = [Number(record(value).hostPort ?? 0), Number(record(value).containerPort ?? 0)];
      if (host === inside || (!ofPod && host === 0)) return;
      const path = child(item(child(item(child(field, "containers"), index), "ports"), at), "hostPort");
      errors.push(invalid(path, host, "must match `containerPort` when `hostNetwork` is true"));
    });
  });
}

function checkHostPortConflicts(errors: Errors, field: string, containers: readonly unknown[]): void {
  const seen = new Set<string>();
  containers.forEach((container, index) => {
    list(record(container).ports).forEach((value, at) => {
      const port = record(value);
      if (!port.hostPort) return;
      const key = `${port.protocol}/${text(port.hostIP)}/${port.hostPort}`;
      if (seen.has(key)) {
        errors.push(duplicate(child(item(child(item(field, index), "ports"), at), "hostPort"), key));
      }
      seen.add(key);
    });
  });
}

function checkEnv(errors: Errors, field: string, env: readonly unknown[]): void {
  env.forEach((value, index) => {
    const variable = record(value);
    const path = item(field, index);
    if (text(variable.name) === "") errors.push(required(child(path, "name")));
    else addInvalid(errors, child(path, "name"), variable.name, validateEnvVarName(text(variable.name)));
    if (isPresent(variable.valueFrom)) checkEnvSource(errors, child(path, "valueFrom"), variable);
  });
}

function checkEnvSource(errors: Errors, field: string, variable: Fields): void {
  const source = record(variable.valueFrom);
  let sources = 0;
  if (source.fieldRef) {
    sources++;
    checkFieldReference(errors, child(field, "fieldRef"), record(source.fieldRef), ENV_FIELDS);
  }
  if (source.resourceFieldRef) {
    sources++;
    checkResourceFieldReference(errors, child(field, "resourceFieldRef"), record(source.resourceFieldRef), false);
  }
  for (const reference of ["configMapKeyRef", "secretKeyRef"]) {
    if (!source[reference]) continue;
    sources++;
    checkKeyReference(errors, child(field, reference), record(source[reference]));
  }
  if (sources === 0) {
    errors.push(
      invalid(field, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
    );
  } else if (text(variable.value) !== "") {
    if (sources > 0) errors.push(invalid(field, "", "may not be specified when `value` is not empty"));
  } else if (sources > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
}

function checkKeyReference(errors: Errors, field: string, reference: Fields): void {
  addInvalid(errors, child(field, "name"), text(reference.name), validateDns1123Subdomain(text(reference.name)));
  if (text(reference.key) === "") errors.push(required(child(field, "key")));
  else addInvalid(errors, child(field, "key"), reference.key, validateConfigMapKey(text(reference.key)));
}

const ENV_FIELDS: readonly string[] = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
export const VOLUME_FIELDS: readonly string[] = [
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
];
const CONVERTIBLE_FIELDS: readonly string[] = [
  ...ENV_FIELDS,
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
  "metadata.annotations",
  "metadata.labels",
];
/** What old clients called it. */
const OLD_FIELDS: Readonly<Record<string, string>> = { "spec.host": "spec.nodeName" };
const SUBSCRIPTED = /^(.+?)\['(.*)'\]$/s;

export function checkFieldReference(
  errors: Errors,
  field: string,
  reference: Fields,
  allowed: readonly string[],
): void {
  const [version, path] = [text(reference.apiVersion), text(reference.fieldPath)];
  const unconvertible = (why: string): void => {
    errors.push(invalid(child(field, "fieldPath"), path, `error converting fieldPath: ${why}`));
  };
  if (version === "") errors.push(required(child(field, "apiVersion")));
  else if (path === "") errors.push(required(child(field, "fieldPath")));
  else if (version !== "v1") unconvertible(`unsupported pod version: ${version}`);
  else {
    const [, base, key = ""] = SUBSCRIPTED.exec(path) ?? [];
    const plain = OLD_FIELDS[path] ?? path;
    if (base === "metadata.annotations") checkQualifiedName(errors, field, key.toLowerCase());
    else if (base === "metadata.labels") checkQualifiedName(errors, field, key);
    else if (base !== undefined) unconvertible(`field label does not support subscript: ${path}`);
    else if (!CONVERTIBLE_FIELDS.includes(plain)) unconvertible(`field label not supported: ${path}`);
    else if (!allowed.includes(plain)) errors.push(notSupported(child(field, "fieldPath"), plain, allowed));
  }
}

const RESOURCE_FIELDS: readonly string[] = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const CPU_DIVISORS = ["1m", "1"];
const BYTE_DIVISORS = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
const HUGE_PAGE_FIELD = /^(?:limits|requests)\.hugepages-/;

export function checkResourceFieldReference(errors: Errors, field: string, reference: Fields, inVolume: boolean): void {
  const resource = text(reference.resource);
  if (inVolume && text(reference.containerName) === "") errors.push(required(child(field, "containerName")));
  else if (resource === "") errors.push(required(child(field, "resource")));
  else if (!RESOURCE_FIELDS.includes(resource) && !HUGE_PAGE_FIELD.test(resource)) {
    errors.push(notSupported(child(field, "resource"), resource, RESOURCE_FIELDS));
  }
  checkDivisor(errors, child(field, "divisor"), resource, canonicalQuantity(text(reference.divisor) || "0"));
}

function checkDivisor(errors: Errors, field: string, resource: string, divisor: string): void {
  const what = measureOf(resource);
  if (divisor === "0" || what === null) return;
  const divisors = what === "cpu" ? CPU_DIVISORS : BYTE_DIVISORS;
  if (divisors.includes(divisor)) return;
  const listed = what === "cpu" ? "1m and 1" : BYTE_DIVISORS.join(", ");
  errors.push(invalid(field, resource, `only divisor's values ${listed} are supported with the ${what} resource`));
}

/** As messages call it; null of what nobody measures. */
function measureOf(resource: string): string | null {
  if (HUGE_PAGE_FIELD.test(resource)) return "hugepages";
  switch (resource.replace(/^(?:limits|requests)\./, "")) {
    case "cpu":
    case "memory":
      return resource.slice(resource.indexOf(".") + 1);
    case "ephemeral-storage":
      return "local ephemeral storage";
    default:
      return null;
  }
}

function checkEnvFrom(errors: Errors, field: string, sources: readonly unknown[]): void {
  sources.forEach((value, index) => {
    const source = record(value);
    const path = item(field, index);
    if (text(source.prefix) !== "")
      addInvalid(errors, child(path, "prefix"), source.prefix, validateEnvVarName(text(source.prefix)));
    let count = 0;
    for (const reference of ["configMapRef", "secretRef"]) {
      if (!source[reference]) continue;
      count++;
      const name = text(record(source[reference]).name);
      const namePath = child(child(path, reference), "name");
      if (name === "") errors.push(required(namePath));
      else addInvalid(errors, namePath, name, nameIsDnsSubdomain(name, true));
    }
    if (count === 0) errors.push(invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (count > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
  });
}

const PROPAGATIONS: readonly string[] = ["Bidirectional", "HostToContainer", "None"];
const RECURSIONS: readonly string[] = ["Disabled", "Enabled", "IfPossible"];

/** Of subpaths, propagation and recursion errors do not say in which mount they stand. */
function checkVolumeMounts(errors: Errors, field: string, container: Fields, scope: PodScope): void {
  const paths = new Set<string>();
  const devices = list(container.volumeDevices).map(record);
  const deviceNames = new Set(devices.map((device) => text(device.name)));
  const devicePaths = new Set(devices.map((device) => text(device.devicePath)));
  list(container.volumeMounts).forEach((value, index) => {
    const mount = record(value);
    const path = item(field, index);
    const [name, mountPath] = [text(mount.name), text(mount.mountPath)];
    if (name === "") errors.push(required(child(path, "name")));
    if (!scope.volumes.has(name)) errors.push(notFound(child(path, "name"), name));
    if (mountPath === "") errors.push(required(child(path, "mountPath")));
    if (paths.has(mountPath)) errors.push(invalid(child(path, "mountPath"), mountPath, "must be unique"));
    paths.add(mountPath);
    if (deviceNames.has(name))
      errors.push(invalid(child(path, "name"), name, "must not already exist in volumeDevices"));
    if (devicePaths.has(mountPath)) {
      const why = "must not already exist as a path in volumeDevices";
      errors.push(invalid(child(path, "mountPath"), mountPath, why));
    }
    checkSubPaths(errors, field, path, mount);
    checkPropagation(errors, child(field, "mountPropagation"), mount.mountPropagation, container);
    checkRecursion(errors, child(field, "recursiveReadOnly"), mount);
  });
}

function checkSubPaths(errors: Errors, field: string, path: string, mount: Fields): void {
  const [subPath, expression] = [text(mount.subPath), text(mount.subPathExpr)];
  if (subPath !== "") checkLocalDescendingPath(errors, child(field, "subPath"), subPath);
  if (expression === "") return;
  if (subPath !== "") {
    errors.push(invalid(child(path, "subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive"));
  }
  checkLocalDescendingPath(errors, child(field, "subPathExpr"), expression);
}

function checkPropagation(errors: Errors, field: string, value: unknown, container: Fields): void {
  if (!isPresent(value)) return;
  checkOneOf(errors, field, value, PROPAGATIONS);
  if (value !== "Bidirectional" || record(container.securityContext).privileged === true) return;
  errors.push(forbidden(field, "Bidirectional mount propagation is available only to privileged containers"));
}

function checkRecursion(errors: Errors, field: string, mount: Fields): void {
  const { recursiveReadOnly: recursion, mountPropagation: propagation } = mount;
  if (!isPresent(recursion) || recursion === "Disabled") return;
  if (!RECURSIONS.includes(text(recursion))) {
    errors.push(notSupported(field, recursion, RECURSIONS));
    return;
  }
  if (mount.readOnly !== true) errors.push(forbidden(field, "may only be specified when readOnly is true"));
  if (isPresent(propagation) && propagation !== "None") {
    errors.push(forbidden(field, "may only be specified when mountPropagation is None or not specified"));
  }
}

const BLOCK_SOURCES = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";

function checkVolumeDevices(errors: Errors, field: string, container: Fields, scope: PodScope): void {
  const [names, paths] = [new Set<string>(), new Set<string>()];
  const mounts = list(container.volumeMounts).map(record);
  const mountNames = new Set(mounts.map((mount) => text(mount.name)));
  const mountPaths = new Set(mounts.map((mount) => text(mount.mountPath)));
  list(container.volumeDevices).forEach((value, index) => {
    const path = item(field, index);
    const [name, devicePath] = [text(record(value).name), text(record(value).devicePath)];
    const [namePath, pathPath] = [child(path, "name"), child(path, "devicePath")];
    const volume = scope.volumes.get(name);
    if (name === "") errors.push(required(namePath));
    if (names.has(name)) errors.push(invalid(namePath, name, "must be unique"));
    if (!volume) errors.push(notFound(namePath, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) errors.push(invalid(namePath, name, BLOCK_SOURCES));
    if (devicePath === "") errors.push(required(pathPath));
    if (paths.has(devicePath)) errors.push(invalid(pathPath, devicePath, "must be unique"));
    if (devicePath.split("/").includes("..")) {
      errors.push(invalid(pathPath, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (mountNames.has(name)) errors.push(invalid(namePath, name, "must not already exist in volumeMounts"));
    if (mountPaths.has(devicePath))
      errors.push(invalid(pathPath, devicePath, "must not already exist as a path in volumeMounts"));
    if (name !== "") names.add(name);
  });
}

function checkLifecycle(errors: Errors, field: string, lifecycle: Fields, scope: PodScope): void {
  for (const hook of ["postStart", "preStop"]) {
    if (lifecycle[hook]) checkHandler(errors, child(field, hook), record(lifecycle[hook]), scope.gracePeriodSeconds);
  }
  if (isPresent(lifecycle.stopSignal))
    checkStopSignal(errors, child(field, "stopSignal"), lifecycle.stopSignal, scope.spec.os);
}

function checkProbes(errors: Errors, path: string, container: Fields, scope: PodScope): void {
  checkProbe(errors, child(path, "livenessProbe"), container.livenessProbe, scope, true);
  if (container.readinessProbe) {
    const field = child(path, "readinessProbe");
    checkProbe(errors, field, container.readinessProbe, scope, false);
    const grace = record(container.readinessProbe).terminationGracePeriodSeconds;
    if (isPresent(grace)) {
      errors.push(invalid(child(field, "terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes"));
    }
  }
  checkProbe(errors, child(path, "startupProbe"), container.startupProbe, scope, true);
}

function checkProbe(errors: Errors, field: string, value: unknown, scope: PodScope, successMustBeOne: boolean): void {
  if (!isPresent(value)) return;
  const probe = record(value);
  checkHandler(errors, field, { ...probe, sleep: undefined }, null);
  for (const name of [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ]) {
    checkNonNegative(errors, child(field, name), probe[name]);
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (typeof grace === "number" && grace <= 0) {
    errors.push(invalid(child(field, "terminationGracePeriodSeconds"), grace, "must be greater than 0"));
  }
  if (successMustBeOne && isPresent(probe.successThreshold) && probe.successThreshold !== 1) {
    errors.push(invalid(child(field, "successThreshold"), probe.successThreshold, "must be 1"));
  }
}

/** Exactly one of exec, httpGet, tcpSocket, grpc, sleep. */
function checkHandler(errors: Errors, field: string, handler: Fields, gracePeriodSeconds: number | null): void {
  let handlers = 0;
  const another = (name: string): boolean => {
    if (handlers > 0) {
      errors.push(forbidden(child(field, name), "may not specify more than 1 handler type"));
      return false;
    }
    handlers++;
    return true;
  };
  if (handler.exec && another("exec") && list(record(handler.exec).command).length === 0) {
    errors.push(required(child(child(field, "exec"), "command")));
  }
  if (handler.httpGet && another("httpGet")) checkHttpGet(errors, child(field, "httpGet"), record(handler.httpGet));
  if (handler.tcpSocket && another("tcpSocket"))
    checkPortReference(errors, child(child(field, "tcpSocket"), "port"), record(handler.tcpSocket).port);
  if (handler.grpc && another("grpc"))
    checkPort(errors, child(child(field, "grpc"), "port"), record(handler.grpc).port);
  if (handler.sleep && another("sleep")) {
    const seconds = Number(record(handler.sleep).seconds ?? 0);
    if (gracePeriodSeconds !== null && (seconds < 0 || seconds > gracePeriodSeconds)) {
      errors.push(
        invalid(
          child(field, "sleep"),
          seconds,
          `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriodSeconds})`,
        ),
      );
    }
  }
  if (handlers === 0) errors.push(required(field, "must specify a handler type"));
}

function checkHttpGet(errors: Errors, field: string, get: Fields): void {
  if (text(get.path) === "") errors.push(required(child(field, "path")));
  checkPortReference(errors, child(field, "port"), get.port);
  if (get.scheme !== "HTTP" && get.scheme !== "HTTPS") {
    errors.push(notSupported(child(field, "scheme"), text(get.scheme), ["HTTP", "HTTPS"]));
  }
  list(get.httpHeaders).forEach((header) => {
    addInvalid(
      errors,
      child(field, "httpHeaders"),
      record(header).name,
      validateHttpHeaderName(text(record(header).name)),
    );
  });
}

/** A number, or the name of a container's port. */
function checkPortReference(errors: Errors, field: string, port: unknown): void {
  if (typeof port === "string") addInvalid(errors, field, port, validatePortName(port));
  else addInvalid(errors, field, port ?? 0, validatePortNumber(typeof port === "number" ? port : 0));
}
