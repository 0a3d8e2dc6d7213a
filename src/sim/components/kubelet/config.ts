import { parse } from "yaml";
import { deepFreeze } from "../../api/object.ts";
import type { Disk } from "../../kernel/types.ts";
import { fileData } from "../../machinery/kubeconfig.ts";

/** What the kubelet reads of `/var/lib/kubelet/config.yaml` (KubeletConfiguration v1beta1), with upstream's defaults. */
export interface KubeletConfig {
  readonly staticPodPath: string;
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  readonly maxPods: number;
  readonly registerWithTaints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly evictionHard: Readonly<Record<string, string>> | null;
  readonly systemReserved: Readonly<Record<string, string>>;
  readonly kubeReserved: Readonly<Record<string, string>>;
  readonly kubeAPIQPS: number;
  readonly kubeAPIBurst: number;
}

export const KUBELET_CONFIG_PATH = "/var/lib/kubelet/config.yaml";

export const DEFAULT_CONFIG: KubeletConfig = deepFreeze({
  staticPodPath: "",
  clusterDNS: [],
  clusterDomain: "",
  maxPods: 110,
  registerWithTaints: [],
  evictionHard: null,
  systemReserved: {},
  kubeReserved: {},
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
});

/** Null: the file is missing (the kubelet cannot start). */
export function readConfig(disk: Disk): KubeletConfig | null {
  const value = disk.read(KUBELET_CONFIG_PATH);
  if (value === undefined) return null;
  const data = typeof value === "string" ? (parse(value) as unknown) : fileData(value);
  return { ...DEFAULT_CONFIG, ...(typeof data === "object" && data !== null ? (data as Partial<KubeletConfig>) : {}) };
}
