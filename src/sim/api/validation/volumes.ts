/** Volumes of a pod (and, by the same sources, of a PersistentVolume). */
import { duplicate, forbidden, invalid, notSupported, required } from "../field-errors.ts";
import { validateDns1123Label, validateDns1123Subdomain } from "../names.ts";
import { checkSignerName } from "./certificates.ts";
import { checkClaimTemplate } from "./claims.ts";
import {
  addInvalid,
  checkDnsLabel,
  checkLocalDescendingPath,
  checkNoBackSteps,
  checkOneOf,
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
import { checkFieldReference, checkResourceFieldReference, VOLUME_FIELDS } from "./containers.ts";
import type { SpecOwner } from "./pod.ts";
import { checkLabelSelector } from "./selectors.ts";

export function checkVolumes(errors: Errors, field: string, volumes: unknown, owner: SpecOwner): Map<string, Fields> {
  const known = new Map<string, Fields>();
  const scope: VolumeScope = { owner, tokenPaths: hasNonLocalTokenPath(owner.old) };
  const created = claimsOfEphemeralVolumes(list(volumes).map(record), owner.podName);
  list(volumes).forEach((value, index) => {
    const volume = record(value);
    const path = item(field, index);
    const name = text(volume.name);
    const before = errors.length;
    checkVolumeSource(errors, path, volume, scope);
    if (name === "") errors.push(required(child(path, "name")));
    else addInvalid(errors, child(path, "name"), name, validateDns1123Label(name));
    if (known.has(name)) errors.push(duplicate(child(path, "name"), name));
    if (errors.length === before) known.set(name, volume);
    const claim = text(record(volume.persistentVolumeClaim).claimName);
    if (!created.has(claim)) return;
    const why = "must not reference a PVC that gets created for an ephemeral volume";
    errors.push(invalid(child(path, "persistentVolumeClaim.claimName"), claim, why));
  });
  return known;
}

function claimsOfEphemeralVolumes(volumes: readonly Fields[], podName: string): ReadonlySet<string> {
  if (podName === "") return new Set();
  return new Set(volumes.filter(({ ephemeral }) => isPresent(ephemeral)).map(({ name }) => `${podName}-${text(name)}`));
}

interface VolumeScope {
  readonly owner: SpecOwner;
  /** Tokens may go where they went before, outside of their volume. */
  readonly tokenPaths: boolean;
}

const OF_TEMPLATE: VolumeScope = { owner: { podName: "", ofPod: false }, tokenPaths: false };

function hasNonLocalTokenPath(spec: Fields | undefined): boolean {
  const sources = list(spec?.volumes).flatMap((volume) => list(record(record(volume).projected).sources));
  return sources.some((source) => {
    const { path } = record(record(source).serviceAccountToken);
    if (!isPresent(path)) return false;
    const errors: Errors = [];
    checkLocalNonReservedPath(errors, "", text(path));
    return errors.length > 0;
  });
}

type SourceCheck = (errors: Errors, field: string, source: Fields, scope: VolumeScope) => void;

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
  return (errors, field, source, scope) => {
    for (const check of checks) check(errors, field, source, scope);
  };
}

/** A secret is named, and in PersistentVolumes its namespace is, too. */
function namesSecret(...parts: readonly string[]): SourceCheck {
  return (errors, field, source) => {
    if (isPresent(source.secretRef)) {
      requires(...parts)(errors, child(field, "secretRef"), record(source.secretRef), OF_TEMPLATE);
    }
  };
}

