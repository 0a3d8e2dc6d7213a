/** `kubectl edit`: opens the person's editor on objects, and sends what they changed. */
import { changeObject, differenceOf } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { qualifiedName } from "../../discovery.ts";
import { CommandError, throwCollected } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { outputFlags, reporter, withoutManagedFields } from "../../output.ts";
import { type Info, listOfInfos, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { fieldValidation, validateFlag } from "../create/generate.ts";
import { editUntilSaved } from "./loop.ts";

const nothingSaid = [
  "You must provide one or more resources by argument or filename.",
  "Example resource specifications include:",
  "   '-f rsrc.yaml'",
  "   '--filename=rsrc.json'",
  "   '<resource> <name>'",
  "   '<resource>'",
].join("\n");

function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length === 0 && files.length === 0) throw new CommandError(nothingSaid);
  return resolveTargets(invocation, args, {
    kindAlone: true,
    selector: flags.text("selector"),
    files,
    recursive: flags.bool("recursive"),
  });
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { flags } = invocation;
  const { infos, errors } = await readInfos(invocation, targets, { selector: flags.text("selector") });
  throwCollected(errors);
  const [first] = infos;
  if (!first) throw new CommandError("edit cancelled, no objects found");
  const keeps = flags.bool("show-managed-fields");
  const shown = infos.map((info) => {
    const object = typed(info.resource, info.object);
    return keeps ? object : withoutManagedFields(object);
  });
  return editUntilSaved(invocation, {
    object: infos.length === 1 ? shown[0]! : listOfInfos(shown),
    subject: `${qualifiedName(first.resource)} ${JSON.stringify(first.name)}`,
    format: flags.text("output") === "json" ? "json" : "yaml",
    save: (edited) => saveAll(invocation, infos, shown, edited),
  });
}

async function saveAll(
  invocation: Invocation,
  infos: readonly Info[],
  shown: readonly JsonObject[],
  edited: readonly JsonObject[],
): Promise<void> {
  const report = reporter(null, invocation.context, "none");
  for (const [index, info] of infos.entries()) {
    const before = shown[index]!;
    const after = edited.find((object) => isSame(object, before));
    if (!after) throw new CommandError("At least one of apiVersion, kind and name was changed");
    const changed = await changeObject(invocation, { ...info, object: before }, after, {
      style: "strategic",
      manager: invocation.flags.text("field-manager"),
      fieldValidation: fieldValidation(invocation),
    });
    report(changed ?? before, changed ? "edited" : "skipped");
    if (invocation.flags.bool("output-patch") && changed)
      invocation.out(`Patch: ${JSON.stringify(differenceOf({ ...info, object: before }, after, "strategic").patch)}`);
  }
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return (
    a.apiVersion === b.apiVersion &&
    a.kind === b.kind &&
    at(a, "metadata", "name") === at(b, "metadata", "name") &&
    at(a, "metadata", "namespace") === at(b, "metadata", "namespace")
  );
}

export const edit: Command = {
  name: "edit",
  completes: "resources",
  flags: [
    textFlag("field-manager", "kubectl-edit"),
    boolFlag("output-patch"),
    boolFlag("save-config"),
    boolFlag("windows-line-endings"),
    selectorFlag,
    validateFlag(),
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
