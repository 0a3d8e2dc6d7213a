/** What tests of validation share. */
import { applyDefaults } from "../defaulting/defaulting.ts";
import { errorLine } from "../field-errors.ts";
import type { ApiObject } from "../object.ts";
import { validateCreate, validateUpdate } from "./validation.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const META = { name: "a", namespace: "default", uid: "u", resourceVersion: "1" };
export const CLUSTER_META = { name: "a", uid: "u", resourceVersion: "1" };

export function object(apiVersion: string, kind: string, fields: Fields, metadata: Fields = META): ApiObject {
  return applyDefaults({ apiVersion, kind, metadata, ...fields } as ApiObject);
}

export function linesOf(created: ApiObject): readonly string[] {
  return validateCreate(created).map(errorLine);
}

export function linesOfUpdate(changed: ApiObject, old: ApiObject, subresource = ""): readonly string[] {
  return validateUpdate(changed, old, subresource).map(errorLine);
}

export type Row = readonly [what: string, object: ApiObject, lines: readonly string[]];
