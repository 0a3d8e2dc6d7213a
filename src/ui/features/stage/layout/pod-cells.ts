import type { Rect } from "./places.ts";

/** How the pods of an area are drawn: rows with names, signs alone, or signs with a count of the rest. */
export interface PodCells {
  readonly mode: "rows" | "signs";
  /** How many are drawn; the rest is a number. */
  readonly shown: number;
  /** Relative to the area. */
  at(index: number): Rect;
}

export function podCells(width: number, height: number, count: number, unit: number): PodCells {
  const gap = Math.round(unit * 0.3);
  const rowHeight = Math.round(unit * 1.8);
  const rows = Math.max(0, Math.floor((height + gap) / (rowHeight + gap)));
  const columns = Math.max(1, Math.floor((width + gap) / (unit * 10.4 + gap)));
  // Roomy while there are few: a row per pod, as wide as there is place for.
  const used = Math.min(columns, Math.max(1, Math.ceil(count / Math.max(rows, 1))));
  if (count <= rows * used || (count <= rows * columns && rows > 0)) {
    const own = Math.min((width - gap * (used - 1)) / used, unit * 24);
    return {
      mode: "rows",
      shown: count,
      at: (index) => ({
        x: (index % used) * (own + gap),
        y: Math.floor(index / used) * (rowHeight + gap),
        width: own,
        height: rowHeight,
      }),
    };
  }
  // Signs move closer together before any is left out.
  const wide = signs(width, height, Math.round(unit * 1.3), gap);
  const close = signs(width, height, Math.round(unit * 1.15), Math.round(unit * 0.08));
  const grid = count <= wide.capacity ? wide : close;
  return {
    mode: "signs",
    shown: count <= grid.capacity ? count : Math.max(0, grid.capacity - 2),
    at: (index) => ({
      x: (index % grid.perRow) * grid.step,
      y: Math.floor(index / grid.perRow) * grid.step,
      width: grid.side,
      height: grid.side,
    }),
  };
}

function signs(width: number, height: number, side: number, gap: number) {
  const step = side + gap;
  const perRow = Math.max(1, Math.floor((width + gap) / step));
  return { side, step, perRow, capacity: perRow * Math.max(1, Math.floor((height + gap) / step)) };
}
