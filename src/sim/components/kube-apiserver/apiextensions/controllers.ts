import { approvedStatus } from "../../../api/custom/approval.ts";
import { CLEANUP_FINALIZER, type Definition, isTrue } from "../../../api/custom/definition.ts";
import { withDefinitionCondition } from "../../../api/custom/definition-defaults.ts";
import { establishedStatus, namedStatus } from "../../../api/custom/naming.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import { loopback } from "../bootstrap/loopback.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { DEFINITIONS, definitionsOf, findKind } from "./kinds.ts";

/**
 * apiextensions-apiserver's naming, establishing, api-approval and finalizing controllers. Every API server runs them; what one has
 * written the others find done. A definition is worked on in one place at a time: `definitionWork` says at what step.
 */
export interface DefinitionTimer {
  readonly type: "definition";
  readonly name: string;
}

const RETRY_US = 1_000_000;
const INSTANCES_EVERY_US = 5_000_000;
const INSTANCES_FOR_US = 60_000_000;

type Step = "status" | "mark" | "collect" | "count" | "finish";

export function workOnDefinition(state: ApiServerState, context: Context, name: string): void {
  if (state.phase !== "serving") return;
  const work = state.definitionWork.get(name);
  if (work !== undefined) {
    work.again = true;
    return;
  }
  const definition = lookup(state, DEFINITIONS, "", name) as Definition | undefined;
  if (definition === undefined) return;
  const now = formatTime(context.wallUs());
  if (definition.metadata!.deletionTimestamp !== undefined) {
    if ((definition.metadata!.finalizers ?? []).includes(CLEANUP_FINALIZER)) beginCleanup(state, context, definition);
    return;
  }
  const status =
    namedStatus(definition, definitionsOf(state), now) ??
    establishedStatus(definition, now) ??
    approvedStatus(definition, now);
  if (status !== null) writeStatus(state, context, "status", { ...definition, status });
}

/** Names that a definition gives up, or takes, concern all others of its group. */
export function neighboursOf(state: ApiServerState, definition: Definition): string[] {
  const names: string[] = [];
  for (const other of definitionsOf(state))
    if (other.spec.group === definition.spec.group) names.push(other.metadata!.name!);
  return names;
}

function startStep(state: ApiServerState, context: Context, name: string, step: Step): string {
  const work = state.definitionWork.get(name);
  if (work === undefined) state.definitionWork.set(name, { step, again: false, sinceUs: context.nowUs });
  else work.step = step;
  return `definition ${name} ${step}`;
}

function writeStatus(state: ApiServerState, context: Context, step: Step, definition: Definition): void {
  const name = definition.metadata!.name!;
  loopback(state, context, startStep(state, context, name, step), {
    verb: "update",
    group: "apiextensions.k8s.io",
    version: "v1",
    resource: "customresourcedefinitions",
    subresource: "status",
    namespace: "",
    name,
    body: deepFreeze(definition as ApiObject),
  });
}

function terminating(definition: Definition, context: Context, status: string, reason: string, message: string) {
  const lastTransitionTime = formatTime(context.wallUs());
  const condition = { type: "Terminating", status, lastTransitionTime, reason, message };
  return {
    ...definition,
    status: { ...definition.status, conditions: withDefinitionCondition(definition, condition) },
  };
}

function beginCleanup(state: ApiServerState, context: Context, definition: Definition): void {
  const marked = terminating(
    definition,
    context,
    "True",
    "InstanceDeletionInProgress",
    "CustomResource deletion is in progress",
  );
  writeStatus(state, context, "mark", marked);
}

/** Instances go by the same rules as when a person deletes them all. */
function askInstances(
  state: ApiServerState,
  context: Context,
  definition: Definition,
  step: "collect" | "count",
): void {
  const { group, names } = definition.spec;
  const kind = findKind(state, group, definition.status?.acceptedNames?.plural ?? names.plural);
  if (!isTrue(definition, "Established") || kind === undefined) {
    finish(
      state,
      context,
      terminating(definition, context, "False", "NeverEstablished", "resource was never established"),
    );
    return;
  }
  loopback(
    state,
    context,
    startStep(state, context, definition.metadata!.name!, step),
    {
      verb: step === "collect" ? "deletecollection" : "list",
      group,
      version: kind.version,
      resource: kind.resource,
      namespace: "",
      name: "",
    },
    kind,
  );
}

function finish(state: ApiServerState, context: Context, definition: Definition): void {
  const { finalizers = [], ...metadata } = definition.metadata!;
  const left = finalizers.filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  writeStatus(state, context, "finish", {
    ...definition,
    metadata: { ...metadata, ...(left.length === 0 ? {} : { finalizers: left }) },
  });
}

/** A request of these controllers is answered. */
export function definitionAnswered(
  state: ApiServerState,
  context: Context,
  name: string,
  code: number,
  object: ApiObject,
): void {
  const work = state.definitionWork.get(name);
  if (work === undefined) return;
  const step = work.step as Step;
  if (code >= 400) {
    end(state, context, name, code === 404 ? 0 : RETRY_US);
    return;
  }
  const definition = (step === "mark" ? object : lookup(state, DEFINITIONS, "", name)) as Definition | undefined;
  if (definition === undefined) {
    end(state, context, name, 0);
    return;
  }
  switch (step) {
    case "mark":
      askInstances(state, context, definition, "collect");
      return;
    case "collect":
      askInstances(state, context, definition, "count");
      return;
    case "count":
      counted(state, context, definition, ((object.items ?? []) as readonly unknown[]).length, work.sinceUs);
      return;
    default:
      end(state, context, name, 0);
      return;
  }
}

function counted(state: ApiServerState, context: Context, definition: Definition, left: number, sinceUs: number): void {
  const name = definition.metadata!.name!;
  if (left === 0) {
    finish(
      state,
      context,
      terminating(definition, context, "False", "InstanceDeletionCompleted", "removed all instances"),
    );
    return;
  }
  if (context.nowUs - sinceUs < INSTANCES_FOR_US) {
    context.setTimer(INSTANCES_EVERY_US, { type: "definition", name });
    return;
  }
  const why = "could not confirm zero CustomResources remaining: timed out waiting for the condition";
  writeStatus(state, context, "status", terminating(definition, context, "True", "InstanceDeletionCheck", why));
}

/** Time to look again: at the instances that are left, or at all of it after a failure. */
export function definitionDue(state: ApiServerState, context: Context, { name }: DefinitionTimer): void {
  const work = state.definitionWork.get(name);
  if (work?.step !== "count") {
    workOnDefinition(state, context, name);
    return;
  }
  const definition = lookup(state, DEFINITIONS, "", name) as Definition | undefined;
  if (definition === undefined) state.definitionWork.delete(name);
  else askInstances(state, context, definition, "count");
}

function end(state: ApiServerState, context: Context, name: string, retryAfterUs: number): void {
  const { again } = state.definitionWork.get(name)!;
  state.definitionWork.delete(name);
  if (retryAfterUs > 0 || again) context.setTimer(Math.max(retryAfterUs, 1_000), { type: "definition", name });
}
