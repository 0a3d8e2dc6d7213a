/** `kubectl replace` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { kindName, resourcePath } from "../../discovery.ts";
import { addSource, CommandError, throwCollected, toError, UsageError } from "../../errors.ts";
import { at, type JsonObject, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { manifestTargets, type Target, typed } from "../../targets.ts";
import { fieldValidation, validateFlag } from "../create/generate.ts";
import { createFromTarget } from "../create/index.ts";
import { removeAndWait } from "../delete/index.ts";

async function complete(invocation: Invocation) {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  if (files.length === 0) throw new CommandError("must specify one of -f and -k");
  return manifestTargets(invocation, files, flags.bool("recursive"));
}

async function replaceOne(invocation: Invocation, target: Target): Promise<JsonObject> {
  const { client, flags } = invocation;
  const { object } = target.manifest!;
  const dryRun = dryRunOf(flags);
  if (dryRun === "client") return object;
  if (flags.bool("force")) {
    if (await removeAndWait(invocation, target, dryRun))
      invocation.out(`${kindName(target.resource)} ${JSON.stringify(target.name)} deleted`);
    return createFromTarget(invocation, target, object, flags.text("field-manager"), dryRun);
  }
  const path = resourcePath(target.resource, target.namespace, target.name ?? "");
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
  short: "Replace a resource by file name or stdin",
  examples: [
    ["Replace a pod using the data in pod.json", "kubectl replace -f ./pod.json"],
    ["Force replace, delete and then re-create the resource", "kubectl replace --force -f ./pod.json"],
  ],
  usage: "replace -f FILENAME [options]",
  flags: [
    dryRunFlag,
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-replace",
      usage: "Name of the manager used to track field ownership.",
    },
    { name: "force", type: "bool", default: false, usage: "Delete the object and create it anew." },
    ...fileFlags("to use to replace the resource."),
    validateFlag(),
    ...outputFlags,
  ],
  run: inSteps({
    complete,
    run: async ({ targets, errors: before }, invocation) => {
      const { context, flags } = invocation;
      const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
      const errors = [...before];
      for (const target of targets) {
        try {
          report(await replaceOne(invocation, target), "replaced");
        } catch (error) {
          errors.push(addSource(toError(error), "replacing", target.manifest!.source));
        }
      }
      throwCollected(errors);
      if (targets.length === 0) throw new CommandError("no objects passed to replace");
      return 0;
    },
  }),
};
