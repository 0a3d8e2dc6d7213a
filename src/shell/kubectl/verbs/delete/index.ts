/** `kubectl delete` */
import { parseGoDuration } from "../../../../sim/api/duration.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { kindName, resourcePath } from "../../discovery.ts";
import { addSource, CommandError, isNotFound, throwCollected, toError } from "../../errors.ts";
import { boolFlag, durationFlag, type FlagSpec, intFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunFlag, dryRunOf, dryRunSuffix } from "../../output.ts";
import { sendRaw } from "../../raw.ts";
import { listItems, manifestTargets, readTarget, resolveTargets, selectorFlag, type Target } from "../../targets.ts";
import { waitForDeletion } from "../../waiting.ts";

interface Options {
  readonly targets: readonly Target[];
  readonly errors: readonly Error[];
  readonly gracePeriod: number;
  readonly propagation: string;
  readonly ignoreNotFound: boolean;
  readonly force: boolean;
  readonly waits: boolean;
  readonly timeoutUs: number;
  readonly dryRun: DryRun;
}

const propagations: Readonly<Record<string, string>> = {
  background: "Background",
  foreground: "Foreground",
  orphan: "Orphan",
  true: "Background",
  false: "Orphan",
};

const aWeekUs = 7 * 24 * 3_600 * 1_000_000;

async function complete(invocation: Invocation): Promise<Options> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  const force = flags.bool("force");
  const now = flags.bool("now");
  let gracePeriod = flags.int("grace-period");
  if (now && gracePeriod !== -1) throw new CommandError("--now and --grace-period cannot be specified together");
  if (now) gracePeriod = 1;
  const waits = flags.bool("wait");
  if (gracePeriod === 0 && !force) gracePeriod = 1;
  else if (force && gracePeriod < 0) gracePeriod = 0;
  const propagation = propagations[flags.text("cascade")];
  if (!propagation) {
    throw new CommandError(
      `invalid cascade value (${flags.text("cascade")}). Must be "background", "foreground", or "orphan"`,
    );
  }
  const options = {
    all: flags.bool("all"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.bool("all-namespaces"),
  };
  if (flags.text("output") !== "" && flags.text("output") !== "name")
    throw new CommandError(`unexpected -o output mode: ${flags.text("output")}. We only support '-o name'`);
  if (options.all && options.selector)
    throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  const found =
    files.length > 0
      ? await manifestTargets(invocation, files, flags.bool("recursive"))
      : { targets: await resolveTargets(invocation, args, options), errors: [] };
  const many = found.targets.some((target) => target.name === null);
  const timeoutUs = parseGoDuration(flags.text("timeout")) ?? 0;
  return {
    ...found,
    gracePeriod,
    propagation,
    force,
    waits,
    ignoreNotFound: flags.bool("ignore-not-found") || (many && !flags.changed("ignore-not-found")),
    timeoutUs: timeoutUs <= 0 ? aWeekUs : timeoutUs,
    dryRun: dryRunOf(flags),
  };
}

/** How what is replaced by force is deleted. */
export const deletionFlags: readonly FlagSpec[] = [
  { name: "cascade", type: "string", default: "background", bare: "background" },
  intFlag("grace-period", -1),
  durationFlag("timeout", "0s"),
  boolFlag("wait"),
];

interface Removed {
  readonly target: Target;
  readonly uid: string;
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  if (invocation.flags.changed("raw")) return sendRaw(invocation, "DELETE");
  if (options.gracePeriod === 0 && options.force) {
    invocation.err(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
    );
  }
  if (invocation.namespaceGiven && options.targets.some(({ resource }) => !resource.namespaced)) {
    invocation.err("Warning: deleting cluster-scoped resources, not scoped to the provided namespace");
  }
  const errors = [...options.errors];
  const removed: Removed[] = [];
  let found = 0;
  for (const target of await named(options, invocation, errors)) {
    found += 1;
    try {
      removed.push({ target, uid: await removeOne(options, invocation, target) });
    } catch (thrown) {
      if (!(isNotFound(thrown) && options.ignoreNotFound))
        errors.push(addSource(toError(thrown), "deleting", target.manifest?.source ?? ""));
    }
  }
  if (found === 0 && errors.length === 0) invocation.out("No resources found");
  if (options.waits && options.dryRun === "none") await awaitAll(options, invocation, removed, errors);
  throwCollected(errors);
  return 0;
}

