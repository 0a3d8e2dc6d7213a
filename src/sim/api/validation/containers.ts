/** Containers of a pod: names, images, ports, environment, probes, mounts. */
import { duplicate, forbidden, invalid, notFound, notSupported, required } from "../field-errors.ts";
import {
  validateConfigMapKey,
  validateDns1123Subdomain,
  validateEnvVarName,
  validateHttpHeaderName,
  validatePortName,
  validatePortNumber,
  validateQualifiedName,
} from "../names.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkLocalDescendingPath,
  checkNoBackSteps,
  checkNonNegative,
  checkPort,
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

export const PROTOCOLS: readonly string[] = ["SCTP", "TCP", "UDP"];
const PULL_POLICIES: readonly string[] = ["Always", "IfNotPresent", "Never"];

/** What containers refer to in their pod. */
export interface PodScope {
  readonly spec: Fields;
  /** Volume's name to whether it may be used as a block device. */
  readonly volumes: ReadonlyMap<string, Fields>;
  readonly claimNames: readonly string[];
  readonly hostNetwork: boolean;
  readonly restartPolicy: string;
  readonly gracePeriodSeconds: number;
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

const FORBIDDEN_FOR_EPHEMERAL = [
  "ports",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "resources",
  "resizePolicy",
];

export function checkEphemeralContainers(errors: Errors, field: string, containers: unknown, scope: PodScope): void {
  const others = [...list(scope.spec.containers), ...list(scope.spec.initContainers)].map((one) =>
    text(record(one).name),
  );
  const names = new Set(others);
  list(containers).forEach((value, index) => {
    const container = record(value);
    const path = item(field, index);
    checkContainerCommon(errors, path, container, scope);
    const name = text(container.name);
    if (name !== "" && names.has(name)) errors.push(duplicate(child(path, "name"), name));
    names.add(name);
    const target = text(container.targetContainerName);
    if (target !== "" && !others.includes(target)) errors.push(notFound(child(path, "targetContainerName"), target));
    for (const name of FORBIDDEN_FOR_EPHEMERAL) {
      const given = container[name];
      if (!isPresent(given) || (typeof given === "object" && Object.keys(given as object).length === 0)) continue;
      errors.push(forbidden(child(path, name), "cannot be set for an Ephemeral Container"));
    }
    if (isPresent(container.restartPolicy)) {
      errors.push(forbidden(child(path, "restartPolicy"), "may not be set for ephemeral containers"));
    }
    list(container.volumeMounts).forEach((mount, at) => {
      const mountPath = item(child(path, "volumeMounts"), at);
      if (text(record(mount).subPath) !== "")
        errors.push(forbidden(child(mountPath, "subPath"), "cannot be set for an Ephemeral Container"));
      if (text(record(mount).subPathExpr) !== "")
        errors.push(forbidden(child(mountPath, "subPathExpr"), "cannot be set for an Ephemeral Container"));
    });
  });
}

function checkContainerCommon(errors: Errors, path: string, container: Fields, scope: PodScope): void {
  if (text(container.name) === "") errors.push(required(child(path, "name")));
  else checkDnsLabel(errors, child(path, "name"), container.name);
  const image = text(container.image);
  if (image === "") errors.push(required(child(path, "image")));
  else if (image !== image.trim())
    errors.push(invalid(child(path, "image"), image, "must not have leading or trailing whitespace"));
  const messages = container.terminationMessagePolicy;
  if (messages !== "File" && messages !== "FallbackToLogsOnError") {
    const policyPath = child(path, "terminationMessagePolicy");
    if (text(messages) === "") errors.push(required(policyPath));
    else errors.push(notSupported(policyPath, messages, ["FallbackToLogsOnError", "File"]));
  }
  if (container.ports) checkContainerPorts(errors, child(path, "ports"), list(container.ports), scope.hostNetwork);
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
  for (const value of policies) {
    const { resourceName, restartPolicy } = record(value);
    const name = text(resourceName);
    if (seen.has(name)) errors.push(duplicate(field, name));
    seen.add(name);
    if (name === "") errors.push(required(field));
    else if (name !== "cpu" && name !== "memory") errors.push(notSupported(field, name, ["cpu", "memory"]));
    const policy = text(restartPolicy);
    if (policy === "") errors.push(required(field));
    else if (!RESIZE_POLICIES.includes(policy)) errors.push(notSupported(field, policy, RESIZE_POLICIES));
    if (scope.restartPolicy === "Never" && policy !== "NotRequired" && RESIZE_POLICIES.includes(policy)) {
      errors.push(invalid(field, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
}

function checkContainerPorts(errors: Errors, field: string, ports: readonly unknown[], hostNetwork: boolean): void {
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
    if (hostNetwork && port.hostPort !== port.containerPort) {
      errors.push(
        invalid(child(path, "hostPort"), port.hostPort ?? 0, "must match `containerPort` when `hostNetwork` is true"),
      );
    }
    if (text(port.protocol) === "") errors.push(required(child(path, "protocol")));
    else if (!PROTOCOLS.includes(text(port.protocol))) {
      errors.push(notSupported(child(path, "protocol"), port.protocol, PROTOCOLS));
    }
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
  "spec.hostNetwork",
  "status.phase",
  "status.nominatedNodeName",
  "metadata.annotations",
  "metadata.labels",
];

export function checkFieldReference(
  errors: Errors,
  field: string,
  reference: Fields,
  allowed: readonly string[],
): void {
  if (text(reference.apiVersion) === "") {
    errors.push(required(child(field, "apiVersion")));
    return;
  }
  const path = text(reference.fieldPath);
  if (path === "") {
    errors.push(required(child(field, "fieldPath")));
    return;
  }
  const subscripted = /^(.*)\['([^']*)'\]$/.exec(path);
  if (subscripted) {
    const [, base, key] = subscripted as unknown as [string, string, string];
    if (base === "metadata.annotations" || base === "metadata.labels") {
      const shown = base === "metadata.annotations" ? key.toLowerCase() : key;
      addInvalid(errors, field, key, validateQualifiedName(shown));
      return;
    }
    errors.push(
      invalid(
        child(field, "fieldPath"),
        path,
        `error converting fieldPath: field label does not support subscript: ${path}`,
      ),
    );
    return;
  }
  if (!CONVERTIBLE_FIELDS.includes(path)) {
    errors.push(
      invalid(child(field, "fieldPath"), path, `error converting fieldPath: field label not supported: ${path}`),
    );
  } else if (!allowed.includes(path)) errors.push(notSupported(child(field, "fieldPath"), path, allowed));
}

const RESOURCE_FIELDS: readonly string[] = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const DIVISORS: Readonly<Record<string, readonly string[]>> = {
  cpu: ["1m", "1"],
  memory: ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"],
};

export function checkResourceFieldReference(errors: Errors, field: string, reference: Fields, inVolume: boolean): void {
  if (inVolume && text(reference.containerName) === "") errors.push(required(child(field, "containerName")));
  else if (text(reference.resource) === "") errors.push(required(child(field, "resource")));
  else if (
    !RESOURCE_FIELDS.includes(text(reference.resource)) &&
    !/^(limits|requests)\.hugepages-/.test(text(reference.resource))
  ) {
    errors.push(notSupported(child(field, "resource"), reference.resource, RESOURCE_FIELDS));
  }
  const divisor = text(reference.divisor);
  if (divisor === "" || divisor === "0") return;
  const isCpu = text(reference.resource).endsWith(".cpu");
  if (!DIVISORS[isCpu ? "cpu" : "memory"]!.includes(divisor)) {
    const what = isCpu
      ? "only divisor's values 1m and 1 are supported with the cpu resource"
      : "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the memory resource";
    errors.push(invalid(child(field, "divisor"), text(reference.resource), what));
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
      addInvalid(errors, child(child(path, reference), "name"), name, validateDns1123Subdomain(name));
    }
    if (count === 0) errors.push(invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (count > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
  });
}

const PROPAGATIONS: readonly string[] = ["Bidirectional", "HostToContainer", "None"];

function checkVolumeMounts(errors: Errors, field: string, container: Fields, scope: PodScope): void {
  const paths = new Set<string>();
  const devices = new Set(list(container.volumeDevices).map((one) => text(record(one).devicePath)));
  const deviceNames = new Set(list(container.volumeDevices).map((one) => text(record(one).name)));
  list(container.volumeMounts).forEach((value, index) => {
    const mount = record(value);
    const path = item(field, index);
    const name = text(mount.name);
    if (name === "") errors.push(required(child(path, "name")));
    else if (!scope.volumes.has(name)) errors.push(notFound(child(path, "name"), name));
    const mountPath = text(mount.mountPath);
    if (mountPath === "") errors.push(required(child(path, "mountPath")));
    else if (paths.has(mountPath)) errors.push(invalid(child(path, "mountPath"), mountPath, "must be unique"));
    paths.add(mountPath);
    if (devices.has(mountPath))
      errors.push(invalid(child(path, "mountPath"), mountPath, "must not already exist in volumeDevices"));
    if (name !== "" && deviceNames.has(name))
      errors.push(invalid(child(path, "name"), name, "must not already exist in volumeDevices"));
    for (const sub of ["subPath", "subPathExpr"]) {
      if (text(mount[sub]) !== "") checkLocalDescendingPath(errors, child(path, sub), text(mount[sub]));
    }
    if (text(mount.subPath) !== "" && text(mount.subPathExpr) !== "") {
      errors.push(
        invalid(child(path, "subPathExpr"), mount.subPathExpr, "subPathExpr and subPath are mutually exclusive"),
      );
    }
    if (isPresent(mount.mountPropagation)) {
      const propagation = text(mount.mountPropagation);
      if (!PROPAGATIONS.includes(propagation))
        errors.push(notSupported(child(path, "mountPropagation"), propagation, PROPAGATIONS));
      else if (propagation === "Bidirectional" && record(container.securityContext).privileged !== true) {
        errors.push(
          forbidden(
            child(path, "mountPropagation"),
            "Bidirectional mount propagation is available only to privileged containers",
          ),
        );
      }
    }
  });
}

function checkVolumeDevices(errors: Errors, field: string, container: Fields, scope: PodScope): void {
  const seen = new Set<string>();
  const mounts = new Set(list(container.volumeMounts).map((one) => text(record(one).mountPath)));
  list(container.volumeDevices).forEach((value, index) => {
    const device = record(value);
    const path = item(field, index);
    const [name, devicePath] = [text(device.name), text(device.devicePath)];
    if (name === "") errors.push(required(child(path, "name")));
    const volume = scope.volumes.get(name);
    if (name !== "" && !volume) errors.push(notFound(child(path, "name"), name));
    else if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      errors.push(
        invalid(
          child(path, "name"),
          name,
          "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
        ),
      );
    }
    if (devicePath === "") errors.push(required(child(path, "devicePath")));
    else if (seen.has(devicePath)) errors.push(invalid(child(path, "devicePath"), devicePath, "must be unique"));
    else checkNoBackSteps(errors, child(path, "devicePath"), devicePath);
    seen.add(devicePath);
    if (mounts.has(devicePath))
      errors.push(invalid(child(path, "devicePath"), devicePath, "must not already exist in volumeMounts"));
  });
}

function checkLifecycle(errors: Errors, field: string, lifecycle: Fields, scope: PodScope): void {
  for (const hook of ["postStart", "preStop"]) {
    if (lifecycle[hook]) checkHandler(errors, child(field, hook), record(lifecycle[hook]), scope.gracePeriodSeconds);
  }
  if (isPresent(lifecycle.stopSignal)) {
    errors.push(forbidden(child(field, "stopSignal"), "may not be set"));
  }
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
  checkHandler(errors, field, probe, scope.gracePeriodSeconds);
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
function checkHandler(errors: Errors, field: string, handler: Fields, gracePeriodSeconds: number): void {
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
    if (seconds < 0 || seconds > gracePeriodSeconds) {
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
