/** `kubectl apply` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { qualifiedName, resourcePath } from "../../discovery.ts";
import { addSource, CommandError, isNotFound, isReason, throwCollected, toError, UsageError } from "../../errors.ts";
import { boolFlag, type FlagSpec, type FlagValues, textFlag, wordsFlag } from "../../flags.ts";
import { at, type JsonObject } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { manifestTargets, selectedTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { unvalidated } from "../../unreachable.ts";
import { fieldValidation, lastApplied, validateFlag, withLastApplied } from "../create/generate.ts";
import { createFromTarget } from "../create/index.ts";
import { deletionFlags, removeAndWait } from "../delete/index.ts";
import { describeTarget } from "./describe-target.ts";
import { editLastApplied, setLastApplied, viewLastApplied } from "./last-applied.ts";
import { applyPatch, type PatchRequest } from "./patch.ts";
import { prune, validatePrune } from "./prune.ts";

interface Options {
  readonly targets: readonly Target[];
  readonly errors: readonly Error[];
  readonly dryRun: DryRun;
  readonly serverSide: boolean;
}

async function complete(invocation: Invocation): Promise<Options> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  if (files.length === 0) {
    throw new CommandError("must specify one of -f and -k");
  }
  const serverSide = flags.bool("server-side");
  const dryRun = dryRunOf(flags);
  if (flags.bool("force-conflicts") && !serverSide)
    throw new CommandError("--force-conflicts only works with --server-side");
  if (serverSide && dryRun === "client")
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  validatePrune(invocation);
  if (serverSide && flags.bool("force")) throw new CommandError("--force cannot be used with --server-side");
  const found = await manifestTargets(invocation, files, flags.bool("recursive"));
  return { ...found, targets: selectedTargets(found.targets, flags.text("selector")), dryRun, serverSide };
}

type Report = (object: JsonObject, operation: string) => void;

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, options.dryRun);
  const errors = [...options.errors];
  const applied: JsonObject[] = [];
  const keep: Report = (object, operation) => {
    applied.push(object);
    report(object, operation);
  };
  for (const target of options.targets) {
    try {
      if (target.name === null)
        throw new CommandError(
          `error when applying patch: cannot use generate name with apply`.replace("error when applying patch: ", ""),
        );
      if (options.serverSide) await applyServerSide(invocation, target, options.dryRun, keep);
      else await applyOne(invocation, target, options.dryRun, keep);
    } catch (thrown) {
      const error = toError(thrown);
      const validates = fieldValidation(invocation) !== "Ignore";
      errors.push(validates ? unvalidated(error, target.manifest!.source, context.api.server) : error);
    }
  }
  throwCollected(errors);
  if (options.targets.length === 0 && !flags.bool("prune")) throw new CommandError("no objects passed to apply");
  if (flags.bool("prune")) await prune(invocation, applied, options.dryRun);
  return 0;
}

async function applyOne(invocation: Invocation, target: Target, dryRun: DryRun, report: Report): Promise<void> {
  const { client, flags } = invocation;
  const { object, source } = target.manifest!;
  const modified = withLastApplied(object);
  const path = resourcePath(target.resource, target.namespace, target.name!);
  let live: JsonObject;
  try {
    live = typed(target.resource, await client.get(path));
  } catch (error) {
    if (!isNotFound(error))
      throw addSource(
        toError(error),
        `retrieving current configuration of:\n${describeTarget(target)}\nfrom server for:`,
        source,
      );
    await createNew(invocation, target, modified, dryRun, report);
    return;
  }
  if (dryRun !== "client" && at(live, "metadata", "annotations", lastApplied) === undefined)
    warnMissing(invocation, target);
  if (dryRun === "client") {
    report(live, "configured");
    return;
  }
  const request: PatchRequest = {
    target,
    modified,
    dryRun,
    manager: flags.text("field-manager"),
    fieldValidation: fieldValidation(invocation),
  };
  const changed = await patchOrReplace(invocation, request, live);
  report(changed, changed === live ? "unchanged" : "configured");
}

async function createNew(
  invocation: Invocation,
  target: Target,
  modified: JsonObject,
  dryRun: DryRun,
  report: Report,
): Promise<void> {
  if (dryRun === "client") {
    report(modified, "created");
    return;
  }
  try {
    report(
      await createFromTarget(invocation, target, modified, invocation.flags.text("field-manager"), dryRun),
      "created",
    );
  } catch (error) {
    throw addSource(toError(error), "creating", target.manifest!.source);
  }
}

async function patchOrReplace(invocation: Invocation, request: PatchRequest, live: JsonObject): Promise<JsonObject> {
  try {
    return await applyPatch(invocation, request, live);
  } catch (error) {
    const canForce = isReason(error, "Conflict") || isReason(error, "Invalid");
    if (!invocation.flags.bool("force") || !canForce) throw error;
    await removeAndWait(invocation, request.target, request.dryRun);
    return createFromTarget(invocation, request.target, request.modified, request.manager, request.dryRun);
  }
}

function warnMissing(invocation: Invocation, { resource, name }: Target): void {
  invocation.err(
    `Warning: resource ${qualifiedName(resource)}/${name} is missing the ${lastApplied} annotation which is required by kubectl apply. ` +
      "kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. " +
      "The missing annotation will be patched automatically.",
  );
}

/** Server-side the manager has a shorter name, unless it was given one. */
export function serverSideManager(flags: FlagValues): string {
  return flags.changed("field-manager") ? flags.text("field-manager") : "kubectl";
}

