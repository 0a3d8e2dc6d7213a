import type { Progress } from "./types.ts";

export function createProgress(next: number, learner: boolean): Progress {
  return {
    match: 0,
    next,
    state: "probe",
    probing: false,
    snapshotIndex: 0,
    inflight: [],
    active: false,
    learner,
    due: "no",
  };
}

export function becomeProbe(progress: Progress): void {
  const afterSnapshot = progress.state === "snapshot" ? progress.snapshotIndex + 1 : 0;
  reset(progress, "probe");
  progress.next = Math.max(progress.match + 1, afterSnapshot);
}

/** The snapshot did not arrive. */
export function snapshotFailed(progress: Progress): void {
  progress.snapshotIndex = 0;
  becomeProbe(progress);
}

export function becomeReplicate(progress: Progress): void {
  reset(progress, "replicate");
  progress.next = progress.match + 1;
}

export function becomeSnapshot(progress: Progress, index: number): void {
  reset(progress, "snapshot");
  progress.snapshotIndex = index;
}

function reset(progress: Progress, state: Progress["state"]): void {
  progress.state = state;
  progress.probing = false;
  progress.snapshotIndex = 0;
  progress.inflight.length = 0;
}

export function isPaused(progress: Progress, inflightMax: number): boolean {
  switch (progress.state) {
    case "probe":
      return progress.probing;
    case "replicate":
      return progress.inflight.length >= inflightMax;
    case "snapshot":
      return true;
  }
}

/** It has acknowledged `index`. False: that was known. */
export function acknowledge(progress: Progress, index: number): boolean {
  progress.next = Math.max(progress.next, index + 1);
  if (progress.match >= index) return false;
  progress.match = index;
  progress.probing = false;
  return true;
}

/** It rejected an append after `rejected` and hints at `hint`. False: an old answer, out of order. */
export function reject(progress: Progress, rejected: number, hint: number): boolean {
  if (progress.state === "replicate") {
    if (rejected <= progress.match) return false;
    progress.next = progress.match + 1;
    return true;
  }
  if (progress.next - 1 !== rejected) return false;
  progress.next = Math.max(Math.min(rejected, hint + 1), 1);
  progress.probing = false;
  return true;
}

/** Appends up to `index` have arrived. */
export function releaseInflight(progress: Progress, index: number): void {
  let count = 0;
  while (count < progress.inflight.length && (progress.inflight[count] as number) <= index) count += 1;
  if (count > 0) progress.inflight.splice(0, count);
}
