import { type ConfigFile, POINTS } from "./config.ts";
import { PLUGIN_NAMES } from "./plugins/registry.ts";

const API_VERSION = "kubescheduler.config.k8s.io/v1";
const KIND = "KubeSchedulerConfiguration";

/** Why the program would not start with this file, in upstream's words; "": it would. */
export function configProblem(file: unknown, path: string): string {
  if (typeof file !== "object" || file === null || Array.isArray(file))
    return `couldn't decode as ${KIND}, got: ${path}`;
  const config = file as ConfigFile;
  const { apiVersion = "", kind = "" } = config;
  if (kind === "") return `Object 'Kind' is missing in '${JSON.stringify(file)}'`;
  if (apiVersion !== API_VERSION || kind !== KIND) {
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"`;
  }
  const unknown = unknownFields(file as Fields, FIELDS, "");
  if (unknown.length > 0)
    return `strict decoding error: ${unknown.map((name) => `unknown field "${name}"`).join(", ")}`;
  const problems = [...generalProblems(config), ...profileProblems(config)];
  if (problems.length === 0) return pluginProblem(config);
  return problems.length === 1 ? problems[0]! : `[${problems.join(", ")}]`;
}

type Fields = Readonly<Record<string, unknown>>;

/** Names of fields; null: whatever is below is its own matter. A list's items have the fields of its entry. */
interface Known {
  readonly [name: string]: Known | null;
}

const PLUGIN_SET: Known = { enabled: { name: null, weight: null }, disabled: { name: null, weight: null } };

const FIELDS: Known = {
  apiVersion: null,
  kind: null,
  parallelism: null,
  leaderElection: {
    leaderElect: null,
    leaseDuration: null,
    renewDeadline: null,
    retryPeriod: null,
    resourceLock: null,
    resourceName: null,
    resourceNamespace: null,
  },
  clientConnection: { kubeconfig: null, acceptContentTypes: null, contentType: null, qps: null, burst: null },
  enableProfiling: null,
  enableContentionProfiling: null,
  percentageOfNodesToScore: null,
  podInitialBackoffSeconds: null,
  podMaxBackoffSeconds: null,
  extenders: null,
  delayCacheUntilActive: null,
  profiles: {
    schedulerName: null,
    percentageOfNodesToScore: null,
    plugins: Object.fromEntries([...POINTS, "multiPoint"].map((point) => [point, PLUGIN_SET])),
    pluginConfig: { name: null, args: null },
  },
};

function unknownFields(value: unknown, known: Known, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownFields(item, known, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const below = Object.hasOwn(known, name) ? known[name] : undefined;
    if (below === undefined) return [at];
    return below === null ? [] : unknownFields(field, below, at);
  });
}

function generalProblems(config: ConfigFile): string[] {
  const problems: string[] = [];
  const {
    parallelism = 16,
    percentageOfNodesToScore,
    podInitialBackoffSeconds = 1,
    podMaxBackoffSeconds = 10,
  } = config;
  if (!(parallelism > 0))
    problems.push(`parallelism: Invalid value: ${parallelism}: should be an integer value greater than zero`);
  problems.push(...percentageProblems("percentageOfNodesToScore", percentageOfNodesToScore));
  if (!(podInitialBackoffSeconds > 0)) {
    problems.push(`podInitialBackoffSeconds: Invalid value: ${podInitialBackoffSeconds}: must be greater than 0`);
  }
  if (!(podMaxBackoffSeconds >= podInitialBackoffSeconds)) {
    problems.push(
      `podMaxBackoffSeconds: Invalid value: ${podMaxBackoffSeconds}: must be greater than or equal to PodInitialBackoffSeconds`,
    );
  }
  return problems;
}

function percentageProblems(field: string, value: number | undefined): string[] {
  if (value === undefined || (value >= 0 && value <= 100)) return [];
  return [`${field}: Invalid value: ${value}: not in valid range [0-100]`];
}

