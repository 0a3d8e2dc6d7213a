import { expect, it } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

const at = (nowUs: number, rate: number, playing = true) => ({ nowUs, rate, playing });

it("carries virtual time on at the session's rate between two updates", () => {
  const clock = new VirtualClock();
  clock.sync(at(1_000_000, 0.5), 100);
  expect(clock.now(110)).toBe(1_005_000);
});

it("freezes exactly when paused", () => {
  const clock = new VirtualClock();
  clock.sync(at(1_000_000, 1), 0);
  clock.now(50);
  clock.sync(at(1_020_000, 1, false), 60);
  expect(clock.now(500)).toBe(1_020_000);
});

it("never goes back while playing, and does not run far ahead of a silent session", () => {
  const clock = new VirtualClock();
  clock.sync(at(0, 1), 0);
  expect(clock.now(100)).toBe(100_000);
  clock.sync(at(90_000, 1), 100);
  expect(clock.now(100)).toBe(100_000);
  expect(clock.now(10_000)).toBe(90_000 + 120_000);
});

it("takes a rewind at once", () => {
  const clock = new VirtualClock();
  clock.sync(at(60_000_000, 1), 0);
  clock.now(10);
  clock.sync(at(10_000_000, 1), 20);
  expect(clock.now(20)).toBe(10_000_000);
});
