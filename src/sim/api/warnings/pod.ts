/** Pods and pod templates (`pkg/api/pod/warnings.go`). */
import { child, type Fields, isPresent, item, list, record, text } from "../validation/common.ts";
import { claimSpecWarnings } from "./claims.ts";
import { deprecatedNodeLabel } from "./node-labels.ts";
import { BYTES, fractions } from "./quantities.ts";

/** `field`: "" for a pod, the template's path otherwise. */
export function podWarnings(pod: Fields, field: string): string[] {
  const spec = record(pod.spec);
  const annotations = record(record(pod.metadata).annotations);
  const at = child(field, "spec");
  const noted = child(field, "metadata.annotations");
  return [
    ...placementWarnings(spec, at),
    ...annotationWarnings(annotations, noted),
    ...volumeWarnings(list(spec.volumes), child(at, "volumes")),
    ...tokenPathWarnings(list(spec.volumes), child(at, "volumes")),
    ...duplicates(spec.hostAliases, "ip", child(at, "hostAliases")),
    ...duplicates(spec.imagePullSecrets, "name", child(at, "imagePullSecrets")),
    ...emptySecretNames(spec.imagePullSecrets, child(at, "imagePullSecrets")),
    ...fractions(record(spec.overhead), child(at, "overhead")),
    ...seccompOfPod(spec, annotations, noted),
    ...containersOf(spec, at).flatMap(([container, path]) =>
      containerWarnings(container, path, spec, annotations, noted),
    ),
    ...portWarnings(spec, at),
    ...graceWarnings(spec, at),
    ...affinityWarnings(record(spec.affinity), child(at, "affinity")),
  ];
}

function placementWarnings(spec: Fields, at: string): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(record(spec.nodeSelector)).sort()) {
    const why = deprecatedNodeLabel(key);
    if (why !== undefined) warnings.push(`${item(child(at, "nodeSelector"), key)}: ${why}`);
  }
  const affinity = record(record(spec.affinity).nodeAffinity);
  const wanted = child(at, "affinity.nodeAffinity");
  const required = record(affinity.requiredDuringSchedulingIgnoredDuringExecution);
  list(required.nodeSelectorTerms).forEach((term, index) => {
    const terms = child(wanted, "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
    warnings.push(...nodeTermWarnings(record(term), item(terms, index)));
  });
  list(affinity.preferredDuringSchedulingIgnoredDuringExecution).forEach((term, index) => {
    const path = item(child(wanted, "preferredDuringSchedulingIgnoredDuringExecution"), index);
    warnings.push(...nodeTermWarnings(record(record(term).preference), child(path, "preference")));
  });
  list(spec.topologySpreadConstraints).forEach((constraint, index) => {
    const path = item(child(at, "topologySpreadConstraints"), index);
    const { topologyKey, labelSelector } = record(constraint);
    const why = deprecatedNodeLabel(text(topologyKey));
    if (why !== undefined) warnings.push(`${child(path, "topologyKey")}: ${text(topologyKey)} is ${why}`);
    if (!isPresent(labelSelector))
      warnings.push(`${child(path, "labelSelector")}: a null labelSelector results in matching no pod`);
  });
  return warnings;
}

export function nodeTermWarnings(term: Fields, path: string): string[] {
  return list(term.matchExpressions).flatMap((expression, index) => {
    const key = text(record(expression).key);
    const why = deprecatedNodeLabel(key);
    return why === undefined ? [] : [`${child(item(child(path, "matchExpressions"), index), "key")}: ${key} is ${why}`];
  });
}

const ANNOTATIONS: Readonly<Record<string, string>> = {
  "scheduler.alpha.kubernetes.io/critical-pod": 'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
};

function annotationWarnings(annotations: Fields, noted: string): string[] {
  return Object.keys(ANNOTATIONS).flatMap((key) =>
    annotations[key] === undefined ? [] : [`${item(noted, key)}: ${ANNOTATIONS[key]}`],
  );
}

