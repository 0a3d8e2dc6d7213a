import { deepFreeze } from "../../api/object.ts";

/** One profile, as far as this scheduler's plugins need it. */
export interface ProfileConfig {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | null;
  /** Plugin -> `pluginConfig[].args`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Plugin -> weight, where it differs from the default. */
  readonly weights: Readonly<Record<string, number>>;
  /** Extension point -> plugins that are off there; `*` is all. */
  readonly disabled: Readonly<Record<string, readonly string[]>>;
}

export interface SchedulerConfig {
  readonly profiles: readonly ProfileConfig[];
  readonly percentageOfNodesToScore: number | null;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
}

const POINTS = ["preEnqueue", "preFilter", "filter", "postFilter", "score"] as const;

interface PluginSet {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  readonly disabled?: readonly { readonly name: string }[];
}

interface FileProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: unknown }[];
  readonly plugins?: Readonly<Record<string, PluginSet>>;
}

/** KubeSchedulerConfiguration v1 as plain data. Undefined: the defaults. */
export function schedulerConfig(file?: unknown): SchedulerConfig {
  const given = (file ?? {}) as {
    readonly profiles?: readonly FileProfile[];
    readonly percentageOfNodesToScore?: number;
    readonly podInitialBackoffSeconds?: number;
    readonly podMaxBackoffSeconds?: number;
  };
  const profiles = given.profiles === undefined || given.profiles.length === 0 ? [{}] : given.profiles;
  return deepFreeze({
    profiles: profiles.map(profileConfig),
    percentageOfNodesToScore: given.percentageOfNodesToScore ?? null,
    podInitialBackoffSeconds: given.podInitialBackoffSeconds ?? 1,
    podMaxBackoffSeconds: given.podMaxBackoffSeconds ?? 10,
  });
}

function profileConfig(profile: FileProfile): ProfileConfig {
  const weights: Record<string, number> = {};
  const disabled: Record<string, string[]> = {};
  for (const [point, { enabled = [], disabled: off = [] }] of Object.entries(profile.plugins ?? {})) {
    for (const { name, weight } of enabled) if (weight !== undefined && weight > 0) weights[name] = weight;
    const again = new Set(enabled.map(({ name }) => name));
    const names = off.map(({ name }) => name).filter((name) => !again.has(name));
    for (const one of point === "multiPoint" ? POINTS : [point]) disabled[one] = [...(disabled[one] ?? []), ...names];
  }
  return {
    schedulerName: profile.schedulerName ?? "default-scheduler",
    percentageOfNodesToScore: profile.percentageOfNodesToScore ?? null,
    args: Object.fromEntries((profile.pluginConfig ?? []).map(({ name, args }) => [name, args])),
    weights,
    disabled,
  };
}
