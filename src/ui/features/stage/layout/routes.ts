import type { MachinePlace, Places, Rect } from "./places.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The way of a link: straight pieces, the length to each corner, and the whole length. */
export interface Route {
  readonly points: readonly Point[];
  readonly lengths: readonly number[];
  readonly length: number;
}

interface End {
  readonly rect: Rect;
  readonly machine: MachinePlace;
  /** A component's own tile, or the machine as a whole. */
  readonly isTile: boolean;
  readonly name: string;
}

/** Finds where an id (component, machine, or anything `name@machine`) stands. Pods stand where `podRect` says. */
export type FindPlace = (
  id: string,
) => { readonly rect: Rect; readonly machine: string; readonly isTile: boolean } | null;

export function findPlaceIn(places: Places, machineOfPod: (id: string) => string | undefined): FindPlace {
  return (id) => {
    const tile = places.tiles.get(id);
    const machineOf = id.includes("@") ? id.slice(id.lastIndexOf("@") + 1) : (machineOfPod(id) ?? id);
    if (tile) return { rect: tile, machine: machineOf, isTile: places.machines.get(machineOf)?.row !== 1 };
    const machine = places.machines.get(machineOf);
    if (!machine) return null;
    const rect = id === machineOf ? machine.rect : (machine.pods ?? machine.rect);
    return { rect, machine: machineOf, isTile: false };
  };
}

/** Links of different kinds run beside each other in the same channel. */
export type Track = -1 | 0 | 1;

/** The way from one place to another through the channels between the rows; null when either is not on the stage. */
export function route(places: Places, find: FindPlace, from: string, to: string, track: Track): Route | null {
  const a = endOf(places, find, from);
  const b = endOf(places, find, to);
  if (!a || !b) return null;
  // One way for both directions, so that an answer comes back along its request's line.
  const forward = from <= to;
  const points = forward ? way(places, a, b, track) : way(places, b, a, track).reverse();
  return measure(simplify(points));
}

function endOf(places: Places, find: FindPlace, id: string): End | null {
  const found = find(id);
  const machine = found && places.machines.get(found.machine);
  return machine ? { rect: found.rect, machine, isTile: found.isTile, name: id.split("@")[0] ?? id } : null;
}

function way(places: Places, a: End, b: End, track: Track): Point[] {
  if (a.machine.id === b.machine.id) return inside(places, a, b);
  const [first, second] = a.machine.row <= b.machine.row ? [a, b] : [b, a];
  const points = between(places, first, second, track);
  return first === a ? points : points.reverse();
}

const centreX = (rect: Rect): number => rect.x + rect.width / 2;
const centreY = (rect: Rect): number => rect.y + rect.height / 2;
const bottom = (rect: Rect): number => rect.y + rect.height;
const right = (rect: Rect): number => rect.x + rect.width;

/** Both on one machine: straight where they are neighbours, else by the lane at the left. */
function inside(places: Places, a: End, b: End): Point[] {
  const [upper, lower] = a.rect.y <= b.rect.y ? [a, b] : [b, a];
  let points: Point[];
  if (Math.abs(upper.rect.y - lower.rect.y) < 2) {
    const [left, rightEnd] = a.rect.x <= b.rect.x ? [a, b] : [b, a];
    const y = centreY(left.rect);
    points = [
      { x: right(left.rect), y },
      { x: rightEnd.rect.x, y },
    ];
    return left === a ? points : points.reverse();
  }
  const touching = lower.rect.y - bottom(upper.rect) < places.unit * 1.2;
  if (touching) {
    const x = Math.min(Math.max(centreX(lower.rect), upper.rect.x + 6), right(upper.rect) - 6);
    points = [
      { x, y: bottom(upper.rect) },
      { x, y: lower.rect.y },
    ];
  } else {
    const lane = a.machine.laneX;
    points = [
      { x: lane, y: bottom(upper.rect) },
      { x: lane, y: centreY(lower.rect) },
      { x: lower.rect.x, y: centreY(lower.rect) },
    ];
    if (lower.machine.row !== 2)
      points = [
        { x: centreX(upper.rect), y: bottom(upper.rect) },
        { x: centreX(lower.rect), y: lower.rect.y },
      ];
  }
  return upper === a ? points : points.reverse();
}

