import { describe, expect, it } from "vitest";
import { CronError, parseCron } from "./cron.ts";
import { nextTime } from "./cron-times.ts";
import { formatTime, formatTimeInZone, parseTime } from "./time.ts";
import { loadTimeZone, offsetAt } from "./time-zones.ts";

function next(text: string, after: string): string | null {
  const at = nextTime(parseCron(text), parseTime(after) ?? 0);
  return at === null ? null : formatTime(at);
}

describe("a schedule", () => {
  // 2026-11-20 is a Friday.
  const cases: readonly (readonly [text: string, after: string, next: string | null])[] = [
    ["* * * * *", "2026-11-20T09:00:00Z", "2026-11-20T09:01:00Z"],
    ["* * * * *", "2026-11-20T09:00:59.9Z", "2026-11-20T09:01:00Z"],
    ["*/15 * * * *", "2026-11-20T09:46:00Z", "2026-11-20T10:00:00Z"],
    ["5-20/7 * * * *", "2026-11-20T09:05:00Z", "2026-11-20T09:12:00Z"],
    ["40/7 * * * *", "2026-11-20T09:54:00Z", "2026-11-20T10:40:00Z"],
    ["0 12 * * mon-FRI", "2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z"],
    ["0 0 1 jan *", "2026-11-20T09:00:00Z", "2027-01-01T00:00:00Z"],
    ["0 0 29 2 *", "2026-11-20T09:00:00Z", "2028-02-29T00:00:00Z"],
    ["0 0 31 2 *", "2026-11-20T09:00:00Z", null],
    ["0 0 13 * 5", "2026-11-20T09:00:00Z", "2026-11-27T00:00:00Z"],
    ["0 0 13 * *", "2026-11-20T09:00:00Z", "2026-12-13T00:00:00Z"],
    ["0 0 ? * 0", "2026-11-20T09:00:00Z", "2026-11-22T00:00:00Z"],
    ["0 0 */2 * 1", "2026-11-20T09:00:00Z", "2026-11-21T00:00:00Z"],
    ["@hourly", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"],
    ["@weekly", "2026-11-20T09:00:00Z", "2026-11-22T00:00:00Z"],
    ["@yearly", "2026-11-20T09:00:00Z", "2027-01-01T00:00:00Z"],
    ["@every 1h30m", "2026-11-20T09:00:10.5Z", "2026-11-20T10:30:10Z"],
    ["@every 10ms", "2026-11-20T09:00:10Z", "2026-11-20T09:00:11Z"],
    ["TZ=America/New_York 0 9 * * *", "2026-11-20T09:00:00Z", "2026-11-20T14:00:00Z"],
    ["CRON_TZ=Asia/Kolkata 30 9 * * *", "2026-11-20T09:00:00Z", "2026-11-21T04:00:00Z"],
    // Clocks go from 1:59 to 3:00 on 2027-03-14, and from 1:59 back to 1:00 on 2027-11-07.
    ["TZ=America/New_York 30 2 * * *", "2027-03-13T12:00:00Z", "2027-03-15T06:30:00Z"],
    ["TZ=America/New_York 0 * * * *", "2027-03-14T06:00:00Z", "2027-03-14T07:00:00Z"],
    ["TZ=America/New_York 0 1 * * *", "2027-11-07T05:00:00Z", "2027-11-07T06:00:00Z"],
    ["TZ=America/New_York 0 12 * * *", "2027-11-06T16:00:00Z", "2027-11-07T17:00:00Z"],
    // Midnight of 2018-11-04 did not exist in Sao Paulo.
    ["TZ=America/Sao_Paulo 0 0 5 11 *", "2018-11-03T12:00:00Z", "2018-11-05T02:00:00Z"],
  ];
  it.each(cases)("%s comes round after %s at %s", (text, after, expected) => {
    expect(next(text, after)).toBe(expected);
  });

  const errors: readonly (readonly [text: string, error: string])[] = [
    ["", "empty spec string"],
    ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
    ["60 * * * *", "end of range (60) above maximum (59): 60"],
    ["* * 0 * *", "beginning of range (0) below minimum (1): 0"],
    ["* * * * 7", "end of range (7) above maximum (6): 7"],
    ["30-10 * * * *", "beginning of range (30) beyond end of range (10): 30-10"],
    ["*/0 * * * *", "step of range should be a positive number: */0"],
    ["1-2-3 * * * *", "too many hyphens: 1-2-3"],
    ["1/2/3 * * * *", "too many slashes: 1/2/3"],
    ["x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ["@never", "unrecognized descriptor: @never"],
    ["@every soon", 'failed to parse duration @every soon: time: invalid duration "soon"'],
    ["TZ=Mars/Olympus 0 * * * *", "provided bad location Mars/Olympus: unknown time zone Mars/Olympus"],
  ];
  it.each(errors)("%j is refused", (text, error) => expect(() => parseCron(text)).toThrow(new CronError(error)));
});

describe("a time zone", () => {
  it("has offsets that change with the year and over the years", () => {
    const berlin = loadTimeZone("Europe/Berlin");
    const samples = ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z"];
    expect(samples.map((text) => offsetAt(berlin!, (parseTime(text) ?? 0) / 1_000_000) / 3600)).toEqual([1, 2, 2, 1]);
    const cairo = loadTimeZone("Africa/Cairo");
    const summers = ["2022-07-01T00:00:00Z", "2024-07-01T00:00:00Z"];
    expect(summers.map((text) => offsetAt(cairo!, (parseTime(text) ?? 0) / 1_000_000) / 3600)).toEqual([2, 3]);
  });

  it.each(["Mars/Olympus", "europe/berlin", "Europe", "Europe/Berlin UTC", "120||"])("%s is unknown", (name) => {
    expect(loadTimeZone(name)).toBeNull();
  });

  it("writes its time with its offset", () => {
    const at = parseTime("2026-11-20T09:00:00Z") ?? 0;
    expect(formatTimeInZone(at, -5 * 3600)).toBe("2026-11-20T04:00:00-05:00");
    expect(formatTimeInZone(at, 19_800)).toBe("2026-11-20T14:30:00+05:30");
    expect(formatTimeInZone(at, 0)).toBe("2026-11-20T09:00:00Z");
  });
});
