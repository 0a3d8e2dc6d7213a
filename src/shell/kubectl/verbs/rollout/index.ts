/** `kubectl rollout` */

import { equalJson } from "../../../../sim/api/equal.ts";
import { applyStrategicPatch } from "../../../../sim/api/patch/strategic.ts";
import { schemaOf } from "../../../../sim/api/schema/schema.ts";
import { formatTime } from "../../../../sim/api/time.ts";
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { podTemplateText } from "../../describe/pod-template.ts";
import { kindName, qualifiedName, resourcePath } from "../../discovery.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, type JsonObject, objectOf, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, dryRunSuffix, outputFlags, printerFor, reporter } from "../../output.ts";
import { alignTabs, describeTabs, tableTabs } from "../../tabwriter.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { followObject } from "../../waiting.ts";
import { type Revision, revisionAnnotation, revisionNumbered, revisionsOf } from "./history.ts";
import { rolloutState } from "./status.ts";

function targets(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  if (args.length === 0 && fileSources(flags).length === 0) throw new CommandError("required resource not specified");
  return resolveTargets(invocation, args, {
    kindAlone: true,
    selector: flags.text("selector"),
    files: fileSources(flags),
    recursive: flags.bool("recursive"),
  });
}

/** Runs `work` on each object; what goes wrong with one does not stop the others. */
async function each(
  invocation: Invocation,
  list: readonly Target[],
  work: (info: Info) => Promise<void>,
): Promise<number> {
  const { infos, errors: before } = await readInfos(invocation, list, { selector: invocation.flags.text("selector") });
  const errors = [...before];
  for (const info of infos) {
    try {
      await work({ ...info, object: typed(info.resource, info.object) });
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

async function showStatus(invocation: Invocation, info: Info): Promise<void> {
  const { flags } = invocation;
  const { resource, namespace, name } = info;
  const revision = flags.int("revision");
  const watches = flags.bool("watch");
  if (!watches) {
    invocation.out(rolloutState(resource.kind, info.object, revision).text);
    return;
  }
  const timeoutUs = flags.durationUs("timeout") || null;
  const outcome = await followObject(invocation, { resource, namespace, name, timeoutUs }, (object) => {
    if (object === null) throw new CommandError("object has been deleted");
    const { text, done } = rolloutState(resource.kind, object, revision);
    invocation.out(text);
    return done;
  });
  if (outcome === "timedOut") throw new CommandError("timed out waiting for the condition");
}

async function showHistory(invocation: Invocation, info: Info): Promise<void> {
  const { context, flags } = invocation;
  const revisions = await revisionsOf(invocation, info);
  const wanted = flags.int("revision");
  if (wanted > 0) {
    const revision = revisionNumbered(revisions, wanted);
    context.out.write(
      `${kindName(info.resource)}/${info.name} with revision #${wanted}\n${podTemplateText(revision.template)}\n`,
    );
    return;
  }
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause === "" ? "<none>" : cause}`);
  const table = alignTabs(["REVISION\tCHANGE-CAUSE", ...rows].join("\n"), { ...tableTabs, minWidth: 0, padding: 2 });
  context.out.write(`${kindName(info.resource)}/${info.name} \n${table}\n\n`);
}

const keptAnnotations = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionAnnotation,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
]);

async function undo(invocation: Invocation, info: Info): Promise<void> {
  const { context, flags } = invocation;
  const dryRun = dryRunOf(flags);
  const report = reporter(await printerFor(flags, context), context, dryRun);
  const wanted = flags.int("to-revision");
  if (at(info.object, "spec", "paused") === true) {
    throw new CommandError(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`,
    );
  }
  const revisions = await revisionsOf(invocation, info);
  const revision = pickRevision(revisions, wanted, info);
  if (info.resource.kind === "Deployment") {
    const template = withAt(revision.template, ["metadata", "labels", "pod-template-hash"], undefined);
    if (equalJson(comparable(template), comparable(objectOf(at(info.object, "spec", "template"))))) {
      report(info.object, `skipped rollback (current template already matches revision ${revision.number})`);
      return;
    }
    if (dryRun === "client") {
      context.out.write(
        `${kindName(info.resource)}/${info.name} ${alignTabs(podTemplateText(template), describeTabs)}${dryRunSuffix(dryRun)}\n`,
      );
      return;
    }
    await patchDeployment(invocation, info, template, revision);
  } else await restoreSet(invocation, info, revision);
  report(info.object, "rolled back");
}

function comparable(template: JsonObject): JsonObject {
  return withAt(template, ["metadata", "creationTimestamp"], undefined);
}

