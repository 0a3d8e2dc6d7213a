/** Changes to what is there: the difference as a patch, sent, and what came of it. */
import { createMergePatch } from "../../sim/api/patch/json-merge.ts";
import { createTwoWayStrategicPatch } from "../../sim/api/patch/three-way.ts";
import { schemaOf } from "../../sim/api/schema/schema.ts";
import { withQuery } from "./client.ts";
import type { Invocation } from "./command.ts";
import { type JsonObject, textOf } from "./json.ts";
import { dryRunOf } from "./output.ts";
import { type Info, infoPath, typed } from "./targets.ts";

export interface Change {
  readonly manager?: string;
  /** Metadata changes go as merge patches, others as strategic ones. */
  readonly style: "merge" | "strategic";
  readonly fieldValidation?: string;
}

export function differenceOf(
  info: Info,
  after: JsonObject,
  style: "merge" | "strategic",
): { readonly patch: JsonObject; readonly contentType: string } {
  const schema = schemaOf(textOf(info.object.apiVersion), textOf(info.object.kind));
  if (style === "strategic" && schema) {
    const patch = createTwoWayStrategicPatch(info.object, after, schema) as JsonObject;
    return { patch, contentType: "application/strategic-merge-patch+json" };
  }
  return { patch: createMergePatch(info.object, after) as JsonObject, contentType: "application/merge-patch+json" };
}

/** The changed object, from the server unless it is a dry run on this side; null where nothing changes. */
export async function changeObject(
  invocation: Invocation,
  before: Info,
  after: JsonObject,
  change: Change,
): Promise<JsonObject | null> {
  const info = { ...before, object: typed(before.resource, before.object) };
  const wanted = typed(before.resource, after);
  const { patch, contentType } = differenceOf(info, wanted, change.style);
  if (Object.keys(patch).length === 0) return null;
  const dryRun = dryRunOf(invocation.flags);
  if (dryRun === "client") return wanted;
  const path = withQuery(infoPath(info), [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", change.manager],
    ["fieldValidation", change.fieldValidation],
  ]);
  return typed(info.resource, await invocation.client.send("PATCH", path, { body: patch, contentType }));
}
