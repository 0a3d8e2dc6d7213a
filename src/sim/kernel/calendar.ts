/** The calendar, without `Date`. `wallUs` is microseconds since 1970-01-01T00:00:00Z, an integer. */

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const SECONDS_PER_DAY = 86_400;

/**
 * Days since 1970 to a date of the proleptic Gregorian calendar (Howard Hinnant's `civil_from_days`: eras of 400 years,
 * years that begin in March).
 */
export function dateOfDays(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

export function daysOfDate({ year, month, day }: CivilDate): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `2026-11-20T09:00:00`, in UTC. */
export function formatSeconds(seconds: number): string {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const { year, month, day } = dateOfDays(days);
  const hour = Math.floor(rest / 3600);
  const minute = Math.floor(rest / 60) % 60;
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(rest % 60)}`;
}

/** Most times that are written down are of the second that is passing: they share its text. */
const latest = { second: -1, text: "1969-12-31T23:59:59Z" };

/** RFC 3339 in UTC, fractions of a second cut off: `2026-11-20T09:00:00Z`. */
export function utcText(wallUs: number): string {
  const second = Math.floor(wallUs / 1_000_000);
  if (second !== latest.second) {
    latest.text = `${formatSeconds(second)}Z`;
    latest.second = second;
  }
  return latest.text;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
