import type { Context } from "../kernel/types.ts";

const DAY_US = 86_400_000_000;

/** A line in klog's form: `E1120 09:00:00.123456       1 reflector.go:200] TEXT`. `source` is upstream's file and line. */
export function klog(context: Context, severity: "I" | "W" | "E" | "F", source: string, text: string): void {
  context.log(`${severity}${klogTime(context.wallUs())}       1 ${source}] ${text}`);
}

/** `1120 09:00:00.123456` */
export function klogTime(wallUs: number): string {
  const days = Math.floor(wallUs / DAY_US);
  const ofDayUs = wallUs - days * DAY_US;
  const { month, day } = civilFromDays(days);
  const seconds = Math.floor(ofDayUs / 1_000_000);
  const micros = ofDayUs - seconds * 1_000_000;
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${pad(month, 2)}${pad(day, 2)} ${clock}.${pad(micros, 6)}`;
}

/** A Go `%q` of plain text. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** Proleptic Gregorian month and day of a day count since 1970-01-01 (era arithmetic, no tables). */
function civilFromDays(days: number): { month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { month: shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9, day };
}
