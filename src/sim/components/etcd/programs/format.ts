/** Longer texts are cut between words into several lines. */
const CELL_WIDTH = 30;

/** A box as Go's tablewriter draws it: headers centred, cells to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const wrapped = rows.map((row) => row.map(wrap));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...wrapped.flatMap((row) => row[column] ?? []).map((text) => text.length)),
  );
  const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`;
  const line = (cells: readonly string[], pad: (cell: string, width: number) => string) =>
    `|${cells.map((cell, column) => ` ${pad(cell, widths[column] as number)} `).join("|")}|\n`;
  const body = wrapped.flatMap((row) => {
    const height = Math.max(1, ...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_none, at) =>
      line(
        row.map((lines) => lines[at] ?? ""),
        (cell, width) => cell.padStart(width),
      ),
    );
  });
  return `${rule}${line(header, centre)}${rule}${body.join("")}${rule}`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= CELL_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [""] : lines;
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