function pickRevision(revisions: readonly Revision[], wanted: number, info: Info): Revision {
  if (wanted > 0) {
    const found = revisions.find(({ number }) => number === wanted);
    if (!found) throw new CommandError(`unable to find specified revision ${wanted} in history`);
    return found;
  }
  const last = revisions.at(-2);
  if (!last)
    throw new CommandError(
      `no rollout history found for ${info.resource.kind.toLowerCase()} ${JSON.stringify(info.name)}`,
    );
  return last;
}

async function patchDeployment(
  invocation: Invocation,
  info: Info,
  template: JsonObject,
  revision: Revision,
): Promise<void> {
  const own = Object.entries(objectOf(at(info.object, "metadata", "annotations"))).filter(([key]) =>
    keptAnnotations.has(key),
  );
  const restored = Object.entries(revision.annotations).filter(([key]) => !keptAnnotations.has(key));
  const body = [
    { op: "replace", path: "/spec/template", value: template },
    { op: "replace", path: "/metadata/annotations", value: Object.fromEntries([...own, ...restored]) },
  ];
  const query = dryRunOf(invocation.flags) === "server" ? "?dryRun=All" : "";
  const path = `${resourcePath(info.resource, info.namespace, info.name)}${query}`;
  await invocation.client.send("PATCH", path, { body, contentType: "application/json-patch+json" });
}

async function restoreSet(invocation: Invocation, info: Info, revision: Revision): Promise<void> {
  const schema = schemaOf("apps/v1", info.resource.kind);
  const after = schema
    ? (applyStrategicPatch(info.object, revision.data, schema) as JsonObject)
    : withAt(info.object, ["spec", "template"], revision.template);
  await changeObject(invocation, info, after, { style: "strategic" });
}

async function restart(invocation: Invocation, info: Info): Promise<void> {
  const { context } = invocation;
  if (!/^(Deployment|DaemonSet|StatefulSet)$/.test(info.resource.kind)) {
    throw new CommandError(`${qualifiedName(info.resource)} ${JSON.stringify(info.name)} restarting is not supported`);
  }
  if (at(info.object, "spec", "paused") === true) {
    throw new CommandError(
      `${qualifiedName(info.resource)} ${JSON.stringify(info.name)} can't restart paused deployment (run rollout resume first)`,
    );
  }
  const now = formatTime(await context.session.wallUs());
  const path = ["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"];
  await change(invocation, info, withAt(info.object, path, now), "restarted");
}

async function pause(invocation: Invocation, info: Info, paused: boolean): Promise<void> {
  const { kind } = info.resource;
  if (kind !== "Deployment")
    throw new CommandError(
      `${qualifiedName(info.resource)} ${JSON.stringify(info.name)} ${paused ? "pausing" : "resuming"} is not supported`,
    );
  if ((at(info.object, "spec", "paused") === true) === paused) {
    throw new CommandError(
      `${qualifiedName(info.resource)} ${JSON.stringify(info.name)} is ${paused ? "already paused" : "not paused"}`,
    );
  }
  await change(
    invocation,
    info,
    withAt(info.object, ["spec", "paused"], paused ? true : undefined),
    paused ? "paused" : "resumed",
  );
}

async function change(invocation: Invocation, info: Info, after: JsonObject, operation: string): Promise<void> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, "none");
  const result = await changeObject(invocation, info, after, {
    style: "strategic",
    manager: flags.text("field-manager"),
  });
  report(result ?? info.object, operation);
}

const base: readonly FlagSpec[] = [selectorFlag, ...fileFlags()];
const managerFlag: FlagSpec = {
  name: "field-manager",
  type: "string",
  default: "kubectl-rollout",
};

function subcommand(
  name: string,
  work: (invocation: Invocation, info: Info) => Promise<void>,
  flags: readonly FlagSpec[],
): Command {
  return {
    name,
    completes: "workloads",
    flags: [...flags, ...base],
    run: inSteps({
      complete: targets,
      run: (list, invocation) => each(invocation, list, (info) => work(invocation, info)),
    }),
  };
}

export const rollout: Command = {
  name: "rollout",
  subcommands: [
    subcommand("history", showHistory, [
      {
        name: "revision",
        type: "int",
        default: 0,
      },
      ...outputFlags,
    ]),
    subcommand("pause", (invocation, info) => pause(invocation, info, true), [managerFlag, ...outputFlags]),
    subcommand("restart", restart, [managerFlag, ...outputFlags]),
    subcommand("resume", (invocation, info) => pause(invocation, info, false), [managerFlag, ...outputFlags]),
    subcommand("status", showStatus, [
      {
        name: "revision",
        type: "int",
        default: 0,
      },
      {
        name: "timeout",
        type: "duration",
        default: "0s",
      },
      {
        name: "watch",
        short: "w",
        type: "bool",
        default: true,
      },
    ]),
    subcommand("undo", undo, [
      dryRunFlag,
      {
        name: "to-revision",
        type: "int",
        default: 0,
      },
      ...outputFlags,
    ]),
  ],
};
