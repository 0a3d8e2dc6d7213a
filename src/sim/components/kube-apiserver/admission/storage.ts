import type { ApiObject } from "../../../api/object.ts";
import { compareQuantities } from "../../../api/quantity.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { newestDefault } from "./defaults.ts";
import type { AdmissionPlugin, AdmissionRequest } from "./plugin.ts";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
const DEFAULT_ANNOTATIONS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

interface ClaimSpec {
  readonly storageClassName?: string | null;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

function specOf(claim: ApiObject | null): ClaimSpec {
  return (claim?.spec ?? {}) as ClaimSpec;
}

function classOf(claim: ApiObject): string | undefined {
  return claim.metadata?.annotations?.[CLASS_ANNOTATION] ?? specOf(claim).storageClassName ?? undefined;
}

function creates(request: AdmissionRequest, resource: string): boolean {
  return request.operation === "CREATE" && request.subresource === "" && request.kind.resource === resource;
}

/** A claim that names no class gets the default one; `""` is a name, too. */
export const defaultStorageClass: AdmissionPlugin = {
  name: "DefaultStorageClass",
  enabledByDefault: true,
  resources: ["persistentvolumeclaims"],
  admit(request, view) {
    if (!creates(request, "persistentvolumeclaims") || classOf(request.object!) !== undefined) return null;
    const chosen = newestDefault(view.list("storageclasses.storage.k8s.io"), DEFAULT_ANNOTATIONS);
    if (chosen === null) return null;
    const claim = request.object!;
    return { ...claim, spec: { ...specOf(claim), storageClassName: chosen.metadata!.name! } };
  },
};

const PROTECTION: Readonly<Record<string, string>> = {
  persistentvolumes: "kubernetes.io/pv-protection",
  persistentvolumeclaims: "kubernetes.io/pvc-protection",
};

/** Volumes and claims in use outlive their deletion. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  enabledByDefault: true,
  resources: Object.keys(PROTECTION),
  admit({ operation, kind, subresource, object }) {
    if (operation !== "CREATE" || subresource !== "" || object === null) return null;
    const finalizer = PROTECTION[kind.resource]!;
    const finalizers = object.metadata?.finalizers ?? [];
    if (finalizers.includes(finalizer)) return null;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
  },
};

/** Only claims that are bound, of a class that allows it, grow. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  enabledByDefault: true,
  resources: ["persistentvolumeclaims"],
  validate(request, view) {
    const { operation, subresource, object, old } = request;
    if (operation !== "UPDATE" || subresource !== "" || object === null || old === null) return null;
    const size = (claim: ApiObject): string => specOf(claim).resources?.requests?.storage ?? "0";
    if (compareQuantities(size(object), size(old)) <= 0) return null;
    const refuse = (why: string) => forbidden(request.kind, request.name, why);
    if ((old.status as { phase?: string } | undefined)?.phase !== "Bound") {
      return refuse("Only bound persistent volume claims can be expanded");
    }
    const className = classOf(object) ?? "";
    const known = view.lookup("storageclasses.storage.k8s.io", "", className);
    if (className !== "" && className === classOf(old) && known?.allowVolumeExpansion === true) return null;
    return refuse(
      "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    );
  },
};
