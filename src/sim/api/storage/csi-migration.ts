import type { ApiObject } from "../object.ts";

/**
 * What csi-translation-lib knows: in-tree volumes whose plugin was migrated are handled by a CSI driver, under the
 * driver's name, with a handle made of the in-tree source, and with the driver's own topology key.
 */
export interface VolumeSources {
  readonly gcePersistentDisk?: { readonly pdName?: string; readonly readOnly?: boolean };
  readonly awsElasticBlockStore?: { readonly volumeID?: string; readonly readOnly?: boolean };
  readonly azureDisk?: { readonly diskName?: string; readonly diskURI?: string };
  readonly azureFile?: { readonly secretName?: string; readonly shareName?: string };
  readonly cinder?: { readonly volumeID?: string };
  readonly vsphereVolume?: { readonly volumePath?: string };
  readonly portworxVolume?: { readonly volumeID?: string };
  readonly iscsi?: { readonly iqn?: string; readonly readOnly?: boolean };
  readonly rbd?: {
    readonly monitors?: readonly string[];
    readonly pool?: string;
    readonly image?: string;
    readonly readOnly?: boolean;
  };
  readonly csi?: { readonly driver?: string; readonly volumeHandle?: string };
}

export interface CsiVolume {
  /** In-tree name: `kubernetes.io/aws-ebs`. */
  readonly plugin: string;
  readonly driver: string;
  readonly handle: string;
}

interface Migration {
  readonly plugin: string;
  readonly driver: string;
  /** "": volumes of this driver have no topology of their own. */
  readonly topologyKey: string;
  handleOf(sources: VolumeSources): string | undefined;
}

const MIGRATIONS: readonly Migration[] = [
  {
    plugin: "kubernetes.io/gce-pd",
    driver: "pd.csi.storage.gke.io",
    topologyKey: "topology.gke.io/zone",
    handleOf: ({ gcePersistentDisk }) =>
      gcePersistentDisk && `projects/UNSPECIFIED/zones/UNSPECIFIED/disks/${gcePersistentDisk.pdName ?? ""}`,
  },
  {
    plugin: "kubernetes.io/aws-ebs",
    driver: "ebs.csi.aws.com",
    topologyKey: "topology.ebs.csi.aws.com/zone",
    handleOf: ({ awsElasticBlockStore }) =>
      awsElasticBlockStore && (awsElasticBlockStore.volumeID ?? "").replace(/^aws:\/\/.*\//, ""),
  },
  {
    plugin: "kubernetes.io/azure-disk",
    driver: "disk.csi.azure.com",
    topologyKey: "topology.disk.csi.azure.com/zone",
    handleOf: ({ azureDisk }) => azureDisk && (azureDisk.diskURI ?? ""),
  },
  {
    plugin: "kubernetes.io/azure-file",
    driver: "file.csi.azure.com",
    topologyKey: "",
    handleOf: ({ azureFile }) => azureFile && `#${azureFile.secretName ?? ""}#${azureFile.shareName ?? ""}#`,
  },
  {
    plugin: "kubernetes.io/cinder",
    driver: "cinder.csi.openstack.org",
    topologyKey: "topology.cinder.csi.openstack.org/zone",
    handleOf: ({ cinder }) => cinder && (cinder.volumeID ?? ""),
  },
  {
    plugin: "kubernetes.io/vsphere-volume",
    driver: "csi.vsphere.vmware.com",
    topologyKey: "topology.csi.vmware.com/zone",
    handleOf: ({ vsphereVolume }) => vsphereVolume && (vsphereVolume.volumePath ?? ""),
  },
  {
    plugin: "kubernetes.io/portworx-volume",
    driver: "pxd.portworx.com",
    topologyKey: "",
    handleOf: ({ portworxVolume }) => portworxVolume && (portworxVolume.volumeID ?? ""),
  },
];

/** What an in-tree source is to CSI; null: it is none that was migrated. */
export function migratedVolume(sources: VolumeSources): CsiVolume | null {
  for (const { plugin, driver, handleOf } of MIGRATIONS) {
    const handle = handleOf(sources);
    if (handle !== undefined) return { plugin, driver, handle };
  }
  return null;
}

/** `kubernetes.io/aws-ebs` -> `ebs.csi.aws.com`; undefined for other names. */
export function driverOfPlugin(plugin: string): string | undefined {
  return MIGRATIONS.find((one) => one.plugin === plugin)?.driver;
}

/** The label key of nodes under which a migrated plugin's driver knows its zone; "" where it has none. */
export function topologyKeyOfPlugin(plugin: string): string {
  return MIGRATIONS.find((one) => one.plugin === plugin)?.topologyKey ?? "";
}

const MIGRATED_PLUGINS = "storage.alpha.kubernetes.io/migrated-plugins";

/** In-tree plugins whose volumes the scheduler has handled by their CSI driver; it leaves the others alone. */
const MIGRATED: ReadonlySet<string> = new Set([
  "kubernetes.io/aws-ebs",
  "kubernetes.io/gce-pd",
  "kubernetes.io/azure-disk",
  "kubernetes.io/cinder",
  "kubernetes.io/portworx-volume",
]);

/** Whether a node's CSI driver stands in for the in-tree plugin, by its CSINode. */
export function isMigratedOn(csiNode: ApiObject | undefined, plugin: string): boolean {
  if (!MIGRATED.has(plugin)) return false;
  const list = csiNode?.metadata?.annotations?.[MIGRATED_PLUGINS];
  return list?.split(",").includes(plugin) ?? false;
}

/**
 * Whether the node's limits count the plugin's volumes as its driver's: a CSINode is enough, save for Portworx, which it
 * must name.
 */
export function countsAsCsi(csiNode: ApiObject | undefined, plugin: string): boolean {
  if (plugin === "kubernetes.io/portworx-volume") return isMigratedOn(csiNode, plugin);
  return csiNode !== undefined && MIGRATED.has(plugin);
}
