/** `kubectl label`, `kubectl annotate` */
import { validateLabelValue } from "../../../../sim/api/names.ts";
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject, objectOf, textOf, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, infoOf, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";

interface Words {
  readonly field: "labels" | "annotations";
  readonly singular: "label" | "annotation";
  readonly done: string;
  readonly undone: string;
}

const labelWords: Words = { field: "labels", singular: "label", done: "labeled", undone: "unlabeled" };
const annotationWords: Words = { field: "annotations", singular: "annotation", done: "annotated", undone: "annotated" };

interface Options {
  readonly targets: readonly Target[];
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** `key=value` and `key-` after the resources. */
export function splitPairs(
  args: readonly string[],
  what: string,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const isPair = (arg: string): boolean =>
    arg.includes("=") || (arg.endsWith("-") && !arg.includes("/")) || /^[^=]+-$/.test(arg);
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: args, pairs: [] };
  const odd = args.slice(first).find((arg) => !isPair(arg));
  if (odd !== undefined) throw new CommandError(`all resources must be specified before ${what} changes: ${odd}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

function parsePairs(
  pairs: readonly string[],
  words: Words,
): { readonly set: ReadonlyMap<string, string>; readonly removed: readonly string[] } {
  const set = new Map<string, string>();
  const removed: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) {
      removed.push(pair.slice(0, -1));
      continue;
    }
    const [key, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    if (words.field === "labels") {
      const [problem] = validateLabelValue(value);
      if (problem !== undefined) throw new CommandError(`invalid label value: ${JSON.stringify(pair)}: ${problem}`);
    }
    if (key === "") throw new CommandError(`invalid ${words.singular} format: ${JSON.stringify(pair)}`);
    set.set(key, value);
  }
  const both = removed.find((key) => set.has(key));
  if (both !== undefined)
    throw new CommandError(
      `can not both modify and remove ${words.singular} ${both} in the same command`
        .replace(/(label|annotation) /, "a $1 ")
        .replace(/a (label|annotation) \S+ in/, "a $1 in"),
    );
  return { set, removed };
}

async function complete(invocation: Invocation, words: Words): Promise<Options> {
  const { args, flags } = invocation;
  const { resources, pairs } = splitPairs(args, words.singular);
  const files = fileSources(flags);
  if (resources.length === 0 && files.length === 0) {
    throw new CommandError("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (pairs.length === 0 && !flags.bool("list"))
    throw new CommandError(`at least one ${words.singular} update is required`);
  const parsed = parsePairs(pairs, words);
  const targets = await resolveTargets(invocation, resources, {
    all: flags.bool("all"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.bool("all-namespaces"),
    files,
    recursive: flags.bool("recursive"),
  });
  return { targets, ...parsed };
}

function changed(
  info: Info,
  options: Options,
  invocation: Invocation,
  words: Words,
): { readonly after: JsonObject; readonly operation: string } {
  const { flags } = invocation;
  const before = objectOf(at(info.object, "metadata", words.field));
  if (!flags.bool("overwrite")) refuseOverwrites(before, options, words);
  const after: Record<string, string> = Object.fromEntries(
    Object.entries(before).map(([key, value]) => [key, textOf(value)]),
  );
  for (const [key, value] of options.set) after[key] = value;
  for (const key of options.removed) {
    if (words.field === "labels" && !Object.hasOwn(after, key))
      invocation.out(`${words.singular} ${JSON.stringify(key)} not found.`);
    delete after[key];
  }
  const same =
    Object.keys(after).length === Object.keys(before).length &&
    Object.entries(after).every(([key, value]) => before[key] === value);
  const undone = options.set.size === 0 && options.removed.length > 0;
  const operation =
    words.field === "annotations" ? words.done : same ? "not labeled" : undone ? words.undone : words.done;
  const empty = Object.keys(after).length === 0;
  return {
    after: same ? info.object : withAt(info.object, ["metadata", words.field], empty ? undefined : after),
    operation,
  };
}

function refuseOverwrites(before: JsonObject, { set }: Options, words: Words): void {
  const taken = [...set].filter(
    ([key, value]) => Object.hasOwn(before, key) && (words.field === "annotations" || before[key] !== value),
  );
  if (taken.length === 0) return;
  const texts = taken.map(([key]) => `'${key}' already has a value (${textOf(before[key])}), and --overwrite is false`);
  if (words.field === "annotations") {
    const all = taken.map(([key]) => `'${key}' already has a value (${textOf(before[key])})`);
    throw new CommandError(`--overwrite is false but found the following declared annotation(s): ${all.join("; ")}`);
  }
  throw new CommandError(texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`);
}

async function run(options: Options, invocation: Invocation, words: Words): Promise<number> {
  const { context, flags } = invocation;
  const dryRun = dryRunOf(flags);
  const report = reporter(await printerFor(flags, context), context, dryRun);
  const { infos, errors: before } = flags.bool("local")
    ? { infos: options.targets.map((target) => infoOf(target, target.manifest?.object ?? {})), errors: [] }
    : await readInfos(invocation, options.targets, {
        selector: flags.text("selector"),
        fieldSelector: flags.text("field-selector"),
      });
  const errors = [...before];
  for (const info of infos) {
    try {
      if (flags.bool("list") && options.set.size === 0 && options.removed.length === 0) {
        for (const [key, value] of Object.entries(objectOf(at(info.object, "metadata", words.field))))
          invocation.out(`${key}=${textOf(value)}`);
        continue;
      }
      const { after, operation } = changed(info, options, invocation, words);
      if (flags.bool("local")) {
        report(typed(info.resource, after), operation);
        continue;
      }
      const version = flags.text("resource-version");
      const pinned = version === "" ? after : withAt(after, ["metadata", "resourceVersion"], version);
      const result = await changeObject(invocation, info, pinned, {
        style: "merge",
        manager: flags.text("field-manager"),
      });
      report(result ?? { ...info.object, apiVersion: info.object.apiVersion }, operation);
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

function command(words: Words, base: Pick<Command, "name">): Command {
  return {
    ...base,
    completes: "resources",
    flags: [
      {
        name: "all",
        type: "bool",
        default: false,
      },
      { name: "all-namespaces", short: "A", type: "bool", default: false },
      boolFlag("local"),
      textFlag("resource-version"),
      dryRunFlag,
      {
        name: "field-manager",
        type: "string",
        default: `kubectl-${base.name}`,
      },
      {
        name: "field-selector",
        type: "string",
        default: "",
      },
      { name: "list", type: "bool", default: false },
      { name: "overwrite", type: "bool", default: false },
      selectorFlag,
      ...fileFlags(),
      ...outputFlags,
    ],
    run: inSteps({
      complete: (invocation) => complete(invocation, words),
      run: (options, invocation) => run(options, invocation, words),
    }),
  };
}

export const label = command(labelWords, {
  name: "label",
});

export const annotate = command(annotationWords, {
  name: "annotate",
});
