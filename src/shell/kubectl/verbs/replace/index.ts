/** `kubectl replace` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { kindName, resourcePath } from "../../discovery.ts";
import { addSource, CommandError, throwCollected, toError, UsageError } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { sendRaw } from "../../raw.ts";
import { manifestTargets, type Target, typed } from "../../targets.ts";
import { unvalidated } from "../../unreachable.ts";
import { fieldValidation, validateFlag, withLastApplied } from "../create/generate.ts";
import { createFromTarget } from "../create/index.ts";
import { deletionFlags, removeAndWait } from "../delete/index.ts";

async function complete(invocation: Invocation) {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  if (files.length === 0) throw new CommandError("must specify one of -f and -k");
  if (flags.changed("raw")) return { targets: [], errors: [] };
  return manifestTargets(invocation, files, flags.bool("recursive"));
}

async function replaceOne(invocation: Invocation, target: Target): Promise<JsonObject> {
  const { client, flags } = invocation;
  const object = flags.bool("save-config") ? withLastApplied(target.manifest!.object) : target.manifest!.object;
  const dryRun = dryRunOf(flags);
  if (dryRun === "client") return object;
  if (flags.bool("force")) {
    if (await removeAndWait(invocation, target, dryRun))
      invocation.out(`${kindName(target.resource)} ${JSON.stringify(target.name)} deleted`);
    return createFromTarget(invocation, target, object, flags.text("field-manager"), dryRun);
  }
  const path = resourcePath(
    target.resource,
    target.namespace,
    target.name ?? "",
    flags.text("subresource") || undefined,
  );
  const query = withQuery(path, [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", flags.text("field-manager")],
    ["fieldValidation", fieldValidation(invocation)],
  ]);
  let body = object;
  if (at(object, "metadata", "resourceVersion") === undefined) {
    const live = await client.get(path);
    body = withAt(object, ["metadata", "resourceVersion"], at(live, "metadata", "resourceVersion") ?? "");
  }
  return typed(target.resource, await client.send("PUT", query, { body, accept: "application/json" }));
}

export const replace: Command = {
  name: "replace",
  flags: [
    dryRunFlag,
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-replace",
    },
    { name: "force", type: "bool", default: false },
    ...deletionFlags,
    textFlag("raw"),
    boolFlag("save-config"),
    textFlag("subresource"),
    ...fileFlags(),
    validateFlag(),
    ...outputFlags,
  ],
  run: inSteps({
    complete,
    run: async ({ targets, errors: before }, invocation) => {
      const { context, flags } = invocation;
      if (flags.changed("raw")) return sendRaw(invocation, "PUT");
      const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
      const errors = [...before];
      for (const target of targets) {
        try {
          report(await replaceOne(invocation, target), "replaced");
        } catch (thrown) {
          const { source } = target.manifest!;
          const error = addSource(toError(thrown), "replacing", source);
          errors.push(
            fieldValidation(invocation) === "Ignore" ? error : unvalidated(error, source, context.api.server),
          );
        }
      }
      throwCollected(errors);
      if (targets.length === 0) throw new CommandError("no objects passed to replace");
      return 0;
    },
  }),
};
