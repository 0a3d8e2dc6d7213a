import type { BranchView, TimeView } from "../../../protocol/views.ts";

/** What the timeline spans: from the ready cluster to the furthest moment that any branch knows, and a little more. */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

const shortestUs = 20_000_000;

export function spanOf(time: Pick<TimeView, "nowUs" | "readyUs" | "branches" | "skips">): Span {
  const startUs = time.readyUs;
  const known = Math.max(time.nowUs, ...time.branches.map(({ endUs }) => endUs), ...time.skips.map(({ atUs }) => atUs));
  return { startUs, endUs: startUs + roundUp(Math.max((known - startUs) * 1.04, shortestUs)) };
}

/** The span grows in leaps, so that marks do not creep. */
function roundUp(us: number): number {
  let leap = shortestUs;
  while (leap < us) leap *= 1.5;
  return Math.round(leap);
}

export function shareOfTime(span: Span, atUs: number): number {
  return Math.min(Math.max((atUs - span.startUs) / (span.endUs - span.startUs), 0), 1);
}

export function timeOfShare(span: Span, share: number): number {
  return Math.round(span.startUs + Math.min(Math.max(share, 0), 1) * (span.endUs - span.startUs));
}

/** A row for each branch that is not the current one, children under their parents; at most `most`. */
export function branchRows(branches: readonly BranchView[], most = 3): readonly BranchView[] {
  const rows: BranchView[] = [];
  const walk = (parent: string | null) => {
    for (const branch of branches) {
      if (branch.parent !== parent) continue;
      if (!branch.current) rows.push(branch);
      walk(branch.id);
    }
  };
  walk(null);
  return rows.slice(-most);
}
