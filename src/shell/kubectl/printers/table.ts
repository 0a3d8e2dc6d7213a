/** `meta.k8s.io/v1 Table` answers as columns of text. */
import { at, type Json, type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { alignTabs, type RememberedWidths, tableTabs } from "../tabwriter.ts";

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** `deployment.apps` in front of the names, or nothing. */
  readonly withKind: string;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
}

interface Column {
  readonly name: string;
  readonly priority: number;
}

/** Lines with tabs between the cells; a printer for a watch keeps columns and widths from one event to the next. */
export class TablePrinter {
  readonly #options: TableOptions;
  readonly #widths: RememberedWidths = [];
  #columns: readonly Column[] = [];
  #headed = false;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** The text for a table, aligned. Tables that follow go under the same head. */
  print(table: JsonObject): string {
    const rows = objectsOf(table.rows);
    const columns = objectsOf(table.columnDefinitions).map((column) => ({
      name: textOf(column.name),
      priority: numberOf(column.priority),
    }));
    if (columns.length > 0) this.#columns = columns;
    const lines: string[] = [];
    if (!this.#headed && !this.#options.noHeaders && rows.length > 0) lines.push(this.#head());
    if (rows.length > 0) this.#headed = true;
    for (const row of rows) lines.push(this.#row(row));
    return lines.length === 0 ? "" : `${alignTabs(lines.join("\n"), tableTabs, this.#widths)}\n`;
  }

  #head(): string {
    const { labelColumns, showLabels, wide, withNamespace } = this.#options;
    const names = this.#columns.filter((column) => wide || column.priority === 0).map((column) => column.name);
    return [
      ...(withNamespace ? ["Namespace"] : []),
      ...names,
      ...labelColumns.map((label) => label.split("/").at(-1)!),
      ...(showLabels ? ["Labels"] : []),
    ]
      .join("\t")
      .toUpperCase();
  }

  #row(row: JsonObject): string {
    const { labelColumns, showLabels, wide, withKind, withNamespace } = this.#options;
    const metadata = objectOf(at(row, "object", "metadata"));
    const labels = objectOf(metadata.labels);
    const cells = listOf(row.cells)
      .slice(0, this.#columns.length)
      .map((cell, index) => ({ text: cellText(cell), column: this.#columns[index]!, index }))
      .filter(({ column }) => wide || column.priority === 0)
      .map(({ text, index }) => (index === 0 && withKind !== "" ? `${withKind}/${text}` : text));
    return [
      ...(withNamespace ? [textOf(metadata.namespace)] : []),
      ...cells,
      ...labelColumns.map((label) => textOf(labels[label])),
      ...(showLabels ? [formatLabels(labels)] : []),
    ].join("\t");
  }
}

/** Only the first line of a text; control characters are shown, not sent to the terminal. */
function cellText(cell: Json): string {
  if (cell === null) return "";
  const text = String(cell);
  const end = text.search(/[\f\n\r]/);
  return (end < 0 ? text : `${text.slice(0, end)}...`).replaceAll("\u001b", "^[").replaceAll("\t", " ");
}

export function formatLabels(labels: JsonObject): string {
  const keys = Object.keys(labels).sort();
  return keys.length === 0 ? "<none>" : keys.map((key) => `${key}=${textOf(labels[key])}`).join(",");
}