/** One target for each object. */
async function named(options: Options, invocation: Invocation, errors: Error[]): Promise<readonly Target[]> {
  const targets: Target[] = [];
  const { flags } = invocation;
  for (const target of options.targets) {
    if (target.name !== null) {
      targets.push(target);
      continue;
    }
    try {
      const list = await readTarget(invocation, target, {
        selector: flags.text("selector"),
        fieldSelector: flags.text("field-selector"),
      });
      for (const item of listItems(list)) {
        const namespace = textOf(at(item, "metadata", "namespace"));
        targets.push({ resource: target.resource, namespace, name: textOf(at(item, "metadata", "name")) });
      }
    } catch (error) {
      errors.push(toError(error));
    }
  }
  return targets;
}

async function removeOne(options: Options, invocation: Invocation, target: Target): Promise<string> {
  const { client } = invocation;
  const path = resourcePath(target.resource, target.namespace, target.name!);
  if (options.dryRun !== "client") {
    const body: JsonObject = {
      ...(options.gracePeriod >= 0 ? { gracePeriodSeconds: options.gracePeriod } : {}),
      propagationPolicy: options.propagation,
      ...(options.dryRun === "server" ? { dryRun: ["All"] } : {}),
    };
    const answer = await client.send("DELETE", path, { body, accept: "application/json" });
    print(options, invocation, target);
    return textOf(at(answer, "details", "uid")) || textOf(at(answer, "metadata", "uid"));
  }
  const object = await client.get(path);
  print(options, invocation, target);
  return textOf(at(object, "metadata", "uid"));
}

function print(options: Options, invocation: Invocation, { resource, name }: Target): void {
  if (invocation.flags.text("output") === "name") {
    invocation.out(`${kindName(resource)}/${name}`);
    return;
  }
  const operation = options.gracePeriod === 0 ? "force deleted" : "deleted";
  invocation.out(`${kindName(resource)} "${name}" ${operation}${dryRunSuffix(options.dryRun)}`);
}

async function awaitAll(
  options: Options,
  invocation: Invocation,
  removed: readonly Removed[],
  errors: Error[],
): Promise<void> {
  const remaining: Removed[] = [];
  for (const one of removed) {
    try {
      const object = await invocation.client.get(
        resourcePath(one.target.resource, one.target.namespace, one.target.name!),
      );
      const uid = textOf(at(object, "metadata", "uid"));
      if (one.uid === "" || uid === one.uid) remaining.push({ ...one, uid });
    } catch (error) {
      if (!isNotFound(error)) errors.push(toError(error));
    }
  }
  for (const { target, uid } of remaining) {
    const followed = {
      resource: target.resource,
      namespace: target.namespace,
      name: target.name!,
      timeoutUs: options.timeoutUs,
    };
    const outcome = await waitForDeletion(invocation, followed, uid);
    if (outcome === "timedOut")
      errors.push(new CommandError(`timed out waiting for the condition on ${target.resource.name}/${target.name}`));
  }
}

/** For `replace --force` and `apply --force`. False: there was nothing to remove. */
export async function removeAndWait(invocation: Invocation, target: Target, dryRun: DryRun): Promise<boolean> {
  if (dryRun !== "none") return false;
  const { client, flags } = invocation;
  const grace = flags.has("grace-period") ? flags.int("grace-period") : -1;
  const cascade = flags.has("cascade") ? flags.text("cascade") : "background";
  const body = {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    propagationPolicy: { orphan: "Orphan", foreground: "Foreground" }[cascade] ?? "Background",
  };
  const path = resourcePath(target.resource, target.namespace, target.name!);
  try {
    await client.send("DELETE", path, { body, accept: "application/json" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return false;
  }
  try {
    const object = await client.get(path);
    const followed = { resource: target.resource, namespace: target.namespace, name: target.name!, timeoutUs: aWeekUs };
    await waitForDeletion(invocation, followed, textOf(at(object, "metadata", "uid")));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}

export const deleteCommand: Command = {
  name: "delete",
  completes: "resources",
  flags: [
    {
      name: "all",
      type: "bool",
      default: false,
    },
    { name: "all-namespaces", short: "A", type: "bool", default: false },
    {
      name: "cascade",
      type: "string",
      default: "background",
      bare: "background",
    },
    dryRunFlag,
    {
      name: "field-selector",
      type: "string",
      default: "",
    },
    {
      name: "force",
      type: "bool",
      default: false,
    },
    {
      name: "grace-period",
      type: "int",
      default: -1,
    },
    {
      name: "ignore-not-found",
      type: "bool",
      default: false,
    },
    { name: "now", type: "bool", default: false },
    {
      name: "output",
      short: "o",
      type: "string",
      default: "",
    },
    {
      name: "timeout",
      type: "duration",
      default: "0s",
    },
    { name: "wait", type: "bool", default: true },
    boolFlag("interactive", false, "i"),
    textFlag("raw"),
    selectorFlag,
    ...fileFlags(),
  ],
  run: inSteps({ complete, run }),
};
