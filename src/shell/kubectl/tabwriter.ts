/**
 * Elastic columns, as Go's text/tabwriter aligns them: a column is as wide as its widest cell in neighbouring lines that
 * have it, plus padding. The last cell of a line takes no part.
 */
export interface TabOptions {
  readonly minWidth: number;
  readonly padding: number;
}

/** `kubectl get` */
export const tableTabs: TabOptions = { minWidth: 6, padding: 3 };
/** `kubectl describe` */
export const describeTabs: TabOptions = { minWidth: 0, padding: 2 };

/** Widths that a later flush keeps, for tables that grow while one watches. */
export type RememberedWidths = number[];

export function alignTabs(text: string, options: TabOptions, remembered?: RememberedWidths): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[][] = lines.map((cells) => cells.map(() => 0));
  measure(lines, widths, 0, lines.length, 0, options, remembered);
  return lines
    .map((cells, row) =>
      cells
        .map((cell, column) =>
          column < cells.length - 1 ? cell + " ".repeat(Math.max(0, widths[row]![column]! - textWidth(cell))) : cell,
        )
        .join(""),
    )
    .join("\n");
}

/** Code points, as Go counts runes. */
function textWidth(text: string): number {
  let width = 0;
  for (const _letter of text) width += 1;
  return width;
}

function measure(
  lines: readonly (readonly string[])[],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  options: TabOptions,
  remembered: RememberedWidths | undefined,
): void {
  for (let row = from; row < to; row += 1) {
    if (column >= lines[row]!.length - 1) continue;
    let end = row;
    let width = options.minWidth;
    while (end < to && column < lines[end]!.length - 1) {
      width = Math.max(width, textWidth(lines[end]![column]!) + options.padding);
      end += 1;
    }
    if (remembered) {
      width = Math.max(width, remembered[column] ?? 0);
      remembered[column] = width;
    }
    for (let line = row; line < end; line += 1) widths[line]![column] = width;
    measure(lines, widths, row, end, column + 1, options, remembered);
    row = end - 1;
  }
}