/** By field, in the order in which upstream looks: the first that is there is the volume's source. */
const VOLUME_SOURCES: Readonly<Record<string, SourceCheck>> = {
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
    if (text(source.path).startsWith("/")) return;
    errors.push(invalid(child(field, "path"), text(source.path), "must be an absolute path"));
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
  persistentVolumeClaim: requires("claimName"),
  rbd: requires("monitors", "image"),
  cinder: all(requires("volumeID"), namesSecret("name")),
  cephfs: requires("monitors"),
  quobyte: checkQuobyte,
  downwardAPI: (errors, field, source) => {
    checkMode(errors, child(field, "defaultMode"), source.defaultMode);
    for (const file of list(source.items)) checkDownwardFile(errors, field, record(file));
  },
  fc: checkFibreChannel,
  flexVolume: all(requires("driver"), checkFlexOptions),
  configMap: all(requires("name"), checkModeAndItems),
  azureFile: requires("secretName", "shareName"),
  vsphereVolume: requires("volumePath"),
  photonPersistentDisk: requires("pdID"),
  portworxVolume: requires("volumeID"),
  azureDisk: all(requires("diskName", "diskURI"), checkAzureDisk),
  storageos: all(checkStorageOs, namesSecret("name")),
  projected: checkProjected,
  scaleIO: requires("gateway", "system", "volumeName"),
  csi: (errors, field, source) => {
    checkCsiDriverName(errors, child(field, "driver"), text(source.driver));
    if (!isPresent(source.nodePublishSecretRef)) return;
    const secret = text(record(source.nodePublishSecretRef).name);
    if (secret === "") errors.push(required(child(child(field, "nodePublishSecretRef"), "name")));
    else addInvalid(errors, child(field, "name"), secret, validateDns1123Subdomain(secret));
  },
  ephemeral: (errors, field, source) => {
    checkClaimTemplate(errors, child(field, "volumeClaimTemplate"), source.volumeClaimTemplate);
  },
  image: (errors, field, source, { owner }) => {
    if (owner.ofPod) requires("reference")(errors, field, source, OF_TEMPLATE);
    checkRequiredOneOf(errors, child(field, "pullPolicy"), source.pullPolicy, ["Always", "IfNotPresent", "Never"]);
  },
};

/** Where upstream's paths are not the fields' names: in errors of the source, and where it is one too many. */
const SOURCE_PATHS: Readonly<Record<string, string>> = { gcePersistentDisk: "persistentDisk" };
const SURPLUS_PATHS: Readonly<Record<string, string>> = { cephfs: "cephFS", downwardAPI: "downwarAPI" };

const ONE_SOURCE = "may not specify more than 1 volume type";

/** One of `kinds` is the source: `check` looks into it. */
export function checkOnlySource(
  errors: Errors,
  field: string,
  fields: Fields,
  kinds: readonly string[],
  check: (kind: string, path: string, source: Fields) => void,
): void {
  const given = kinds.filter((kind) => isPresent(fields[kind]));
  given.forEach((kind, index) => {
    if (index > 0) errors.push(forbidden(child(field, SURPLUS_PATHS[kind] ?? kind), ONE_SOURCE));
    else check(kind, child(field, SOURCE_PATHS[kind] ?? kind), record(fields[kind]));
  });
  if (given.length === 0) errors.push(required(field, "must specify a volume type"));
}

function checkVolumeSource(errors: Errors, path: string, volume: Fields, scope: VolumeScope): void {
  checkOnlySource(errors, path, volume, Object.keys(VOLUME_SOURCES), (kind, field, source) => {
    VOLUME_SOURCES[kind]!(errors, field, source, scope);
    if (kind === "ephemeral") checkClaimName(errors, path, text(volume.name), scope.owner.podName);
  });
  checkIscsiLength(errors, path, volume);
}

/** The name of the claim that is made for an ephemeral volume. */
function checkClaimName(errors: Errors, path: string, name: string, podName: string): void {
  if (podName === "" || name === "") return;
  const claim = `${podName}-${name}`;
  const messages = validateDns1123Subdomain(claim).map((message) => `PVC name "${claim}": ${message}`);
  addInvalid(errors, child(path, "name"), name, messages);
}

const ISCSI_LENGTH =
  "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";

function isIscsiTooLong(name: string, source: Fields): boolean {
  return isPresent(source.initiatorName) && `${name}:${text(source.targetPortal)}`.length > 64;
}

function checkIscsiLength(errors: Errors, path: string, volume: Fields): void {
  const name = text(volume.name);
  if (isIscsiTooLong(name, record(volume.iscsi))) errors.push(invalid(child(path, "name"), name, ISCSI_LENGTH));
}

function checkFlexOptions(errors: Errors, field: string, source: Fields): void {
  for (const key in record(source.options)) {
    const namespace = `.${key.split("/")[0]!.toLowerCase()}`;
    if (!namespace.endsWith(".kubernetes.io") && !namespace.endsWith(".k8s.io")) continue;
    const path = item(child(field, "options"), key);
    errors.push(invalid(path, key, "kubernetes.io and k8s.io namespaces are reserved"));
  }
}

