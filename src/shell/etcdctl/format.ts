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

/** Bytes in SI units, as go-humanize has them: `20 kB`, `2.1 GB`. */
export function humanBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  if (bytes < 10) return `${bytes} B`;
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  return `${rounded < 10 ? rounded.toFixed(1) : halfToEven(rounded)} ${units[unit]}`;
}

/** As Go's `%.0f` rounds: 20.5 to 20. */
function halfToEven(value: number): number {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
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
