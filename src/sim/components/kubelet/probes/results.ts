import type { ProbeResult, ProbeType } from "../types.ts";

/** Before its first run. */
export function initialProbeResult(type: ProbeType): ProbeResult {
  return type === "readiness" ? "failure" : type === "liveness" ? "success" : "unknown";
}

/** prober.go: how one run of a handler counts. A probe without handler is always good. */
export function outcomeOf(
  outcome: "success" | "warning" | "failure" | "unknown" | null,
  failedToRun: boolean,
): ProbeResult {
  if (failedToRun) return "failure";
  if (outcome === null) return "success";
  return outcome === "success" || outcome === "warning" ? "success" : "failure";
}

export interface ProbeCount {
  readonly result: ProbeResult;
  /** Same outcomes in a row. */
  readonly run: number;
  readonly last: ProbeResult;
}

/** worker.go: the result changes only once enough outcomes in a row say so. */
export function countOutcome(
  count: ProbeCount,
  outcome: ProbeResult,
  failureThreshold: number,
  successThreshold: number,
): ProbeCount {
  const run = count.run > 0 && count.last === outcome ? count.run + 1 : 1;
  const enough = outcome === "failure" ? run >= failureThreshold : run >= successThreshold;
  return { result: enough ? outcome : count.result, run, last: outcome };
}
