/** Volumes of pods and pod templates: a table of sources. */
import { at, isObject, type JsonObject, numberOf, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import { type Lines, multiline } from "./writer.ts";

type Source = (lines: Lines, source: JsonObject) => void;

function bool(value: unknown): string {
  return String(value === true);
}

const sources: Readonly<Record<string, Source>> = {
  hostPath: (lines, source) => {
    lines.line(2, "Type:", "HostPath (bare host directory volume)");
    lines.line(2, "Path:", textOf(source.path));
    lines.line(2, "HostPathType:", source.type === undefined ? "<none>" : textOf(source.type));
  },
  emptyDir: (lines, source) => {
    lines.line(2, "Type:", "EmptyDir (a temporary directory that shares a pod's lifetime)");
    lines.line(2, "Medium:", textOf(source.medium));
    lines.line(2, "SizeLimit:", source.sizeLimit === undefined ? "<unset>" : String(source.sizeLimit));
  },
  secret: (lines, source) => {
    lines.line(2, "Type:", "Secret (a volume populated by a Secret)");
    lines.line(2, "SecretName:", textOf(source.secretName));
    lines.line(2, "Optional:", bool(source.optional));
  },
  configMap: (lines, source) => {
    lines.line(2, "Type:", "ConfigMap (a volume populated by a ConfigMap)");
    lines.line(2, "Name:", textOf(source.name));
    lines.line(2, "Optional:", bool(source.optional));
  },
  persistentVolumeClaim: (lines, source) => {
    lines.line(2, "Type:", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
    lines.line(2, "ClaimName:", textOf(source.claimName));
    lines.line(2, "ReadOnly:", bool(source.readOnly));
  },
  nfs: (lines, source) => {
    lines.line(2, "Type:", "NFS (an NFS mount that lasts the lifetime of a pod)");
    lines.line(2, "Server:", textOf(source.server));
    lines.line(2, "Path:", textOf(source.path));
    lines.line(2, "ReadOnly:", bool(source.readOnly));
  },
  downwardAPI: (lines, source) => {
    lines.line(2, "Type:", "DownwardAPI (a volume populated by information about the pod)");
    lines.line(2, "Items:");
    for (const item of objectsOf(source.items))
      lines.line(3, `${textOf(at(item, "fieldRef", "fieldPath"))} -> ${textOf(item.path)}`);
  },
  csi: (lines, source) => {
    lines.line(2, "Type:", "CSI (a Container Storage Interface (CSI) volume source)");
    lines.line(2, "Driver:", textOf(source.driver));
    lines.line(2, "FSType:", textOf(source.fsType));
    if (source.volumeHandle !== undefined) lines.line(2, "VolumeHandle:", textOf(source.volumeHandle));
    lines.line(2, "ReadOnly:", bool(source.readOnly));
    multiline(lines, "    VolumeAttributes", pairsOf(objectOf(source.volumeAttributes)), "    ");
  },
  local: (lines, source) => {
    lines.line(2, "Type:", "LocalVolume (a persistent volume backed by local storage on a node)");
    lines.line(2, "Path:", textOf(source.path));
  },
  ephemeral: (lines, source) => {
    lines.line(
      2,
      "Type:",
      "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
    );
    const { metadata, spec } = objectOf(source.volumeClaimTemplate);
    const claim = objectOf(spec);
    lines.line(2, "StorageClass:", textOf(claim.storageClassName));
    lines.line(2, "Volume:", textOf(claim.volumeName));
    nestedPairs(lines, "Labels", objectOf(at(metadata, "labels")), "=");
    nestedPairs(lines, "Annotations", objectOf(at(metadata, "annotations")), ": ");
    lines.line(2, "Capacity:", "");
    lines.line(2, "Access Modes:", "");
    if (claim.volumeMode !== undefined) lines.line(2, "VolumeMode:", textOf(claim.volumeMode));
  },
  projected: (lines, volume) => {
    lines.line(2, "Type:", "Projected (a volume that contains injected data from multiple sources)");
    for (const source of objectsOf(volume.sources)) projection(lines, source);
  },
};

function projection(lines: Lines, source: JsonObject): void {
  const { configMap, downwardAPI, secret, serviceAccountToken } = source;
  if (isObject(secret)) {
    lines.line(2, "SecretName:", textOf(secret.name));
    lines.line(2, "Optional:", bool(secret.optional));
  } else if (downwardAPI !== undefined) lines.line(2, "DownwardAPI:", "true");
  else if (isObject(configMap)) {
    lines.line(2, "ConfigMapName:", textOf(configMap.name));
    lines.line(2, "Optional:", bool(configMap.optional));
  } else if (isObject(serviceAccountToken)) {
    lines.line(2, "TokenExpirationSeconds:", String(numberOf(serviceAccountToken.expirationSeconds)));
  }
}

/** Upstream's nested writer indents every piece that it is given, not every line. */
function nestedPairs(lines: Lines, title: string, pairs: JsonObject, sign: string): void {
  const [first, ...others] = sortedKeys(pairs).map((key) => `${key}${sign}${textOf(pairs[key])}`);
  lines.raw(`    ${title}:\t${first === undefined ? "<none>" : `    ${first}`}\n`);
  for (const other of others) lines.raw(`    \t    ${other}\n`);
}

function pairsOf(pairs: JsonObject): readonly string[] {
  return sortedKeys(pairs).map((key) => `${key}=${textOf(pairs[key])}`);
}

/** Where a volume comes from: of a PersistentVolume's spec, or of a pod's volume. */
export function sourceLines(lines: Lines, holder: JsonObject): void {
  const kind = Object.keys(holder).find((key) => sources[key] !== undefined);
  if (kind === undefined) lines.line(2, "<unknown>");
  else sources[kind]!(lines, objectOf(holder[kind]));
}

export function volumeLines(lines: Lines, volumes: readonly JsonObject[], inTemplate: boolean): void {
  const title = `${inTemplate ? "  " : ""}Volumes:`;
  if (volumes.length === 0) {
    lines.raw(`${title}\t<none>\n`);
    return;
  }
  lines.raw(`${title}\n`);
  for (const volume of volumes) {
    lines.raw(`${inTemplate ? "   " : "  "}${textOf(volume.name)}:\n`);
    sourceLines(lines, volume);
  }
}