/** `a` stands in the same row or a higher one than `b`. */
function between(places: Places, a: End, b: End, track: Track): Point[] {
  const [h1, h2] = [places.channels[0] + track * 5, places.channels[1] + track * 5];
  const rows = `${a.machine.row}${b.machine.row}`;
  switch (rows) {
    case "11": {
      const [left, rightEnd] = a.rect.x <= b.rect.x ? [a, b] : [b, a];
      const y = centreY(left.rect);
      const points = [
        { x: right(left.rect), y },
        { x: rightEnd.rect.x, y },
      ];
      return left === a ? points : points.reverse();
    }
    case "12":
      return [...down(a, h1), ...up(b, h1, track)];
    case "13": {
      const shaft = nearestShaft(places, centreX(a.rect), centreX(b.rect)) + track * 4;
      return [
        ...down(a, h1),
        { x: shaft, y: h1 },
        { x: shaft, y: h2 },
        { x: enterX(b, track), y: h2 },
        { x: enterX(b, track), y: b.rect.y },
      ];
    }
    case "22": {
      // Raft: beside each other, in the gap under the row of etcd tiles.
      const level = bottom(a.rect) + places.unit * 0.28;
      const towards = a.rect.x < b.rect.x ? 1 : -1;
      const ax = centreX(a.rect) + towards * a.rect.width * 0.3;
      const bx = centreX(b.rect) - towards * b.rect.width * 0.3;
      return [
        { x: ax, y: bottom(a.rect) },
        { x: ax, y: level },
        { x: bx, y: level },
        { x: bx, y: bottom(b.rect) },
      ];
    }
    case "23": {
      const x = a.machine.laneX;
      const start =
        a.name === "kube-apiserver" || !a.isTile
          ? [{ x, y: a.isTile ? bottom(a.rect) : centreY(a.rect) }]
          : [
              { x: a.rect.x, y: centreY(a.rect) },
              { x, y: centreY(a.rect) },
            ];
      return [...start, { x, y: h2 }, { x: enterX(b, track), y: h2 }, { x: enterX(b, track), y: b.rect.y }];
    }
    default: {
      // Worker to worker: out at the top, along the channel, in at the top.
      return [
        { x: enterX(a, track), y: a.rect.y },
        { x: enterX(a, track), y: h2 },
        { x: enterX(b, track), y: h2 },
        { x: enterX(b, track), y: b.rect.y },
      ];
    }
  }
}

function down(a: End, channel: number): Point[] {
  const x = centreX(a.rect);
  return [
    { x, y: bottom(a.rect) },
    { x, y: channel },
  ];
}

function up(b: End, channel: number, track: Track): Point[] {
  if (b.name === "kube-apiserver" || !b.isTile) {
    const x = centreX(b.rect) + track * 6;
    return [
      { x, y: channel },
      { x, y: b.rect.y },
    ];
  }
  // What stands deeper in the machine is reached along its right edge, and between the tiles.
  const x = right(b.machine.rect) - 5 + track;
  const level = b.rect.y - 3;
  return [
    { x, y: channel },
    { x, y: level },
    { x: centreX(b.rect), y: level },
    { x: centreX(b.rect), y: b.rect.y },
  ];
}

function enterX(end: End, track: Track): number {
  return centreX(end.rect) + (end.isTile ? 0 : track * 8);
}

function nearestShaft(places: Places, a: number, b: number): number {
  const cost = (x: number) => Math.abs(a - x) + Math.abs(b - x);
  return places.shafts.reduce((best, x) => (cost(x) < cost(best) ? x : best));
}

function simplify(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && Math.abs(last.x - point.x) < 0.5 && Math.abs(last.y - point.y) < 0.5) continue;
    const straight =
      before &&
      last &&
      ((Math.abs(before.x - last.x) < 0.5 && Math.abs(last.x - point.x) < 0.5) ||
        (Math.abs(before.y - last.y) < 0.5 && Math.abs(last.y - point.y) < 0.5));
    if (straight) kept.pop();
    kept.push(point);
  }
  return kept;
}

function measure(points: readonly Point[]): Route {
  const lengths = [0];
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1]!, points[index]!];
    lengths.push(lengths[index - 1]! + Math.hypot(b.x - a.x, b.y - a.y));
  }
  return { points, lengths, length: lengths.at(-1) ?? 0 };
}

/** The point at a share (0..1) of the way. */
export function pointAt(route: Route, share: number): Point {
  const wanted = Math.min(Math.max(share, 0), 1) * route.length;
  for (let index = 1; index < route.points.length; index++) {
    const end = route.lengths[index]!;
    if (wanted > end && index < route.points.length - 1) continue;
    const [a, b] = [route.points[index - 1]!, route.points[index]!];
    const piece = end - route.lengths[index - 1]!;
    const part = piece === 0 ? 0 : (wanted - route.lengths[index - 1]!) / piece;
    return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
  }
  return route.points[0] ?? { x: 0, y: 0 };
}

/** The last part of a way, at its lower end: what belongs to that end's machine alone. Neighbours' ways end as a whole. */
export function ownPart(whole: Route, channelPx: number): Route {
  const first = whole.points[0];
  const last = whole.points.at(-1);
  if (!first || !last || Math.abs(first.y - last.y) < 2) return whole;
  const points = first.y < last.y ? [...whole.points] : [...whole.points].reverse();
  const turned = measure(points);
  const stub = turned.length - (turned.lengths.at(-2) ?? 0);
  const startAt = Math.max(0, turned.length - stub - channelPx);
  const kept = points.filter((_, index) => (turned.lengths[index] ?? 0) > startAt);
  return measure(simplify([pointAt(turned, startAt / Math.max(turned.length, 1)), ...kept]));
}

/** SVG path with rounded corners. */
export function pathOf({ points }: Route, radius = 7): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, index) => {
    const before = points[index]!;
    const after = points[index + 2];
    if (!after) {
      path += `L${point.x} ${point.y}`;
      return;
    }
    const inLength = Math.hypot(point.x - before.x, point.y - before.y);
    const outLength = Math.hypot(after.x - point.x, after.y - point.y);
    const r = Math.min(radius, inLength / 2, outLength / 2);
    const enter = {
      x: point.x - ((point.x - before.x) / inLength) * r,
      y: point.y - ((point.y - before.y) / inLength) * r,
    };
    const leave = {
      x: point.x + ((after.x - point.x) / outLength) * r,
      y: point.y + ((after.y - point.y) / outLength) * r,
    };
    path += `L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`;
  });
  return path;
}
