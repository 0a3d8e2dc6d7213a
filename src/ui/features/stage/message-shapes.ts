import type { MessageShape } from "../../../protocol/views.ts";

/** A message's shape around (0, 0), `size` across, pointing to the right: filled or outlined. */
export interface ShapePath {
  readonly path: string;
  readonly filled: boolean;
}

/** In a box of -1..1. Told apart without colour: by outline, corners and filling. */
export const shapePaths: Readonly<Record<MessageShape, ShapePath>> = {
  request: { path: "M-0.8 -0.85 L1 0 L-0.8 0.85 Z", filled: true },
  answer: { path: "M-0.8 -0.85 L1 0 L-0.8 0.85 Z", filled: false },
  watch: { path: "M0 -1 L1 0 L0 1 L-1 0 Z", filled: true },
  raft: { path: "M-0.8 -0.8 H0.8 V0.8 H-0.8 Z", filled: true },
  cri: { path: "M-1 0 L-0.5 -0.85 H0.5 L1 0 L0.5 0.85 H-0.5 Z", filled: false },
  pod: { path: "M0.85 0 A0.85 0.85 0 1 1 -0.85 0 A0.85 0.85 0 1 1 0.85 0 Z", filled: true },
  other: { path: "M0.6 0 A0.6 0.6 0 1 1 -0.6 0 A0.6 0.6 0 1 1 0.6 0 Z", filled: false },
};

/** Shapes that show where they are going. */
export const pointing: ReadonlySet<MessageShape> = new Set(["request", "answer"]);
