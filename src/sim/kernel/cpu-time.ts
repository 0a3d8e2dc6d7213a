/**
 * The kernel's CFS bandwidth control for a program that does one thing after another: in every period of 100 ms it may
 * run as long as its container's limit says, and waits for the next period once that is used up.
 */
export interface CpuTime {
  /** When what it has to do already will be done. */
  busyUntilUs: number;
  period: number;
  usedInPeriodUs: number;
}

const PERIOD_US = 100_000;

export function createCpuTime(): CpuTime {
  return { busyUntilUs: 0, period: 0, usedInPeriodUs: 0 };
}

/** Books `workUs` of CPU time after what is booked already; answers when it will be done. A single thread: one core. */
export function bookCpu(cpu: CpuTime, nowUs: number, workUs: number, limitMillicores: number | undefined): number {
  const quotaUs = Math.max(1, Math.min(PERIOD_US, Math.floor(((limitMillicores ?? 1000) * PERIOD_US) / 1000)));
  let atUs = Math.max(nowUs, cpu.busyUntilUs);
  let leftUs = workUs;
  const period = Math.floor(atUs / PERIOD_US);
  if (period !== cpu.period) {
    cpu.period = period;
    cpu.usedInPeriodUs = 0;
  }
  while (leftUs > 0) {
    const endUs = (cpu.period + 1) * PERIOD_US;
    const runUs = Math.min(leftUs, quotaUs - cpu.usedInPeriodUs, endUs - atUs);
    leftUs -= runUs;
    atUs += runUs;
    cpu.usedInPeriodUs += runUs;
    if (leftUs === 0) break;
    // Whole periods that will be used up are skipped at once.
    const whole = Math.floor((leftUs - 1) / quotaUs);
    leftUs -= whole * quotaUs;
    cpu.period += 1 + whole;
    cpu.usedInPeriodUs = 0;
    atUs = cpu.period * PERIOD_US;
  }
  cpu.busyUntilUs = atUs;
  return atUs;
}
