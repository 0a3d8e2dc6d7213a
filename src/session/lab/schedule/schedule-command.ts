import type { ApiObject } from "../../../sim/api/object.ts";
import type { SchedulerConfig } from "../../../sim/components/kube-scheduler/config.ts";
import { snapshotOf } from "../../../sim/components/kube-scheduler/snapshot.ts";
import { type Forecast, whatIf } from "../../../sim/components/kube-scheduler/what-if.ts";
import { type LabCommand, type LabContext, LabError, print } from "../command.ts";
import { forecastJson, forecastText } from "./print.ts";
import { type Question, questionOf } from "./question.ts";
import { readObjects } from "./read-objects.ts";
import { worldConfig, worldObjects } from "./world-objects.ts";

const PODS_MAX = 1_000;

/** What the scheduler would do with the pods in some files, placing nothing. */
export const scheduleCommand: LabCommand = {
  name: "schedule",
  usage: "lab schedule -f FILE ... [--as table|json]",
  async run({ args, files, session }) {
    const { names, as } = readArguments(args);
    const read = readObjects(await Promise.all(names.map((name) => readFile(name, files))));
    const { world } = session;
    const question = questionOf(read.objects, () => worldObjects(world));
    const problems = [...read.problems, ...question.problems];
    if (question.pods.length === 0 && problems.length === 0) {
      throw new LabError(nothingToAsk(read.objects));
    }
    if (question.pods.length > PODS_MAX) {
      throw new LabError(`${question.pods.length} pods wait for a node; ask for ${PODS_MAX} at most.`);
    }
    const forecasts = forecast(question, worldConfig(world));
    const result = print(as === "json" ? forecastJson(forecasts, problems) : forecastText(forecasts));
    const told = problems.map((problem) => `lab: ${problem}\n`).join("");
    return { ...result, stderr: told, exitCode: question.pods.length === 0 ? 1 : 0 };
  },
};

const MAKERS = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"];

function nothingToAsk(objects: readonly ApiObject[]): string {
  const maker = objects.find(({ kind }) => MAKERS.includes(kind ?? ""))?.kind;
  const why = maker === undefined ? "" : ` A ${maker} is none: its pods are made in the cluster.`;
  return `there is no pod in the files that waits for a node.${why}`;
}

/** What passed as objects may still make no sense together. */
function forecast({ cluster, pods }: Question, config: SchedulerConfig): Forecast[] {
  try {
    return whatIf(snapshotOf(cluster), pods, config);
  } catch (error) {
    throw new LabError(`the scheduler stumbles over these objects: ${(error as Error).message}`);
  }
}

function readArguments(args: readonly string[]): { readonly names: readonly string[]; readonly as: "table" | "json" } {
  const names: string[] = [];
  let as = "table";
  for (let index = 0; index < args.length; index += 1) {
    const [flag, inline] = splitFlag(args[index]!);
    if (flag !== "-f" && flag !== "--filename" && flag !== "--as") {
      throw new LabError(`${flag.startsWith("-") ? "unknown flag" : "unexpected argument"}: ${flag}`);
    }
    const value = inline ?? args[++index];
    if (value === undefined) throw new LabError(`${flag} needs a value.`);
    if (flag === "--as") as = value;
    else names.push(...value.split(","));
  }
  if (as !== "table" && as !== "json") throw new LabError(`--as knows table and json, not "${as}".`);
  if (names.length === 0) throw new LabError(`usage: ${scheduleCommand.usage}`);
  return { names, as };
}

function splitFlag(text: string): readonly [flag: string, value: string | undefined] {
  const equals = text.indexOf("=");
  if (text.startsWith("-") && equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  return text.startsWith("-f") && text.length > 2 ? ["-f", text.slice(2)] : [text, undefined];
}

async function readFile(
  name: string,
  files: LabContext["files"],
): Promise<{ readonly name: string; readonly text: string }> {
  try {
    return { name, text: await files.read(name) };
  } catch {
    throw new LabError(`there is no file "${name}".`);
  }
}
