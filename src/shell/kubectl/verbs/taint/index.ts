/** `kubectl taint` */
import { validateQualifiedName } from "../../../../sim/api/names.ts";
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError, UsageError } from "../../errors.ts";
import { at, type JsonObject, objectsOf, textOf, withAt } from "../../json.ts";
import { dryRunFlag, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target } from "../../targets.ts";
import { fieldValidation, validateFlag } from "../create/generate.ts";

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

interface Options {
  readonly targets: readonly Target[];
  readonly added: readonly Taint[];
  readonly removed: readonly Taint[];
}

const effects = new Set(["NoSchedule", "PreferNoSchedule", "NoExecute"]);

/** A spec without effect is taken for a key; what is wrong with it as such is said. */
function nameProblem(key: string): string {
  const problems = validateQualifiedName(key);
  return problems.length === 0 ? "" : `, ${problems.join("; ")}`;
}

function parseTaint(spec: string): { readonly taint: Taint; readonly removes: boolean } {
  const removes = spec.endsWith("-");
  const text = removes ? spec.slice(0, -1) : spec;
  const parts = text.split(":");
  if (parts.length > 2 || (!removes && parts.length !== 2))
    throw new UsageError(`invalid taint spec: ${spec}${nameProblem(text)}`);
  const [pair = "", effect = ""] = parts;
  if (effect !== "" && !effects.has(effect))
    throw new UsageError(`invalid taint effect: ${effect}, unsupported taint effect`);
  const [key = "", value = "", ...more] = pair.split("=");
  if (more.length > 0) throw new UsageError(`invalid taint spec: ${spec}`);
  if (key === "") throw new UsageError(`invalid taint spec: ${spec}${nameProblem("")}`);
  return { taint: { key, value, effect }, removes };
}

async function complete(invocation: Invocation): Promise<Options> {
  const { args, flags } = invocation;
  const isTaint = (arg: string): boolean => /[=:]/.test(arg) || arg.endsWith("-");
  const first = args.findIndex((arg, index) => index > 0 && isTaint(arg));
  const resources = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  if (resources.length === 0) throw new CommandError("one or more resources must be specified as <resource> <name>");
  if (specs.length === 0) throw new CommandError("at least one taint update is required");
  const parsed = specs.map(parseTaint);
  const added = parsed.filter(({ removes }) => !removes).map(({ taint }) => taint);
  const removed = parsed.filter(({ removes }) => removes).map(({ taint }) => taint);
  const targets = await resolveTargets(invocation, resources, {
    all: flags.bool("all"),
    selector: flags.text("selector"),
  });
  const other = targets.find(({ resource }) => resource.kind !== "Node");
  if (other) throw new CommandError(`invalid resource type ${resources[0]}, only node types are supported`);
  return { targets, added, removed };
}

function taintsAfter(
  info: Info,
  options: Options,
  overwrite: boolean,
): { readonly taints: readonly JsonObject[]; readonly operation: string } {
  const before = objectsOf(at(info.object, "spec", "taints"));
  const same = (a: JsonObject, b: Taint): boolean =>
    textOf(a.key) === b.key && (b.effect === "" || textOf(a.effect) === b.effect);
  if (!overwrite) {
    const taken = options.added.filter((taint) => before.some((one) => same(one, taint)));
    if (taken.length > 0) {
      const keys = taken.map(({ key }) => key);
      throw new CommandError(
        `node ${info.name} already has ${keys.join(", ")} taint(s) with same effect(s) and --overwrite is false`,
      );
    }
  }
  for (const taint of options.removed) {
    if (!before.some((one) => same(one, taint)))
      throw new CommandError(
        `taint ${JSON.stringify(taint.effect ? `${taint.key}:${taint.effect}` : taint.key)} not found`,
      );
  }
  const kept = before.filter(
    (one) => !options.added.some((taint) => same(one, taint)) && !options.removed.some((taint) => same(one, taint)),
  );
  const replaced = before.some((one) => options.added.some((taint) => same(one, taint)));
  const fresh = options.added.map(({ key, value, effect }) => ({ effect, key, ...(value ? { value } : {}) }));
  const operation =
    options.added.length > 0 && options.removed.length > 0
      ? "modified"
      : options.removed.length > 0
        ? "untainted"
        : replaced
          ? "modified"
          : "tainted";
  return { taints: [...fresh, ...kept], operation };
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, "none");
  const { infos, errors: before } = await readInfos(invocation, options.targets, { selector: flags.text("selector") });
  const errors = [...before];
  for (const info of infos) {
    try {
      const { taints, operation } = taintsAfter(info, options, flags.bool("overwrite"));
      const after = withAt(info.object, ["spec", "taints"], taints.length > 0 ? taints : undefined);
      const change = {
        style: "strategic",
        manager: flags.text("field-manager"),
        fieldValidation: fieldValidation(invocation),
      } as const;
      report((await changeObject(invocation, info, after, change)) ?? info.object, operation);
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

export const taint: Command = {
  name: "taint",
  completes: "nodes",
  flags: [
    { name: "all", type: "bool", default: false },
    dryRunFlag,
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-taint",
    },
    { name: "overwrite", type: "bool", default: false },
    selectorFlag,
    validateFlag(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
