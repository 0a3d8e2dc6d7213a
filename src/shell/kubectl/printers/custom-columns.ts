/** `-o custom-columns=NAME:.metadata.name,...` */

import { findResults } from "../../../sim/api/json-path/evaluate.ts";
import { type List, parseJsonPath } from "../../../sim/api/json-path/parser.ts";
import { CommandError } from "../errors.ts";
import { type Json, type JsonObject, objectsOf } from "../json.ts";
import { relaxedJsonPath } from "../jsonpath/relaxed.ts";
import { alignTabs, type RememberedWidths, tableTabs } from "../tabwriter.ts";
import { goV } from "./go-value.ts";

export interface ColumnSpec {
  readonly header: string;
  readonly template: List;
}

export function parseColumns(spec: string): readonly ColumnSpec[] {
  if (spec === "") throw new CommandError("custom-columns format specified but no custom columns given");
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) {
      throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    }
    return { header: part.slice(0, colon), template: parseJsonPath(relaxedJsonPath(part.slice(colon + 1))) };
  });
}

/** A template file: a line of headers, a line of paths. */
export function parseColumnsFile(text: string): readonly ColumnSpec[] {
  const [headers = [], paths = []] = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));
  if (headers.length !== paths.length) {
    throw new CommandError(
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    );
  }
  return headers.map((header, index) => ({ header, template: parseJsonPath(relaxedJsonPath(paths[index]!)) }));
}

export class ColumnsPrinter {
  readonly #columns: readonly ColumnSpec[];
  readonly #noHeaders: boolean;
  readonly #widths: RememberedWidths = [];
  #headed = false;

  constructor(columns: readonly ColumnSpec[], noHeaders: boolean) {
    this.#columns = columns;
    this.#noHeaders = noHeaders;
  }

  print(object: JsonObject): string {
    const rows = Array.isArray(object.items) ? objectsOf(object.items) : [object];
    const lines = rows.map((row) => this.#columns.map((column) => cell(column.template, row)).join("\t"));
    if (!this.#headed && !this.#noHeaders) lines.unshift(this.#columns.map((column) => column.header).join("\t"));
    this.#headed = true;
    return lines.length === 0 ? "" : `${alignTabs(lines.join("\n"), tableTabs, this.#widths)}\n`;
  }
}

function cell(template: List, row: Json): string {
  const values = findResults(template, row, { allowMissingKeys: true }).flat();
  return values.length === 0 ? "<none>" : values.map((value) => (value === null ? "<none>" : goV(value))).join(",");
}
