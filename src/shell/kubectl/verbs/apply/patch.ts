/** The patch between what was applied last, what is wanted now and what is there. */
import { PatchError } from "../../../../sim/api/patch/json.ts";
import { createThreeWayMergePatch } from "../../../../sim/api/patch/json-merge.ts";
import { createThreeWayStrategicPatch } from "../../../../sim/api/patch/three-way.ts";
import { schemaOf } from "../../../../sim/api/schema/schema.ts";
import { withQuery } from "../../client.ts";
import type { Invocation } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { addSource, CommandError, isReason, toError } from "../../errors.ts";
import { at, isObject, type JsonObject, textOf } from "../../json.ts";
import type { DryRun } from "../../output.ts";
import { type Target, typed } from "../../targets.ts";
import { lastApplied } from "../create/generate.ts";
import { describeTarget } from "./describe-target.ts";

export interface PatchRequest {
  readonly target: Target;
  /** With the note of what is applied. */
  readonly modified: JsonObject;
  readonly dryRun: DryRun;
  readonly manager: string;
  readonly fieldValidation: string;
}

/** Tries a few times if somebody else writes in between. */
const maxTries = 5;

/** The object afterwards; the very same one where nothing had to change. */
export async function applyPatch(invocation: Invocation, request: PatchRequest, live: JsonObject): Promise<JsonObject> {
  const { client } = invocation;
  const { target } = request;
  const path = resourcePath(target.resource, target.namespace, target.name!);
  let current = live;
  for (let tries = 1; ; tries += 1) {
    const { patch, contentType } = patchFor(request, current);
    if (Object.keys(patch).length === 0) return current;
    const query = withQuery(path, [
      ["dryRun", request.dryRun === "server" ? "All" : undefined],
      ["fieldManager", request.manager],
      ["fieldValidation", request.fieldValidation],
    ]);
    try {
      return typed(
        target.resource,
        await client.send("PATCH", query, { body: patch, contentType, accept: "application/json" }),
      );
    } catch (thrown) {
      if (!isReason(thrown, "Conflict") || tries >= maxTries) {
        const what = `applying patch:\n${JSON.stringify(patch)}\nto:\n${describeTarget(target)}\nfor:`;
        throw addSource(toError(thrown), what, target.manifest!.source);
      }
      current = typed(target.resource, await client.get(path));
    }
  }
}

export function patchFor(
  { target, modified }: PatchRequest,
  live: JsonObject,
): { readonly patch: JsonObject; readonly contentType: string } {
  const note = textOf(at(live, "metadata", "annotations", lastApplied));
  const original = parseNote(note);
  const schema = schemaOf(textOf(modified.apiVersion), textOf(modified.kind));
  try {
    if (schema) {
      const patch = createThreeWayStrategicPatch(original, modified, live, schema) as JsonObject;
      return { patch, contentType: "application/strategic-merge-patch+json" };
    }
    const patch = createThreeWayMergePatch(original, modified, live) as JsonObject;
    return { patch, contentType: "application/merge-patch+json" };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw addSource(
      new CommandError(error.message),
      `creating patch with:\noriginal:\n${note}\nmodified:\n${JSON.stringify(modified)}\nfor:`,
      target.manifest!.source,
    );
  }
}

function parseNote(note: string): JsonObject {
  if (note === "") return {};
  try {
    const value: unknown = JSON.parse(note);
    return isObject(value) ? value : {};
  } catch {
    throw new CommandError(`the ${lastApplied} annotation is no JSON object`);
  }
}
