/** Volumes of a pod (and, by the same sources, of a PersistentVolume). */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Label, validateDns1123Subdomain } from "../names.ts";
import { checkClaimTemplate } from "./claims.ts";
import {
  addInvalid,
  checkLocalDescendingPath,
  checkNoBackSteps,
  checkOneOf,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkFieldReference, checkResourceFieldReference, VOLUME_FIELDS } from "./containers.ts";

export function checkVolumes(errors: Errors, field: string, volumes: unknown, podName: string): Map<string, Fields> {
  const known = new Map<string, Fields>();
  list(volumes).forEach((value, index) => {
    const volume = record(value);
    const path = item(field, index);
    const name = text(volume.name);
    const before = errors.length;
    checkVolumeSource(errors, path, volume, name, podName);
    if (name === "") errors.push(required(child(path, "name")));
    else addInvalid(errors, child(path, "name"), name, validateDns1123Label(name));
    if (known.has(name)) errors.push(duplicate(child(path, "name"), name));
    if (errors.length === before) known.set(name, volume);
  });
  return known;
}

type SourceCheck = (errors: Errors, field: string, source: Fields) => void;

function requires(...names: readonly string[]): SourceCheck {
  return (errors, field, source) => {
    for (const name of names) {
      const value = source[name];
      if (!isPresent(value) || value === "" || (Array.isArray(value) && value.length === 0)) {
        errors.push(required(child(field, name)));
      }
    }
  };
}

function all(...checks: readonly SourceCheck[]): SourceCheck {
  return (errors, field, source) => {
    for (const check of checks) check(errors, field, source);
  };
}

