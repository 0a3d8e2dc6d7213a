/** What a table printer is, and the small texts that printers share. */
import { humanDuration } from "../duration.ts";
import { canonicalQuantity } from "../quantity.ts";
import { parseTime } from "../time.ts";

export type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  /** `name` marks the column of names. */
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, 1 with `-o wide` only. */
  readonly priority: number;
}

export interface Printer {
  readonly columns: readonly Column[];
  /** One cell for each column, wide ones included; a row may end early. `nowWallUs` is what ages are taken against. */
  readonly cells: (object: Fields, print: PrintContext) => readonly Cell[];
}

export interface PrintContext {
  readonly nowWallUs: number;
  /** Some cells are cut short where they are not wide. The API server always prints wide. */
  readonly wide: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = Object.freeze({});
export const NONE = "<none>";
export const UNKNOWN = "<unknown>";
export const UNSET = "<unset>";

/**
 * Columns from their names: a leading `*` is wide only, `#` an integer, `?` a boolean.
 */
export function columns(...names: readonly string[]): readonly Column[] {
  return names.map((text) => {
    const wide = text.startsWith("*");
    const marked = wide ? text.slice(1) : text;
    const type = marked.startsWith("#") ? "integer" : marked.startsWith("?") ? "boolean" : "string";
    const name = type === "string" ? marked : marked.slice(1);
    return { name, type, format: name === "Name" ? "name" : "", description: "", priority: wide ? 1 : 0 };
  });
}

export function record(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** An amount in canonical form; 0 where there is none. */
export function quantityText(value: unknown): string {
  const amount = text(value);
  return amount === "" ? "0" : canonicalQuantity(amount);
}

export function nameOf(object: Fields): string {
  return text(record(object.metadata).name);
}

/** Time since a timestamp, as kubectl shows ages. */
export function since(timestamp: unknown, { nowWallUs }: PrintContext): string {
  const wallUs = typeof timestamp === "string" && timestamp !== "" ? parseTime(timestamp) : null;
  return wallUs === null ? UNKNOWN : humanDuration(nowWallUs - wallUs);
}

export function ageOf(object: Fields, print: PrintContext): string {
  return since(record(object.metadata).creationTimestamp, print);
}

export function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : Object.keys(record(value)).length;
}

/** `a=b,c=d` by key, or `<none>`. */
export function labelsText(labels: unknown): string {
  const fields = record(labels);
  const pairs = Object.keys(fields)
    .sort()
    .map((key) => `${key}=${text(fields[key])}`);
  return pairs.length === 0 ? NONE : pairs.join(",");
}

/** Names and images of a pod template's containers. */
export function containersText(template: unknown): [string, string] {
  const containers = list(record(record(template).spec).containers).map(record);
  return [containers.map(({ name }) => text(name)).join(","), containers.map(({ image }) => text(image)).join(",")];
}

/** The first three, and how many more. */
export function firstThree(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  const shown = items.slice(0, 3).join(",");
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}
