/** `--sort-by` */

import { findResults } from "../../../../sim/api/json-path/evaluate.ts";
import { type List, parseJsonPath } from "../../../../sim/api/json-path/parser.ts";
import { compareQuantities, parseQuantity } from "../../../../sim/api/quantity.ts";
import { CommandError } from "../../errors.ts";
import { compareText, type Json, type JsonObject, objectsOf } from "../../json.ts";
import { relaxedJsonPath } from "../../jsonpath/relaxed.ts";
import { compareNaturally } from "../../printers/yaml.ts";

export function sortObjects(objects: readonly JsonObject[], field: string): readonly JsonObject[] {
  const path = relaxedJsonPath(field);
  const keys = keysOf(objects, path);
  return ordered(objects, keys);
}

/** A table whose rows all lack the field comes out empty: the real one's doing. */
export function sortTable(table: JsonObject, field: string): JsonObject {
  const rows = objectsOf(table.rows);
  const keys = readKeys(
    rows.map((row) => (row.object ?? {}) as JsonObject),
    relaxedJsonPath(field),
  );
  return { ...table, rows: keys.every((key) => key === undefined) ? [] : ordered(rows, keys) };
}

function readKeys(objects: readonly JsonObject[], path: string): readonly (Json | undefined)[] {
  const template: List = parseJsonPath(path);
  return objects.map((object) => findResults(template, object, { allowMissingKeys: true })[0]?.[0]);
}

function keysOf(objects: readonly JsonObject[], path: string): readonly (Json | undefined)[] {
  const keys = readKeys(objects, path);
  if (objects.length > 0 && keys.every((key) => key === undefined)) {
    throw new CommandError(`couldn't find any field with path ${JSON.stringify(path)} in the list of objects`);
  }
  const odd = keys.find((key) => typeof key === "object" && key !== null);
  if (odd !== undefined) {
    throw new CommandError(`unsortable type: ${Array.isArray(odd) ? "slice" : "map"}`);
  }
  return keys;
}

function ordered<T>(items: readonly T[], keys: readonly (Json | undefined)[]): readonly T[] {
  return items
    .map((item, index) => ({ item, key: keys[index], index }))
    .sort((a, b) => compareKeys(a.key, b.key) || a.index - b.index)
    .map(({ item }) => item);
}

/** What lacks the field comes first. Quantities compare as such, other text with its numbers as numbers. */
function compareKeys(a: Json | undefined, b: Json | undefined): number {
  if (a === undefined || b === undefined || a === null || b === null) {
    return (a === undefined || a === null ? 0 : 1) - (b === undefined || b === null ? 0 : 1);
  }
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") {
    if (isQuantity(a) && isQuantity(b)) return compareQuantities(a, b);
    return compareNaturally(a, b);
  }
  return compareText(String(a), String(b));
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}
