import type { Point, ProfileConfig } from "../config.ts";
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
  readonly reserve: readonly Plugin[];
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
  const plugins = new Map(
    DEFAULT_PLUGINS.map(([definition]) => [definition.name, definition.create(profile.args[definition.name])]),
  );
  const used = new Set<Plugin>();
  const at = (point: Point, implemented: keyof Plugin): ScorePlugin[] => {
    const found: ScorePlugin[] = [];
    for (const { name, weight } of profile.enabled[point] ?? []) {
      const plugin = plugins.get(name);
      if (plugin?.[implemented] === undefined) continue;
      used.add(plugin);
      found.push({ plugin, weight });
    }
    return found;
  };
  const pluginsAt = (point: Point, implemented: keyof Plugin) => at(point, implemented).map(({ plugin }) => plugin);
  const preScore = new Set(pluginsAt("preScore", "preScore"));
  const framework = {
    schedulerName: profile.schedulerName,
    percentageOfNodesToScore: profile.percentageOfNodesToScore,
    preEnqueue: pluginsAt("preEnqueue", "preEnqueue"),
    preFilter: pluginsAt("preFilter", "preFilter"),
    filter: pluginsAt("filter", "filter"),
    postFilter: pluginsAt("postFilter", "postFilter"),
    reserve: pluginsAt("reserve", "reserve"),
    // A plugin that prepares its scores has none where it may not prepare them.
    score: at("score", "score").filter(({ plugin }) => plugin.preScore === undefined || preScore.has(plugin)),
  };
  const interests = new Map([...used].map(({ name, events }) => [name, events ?? []]));
  return { ...framework, interests, awaited: new Set([...interests.values()].flat().flatMap(({ types }) => types)) };
}
