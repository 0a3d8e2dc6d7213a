/** What the subcommands of `kubectl set` have in common. */
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { boolFlag, type FlagSpec, textFlag } from "../../flags.ts";
import { at, isObject, type JsonObject, objectsOf, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, infoOf, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";

export interface Work {
  /** In success lines: `image updated`. */
  readonly operation: string;
  /** The object as it is to be; the very same one where there is nothing to do. */
  change(info: Info, invocation: Invocation): JsonObject | Promise<JsonObject>;
}

export interface Options {
  readonly targets: readonly Target[];
  readonly work: Work;
}

const needsFiles =
  "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'";

export async function resolveWork(invocation: Invocation, work: Work, resources: readonly string[]): Promise<Options> {
  const { flags } = invocation;
  const files = fileSources(flags);
  if (flags.bool("local") && files.length === 0) throw new CommandError(needsFiles);
  const targets = await resolveTargets(invocation, resources, {
    all: flags.bool("all"),
    selector: flags.has("selector") ? flags.text("selector") : "",
    files,
    recursive: flags.bool("recursive"),
  });
  return { targets, work };
}

async function infosOf(targets: readonly Target[], invocation: Invocation) {
  const { flags } = invocation;
  if (!flags.bool("local"))
    return readInfos(invocation, targets, { selector: flags.has("selector") ? flags.text("selector") : "" });
  return { infos: targets.map((target) => infoOf(target, target.manifest!.object)), errors: [] };
}

async function run({ targets, work }: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const dryRun: DryRun = flags.bool("local") ? "client" : dryRunOf(flags);
  const printer = await printerFor(flags, context);
  const report = reporter(printer, context, dryRunOf(flags));
  const { infos, errors: before } = await infosOf(targets, invocation);
  const errors = [...before];
  for (const found of infos) {
    const info = { ...found, object: typed(found.resource, found.object) };
    try {
      const after = await work.change(info, invocation);
      if (dryRun === "client") {
        if (work.operation !== "") report(asTyped(after), work.operation);
        continue;
      }
      const manager = flags.text("field-manager");
      const result = await changeObject(invocation, info, after, { style: "strategic", manager });
      if (result) report(result, work.operation);
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

/** A client that knows the types shows that a template was never created. */
function asTyped(object: JsonObject): JsonObject {
  const template = at(object, "spec", "template", "metadata");
  return isObject(template) && template.creationTimestamp === undefined
    ? withAt(object, ["spec", "template", "metadata", "creationTimestamp"], null)
    : object;
}

export const noResources = "one or more resources must be specified as <resource> <name> or <resource>/<name>";

/** Words before the first `KEY=VALUE` or `KEY-` name resources. */
export function splitArgs(args: readonly string[]): {
  readonly resources: readonly string[];
  readonly pairs: readonly string[];
} {
  const isPair = (arg: string): boolean => arg.includes("=") || /^[^/]+-$/.test(arg);
  return { resources: args.filter((arg) => !isPair(arg)), pairs: args.filter(isPair) };
}

export function changeContainers(
  spec: JsonObject,
  change: (container: JsonObject, init: boolean) => JsonObject,
): JsonObject {
  const init = objectsOf(spec.initContainers);
  return {
    ...spec,
    containers: objectsOf(spec.containers).map((container) => change(container, false)),
    ...(init.length > 0 ? { initContainers: init.map((container) => change(container, true)) } : {}),
  };
}

export interface Setup {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  /** Flags of `set` that this one does not have. */
  readonly without?: readonly string[];
  complete(invocation: Invocation): Promise<Options>;
}

export function setCommand({ complete, flags = [], without = [], ...rest }: Setup): Command {
  const common = [
    boolFlag("all"),
    dryRunFlag,
    textFlag("field-manager", "kubectl-set"),
    boolFlag("local"),
    selectorFlag,
    ...fileFlags(),
    ...outputFlags,
  ];
  return {
    ...rest,
    completes: "workloads",
    flags: [...flags, ...common.filter(({ name }) => !without.includes(name))],
    run: inSteps({ complete, run }),
  };
}
