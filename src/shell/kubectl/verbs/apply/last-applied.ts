/** `kubectl apply view-last-applied|set-last-applied|edit-last-applied`: the note that `apply` leaves on objects. */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { qualifiedName } from "../../discovery.ts";
import { CommandError, throwCollected, UsageError } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import { at, canonicalJson, isObject, type JsonObject, textOf } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { toYaml } from "../../printers/yaml.ts";
import { type Info, infoPath, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { lastApplied, validateFlag, withLastApplied } from "../create/generate.ts";
import { editUntilSaved } from "../edit/loop.ts";

function noteOf(info: Info): string {
  return textOf(at(info.object, "metadata", "annotations", lastApplied));
}

function parsed(info: Info): JsonObject {
  const value: unknown = JSON.parse(noteOf(info));
  return isObject(value) ? value : {};
}

function resolve(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  return resolveTargets(invocation, args, {
    kindAlone: true,
    selector: flags.has("selector") ? flags.text("selector") : "",
    files: fileSources(flags),
    recursive: flags.has("recursive") && flags.bool("recursive"),
  });
}

export const viewLastApplied: Command = {
  name: "view-last-applied",
  completes: "resources",
  flags: [boolFlag("all"), textFlag("output", "yaml", "o"), selectorFlag, ...fileFlags()],
  run: inSteps({
    complete: (invocation) => {
      const output = invocation.flags.text("output");
      if (output !== "yaml" && output !== "json")
        throw new UsageError(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
      return resolve(invocation);
    },
    run: async (targets, invocation) => {
      const { infos, errors } = await readInfos(invocation, targets, { selector: invocation.flags.text("selector") });
      throwCollected(errors);
      const noted = infos.filter((info) => noteOf(info) !== "");
      const asJson = invocation.flags.text("output") === "json";
      for (const info of noted)
        invocation.context.out.write(asJson ? `${JSON.stringify(parsed(info), null, 2)}\n` : toYaml(parsed(info)));
      return 0;
    },
  }),
};

async function setNote(invocation: Invocation, info: Info, note: string): Promise<JsonObject> {
  const { client, flags } = invocation;
  const dryRun = flags.has("dry-run") ? dryRunOf(flags) : "none";
  const body = { metadata: { annotations: { [lastApplied]: note } } };
  if (dryRun === "client") return typed(info.resource, info.object);
  const path = withQuery(infoPath(info), [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", flags.has("field-manager") ? flags.text("field-manager") : "kubectl-last-applied"],
  ]);
  const answer = await client.send("PATCH", path, { body, contentType: "application/merge-patch+json" });
  return typed(info.resource, answer);
}

export const setLastApplied: Command = {
  name: "set-last-applied",
  completes: "none",
  flags: [
    boolFlag("create-annotation"),
    dryRunFlag,
    ...fileFlags().filter(({ name }) => name === "filename"),
    ...outputFlags,
  ],
  run: inSteps({
    complete: (invocation) => resolveTargets(invocation, [], { files: fileSources(invocation.flags) }),
    run: async (targets, invocation) => {
      const { context, flags } = invocation;
      const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
      const { infos, errors } = await readInfos(invocation, targets);
      throwCollected(errors);
      for (const [index, info] of infos.entries()) {
        if (noteOf(info) === "" && !flags.bool("create-annotation"))
          throw new CommandError(
            `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
          );
        const noted = withLastApplied(targets[index]!.manifest!.object);
        const note = textOf(at(noted, "metadata", "annotations", lastApplied));
        if (note === noteOf(info)) invocation.out(`set-last-applied ${info.name}: no changes required.`);
        else report(await setNote(invocation, info, note), "configured");
      }
      return 0;
    },
  }),
};

export const editLastApplied: Command = {
  name: "edit-last-applied",
  completes: "resources",
  flags: [
    textFlag("field-manager", "kubectl-client-side-apply"),
    validateFlag(),
    boolFlag("windows-line-endings"),
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({
    complete: resolve,
    run: async (targets, invocation) => {
      const { infos, errors } = await readInfos(invocation, targets);
      throwCollected(errors);
      const [info] = infos;
      if (!info) throw new CommandError("edit cancelled, no objects found");
      if (noteOf(info) === "")
        throw new CommandError(`no last-applied-configuration annotation found on resource: ${info.name}`);
      return editUntilSaved(invocation, {
        object: parsed(info),
        subject: `${qualifiedName(info.resource)} ${JSON.stringify(info.name)}`,
        format: invocation.flags.text("output") === "json" ? "json" : "yaml",
        save: async ([edited]) => {
          const changed = await setNote(invocation, info, `${canonicalJson(edited!)}\n`);
          reporter(null, invocation.context, "none")(changed, "edited");
        },
      });
    },
  }),
};
