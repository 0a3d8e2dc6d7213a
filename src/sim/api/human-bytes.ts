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