/** By field, in the order in which upstream looks: the first that is there is the volume's source. */
export const VOLUME_SOURCES: Readonly<Record<string, SourceCheck>> = {
  emptyDir: (errors, field, source) => {
    if (text(source.sizeLimit).startsWith("-")) {
      errors.push(forbidden(child(field, "sizeLimit"), "SizeLimit field must be a valid resource quantity"));
    }
  },
  hostPath: checkHostPath,
  gitRepo: all(requires("repository"), (errors, field, source) => {
    checkLocalDescendingPath(errors, child(field, "directory"), text(source.directory));
  }),
  gcePersistentDisk: all(requires("pdName"), checkPartition),
  awsElasticBlockStore: all(requires("volumeID"), checkPartition),
  secret: all(requires("secretName"), checkModeAndItems),
  nfs: all(requires("server", "path"), (errors, field, source) => {
    if (text(source.path) !== "" && !text(source.path).startsWith("/")) {
      errors.push(invalid(child(field, "path"), source.path, "must be an absolute path"));
    }
  }),
  iscsi: checkIscsi,
  glusterfs: requires("endpoints", "path"),
  flocker: (errors, field, source) => {
    const [name, uuid] = [text(source.datasetName), text(source.datasetUUID)];
    if (name === "" && uuid === "") {
      errors.push(required(field, "one of datasetName and datasetUUID is required"));
    }
    if (name !== "" && uuid !== "") {
      errors.push(invalid(field, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
    }
    if (name.includes("/")) errors.push(invalid(child(field, "datasetName"), name, "must not contain '/'"));
  },
  rbd: requires("monitors", "image"),
  cinder: requires("volumeID"),
  cephfs: requires("monitors"),
  quobyte: checkQuobyte,
  downwardAPI: (errors, field, source) => {
    checkMode(errors, child(field, "defaultMode"), source.defaultMode);
    for (const file of list(source.items)) checkDownwardFile(errors, field, record(file));
  },
  fc: checkFibreChannel,
  persistentVolumeClaim: requires("claimName"),
  configMap: all((errors, field, source) => {
    if (text(source.name) === "") errors.push(required(child(field, "name")));
  }, checkModeAndItems),
  azureFile: requires("secretName", "shareName"),
  flexVolume: requires("driver"),
  vsphereVolume: requires("volumePath"),
  photonPersistentDisk: requires("pdID"),
  portworxVolume: requires("volumeID"),
  azureDisk: all(requires("diskName", "diskURI"), checkAzureDisk),
  storageos: () => undefined,
  projected: checkProjected,
  scaleIO: requires("gateway", "system", "volumeName"),
  csi: (errors, field, source) => {
    checkCsiDriverName(errors, child(field, "driver"), text(source.driver));
    if (isPresent(source.nodePublishSecretRef) && text(record(source.nodePublishSecretRef).name) === "") {
      errors.push(required(child(child(field, "nodePublishSecretRef"), "name")));
    }
  },
  ephemeral: () => undefined,
  image: (errors, field, source) => {
    requires("reference")(errors, field, source);
    checkOneOf(errors, child(field, "pullPolicy"), source.pullPolicy, ["Always", "IfNotPresent", "Never"]);
  },
};

function checkVolumeSource(errors: Errors, path: string, volume: Fields, name: string, podName: string): void {
  let found = 0;
  for (const kind in VOLUME_SOURCES) {
    if (!isPresent(volume[kind])) continue;
    const field = child(path, kind);
    if (found++ > 0) {
      errors.push(forbidden(field, "may not specify more than 1 volume type"));
      continue;
    }
    VOLUME_SOURCES[kind]!(errors, field, record(volume[kind]));
    if (kind === "iscsi") checkIscsiName(errors, path, field, record(volume[kind]), name);
    if (kind === "ephemeral") {
      checkClaimTemplate(errors, child(field, "volumeClaimTemplate"), record(volume[kind]).volumeClaimTemplate);
      const claim = `${podName}-${name}`;
      if (podName !== "" && name !== "") {
        for (const message of validateDns1123Subdomain(claim)) {
          errors.push(invalid(child(path, "name"), name, `PVC name "${claim}": ${message}`));
        }
      }
    }
  }
  if (found === 0) errors.push(required(path, "must specify a volume type"));
}

const HOST_PATH_TYPES: readonly string[] = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];

function checkHostPath(errors: Errors, field: string, source: Fields): void {
  if (text(source.path) === "") {
    errors.push(required(child(field, "path")));
    return;
  }
  checkNoBackSteps(errors, child(field, "path"), text(source.path));
  if (isPresent(source.type) && !HOST_PATH_TYPES.includes(text(source.type))) {
    errors.push(notSupported(child(field, "type"), source.type, HOST_PATH_TYPES));
  }
}

function checkPartition(errors: Errors, field: string, source: Fields): void {
  const partition = Number(source.partition ?? 0);
  if (partition < 0 || partition > 255) {
    errors.push(invalid(child(field, "partition"), partition, "must be between 0 and 255, inclusive"));
  }
}

const MODE_MESSAGE = "must be a number between 0 and 0777 (octal), both inclusive";

function checkMode(errors: Errors, field: string, mode: unknown): void {
  if (typeof mode === "number" && (mode < 0 || mode > 0o777)) errors.push(invalid(field, mode, MODE_MESSAGE));
}

function checkModeAndItems(errors: Errors, field: string, source: Fields): void {
  checkMode(errors, child(field, "defaultMode"), source.defaultMode);
  list(source.items).forEach((value, index) => {
    checkKeyToPath(errors, item(child(field, "items"), index), record(value));
  });
}

function checkKeyToPath(errors: Errors, field: string, entry: Fields): void {
  if (text(entry.key) === "") errors.push(required(child(field, "key")));
  if (text(entry.path) === "") errors.push(required(child(field, "path")));
  checkLocalNonReservedPath(errors, child(field, "path"), text(entry.path));
  if (isPresent(entry.mode)) checkMode(errors, child(field, "mode"), entry.mode);
}

function checkLocalNonReservedPath(errors: Errors, field: string, path: string): void {
  checkLocalDescendingPath(errors, field, path);
  if (path.startsWith("..") && !path.startsWith("../")) errors.push(invalid(field, path, "must not start with '..'"));
}

function checkDownwardFile(errors: Errors, field: string, file: Fields): void {
  if (text(file.path) === "") errors.push(required(child(field, "path")));
  checkLocalNonReservedPath(errors, child(field, "path"), text(file.path));
  if (file.fieldRef) {
    checkFieldReference(errors, child(field, "fieldRef"), record(file.fieldRef), VOLUME_FIELDS);
    if (file.resourceFieldRef) {
      errors.push(invalid(field, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
    }
  } else if (file.resourceFieldRef) {
    checkResourceFieldReference(errors, child(field, "resourceFieldRef"), record(file.resourceFieldRef), true);
  } else errors.push(required(field, "one of fieldRef and resourceFieldRef is required"));
  if (isPresent(file.mode)) checkMode(errors, child(field, "mode"), file.mode);
}

function checkIscsi(errors: Errors, field: string, source: Fields): void {
  requires("targetPortal")(errors, field, source);
  const iqn = text(source.iqn);
  if (iqn === "") errors.push(required(child(field, "iqn")));
  else if (!/^(iqn|eui|naa)/.test(iqn)) {
    errors.push(invalid(child(field, "iqn"), iqn, "must be valid format starting with iqn, eui, or naa"));
  } else if (!isIscsiName(iqn)) errors.push(invalid(child(field, "iqn"), iqn, "must be valid format"));
  const lun = Number(source.lun ?? 0);
  if (lun < 0 || lun > 255) errors.push(invalid(child(field, "lun"), lun, "must be between 0 and 255, inclusive"));
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && !isPresent(source.secretRef)) {
    errors.push(required(child(field, "secretRef")));
  }
}

function isIscsiName(name: string): boolean {
  if (name.startsWith("iqn")) return /^iqn\.\d{4}-\d{2}\.([a-z0-9.-]+)(:[^,;*&$|\s]+)$/.test(name);
  return name.startsWith("eui")
    ? /^eui\.[0-9a-fA-F]{16}$/.test(name)
    : /^naa\.[0-9a-fA-F]{16}([0-9a-fA-F]{16})?$/.test(name);
}

function checkIscsiName(errors: Errors, path: string, field: string, source: Fields, name: string): void {
  if (!isPresent(source.initiatorName)) return;
  const initiator = text(source.initiatorName);
  const initiatorField = child(field, "initiatorname");
  if (!/^(iqn|eui|naa)/.test(initiator)) {
    errors.push(invalid(initiatorField, initiator, "must be valid format starting with iqn, eui, or naa"));
  } else if (!isIscsiName(initiator)) errors.push(invalid(initiatorField, initiator, "must be valid format"));
  if (name.includes(":")) {
    errors.push(invalid(child(path, "name"), name, "must not contain ':' if initiatorname is specified"));
  }
}

function checkQuobyte(errors: Errors, field: string, source: Fields): void {
  const registry = text(source.registry);
  if (registry === "") {
    errors.push(required(child(field, "registry"), "must be a host:port pair or multiple pairs separated by commas"));
  } else {
    for (const pair of registry.split(",")) {
      if (/^[^:]*:[^:]*$/.test(pair)) continue;
      errors.push(
        invalid(child(field, "registry"), registry, "must be a host:port pair or multiple pairs separated by commas"),
      );
    }
  }
  if (text(source.tenant).length > 64) {
    errors.push(required(child(field, "tenant"), "must be a UUID and may not exceed a length of 64 characters"));
  }
  requires("volume")(errors, field, source);
}

function checkFibreChannel(errors: Errors, field: string, source: Fields): void {
  const [names, wwids] = [list(source.targetWWNs), list(source.wwids)];
  if (names.length === 0 && wwids.length === 0) {
    errors.push(required(child(field, "targetWWNs"), "must specify either targetWWNs or wwids, but not both"));
  }
  if (names.length > 0 && wwids.length > 0) {
    errors.push(invalid(child(field, "targetWWNs"), names, "targetWWNs and wwids can not be specified simultaneously"));
  }
  if (names.length === 0) return;
  if (!isPresent(source.lun)) {
    errors.push(required(child(field, "lun"), "lun is required if targetWWNs is specified"));
  } else if (Number(source.lun) < 0 || Number(source.lun) > 255) {
    errors.push(invalid(child(field, "lun"), source.lun, "must be between 0 and 255, inclusive"));
  }
}

function checkAzureDisk(errors: Errors, field: string, source: Fields): void {
  const caching = ["None", "ReadOnly", "ReadWrite"];
  const kinds = ["Dedicated", "Managed", "Shared"];
  if (isPresent(source.cachingMode)) checkOneOf(errors, child(field, "cachingMode"), source.cachingMode, caching);
  if (isPresent(source.kind)) checkOneOf(errors, child(field, "kind"), source.kind, kinds);
  const uri = text(source.diskURI);
  if (source.kind === "Managed") {
    if (!uri.startsWith("/subscriptions/")) {
      errors.push(
        notSupported(child(field, "diskURI"), uri, [
          "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        ]),
      );
    }
  } else if (uri !== "" && !uri.startsWith("https://")) {
    errors.push(
      notSupported(child(field, "diskURI"), uri, [
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
      ]),
    );
  }
}

function checkProjected(errors: Errors, field: string, projected: Fields): void {
  checkMode(errors, child(field, "defaultMode"), projected.defaultMode);
  const paths = new Set<string>();
  const claim = (path: string, at: string): void => {
    if (paths.has(path)) errors.push(invalid(at, path, "conflicting duplicate paths"));
    paths.add(path);
  };
  list(projected.sources).forEach((value, index) => {
    const source = record(value);
    const path = item(child(field, "sources"), index);
    let found = 0;
    for (const kind of ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"]) {
      if (!isPresent(source[kind])) continue;
      const kindPath = child(path, kind);
      if (found++ > 0) {
        errors.push(forbidden(path, "may not specify more than 1 volume type per source"));
        continue;
      }
      const fields = record(source[kind]);
      if (kind === "serviceAccountToken") checkTokenSource(errors, kindPath, fields, claim);
      else if (kind === "downwardAPI") {
        for (const file of list(fields.items)) {
          checkDownwardFile(errors, child(kindPath, "downwardAPI"), record(file));
          claim(text(record(file).path), child(kindPath, "items"));
        }
      } else if (kind !== "clusterTrustBundle") {
        if (text(fields.name) === "") errors.push(required(child(kindPath, "name")));
        list(fields.items).forEach((entry, at) => {
          checkKeyToPath(errors, item(child(kindPath, "items"), at), record(entry));
          if (text(record(entry).path) !== "") claim(text(record(entry).path), kindPath);
        });
      }
    }
    if (found === 0) errors.push(required(path, "must specify a source"));
  });
}

function checkTokenSource(
  errors: Errors,
  field: string,
  source: Fields,
  claim: (path: string, at: string) => void,
): void {
  const seconds = Number(source.expirationSeconds ?? 0);
  if (seconds < 600)
    errors.push(invalid(child(field, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > 4_294_967_296)
    errors.push(
      invalid(child(field, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds"),
    );
  if (text(source.path) === "") errors.push(required(child(field, "path")));
  else checkLocalNonReservedPath(errors, child(field, "path"), text(source.path));
  if (text(source.path) !== "") claim(text(source.path), field);
}

export function checkCsiDriverName(errors: Errors, field: string, name: string): void {
  if (name === "") errors.push(required(field));
  if (name.length > 63) errors.push({ type: "FieldValueTooLong", field, detail: "may not be more than 63 bytes" });
  for (const message of validateDns1123Subdomain(name.toLowerCase())) errors.push(invalid(field, name, message));
}
