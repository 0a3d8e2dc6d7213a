/** `kubectl diff`: what an apply would change, as the server says. */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { CommandError, errorText, isNotFound, SilentExit, throwCollected, toError, UsageError } from "../../errors.ts";
import { boolFlag, intFlag, textFlag } from "../../flags.ts";
import { at, isObject, type JsonObject, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { withoutManagedFields } from "../../output.ts";
import { toYaml } from "../../printers/yaml.ts";
import { manifestTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { temporaryNumber, timeOfFile } from "../../temporary.ts";
import { unifiedDiff } from "../../unified-diff.ts";
import { serverSideManager } from "../apply/index.ts";
import { applyPatch } from "../apply/patch.ts";
import { withoutLastApplied } from "../create/generate.ts";
import { createFromTarget } from "../create/index.ts";

interface Versions {
  readonly live: JsonObject | null;
  readonly merged: JsonObject;
}

async function versionsOf(invocation: Invocation, target: Target): Promise<Versions> {
  const { client, flags } = invocation;
  const { object } = target.manifest!;
  const path = resourcePath(target.resource, target.namespace, target.name ?? "");
  let live: JsonObject | null = null;
  try {
    live = typed(target.resource, await client.get(path));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  if (flags.bool("server-side")) {
    const query = withQuery(path, [
      ["dryRun", "All"],
      ["fieldManager", serverSideManager(flags)],
      ["force", String(flags.bool("force-conflicts"))],
    ]);
    const options = { body: object, contentType: "application/apply-patch+yaml", accept: "application/json" };
    return { live, merged: typed(target.resource, await client.send("PATCH", query, options)) };
  }
  const manager = flags.text("field-manager");
  if (live === null) return { live, merged: await createFromTarget(invocation, target, object, manager, "server") };
  const request = {
    target,
    modified: withoutLastApplied(object),
    dryRun: "server",
    manager,
    fieldValidation: "Strict",
  } as const;
  return { live, merged: await applyPatch(invocation, request, live) };
}

/** A secret's values are hidden; where they differ, only that is said. */
function masked({ live, merged }: Versions): Versions {
  if (merged.kind !== "Secret") return { live, merged };
  const hide = (object: JsonObject, other: JsonObject | null, which: string): JsonObject => {
    const data = at(object, "data");
    if (!isObject(data)) return object;
    const shown = Object.entries(data).map(([key, value]) => {
      const before = at(other, "data", key);
      return [key, before === undefined || before === value ? "***" : `*** (${which})`];
    });
    return withAt(object, ["data"], Object.fromEntries(shown));
  };
  return { live: live && hide(live, merged, "before"), merged: hide(merged, live, "after") };
}

function fileName({ resource, namespace, name }: Target): string {
  const group = resource.group === "" ? "" : `${resource.group}.`;
  return `${group}${resource.version}.${resource.kind}.${namespace}.${name ?? ""}`;
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const nowUs = await context.session.wallUs();
  const folders = [`/tmp/LIVE-${temporaryNumber(nowUs)}`, `/tmp/MERGED-${temporaryNumber(nowUs + 1)}`] as const;
  const shown = (object: JsonObject | null): string =>
    object === null ? "" : toYaml(flags.bool("show-managed-fields") ? object : withoutManagedFields(object));
  let text = "";
  for (const target of targets) {
    const { live, merged } = masked(await versionsOf(invocation, target));
    const paths = folders.map((folder) => `${folder}/${fileName(target)}`) as unknown as readonly [string, string];
    const names = paths.map((path) => `${path}\t${timeOfFile(nowUs)}`) as unknown as readonly [string, string];
    const difference = unifiedDiff(shown(live), shown(merged), names);
    if (difference !== null) text += `diff -u -N ${paths.join(" ")}\n${difference}`;
  }
  context.out.write(text);
  if (text !== "") throw new SilentExit(1);
  return 0;
}

async function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length > 0) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  if (files.length === 0) throw new CommandError("must specify one of -f and -k");
  const { targets, errors } = await manifestTargets(invocation, files, flags.bool("recursive"));
  throwCollected(errors);
  return targets;
}

const steps = inSteps({ complete, run });

export const diff: Command = {
  name: "diff",
  completes: "none",
  flags: [
    intFlag("concurrency", 1),
    textFlag("field-manager", "kubectl-client-side-apply"),
    boolFlag("force-conflicts"),
    selectorFlag,
    boolFlag("server-side"),
    boolFlag("show-managed-fields"),
    ...fileFlags(),
  ],
  /** Exit code 1 says that there are differences; errors give 2. */
  run: async (invocation) => {
    try {
      return await steps(invocation);
    } catch (thrown) {
      if (thrown instanceof SilentExit) throw thrown;
      invocation.err(errorText(toError(thrown)));
      throw new SilentExit(2);
    }
  },
};
