const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** Go-style duration (`1m30s`, `200ms`, `-1h`) in microseconds; null when it is none. */
export function parseDurationUs(text: string): number | null {
  const match = /^([-+]?)((?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+)$/.exec(text);
  if (match === null) return null;
  let totalUs = 0;
  for (const [, number, unit] of (match[2] as string).matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    totalUs += Number(number) * (UNIT_US[unit as string] as number);
  }
  return Math.round(match[1] === "-" ? -totalUs : totalUs);
}
