import { parseGoDuration } from "../../api/duration.ts";
import { deepFreeze } from "../../api/object.ts";
import { DEFAULT_WEIGHTS } from "./plugins/registry.ts";

/** Where plugins take part, as KubeSchedulerConfiguration names it. QueueSort and Bind know one plugin each. */
export const POINTS = [
  "preEnqueue",
  "queueSort",
  "preFilter",
  "filter",
  "postFilter",
  "preScore",
  "score",
  "reserve",
  "permit",
  "preBind",
  "bind",
  "postBind",
] as const;

export type Point = (typeof POINTS)[number];

export interface EnabledPlugin {
  readonly name: string;
  /** In scoring. */
  readonly weight: number;
}

/** One profile: which plugins take part where, in which order. */
export interface ProfileConfig {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | null;
  /** Plugin -> `pluginConfig[].args`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** As resolved from the defaults, `multiPoint` and each point's own lists; plugins skip points that are not theirs. */
  readonly enabled: Readonly<Partial<Record<Point, readonly EnabledPlugin[]>>>;
}

export interface SchedulerConfig {
  readonly profiles: readonly ProfileConfig[];
  readonly percentageOfNodesToScore: number | null;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
}

interface FilePlugin {
  readonly name: string;
  readonly weight?: number;
}

interface PluginSet {
  readonly enabled?: readonly FilePlugin[];
  readonly disabled?: readonly { readonly name: string }[];
}

interface FileProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: unknown }[];
  readonly plugins?: Readonly<Record<string, PluginSet>>;
}

/** KubeSchedulerConfiguration v1, as far as the simulation acts on it. */
export interface ConfigFile {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly profiles?: readonly FileProfile[];
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly parallelism?: number;
  readonly clientConnection?: { readonly kubeconfig?: string; readonly qps?: number; readonly burst?: number };
  readonly leaderElection?: {
    readonly leaderElect?: boolean;
    readonly leaseDuration?: string;
    readonly renewDeadline?: string;
    readonly retryPeriod?: string;
    readonly resourceName?: string;
    readonly resourceNamespace?: string;
  };
}

/** The defaults, with what a file says instead. */
export function schedulerConfig(file: ConfigFile = {}): SchedulerConfig {
  const profiles = file.profiles === undefined || file.profiles.length === 0 ? [{}] : file.profiles;
  return deepFreeze({
    profiles: profiles.map(profileConfig),
    percentageOfNodesToScore: file.percentageOfNodesToScore ?? null,
    podInitialBackoffSeconds: file.podInitialBackoffSeconds ?? 1,
    podMaxBackoffSeconds: file.podMaxBackoffSeconds ?? 10,
  });
}

function profileConfig(profile: FileProfile): ProfileConfig {
  const plugins = profile.plugins ?? {};
  const everywhere = mergedDefaults(plugins.multiPoint ?? {});
  const enabled = Object.fromEntries(POINTS.map((point) => [point, pluginsAt(everywhere, plugins[point] ?? {})]));
  return {
    schedulerName: profile.schedulerName || "default-scheduler",
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? null,
    args: Object.fromEntries((profile.pluginConfig ?? []).map(({ name, args }) => [name, args])),
    enabled,
  };
}

/** The default plugins, less those disabled and with those reconfigured in their place, and then the others. */
function mergedDefaults({ enabled = [], disabled = [] }: PluginSet): FilePlugin[] {
  const off = new Set(disabled.map(({ name }) => name));
  const defaults = off.has("*") ? [] : Object.entries(DEFAULT_WEIGHTS).filter(([name]) => !off.has(name));
  const merged = defaults.map(([name, weight]) => enabled.find((one) => one.name === name) ?? { name, weight });
  return [...merged, ...enabled.filter(({ name }) => !merged.some((one) => one.name === name))];
}

/** A point's own list comes first where it repeats what is on everywhere, and last where it adds something. */
function pluginsAt(everywhere: readonly FilePlugin[], { enabled = [], disabled = [] }: PluginSet): EnabledPlugin[] {
  const off = new Set(disabled.map(({ name }) => name));
  const general = off.has("*") ? [] : everywhere.filter(({ name }) => !off.has(name));
  const isGeneral = ({ name }: FilePlugin) => general.some((one) => one.name === name);
  const isOwn = ({ name }: FilePlugin) => enabled.some((one) => one.name === name);
  const order = [
    ...enabled.filter(isGeneral),
    ...general.filter((one) => !isOwn(one)),
    ...enabled.filter((one) => !isGeneral(one)),
  ];
  // A weight of zero is not a weight: whoever wants a plugin off disables it.
  return order.map(({ name, weight }) => ({ name, weight: weight || 1 }));
}

/** Microseconds of a file's duration; undefined: the file does not say. */
export function fileDurationUs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (parseGoDuration(text) ?? undefined);
}
