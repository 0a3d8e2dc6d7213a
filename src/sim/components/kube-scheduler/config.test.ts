import { describe, expect, it } from "vitest";
import { type ConfigFile, type Point, schedulerConfig } from "./config.ts";
import { frameworkOf } from "./framework/profile.ts";
import { configProblem } from "./validate-config.ts";

const HEADER = { apiVersion: "kubescheduler.config.k8s.io/v1", kind: "KubeSchedulerConfiguration" };

function scoring(plugins: NonNullable<NonNullable<ConfigFile["profiles"]>[number]["plugins"]>): string[] {
  const { score } = frameworkOf(schedulerConfig({ profiles: [{ plugins }] }).profiles[0]!);
  return score.map(({ plugin, weight }) => `${plugin.name} ${weight}`);
}

function namesAt(file: ConfigFile, point: Point): string[] {
  return schedulerConfig(file).profiles[0]!.enabled[point]!.map(({ name }) => name);
}

const DEFAULT_SCORING = [
  "TaintToleration 3",
  "NodeAffinity 2",
  "NodeResourcesFit 1",
  "VolumeBinding 1",
  "PodTopologySpread 2",
  "InterPodAffinity 2",
  "NodeResourcesBalancedAllocation 1",
  "ImageLocality 1",
];

describe("profiles", () => {
  it("score as upstream by default", () => {
    expect(scoring({})).toEqual(DEFAULT_SCORING);
  });

  it("take plugins out of one point, or of all", () => {
    expect(
      scoring({ score: { disabled: [{ name: "*" }], enabled: [{ name: "NodeResourcesFit", weight: 5 }] } }),
    ).toEqual(["NodeResourcesFit 5"]);
    const file = { profiles: [{ plugins: { multiPoint: { disabled: [{ name: "TaintToleration" }] } } }] };
    expect(namesAt(file, "filter")).not.toContain("TaintToleration");
    expect(namesAt(file, "score")).not.toContain("TaintToleration");
  });

  it("give another weight: in its place where it is on everywhere, first where a point names it", () => {
    expect(scoring({ multiPoint: { enabled: [{ name: "ImageLocality", weight: 7 }] } })).toEqual([
      ...DEFAULT_SCORING.slice(0, -1),
      "ImageLocality 7",
    ]);
    expect(scoring({ score: { enabled: [{ name: "ImageLocality", weight: 7 }] } })).toEqual([
      "ImageLocality 7",
      ...DEFAULT_SCORING.slice(0, -1),
    ]);
  });

  it("weigh 1 what is enabled without a weight, even where the default is another", () => {
    expect(scoring({ multiPoint: { enabled: [{ name: "TaintToleration" }] } })[0]).toBe("TaintToleration 1");
  });
});

describe("a configuration's problems", () => {
  const cases: readonly [says: string, file: unknown, problem: string][] = [
    ["none", HEADER, ""],
    [
      "fields that nobody knows",
      { ...HEADER, profile: [], profiles: [{ plugins: { filters: {} } }, { schedulerName: "b", plugin: 1 }] },
      'strict decoding error: unknown field "profile", unknown field "profiles[0].plugins.filters", unknown field "profiles[1].plugin"',
    ],
    [
      "another kind",
      { ...HEADER, kind: "Pod" },
      'no kind "Pod" is registered for version "kubescheduler.config.k8s.io/v1" in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"',
    ],
    [
      "a share of nodes beyond all",
      { ...HEADER, percentageOfNodesToScore: 101 },
      "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
    ],
    [
      "two profiles of one name",
      { ...HEADER, profiles: [{ schedulerName: "a" }, { schedulerName: "a" }] },
      'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
    ],
    [
      "two profiles, one without a name",
      { ...HEADER, profiles: [{ schedulerName: "a" }, {}] },
      "profiles[1].schedulerName: Required value",
    ],
    [
      "a longest back-off below the first",
      { ...HEADER, podInitialBackoffSeconds: 5, podMaxBackoffSeconds: 2 },
      "podMaxBackoffSeconds: Invalid value: 2: must be greater than or equal to PodInitialBackoffSeconds",
    ],
    [
      "a strategy that nobody knows",
      {
        ...HEADER,
        profiles: [{ pluginConfig: [{ name: "NodeResourcesFit", args: { scoringStrategy: { type: "Tightest" } } }] }],
      },
      'profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Tightest": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      "a plugin that nobody knows",
      { ...HEADER, profiles: [{ plugins: { filter: { enabled: [{ name: "Coffee" }] } } }] },
      'initializing profiles: creating profile for scheduler name default-scheduler: FilterPlugin "Coffee" does not exist',
    ],
  ];
  it.each(cases)("%s", (_says, file, problem) => {
    expect(configProblem(file, "/etc/scheduler.yaml")).toBe(problem);
  });
});
