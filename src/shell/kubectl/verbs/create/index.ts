/** `kubectl create` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { addSource, CommandError, throwCollected, toError, UsageError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunOf, printerFor, reporter } from "../../output.ts";
import { manifestTargets, type Target, typed } from "../../targets.ts";
import { clusterrole, clusterrolebinding, role, rolebinding, serviceaccount, token } from "./access.ts";
import { configmap, secretCommand } from "./data.ts";
import { createFlags, fieldValidation, generatorCommand, withLastApplied } from "./generate.ts";
import { ingress, namespace, poddisruptionbudget, priorityclass, quota } from "./others.ts";
import { serviceCommand } from "./services.ts";
import { cronjob, deployment, job } from "./workloads.ts";

async function complete(
  invocation: Invocation,
): Promise<{ readonly targets: readonly Target[]; readonly errors: readonly Error[] }> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (files.length === 0) {
    if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
    throw new CommandError("must specify one of -f and -k");
  }
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  return manifestTargets(invocation, files, flags.bool("recursive"));
}

/** Creates what a manifest says; the path has no name. */
export async function createFromTarget(
  invocation: Invocation,
  target: Target,
  object: JsonObject,
  manager: string,
  dryRun: DryRun,
): Promise<JsonObject> {
  const path = withQuery(resourcePath(target.resource, target.namespace), [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", manager],
    ["fieldValidation", fieldValidation(invocation)],
  ]);
  return typed(
    target.resource,
    await invocation.client.send("POST", path, { body: object, accept: "application/json" }),
  );
}

async function run(
  { targets, errors: before }: { readonly targets: readonly Target[]; readonly errors: readonly Error[] },
  invocation: Invocation,
): Promise<number> {
  const { context, flags } = invocation;
  const dryRun = dryRunOf(flags);
  const report = reporter(await printerFor(flags, context), context, dryRun);
  const errors = [...before];
  for (const target of targets) {
    const { source } = target.manifest!;
    const object = flags.bool("save-config") ? withLastApplied(target.manifest!.object) : target.manifest!.object;
    try {
      if (dryRun === "client") report(object, "created");
      else {
        const created = await createFromTarget(invocation, target, object, flags.text("field-manager"), dryRun);
        report(created, "created");
      }
    } catch (error) {
      errors.push(addSource(toError(error), "creating", source));
    }
  }
  throwCollected(errors);
  if (targets.length === 0) throw new CommandError("no objects passed to create");
  return 0;
}

export const create: Command = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  long: "Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.",
  examples: [
    ["Create a pod from a file", "kubectl create -f ./pod.json"],
    ["Create a pod from what comes on stdin", "cat pod.json | kubectl create -f -"],
  ],
  usage: "create -f FILENAME [options]",
  flags: [...fileFlags("to use to create the resource"), ...createFlags],
  subcommands: [
    ...[
      clusterrole,
      clusterrolebinding,
      configmap,
      cronjob,
      deployment,
      ingress,
      job,
      namespace,
      poddisruptionbudget,
    ].map(generatorCommand),
    ...[priorityclass, quota, role, rolebinding, serviceaccount].map(generatorCommand),
    secretCommand,
    serviceCommand,
    token,
  ],
  completes: "none",
  run: inSteps({ complete, run }),
};
