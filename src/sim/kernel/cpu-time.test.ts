import { describe, expect, it } from "vitest";
import { bookCpu, createCpuTime } from "./cpu-time.ts";

describe("CPU time under a limit", () => {
  it("runs at once where nothing limits it, one thing after another", () => {
    const cpu = createCpuTime();
    expect(bookCpu(cpu, 5_000, 30_000, undefined)).toBe(35_000);
    expect(bookCpu(cpu, 6_000, 30_000, undefined)).toBe(65_000);
    expect(bookCpu(cpu, 6_000, 70_000, undefined)).toBe(135_000);
  });

  it("waits for the next period of 100 ms once its share is used up", () => {
    const cpu = createCpuTime();
    expect(bookCpu(cpu, 0, 30_000, 500)).toBe(30_000);
    expect(bookCpu(cpu, 0, 30_000, 500)).toBe(110_000);
    expect(bookCpu(cpu, 0, 40_000, 500)).toBe(150_000);
    expect(bookCpu(cpu, 0, 1_000, 500)).toBe(201_000);
  });

  it("takes many periods for long work with a small share", () => {
    expect(bookCpu(createCpuTime(), 0, 30_000, 10)).toBe(2_901_000);
    expect(bookCpu(createCpuTime(), 50_000, 2_500, 10)).toBe(200_500);
  });

  it("uses no more than its share in any stretch of periods", () => {
    const cpu = createCpuTime();
    let doneUs = 0;
    for (let index = 0; index < 100; index += 1) doneUs = bookCpu(cpu, 0, 7_000, 200);
    expect(doneUs).toBe(34 * 100_000 + 20_000);
  });
});
