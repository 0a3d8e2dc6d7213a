/** `kubectl create` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { qualifiedName, resourcePath } from "../../discovery.ts";
import { addSource, CommandError, throwCollected, toError, UsageError } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunOf, printerFor, reporter } from "../../output.ts";
import { sendRaw } from "../../raw.ts";
import {
  listOfInfos,
  manifestTarget,
  manifestTargets,
  selectedTargets,
  selectorFlag,
  type Target,
  typed,
} from "../../targets.ts";
import { unvalidated } from "../../unreachable.ts";
import { editUntilSaved } from "../edit/loop.ts";
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
  if (flags.changed("raw")) return { targets: [], errors: [] };
  const found = await manifestTargets(invocation, files, flags.bool("recursive"));
  return { ...found, targets: selectedTargets(found.targets, flags.text("selector")) };
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
  if (flags.changed("raw")) return sendRaw(invocation, "POST");
  const dryRun = dryRunOf(flags);
  const report = reporter(await printerFor(flags, context), context, dryRun);
  const errors = [...before];
  if (flags.bool("edit")) return createEdited(invocation, targets, report);
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
      const refused = addSource(toError(error), "creating", source);
      errors.push(
        fieldValidation(invocation) === "Ignore" ? refused : unvalidated(refused, source, context.api.server),
      );
    }
  }
  throwCollected(errors);
  if (targets.length === 0) throw new CommandError("no objects passed to create");
  return 0;
}

/** `--edit`: the objects as the person leaves them. */
function createEdited(
  invocation: Invocation,
  targets: readonly Target[],
  report: (object: JsonObject, operation: string) => void,
): Promise<number> {
  const objects = targets.map(({ manifest }) => manifest!.object);
  const [first] = targets;
  return editUntilSaved(invocation, {
    object: objects.length === 1 ? objects[0]! : listOfInfos(objects),
    subject: first ? `${qualifiedName(first.resource)} ${JSON.stringify(first.name)}` : "objects",
    format: invocation.flags.text("output") === "json" ? "json" : "yaml",
    creates: true,
    save: async (edited) => {
      for (const object of edited) {
        const target = await manifestTarget(invocation, { object, source: "" });
        const manager = invocation.flags.text("field-manager");
        report(
          await createFromTarget(invocation, target, target.manifest!.object, manager, dryRunOf(invocation.flags)),
          "created",
        );
      }
    },
  });
}

export const create: Command = {
  name: "create",
  flags: [
    boolFlag("edit"),
    textFlag("raw"),
    selectorFlag,
    boolFlag("windows-line-endings"),
    ...fileFlags(),
    ...createFlags,
  ],
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
