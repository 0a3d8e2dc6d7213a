/** Defaults of pods and pod templates (pkg/apis/core/v1/defaults.go). */
import { roundAmounts } from "./amounts.ts";
import { each, type Fields, fill, fillNil, fillZero, isFields, set, within, withinOrNew } from "./fill.ts";

const EMPTY: Fields = Object.freeze({});
const POD_SPEC: Fields = Object.freeze({
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: EMPTY,
  schedulerName: "default-scheduler",
});
const CONTAINER: Fields = Object.freeze({
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  resources: EMPTY,
});
const PROBE: Fields = Object.freeze({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
const HTTP_GET: Fields = Object.freeze({ path: "/", scheme: "HTTP" });
const PORT: Fields = Object.freeze({ protocol: "TCP" });
const FIELD_REF: Fields = Object.freeze({ apiVersion: "v1" });
const FILE_MODE: Fields = Object.freeze({ defaultMode: 420 });

/** Volume sources that have defaults of their own. */
const VOLUME_SOURCES: Readonly<Record<string, Fields>> = {
  secret: FILE_MODE,
  configMap: FILE_MODE,
  downwardAPI: FILE_MODE,
  projected: FILE_MODE,
  iscsi: { iscsiInterface: "default" },
  rbd: { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" },
  azureDisk: { cachingMode: "ReadWrite", kind: "Shared", fsType: "ext4", readOnly: false },
  scaleIO: { storageMode: "ThinProvisioned", fsType: "xfs" },
};

export function defaultPodSpec(spec: Fields): Fields {
  let result = withAccount(fill(spec, POD_SPEC));
  result = each(result, "volumes", defaultVolume);
  result = each(result, "initContainers", defaultContainer);
  result = each(result, "containers", defaultContainer);
  result = each(result, "ephemeralContainers", defaultContainer);
  return roundAmounts(result, "overhead");
}

/** The service account goes by two names; the older one follows the newer, and stands in for it alone. */
function withAccount(spec: Fields): Fields {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name || (spec.serviceAccountName === name && spec.serviceAccount === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
}

export function defaultPodTemplate(template: Fields): Fields {
  return withinOrNew(template, "spec", defaultPodSpec);
}

/**
 * What a Pod has beyond its spec as a template: requests that follow limits, ports of its node, service links; and
 * times in its status.
 */
export function defaultPod(pod: Fields): Fields {
  const result = withinOrNew(pod, "spec", (spec) => {
    let result = defaultPodSpec(spec);
    result = each(result, "containers", defaultRequests);
    result = each(result, "initContainers", defaultRequests);
    if (result.hostNetwork === true) {
      result = each(result, "containers", defaultHostPorts);
      result = each(result, "initContainers", defaultHostPorts);
    }
    return fill(result, { enableServiceLinks: true });
  });
  return within(result, "status", (status) => each(status, "conditions", defaultCondition));
}

/** Times that are no pointers in Go: its encoder writes null where they were left out. */
function defaultCondition(condition: Fields): Fields {
  const { lastProbeTime = null, lastTransitionTime = null } = condition;
  return set(set(condition, "lastProbeTime", lastProbeTime), "lastTransitionTime", lastTransitionTime);
}

function defaultHostPorts(container: Fields): Fields {
  return each(container, "ports", (port) => fillZero(port, { hostPort: port.containerPort }));
}

function defaultRequests(container: Fields): Fields {
  const resources = container.resources;
  if (!isFields(resources) || !isFields(resources.limits)) return container;
  const requests = fill(isFields(resources.requests) ? resources.requests : EMPTY, resources.limits);
  return requests === resources.requests ? container : { ...container, resources: { ...resources, requests } };
}

function defaultContainer(container: Fields): Fields {
  let result = fill(container, CONTAINER);
  if (!result.imagePullPolicy) result = set(result, "imagePullPolicy", pullPolicyOf(String(container.image ?? "")));
  if (isFields(container.resources) && (container.resources.limits || container.resources.requests))
    result = within(result, "resources", (resources) => roundAmounts(resources, "limits", "requests"));
  if (container.ports) result = each(result, "ports", (port) => fill(port, PORT));
  if (container.env) result = each(result, "env", defaultEnv);
  for (const probe of PROBES) if (container[probe]) result = within(result, probe, defaultProbe);
  return container.lifecycle ? within(result, "lifecycle", defaultLifecycle) : result;
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const DOMAIN = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
/** Domain, path, tag and digest of what images are called. */
const IMAGE = new RegExp(
  `^(?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*(?::(\\w[\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);

/**
 * `Always` for the tag `latest`, which is also meant where there is neither tag nor digest. What is no image's name has
 * no tag.
 */
export function pullPolicyOf(image: string): "Always" | "IfNotPresent" {
  const match = IMAGE.exec(image);
  if (match === null) return "IfNotPresent";
  const [, tag, digest] = match;
  return tag === "latest" || (tag === undefined && digest === undefined) ? "Always" : "IfNotPresent";
}

function defaultEnv(env: Fields): Fields {
  return within(env, "valueFrom", (source) => within(source, "fieldRef", defaultFieldRef));
}

function defaultFieldRef(reference: Fields): Fields {
  return fill(reference, FIELD_REF);
}

function defaultHandler(handler: Fields): Fields {
  const result = within(handler, "httpGet", (get) => fill(get, HTTP_GET));
  return within(result, "grpc", (grpc) =>
    grpc.service === undefined || grpc.service === null ? { ...grpc, service: "" } : grpc,
  );
}

function defaultProbe(probe: Fields): Fields {
  return defaultHandler(fillZero(probe, PROBE));
}

function defaultLifecycle(lifecycle: Fields): Fields {
  return within(within(lifecycle, "postStart", defaultHandler), "preStop", defaultHandler);
}

/** The amounts that a claim asks for. */
export function roundClaim(spec: Fields): Fields {
  return within(spec, "resources", (resources) => roundAmounts(resources, "limits", "requests"));
}

/** Sources that volumes of pods and persistent volumes have alike. */
export function defaultVolumeSource(holder: Fields, key: string): Fields {
  const defaults = VOLUME_SOURCES[key];
  if (defaults) return within(holder, key, (source) => fill(source, defaults));
  return key === "hostPath" ? within(holder, key, (path) => fillNil(path, "type", "")) : holder;
}

function defaultVolume(volume: Fields): Fields {
  let result = volume;
  let hasSource = false;
  for (const key in volume) {
    if (key === "name" || volume[key] === undefined || volume[key] === null) continue;
    hasSource = true;
    result = defaultVolumeSource(result, key);
  }
  if (!hasSource) return { ...volume, emptyDir: EMPTY };
  if (volume.downwardAPI) result = within(result, "downwardAPI", defaultDownwardItems);
  if (volume.projected) {
    result = within(result, "projected", (projected) => each(projected, "sources", defaultProjectedSource));
  }
  return volume.ephemeral ? within(result, "ephemeral", defaultEphemeral) : result;
}

function defaultDownwardItems(source: Fields): Fields {
  return each(source, "items", (item) => within(item, "fieldRef", defaultFieldRef));
}

function defaultProjectedSource(source: Fields): Fields {
  const result = within(source, "downwardAPI", defaultDownwardItems);
  return within(result, "serviceAccountToken", (token) => fillZero(token, { expirationSeconds: 3600 }));
}

function defaultEphemeral(ephemeral: Fields): Fields {
  return within(ephemeral, "volumeClaimTemplate", (template) =>
    within(template, "spec", (spec) => roundClaim(fillNil(spec, "volumeMode", "Filesystem"))),
  );
}
