import { parse } from "yaml";
import type { Context } from "../../kernel/types.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { fileData } from "../../machinery/kubeconfig.ts";
import { type ConfigFile, fileDurationUs, type SchedulerConfig, schedulerConfig } from "./config.ts";
import { DEFAULTS, parseOptions, type SchedulerOptions } from "./options.ts";
import { configProblem } from "./validate-config.ts";

/** What the command line and the file of `--config` say together. */
export interface Settings {
  readonly options: SchedulerOptions;
  readonly config: SchedulerConfig;
  /** Why the program cannot start; "": it can. */
  readonly error: string;
}

const NOT_IN_CLUSTER =
  "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined";

/** With a file only the flags about leader election (and serving) count beside it; the others are deprecated. */
export function readSettings(argv: readonly string[], context: Context): Settings {
  const { given, error } = parseOptions(argv);
  const options: SchedulerOptions = { ...DEFAULTS, ...given };
  if (error !== "" || options.config === "") return { options, config: schedulerConfig(), error };
  const read = readFile(options.config, context);
  const problem = "problem" in read ? read.problem : problemOf(read.file, options.config);
  if ("problem" in read || problem !== "") return { options, config: schedulerConfig(), error: problem };
  const file = read.file as ConfigFile;
  const merged: SchedulerOptions = { ...DEFAULTS, ...optionsOf(file), ...leaderElectionOf(given) };
  return { options: merged, config: schedulerConfig(file), error: merged.kubeconfig === "" ? NOT_IN_CLUSTER : "" };
}

/** Lists and names of other types than they should have are found by stumbling over them. */
function problemOf(file: unknown, path: string): string {
  try {
    return configProblem(file, path);
  } catch {
    return `strict decoding error: ${path} does not have the fields of a KubeSchedulerConfiguration`;
  }
}

function readFile(path: string, context: Context): { readonly file: unknown } | { readonly problem: string } {
  const found = context.disk.read(path);
  if (found === undefined || found === null) return { problem: `open ${path}: no such file or directory` };
  if (typeof found !== "string") return { file: fileData(found) };
  try {
    return { file: parse(found) as unknown };
  } catch {
    return { problem: `couldn't get version/kind; json parse error: ${path} is not YAML` };
  }
}

function optionsOf({ clientConnection, leaderElection }: ConfigFile): Partial<SchedulerOptions> {
  return withoutUndefined({
    kubeconfig: clientConnection?.kubeconfig,
    kubeApiQps: clientConnection?.qps,
    kubeApiBurst: clientConnection?.burst,
    leaderElect: leaderElection?.leaderElect,
    leaseDurationUs: fileDurationUs(leaderElection?.leaseDuration),
    renewDeadlineUs: fileDurationUs(leaderElection?.renewDeadline),
    retryPeriodUs: fileDurationUs(leaderElection?.retryPeriod),
    resourceName: leaderElection?.resourceName,
    resourceNamespace: leaderElection?.resourceNamespace,
  });
}

function leaderElectionOf(given: Partial<SchedulerOptions>): Partial<SchedulerOptions> {
  const { kubeconfig: _kubeconfig, config: _config, kubeApiQps: _qps, kubeApiBurst: _burst, ...rest } = given;
  return rest;
}

function withoutUndefined(
  options: { readonly [Key in keyof SchedulerOptions]?: SchedulerOptions[Key] | undefined },
): Partial<SchedulerOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** As cobra and klog say it, and the program is over. */
export function refuseToStart(error: string, context: Context): void {
  if (error.startsWith("unknown ")) context.log(`Error: ${error}`);
  else klog(context, "E", "run.go:72", `"command failed" err=${quote(error)}`);
  context.exit(1, "Error", error);
}
