/** Where a kind lives in the API. Structurally a part of the kind catalogue's rows. */
export interface Resource {
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural: `pods`. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function namespaced(group: string, version: string, resource: string, kind: string): Resource {
  return Object.freeze({ group, version, resource, kind, namespaced: true });
}

function clusterScoped(group: string, version: string, resource: string, kind: string): Resource {
  return Object.freeze({ group, version, resource, kind, namespaced: false });
}

export const PODS = namespaced("", "v1", "pods", "Pod");
export const SERVICES = namespaced("", "v1", "services", "Service");
export const ENDPOINTS = namespaced("", "v1", "endpoints", "Endpoints");
export const CONFIG_MAPS = namespaced("", "v1", "configmaps", "ConfigMap");
export const SECRETS = namespaced("", "v1", "secrets", "Secret");
export const SERVICE_ACCOUNTS = namespaced("", "v1", "serviceaccounts", "ServiceAccount");
export const EVENTS = namespaced("", "v1", "events", "Event");
export const NEW_EVENTS = namespaced("events.k8s.io", "v1", "events", "Event");
export const NODES = clusterScoped("", "v1", "nodes", "Node");
export const NAMESPACES = clusterScoped("", "v1", "namespaces", "Namespace");
export const DEPLOYMENTS = namespaced("apps", "v1", "deployments", "Deployment");
export const REPLICA_SETS = namespaced("apps", "v1", "replicasets", "ReplicaSet");
export const DAEMON_SETS = namespaced("apps", "v1", "daemonsets", "DaemonSet");
export const STATEFUL_SETS = namespaced("apps", "v1", "statefulsets", "StatefulSet");
export const REPLICATION_CONTROLLERS = namespaced("", "v1", "replicationcontrollers", "ReplicationController");
export const CONTROLLER_REVISIONS = namespaced("apps", "v1", "controllerrevisions", "ControllerRevision");
export const JOBS = namespaced("batch", "v1", "jobs", "Job");
export const CRON_JOBS = namespaced("batch", "v1", "cronjobs", "CronJob");
export const ENDPOINT_SLICES = namespaced("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
export const CUSTOM_RESOURCE_DEFINITIONS = clusterScoped(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
);
export const LEASES = namespaced("coordination.k8s.io", "v1", "leases", "Lease");
export const RESOURCE_QUOTAS = namespaced("", "v1", "resourcequotas", "ResourceQuota");
export const POD_DISRUPTION_BUDGETS = namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget");
export const PERSISTENT_VOLUMES = clusterScoped("", "v1", "persistentvolumes", "PersistentVolume");
export const PERSISTENT_VOLUME_CLAIMS = namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
export const STORAGE_CLASSES = clusterScoped("storage.k8s.io", "v1", "storageclasses", "StorageClass");
export const RUNTIME_CLASSES = clusterScoped("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass");
export const CSI_NODES = clusterScoped("storage.k8s.io", "v1", "csinodes", "CSINode");
export const CSI_DRIVERS = clusterScoped("storage.k8s.io", "v1", "csidrivers", "CSIDriver");
export const CSI_STORAGE_CAPACITIES = namespaced("storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity");
export const VOLUME_ATTACHMENTS = clusterScoped("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment");
export const HORIZONTAL_POD_AUTOSCALERS = namespaced(
  "autoscaling",
  "v2",
  "horizontalpodautoscalers",
  "HorizontalPodAutoscaler",
);
export const CLUSTER_ROLES = clusterScoped("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole");
export const CERTIFICATE_SIGNING_REQUESTS = clusterScoped(
  "certificates.k8s.io",
  "v1",
  "certificatesigningrequests",
  "CertificateSigningRequest",
);
export const SUBJECT_ACCESS_REVIEWS = clusterScoped(
  "authorization.k8s.io",
  "v1",
  "subjectaccessreviews",
  "SubjectAccessReview",
);
export const API_SERVICES = clusterScoped("apiregistration.k8s.io", "v1", "apiservices", "APIService");
export const POD_METRICS = namespaced("metrics.k8s.io", "v1beta1", "pods", "PodMetrics");

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** The Go type that client-go's log lines name: `*v1.Pod`. */
export function goTypeOf(resource: Resource): string {
  return `*${resource.version}.${resource.kind}`;
}