async function applyServerSide(invocation: Invocation, target: Target, dryRun: DryRun, report: Report): Promise<void> {
  const { flags } = invocation;
  const { object, source } = target.manifest!;
  const manager = serverSideManager(flags);
  const place = resourcePath(target.resource, target.namespace, target.name!, flags.text("subresource") || undefined);
  const path = withQuery(place, [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", manager],
    ["fieldValidation", fieldValidation(invocation)],
    ["force", String(flags.bool("force-conflicts"))],
  ]);
  const options = { body: object, contentType: "application/apply-patch+yaml", accept: "application/json" };
  try {
    report(typed(target.resource, await invocation.client.send("PATCH", path, options)), "serverside-applied");
  } catch (thrown) {
    if (isReason(thrown, "Conflict")) throw conflict(toError(thrown));
    throw addSource(toError(thrown), "applying patch", source);
  }
}

function conflict(error: Error): Error {
  return new CommandError(
    `${error.message}\nPlease review the fields above--they currently have other managers. Here\nare the ways you can resolve this warning:\n` +
      "* If you intend to manage all of these fields, please re-run the apply\n  command with the `--force-conflicts` flag.\n" +
      "* If you do not intend to manage all of the fields, please edit your\n  manifest to remove references to the fields that should keep their\n  current managers.\n" +
      "* You may co-own fields by updating your manifest to match the existing\n  value; in this case, you'll become the manager if the other manager(s)\n  stop managing the field (remove it from their configuration).\n" +
      "See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts",
  );
}

const flags: readonly FlagSpec[] = [
  boolFlag("all"),
  ...deletionFlags,
  boolFlag("openapi-patch", true),
  boolFlag("overwrite", true),
  boolFlag("prune"),
  wordsFlag("prune-allowlist"),
  selectorFlag,
  textFlag("subresource"),
  dryRunFlag,
  {
    name: "field-manager",
    type: "string",
    default: "kubectl-client-side-apply",
  },
  { name: "force", type: "bool", default: false },
  {
    name: "force-conflicts",
    type: "bool",
    default: false,
  },
  { name: "server-side", type: "bool", default: false },
  ...fileFlags(),
  validateFlag(),
  ...outputFlags,
];

export const apply: Command = {
  name: "apply",
  subcommands: [editLastApplied, setLastApplied, viewLastApplied],
  flags,
  completes: "none",
  run: inSteps({ complete, run }),
};
