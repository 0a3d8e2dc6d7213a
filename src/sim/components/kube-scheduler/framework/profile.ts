import type { ProfileConfig } from "../config.ts";
import { DEFAULT_PLUGINS } from "../plugins/registry.ts";
import type { ClusterEventType, EventInterest } from "./events.ts";
import type { Plugin } from "./plugin.ts";

export interface ScorePlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/** A profile's plugins by extension point, in order. Holds code, so it lives beside the world's state, not in it. */
export interface Framework {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | null;
  readonly preEnqueue: readonly Plugin[];
  readonly preFilter: readonly Plugin[];
  readonly filter: readonly Plugin[];
  readonly postFilter: readonly Plugin[];
  readonly score: readonly ScorePlugin[];
  /** Plugin -> what it waits for. */
  readonly interests: ReadonlyMap<string, readonly EventInterest[]>;
  /** Every event type that any plugin waits for. */
  readonly awaited: ReadonlySet<ClusterEventType>;
}

const frameworks = new WeakMap<ProfileConfig, Framework>();

/** Made once per (frozen) profile. */
export function frameworkOf(profile: ProfileConfig): Framework {
  const known = frameworks.get(profile);
  if (known !== undefined) return known;
  const framework = createFramework(profile);
  frameworks.set(profile, framework);
  return framework;
}

function createFramework(profile: ProfileConfig): Framework {
  const enabled = DEFAULT_PLUGINS.map(([definition, defaultWeight]) => ({
    plugin: definition.create(profile.args[definition.name]),
    weight: profile.weights[definition.name] ?? defaultWeight,
  }));
  const at = (point: string) =>
    enabled.filter(
      ({ plugin }) => !(profile.disabled[point] ?? []).some((name) => name === plugin.name || name === "*"),
    );
  const plugins = (point: string) => at(point).map(({ plugin }) => plugin);
  const interests = new Map(enabled.map(({ plugin }) => [plugin.name, plugin.events ?? []]));
  return {
    schedulerName: profile.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore,
    preEnqueue: plugins("preEnqueue").filter(({ preEnqueue }) => preEnqueue !== undefined),
    preFilter: plugins("preFilter").filter(({ preFilter }) => preFilter !== undefined),
    filter: plugins("filter").filter(({ filter }) => filter !== undefined),
    postFilter: plugins("postFilter").filter(({ postFilter }) => postFilter !== undefined),
    score: at("score").filter(({ plugin, weight }) => plugin.score !== undefined && weight > 0),
    interests,
    awaited: new Set([...interests.values()].flat().flatMap(({ types }) => types)),
  };
}
