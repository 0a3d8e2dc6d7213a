/** A box as Go's tablewriter draws it: headers centred, cells to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`;
  const line = (cells: readonly string[], pad: (cell: string, width: number) => string) =>
    `|${cells.map((cell, column) => ` ${pad(cell, widths[column] as number)} `).join("|")}|\n`;
  const body = rows.map((row) => line(row, (cell, width) => cell.padStart(width))).join("");
  return `${rule}${line(header, centre)}${rule}${body}${rule}`;
}

function centre(cell: string, width: number): string {
  const left = Math.floor((width - cell.length) / 2);
  return `${" ".repeat(left)}${cell}`.padEnd(width);
}

/** A 64-bit id, kept as hex, in decimal: what JSON and `alarm list` show. */
export function decimalId(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}

export function leaseHex(id: number): string {
  return id.toString(16).padStart(16, "0");
}

/** JSON with 64-bit numbers as they are: texts that begin with `#` stand for numbers. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(/"#(\d+)"/g, "$1");
}