function checkStorageOs(errors: Errors, field: string, source: Fields): void {
  if (text(source.volumeName) === "") errors.push(required(child(field, "volumeName")));
  else checkDnsLabel(errors, child(field, "volumeName"), source.volumeName);
  if (text(source.volumeNamespace) !== "")
    checkDnsLabel(errors, child(field, "volumeNamespace"), source.volumeNamespace);
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
    errors.push(invalid(child(field, "partition"), partition, "must be between 1 and 255, inclusive"));
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

const ISCSI_FORM = "must be valid format";

function checkIscsi(errors: Errors, field: string, source: Fields): void {
  checkIscsiFields(errors, field, source, "must be valid format starting with iqn, eui, or naa");
}

/** `unknown`: what is said of names that are of no known kind. */
function checkIscsiFields(errors: Errors, field: string, source: Fields, unknown: string): void {
  requires("targetPortal", "iqn")(errors, field, source, OF_TEMPLATE);
  if (text(source.iqn) !== "") checkIscsiName(errors, child(field, "iqn"), text(source.iqn), unknown);
  const lun = Number(source.lun ?? 0);
  if (lun < 0 || lun > 255) errors.push(invalid(child(field, "lun"), lun, "must be between 0 and 255, inclusive"));
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && !isPresent(source.secretRef)) {
    errors.push(required(child(field, "secretRef")));
  }
  if (isPresent(source.initiatorName))
    checkIscsiName(errors, child(field, "initiatorname"), text(source.initiatorName), unknown);
}

const ISCSI_NAMES: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function checkIscsiName(errors: Errors, field: string, name: string, unknown: string): void {
  const form = ISCSI_NAMES[name.slice(0, 3)];
  if (form === undefined) errors.push(invalid(field, name, unknown));
  else if (!form.test(name)) errors.push(invalid(field, name, ISCSI_FORM));
}

/** Go's net.SplitHostPort: one colon, but for those in brackets. */
const HOST_PORT = /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/;

