import { describe, expect, it } from "vitest";
import { formatClock, formatDuration } from "./format-time.ts";

describe("time in words", () => {
  it.each([
    [0, "00:00:00.000"],
    [92_415_900, "00:01:32.415"],
    [3_600_000_000 * 25 + 1000, "25:00:00.001"],
    [-5, "00:00:00.000"],
  ])("the clock shows %i µs as %s", (us, shown) => expect(formatClock(us)).toBe(shown));

  it.each([
    [320, "320 µs"],
    [4200, "4.2 ms"],
    [42_000, "42 ms"],
    [1_500_000, "1.5 s"],
    [42_400_000, "42 s"],
    [125_000_000, "2 min 5 s"],
    [300_000_000, "5 min"],
    [3_900_000_000, "1 h 5 min"],
  ])("%i µs is %s", (us, shown) => expect(formatDuration(us)).toBe(shown));
});