function profileProblems({ profiles = [] }: ConfigFile): string[] {
  const problems: string[] = [];
  const names = new Map<string, number>();
  for (const [index, profile] of profiles.entries()) {
    const field = `profiles[${index}]`;
    // A single profile may leave its name to the default.
    const name = profile.schedulerName ?? (profiles.length === 1 ? "default-scheduler" : "");
    problems.push(...percentageProblems(`${field}.percentageOfNodesToScore`, profile.percentageOfNodesToScore));
    if (name === "") problems.push(`${field}.schedulerName: Required value`);
    else if (names.has(name))
      problems.push(`${field}.schedulerName: Duplicate value: "profiles[${names.get(name)!}].schedulerName"`);
    else names.set(name, index);
    const given = new Set<string>();
    for (const [at, { name: plugin, args }] of (profile.pluginConfig ?? []).entries()) {
      const path = `${field}.pluginConfig[${at}]`;
      if (given.has(plugin)) problems.push(`${path}: Duplicate value: "${plugin}"`);
      given.add(plugin);
      problems.push(...argsProblems(plugin, args, `${path}.args`));
    }
  }
  return problems;
}

interface Args {
  readonly hardPodAffinityWeight?: number;
  readonly minCandidateNodesPercentage?: number;
  readonly minCandidateNodesAbsolute?: number;
  readonly defaultingType?: string;
  readonly defaultConstraints?: readonly unknown[];
  readonly scoringStrategy?: {
    readonly type?: string;
    readonly resources?: readonly { readonly name: string; readonly weight?: number }[];
  };
}

const STRATEGIES = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];

function argsProblems(plugin: string, given: unknown, field: string): string[] {
  const args = (given ?? {}) as Args;
  const inRange = (name: keyof Args, min: number, max: number): string[] => {
    const value = args[name] as number | undefined;
    if (value === undefined || (value >= min && value <= max)) return [];
    return [`${field}.${name}: Invalid value: ${value}: not in valid range [${min}-${max}]`];
  };
  switch (plugin) {
    case "InterPodAffinity":
      return inRange("hardPodAffinityWeight", 0, 100);
    case "DefaultPreemption":
      return inRange("minCandidateNodesPercentage", 0, 100);
    case "PodTopologySpread":
      return (args.defaultConstraints?.length ?? 0) > 0 && args.defaultingType === "System"
        ? [`${field}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`]
        : [];
    case "NodeResourcesFit":
      return strategyProblems(args, `${field}.scoringStrategy`);
    default:
      return [];
  }
}

function strategyProblems({ scoringStrategy }: Args, field: string): string[] {
  const problems: string[] = [];
  const { type = "LeastAllocated", resources = [] } = scoringStrategy ?? {};
  if (!STRATEGIES.includes(type)) {
    const supported = STRATEGIES.map((one) => `"${one}"`).join(", ");
    problems.push(`${field}.type: Unsupported value: "${type}": supported values: ${supported}`);
  }
  for (const [index, { name, weight = 1 }] of resources.entries()) {
    if (weight >= 1 && weight <= 100) continue;
    const value = `resource weight of ${name} not in valid range [1-100]`;
    problems.push(`${field}.resources[${index}].weight: Invalid value: ${weight}: ${value}`);
  }
  return problems;
}

/** A plugin that nobody knows is found only when the profile is made. */
function pluginProblem({ profiles = [] }: ConfigFile): string {
  for (const { schedulerName = "default-scheduler", plugins = {} } of profiles) {
    for (const [point, { enabled = [] }] of Object.entries(plugins)) {
      const unknown = enabled.find(({ name }) => !PLUGIN_NAMES.has(name));
      if (unknown === undefined) continue;
      const type = point === "multiPoint" ? "plugin" : `${point.charAt(0).toUpperCase()}${point.slice(1)}Plugin`;
      return `initializing profiles: creating profile for scheduler name ${schedulerName}: ${type} "${unknown.name}" does not exist`;
    }
  }
  return "";
}