function checkQuobyte(errors: Errors, field: string, source: Fields): void {
  const pairs = "must be a host:port pair or multiple pairs separated by commas";
  const registry = text(source.registry);
  if (registry === "") errors.push(required(child(field, "registry"), pairs));
  else if (text(source.tenant).length > 64) {
    errors.push(required(child(field, "tenant"), "must be a UUID and may not exceed a length of 64 characters"));
  } else {
    for (const pair of registry.split(",")) {
      if (!HOST_PORT.test(pair)) errors.push(invalid(child(field, "registry"), registry, pairs));
    }
  }
  requires("volume")(errors, field, source, OF_TEMPLATE);
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
  const [prefix, form] =
    source.kind === "Managed"
      ? [
          "/subscriptions/",
          "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        ]
      : ["https://", "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"];
  if (isPresent(source.kind) && !uri.startsWith(prefix!))
    errors.push(notSupported(child(field, "diskURI"), uri, [form!]));
}

/** Notes the path of a file of a projected volume, and refuses one that is taken; `shown` is what the error shows. */
type ClaimPath = (path: string, shown: string) => void;

function checkProjected(errors: Errors, field: string, projected: Fields, scope: VolumeScope): void {
  checkMode(errors, child(field, "defaultMode"), projected.defaultMode);
  const paths = new Set<string>();
  const claim: ClaimPath = (path, shown) => {
    if (paths.has(path)) errors.push(invalid(field, shown, "conflicting duplicate paths"));
    paths.add(path);
  };
  list(projected.sources).forEach((value, index) => {
    const source = record(value);
    const path = item(child(field, "sources"), index);
    const given = PROJECTED_SOURCES.filter(([kind]) => isPresent(source[kind]));
    for (const [kind, check] of given) check(errors, child(path, kind), record(source[kind]), claim, scope);
    if (given.length > 1) errors.push(forbidden(path, "may not specify more than 1 volume type per source"));
  });
}

type ProjectionCheck = (errors: Errors, field: string, source: Fields, claim: ClaimPath, scope: VolumeScope) => void;

const PROJECTED_SOURCES: readonly (readonly [string, ProjectionCheck])[] = [
  ["secret", checkProjectedKeys],
  ["configMap", checkProjectedKeys],
  [
    "downwardAPI",
    (errors, field, source, claim) => {
      for (const value of list(source.items)) {
        const path = text(record(value).path);
        checkDownwardFile(errors, field, record(value));
        if (path !== "") claim(path, path);
      }
    },
  ],
  ["serviceAccountToken", checkTokenSource],
  ["clusterTrustBundle", checkTrustBundle],
];

function checkProjectedKeys(errors: Errors, field: string, source: Fields, claim: ClaimPath): void {
  if (text(source.name) === "") errors.push(required(child(field, "name")));
  list(source.items).forEach((entry, at) => {
    checkKeyToPath(errors, item(child(field, "items"), at), record(entry));
    if (text(record(entry).path) !== "") claim(text(record(entry).path), text(source.name));
  });
}

function checkTokenSource(errors: Errors, field: string, source: Fields, _claim: ClaimPath, scope: VolumeScope): void {
  const seconds = Number(source.expirationSeconds ?? 0);
  const secondsPath = child(field, "expirationSeconds");
  if (seconds < 600) errors.push(invalid(secondsPath, seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > 4_294_967_296)
    errors.push(invalid(secondsPath, seconds, "may not specify a duration larger than 2^32 seconds"));
  // Said of the volume, not of the source.
  const path = child(field.slice(0, field.indexOf(".sources[")), "path");
  if (text(source.path) === "") errors.push(required(path));
  else if (!scope.tokenPaths) checkLocalNonReservedPath(errors, path, text(source.path));
}

function checkTrustBundle(errors: Errors, field: string, source: Fields, claim: ClaimPath): void {
  const { name, signerName, labelSelector } = source;
  if (isPresent(name) && isPresent(signerName)) {
    errors.push(invalid(field, source, "only one of name and signerName may be used"));
  } else if (isPresent(name)) {
    if (name === "") errors.push(required(child(field, "name"), "must be a valid object name"));
    checkTrustBundleName(errors, child(field, "name"), text(name));
    if (isPresent(labelSelector)) {
      const why = "labelSelector must be unset if name is specified";
      errors.push(invalid(child(field, "labelSelector"), labelSelector, why));
    }
  } else if (isPresent(signerName)) {
    if (signerName === "") errors.push(required(child(field, "signerName"), "must be a valid signer name"));
    checkSignerName(errors, child(field, "signerName"), text(signerName));
    checkLabelSelector(errors, child(field, "labelSelector"), labelSelector);
  } else errors.push(required(field, "either name or signerName must be specified"));
  const path = text(source.path);
  if (path === "") errors.push(required(child(field, "path")));
  checkLocalNonReservedPath(errors, child(field, "path"), path);
  claim(path, path);
}

/** A bundle of a signer carries its name in front: `example.com:signer:bundle`. */
function checkTrustBundleName(errors: Errors, field: string, name: string): void {
  const signed = name.lastIndexOf(":");
  const messages = validateDns1123Subdomain(signed < 0 ? name : name.slice(signed + 1));
  addInvalid(
    errors,
    field,
    name,
    messages.map((message) => `not a valid clustertrustbundlename: ${message}`),
  );
}

/** What PersistentVolumes have besides, or otherwise. */
export function checkPersistentSource(
  errors: Errors,
  kind: string,
  field: string,
  source: Fields,
  volumeName: string,
): void {
  switch (kind) {
    case "iscsi":
      if (isIscsiTooLong(volumeName, source)) {
        errors.push(invalid(child(field, "targetportal"), source.targetPortal, ISCSI_LENGTH));
      }
      checkIscsiFields(errors, field, source, ISCSI_FORM);
      namesSecret("name")(errors, field, source, OF_TEMPLATE);
      return;
    case "cinder":
      all(requires("volumeID"), namesSecret("name", "namespace"))(errors, field, source, OF_TEMPLATE);
      return;
    case "storageos":
      all(checkStorageOs, namesSecret("name", "namespace"))(errors, field, source, OF_TEMPLATE);
      return;
    case "glusterfs":
      checkEndpointsNamespace(errors, child(field, "endpointsNamespace"), source.endpointsNamespace);
  }
  VOLUME_SOURCES[kind]!(errors, field, source, OF_TEMPLATE);
}

function checkEndpointsNamespace(errors: Errors, field: string, namespace: unknown): void {
  if (!isPresent(namespace)) return;
  if (namespace === "") {
    errors.push(invalid(field, "", "if the endpointnamespace is set, it must be a valid namespace name"));
  } else checkDnsLabel(errors, field, namespace);
}

export function checkCsiDriverName(errors: Errors, field: string, name: string): void {
  if (name === "") errors.push(required(field));
  if (name.length > 63) errors.push({ type: "FieldValueTooLong", field, detail: "may not be more than 63 bytes" });
  for (const message of validateDns1123Subdomain(name.toLowerCase())) errors.push(invalid(field, name, message));
}
