/**
 * Cron schedules as robfig/cron's `ParseStandard` reads them: five fields, `@hourly` and its like, `@every 5m`, and a
 * time zone in front. Errors have its texts.
 */
import { parseGoDuration } from "./duration.ts";
import { timeZoneError } from "./time-zones.ts";

export class CronError extends Error {}

/** The values of one field, ascending. `any`: the field said `*` or `?`, which counts when both days are given. */
export interface CronField {
  readonly values: readonly number[];
  readonly any: boolean;
}

export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  /** 0 is Sunday. */
  readonly dayOfWeek: CronField;
}

/** `timeZone` is what `TZ=` or `CRON_TZ=` named, else "". */
export type CronSchedule =
  | { readonly timeZone: string; readonly fields: CronFields }
  | { readonly timeZone: string; readonly everyUs: number };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: Readonly<Record<string, number>>;
}

function numbered(names: string, from: number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.split(" ").map((name, index) => [name, index + from]));
}

const MINUTES: Bounds = { min: 0, max: 59 };
const HOURS: Bounds = { min: 0, max: 23 };
const DAYS: Bounds = { min: 1, max: 31 };
const MONTHS: Bounds = { min: 1, max: 12, names: numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1) };
const WEEKDAYS: Bounds = { min: 0, max: 6, names: numbered("sun mon tue wed thu fri sat", 0) };

const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Throws CronError. */
export function parseCron(text: string): CronSchedule {
  if (text === "") throw new CronError("empty spec string");
  let spec = text;
  let timeZone = "";
  if (spec.startsWith("TZ=") || spec.startsWith("CRON_TZ=")) {
    const space = spec.indexOf(" ");
    timeZone = spec.slice(spec.indexOf("=") + 1, space < 0 ? undefined : space);
    const wrong = timeZoneError(timeZone);
    if (wrong !== null) throw new CronError(`provided bad location ${timeZone}: ${wrong}`);
    spec = space < 0 ? "" : spec.slice(space).trim();
  }
  if (!spec.startsWith("@")) return { timeZone, fields: parseFields(spec) };
  const named = DESCRIPTORS[spec];
  if (named !== undefined) return { timeZone, fields: parseFields(named) };
  if (!spec.startsWith("@every ")) throw new CronError(`unrecognized descriptor: ${spec}`);
  const every = spec.slice("@every ".length);
  const everyUs = parseGoDuration(every);
  if (everyUs === null) {
    throw new CronError(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(every)}`);
  }
  // Whole seconds, one at least.
  return { timeZone, everyUs: Math.max(1, Math.floor(everyUs / 1_000_000)) * 1_000_000 };
}

function parseFields(spec: string): CronFields {
  const parts = spec.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== 5) throw new CronError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts as [string, string, string, string, string];
  return {
    minute: parseField(minute, MINUTES),
    hour: parseField(hour, HOURS),
    dayOfMonth: parseField(dayOfMonth, DAYS),
    month: parseField(month, MONTHS),
    dayOfWeek: parseField(dayOfWeek, WEEKDAYS),
  };
}

function parseField(field: string, bounds: Bounds): CronField {
  const values = new Set<number>();
  let any = false;
  for (const range of field.split(",")) {
    if (range !== "" && parseRange(range, bounds, values)) any = true;
  }
  return { values: [...values].sort((a, b) => a - b), any };
}

/** Adds what `text` names, and tells whether it is a star without a step. */
function parseRange(text: string, bounds: Bounds, values: Set<number>): boolean {
  const [range = "", stepText, ...moreSteps] = text.split("/");
  const [low = "", high, ...more] = range.split("-");
  const star = low === "*" || low === "?";
  let [start, end] = [bounds.min, bounds.max];
  if (!star) {
    start = intOrName(low, bounds);
    if (more.length > 0) throw new CronError(`too many hyphens: ${text}`);
    end = high === undefined ? start : intOrName(high, bounds);
  }
  let step = 1;
  if (stepText !== undefined) {
    if (moreSteps.length > 0) throw new CronError(`too many slashes: ${text}`);
    step = int(stepText);
    // `N/step` means `N-max/step`.
    if (high === undefined) end = bounds.max;
  }
  if (start < bounds.min) throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  for (let value = start; value <= end; value += step) values.add(value);
  return star && step === 1;
}

function intOrName(text: string, { names }: Bounds): number {
  const named = names?.[text.toLowerCase()];
  return named ?? int(text);
}

function int(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