const VOLUMES: readonly (readonly [name: string, why: string])[] = [
  ["photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["gitRepo", "deprecated in v1.11"],
  ["scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["flocker", "deprecated in v1.22, non-functional in v1.25+"],
  ["storageos", "deprecated in v1.22, non-functional in v1.25+"],
  ["quobyte", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["ephemeral", ""],
  ["cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["rbd", "deprecated in v1.28, non-functional in v1.31+"],
];
/** Warnings spell it as Go does. */
const SPELT: Readonly<Record<string, string>> = { storageos: "storageOS" };

function volumeWarnings(volumes: readonly unknown[], at: string): string[] {
  return volumes.flatMap((value, index) => {
    const volume = record(value);
    const path = item(at, index);
    return VOLUMES.flatMap(([name, why]) => {
      if (!isPresent(volume[name])) return [];
      if (name !== "ephemeral") return [`${child(path, SPELT[name] ?? name)}: ${why}`];
      const template = record(record(volume.ephemeral).volumeClaimTemplate);
      return claimSpecWarnings(record(template.spec), child(path, "ephemeral.volumeClaimTemplate.spec"));
    });
  });
}

/** A projected token's file that something else is written over. */
function tokenPathWarnings(volumes: readonly unknown[], at: string): string[] {
  const sourcesOf = (volume: unknown): readonly Fields[] => list(record(record(volume).projected).sources).map(record);
  const tokens = new Set<string>();
  for (const volume of volumes)
    for (const { serviceAccountToken } of sourcesOf(volume))
      if (isPresent(serviceAccountToken)) tokens.add(text(record(serviceAccountToken).path));
  if (tokens.size === 0) return [];
  const warnings: string[] = [];
  const warn = (field: string, path: string): void => {
    if (tokens.has(path))
      warnings.push(`${field}: has duplicated path with ServiceAccountToken ${JSON.stringify(path)}`);
  };
  volumes.forEach((volume, index) => {
    const sources = child(item(at, index), "projected.sources");
    for (const source of sourcesOf(volume)) {
      for (const [kind, shown] of [
        ["configMap", "configMap"],
        ["secret", "secrets"],
        ["downwardAPI", "downwardAPI"],
      ] as const)
        list(record(source[kind]).items).forEach((file, at) => {
          warn(item(child(sources, shown), at), text(record(file).path));
        });
      if (isPresent(source.clusterTrustBundle))
        warn(child(sources, "ClusterTrustBundle"), text(record(source.clusterTrustBundle).path));
    }
  });
  return warnings;
}

function duplicates(values: unknown, name: "ip" | "name", at: string): string[] {
  const seen = new Set<string>();
  return list(values).flatMap((value, index) => {
    const own = text(record(value)[name]);
    if (!seen.has(own)) {
      seen.add(own);
      return [];
    }
    return [`${child(item(at, index), name)}: duplicate ${name} ${JSON.stringify(own)}`];
  });
}

function emptySecretNames(values: unknown, at: string): string[] {
  return list(values).flatMap((value, index) =>
    text(record(value).name) === "" ? [`${child(item(at, index), "name")}: invalid empty name ""`] : [],
  );
}

const SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead';

function seccompOfPod(spec: Fields, annotations: Fields, noted: string): string[] {
  const key = "seccomp.security.alpha.kubernetes.io/pod";
  const isUsed = annotations[key] !== undefined && !isPresent(record(spec.securityContext).seccompProfile);
  return isUsed ? [`${item(noted, key)}: ${SECCOMP}`] : [];
}

function containersOf(spec: Fields, at: string): (readonly [Fields, string])[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    list(spec[kind]).map((container, index) => [record(container), item(child(at, kind), index)] as const),
  );
}

function containerWarnings(
  container: Fields,
  path: string,
  spec: Fields,
  annotations: Fields,
  noted: string,
): string[] {
  const name = text(container.name);
  const security = record(container.securityContext);
  const resources = record(container.resources);
  const warnings: string[] = [];
  const seccomp = `container.seccomp.security.alpha.kubernetes.io/${name}`;
  if (annotations[seccomp] !== undefined && !isPresent(security.seccompProfile))
    warnings.push(`${item(noted, seccomp)}: ${SECCOMP}`);
  const appArmor = `container.apparmor.security.beta.kubernetes.io/${name}`;
  const hasProfile = isPresent(security.appArmorProfile) || isPresent(record(spec.securityContext).appArmorProfile);
  if (annotations[appArmor] !== undefined && !hasProfile)
    warnings.push(`${item(noted, appArmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
  for (const resource of BYTES)
    for (const kind of ["limits", "requests"])
      warnings.push(...fractions(record(resources[kind]), child(path, `resources.${kind}`), [resource]));
  return [...warnings, ...environmentWarnings(list(container.env), child(path, "env"))];
}

/** A variable that takes the place of another of its name without making use of it. */
function environmentWarnings(env: readonly unknown[], at: string): string[] {
  const seen = new Set<string>();
  return env.flatMap((value, index) => {
    const variable = record(value);
    const name = text(variable.name);
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const reference = `$(${name})`;
    const own = text(variable.value);
    if (!isPresent(variable.valueFrom) && own !== reference && own.includes(reference)) return [];
    const why = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return [`${item(at, index)}: ${why}`];
  });
}

function portWarnings(spec: Fields, at: string): string[] {
  const warnings: string[] = [];
  const known = new Map<string, { readonly field: string; readonly port: Fields }[]>();
  for (const [container, path] of containersOf(spec, at))
    list(container.ports).forEach((value, index) => {
      const port = record(value);
      const field = item(child(path, "ports"), index);
      const hostPort = Number(port.hostPort ?? 0);
      const hostIp = text(port.hostIP);
      if (hostIp !== "" && hostPort === 0)
        warnings.push(
          `${field}: hostIP set without hostPort: {Name:${text(port.name)} HostPort:0 ContainerPort:${port.containerPort} Protocol:${text(port.protocol)} HostIP:${hostIp}}`,
        );
      const key = `${port.containerPort}/${text(port.protocol)}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const why = clash(port, other.port);
        if (why !== "") warnings.push(`${field}: ${why} with ${other.field}`);
      }
      known.set(key, [...others, { field, port }]);
    });
  return warnings;
}

function clash(a: Fields, b: Fields): string {
  const [left, right] = [Number(a.hostPort ?? 0), Number(b.hostPort ?? 0)];
  const [from, to] = [text(a.hostIP), text(b.hostIP)];
  if (from === to && left === right) return "duplicate port definition";
  if (left === 0 || right === 0) return "overlapping port definition";
  return left === right && (from === "") !== (to === "") ? "dangerously ambiguous port definition" : "";
}

function graceWarnings(spec: Fields, at: string): string[] {
  const seconds = spec.terminationGracePeriodSeconds;
  if (typeof seconds !== "number" || seconds >= 0) return [];
  return [
    `${child(at, "terminationGracePeriodSeconds")}: must be >= 0; negative values are invalid and will be treated as 1`,
  ];
}

function affinityWarnings(affinity: Fields, at: string): string[] {
  const warnings: string[] = [];
  const look = (term: Fields, path: string): void => {
    if (!isPresent(term.labelSelector))
      warnings.push(`${child(path, "labelSelector")}: a null labelSelector results in matching no pod`);
  };
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    const own = record(affinity[kind]);
    const required = "requiredDuringSchedulingIgnoredDuringExecution";
    const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    list(own[required]).forEach((term, index) => {
      look(record(term), item(child(at, `${kind}.${required}`), index));
    });
    list(own[preferred]).forEach((term, index) => {
      const path = child(item(child(at, `${kind}.${preferred}`), index), "podAffinityTerm");
      look(record(record(term).podAffinityTerm), path);
    });
  }
  return warnings;
}
