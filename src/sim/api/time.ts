/**
 * Calendar time as the API writes it. `wallUs` is microseconds since 1970-01-01T00:00:00Z, an integer; API timestamps
 * are RFC 3339 in UTC: whole seconds for `metav1.Time`, six decimals for `metav1.MicroTime`.
 */
import { dateOfDays, daysOfDate, formatSeconds, utcText } from "../kernel/calendar.ts";

const SECONDS_PER_DAY = 86_400;

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** `metav1.Time`: `2026-11-20T09:00:00Z`. Fractions of a second are cut off. */
export function formatTime(wallUs: number): string {
  return utcText(wallUs);
}

/** The day in UTC: `2026-11-20`. */
export function formatDate(wallUs: number): string {
  return utcText(wallUs).slice(0, "2026-11-20".length);
}

/** RFC 3339 in a zone that is `offsetSeconds` east of UTC: `2026-11-20T04:00:00-05:00`. */
export function formatTimeInZone(wallUs: number, offsetSeconds: number): string {
  if (offsetSeconds === 0) return formatTime(wallUs);
  const minutes = Math.abs(Math.trunc(offsetSeconds / 60));
  const sign = offsetSeconds < 0 ? "-" : "+";
  const local = formatSeconds(Math.floor(wallUs / 1_000_000) + offsetSeconds);
  return `${local}${sign}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

/** `metav1.MicroTime`: `2026-11-20T09:00:00.000250Z`. */
export function formatMicroTime(wallUs: number): string {
  const seconds = Math.floor(wallUs / 1_000_000);
  return `${formatSeconds(seconds)}.${pad(wallUs - seconds * 1_000_000, 6)}Z`;
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** Microseconds since 1970 of an RFC 3339 text, or null where it is none. Digits below the microsecond are cut off. */
export function parseTime(text: string): number | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  if (day < 1 || day > daysInMonth(year, month)) return null;
  const fraction = Number((match[7] ?? "").slice(0, 6).padEnd(6, "0"));
  const offset = match[8] ? (match[8] === "-" ? -1 : 1) * (Number(match[9]) * 3600 + Number(match[10]) * 60) : 0;
  const seconds = daysOfDate({ year, month, day }) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset;
  return seconds * 1_000_000 + fraction;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** RFC 1123 with a numeric zone, as `kubectl describe` prints times: `Fri, 20 Nov 2026 09:00:00 +0000`. */
export function formatRfc1123z(wallUs: number): string {
  const seconds = Math.floor(wallUs / 1_000_000);
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const { year, month, day } = dateOfDays(days);
  const weekday = WEEKDAYS[(((days + 4) % 7) + 7) % 7];
  return `${weekday}, ${pad(day, 2)} ${MONTHS[month - 1]} ${pad(year, 4)} ${formatSeconds(seconds).slice(11)} +0000`;
}
