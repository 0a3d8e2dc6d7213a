import type { MessageShape, MessageView } from "../../../protocol/views.ts";
import { type Point, pointAt, type Route } from "./layout/routes.ts";
import { pointing, shapePaths } from "./message-shapes.ts";
import type { RouteBook } from "./route-book.ts";

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Paints {
  readonly accent: string;
  readonly quiet: string;
  readonly bad: string;
  readonly surface: string;
}

/** Where a message is drawn at a moment, and which way it is going. */
export interface Placed {
  readonly message: MessageView;
  readonly at: Point;
  readonly angle: number;
  readonly gone: boolean;
}

/** Its share of the way, by virtual time. A lost one stops half way; with reduced motion it shows at its ends only. */
export function shareOf(message: MessageView, nowUs: number, reduced: boolean): number {
  const whole = message.arrivesAtUs - message.sentAtUs;
  const share = whole <= 0 ? 1 : Math.min(Math.max((nowUs - message.sentAtUs) / whole, 0), 1);
  const shown = message.lost ? Math.min(share, 0.5) : share;
  return reduced ? (shown < 0.5 ? 0 : message.lost ? 0.5 : 1) : shown;
}

export function placeMessage(message: MessageView, route: Route, nowUs: number, reduced: boolean): Placed {
  const share = shareOf(message, nowUs, reduced);
  const at = pointAt(route, share);
  const ahead = pointAt(route, Math.min(share + 0.01, 1));
  const behind = pointAt(route, Math.max(share - 0.01, 0));
  return {
    message,
    at,
    angle: Math.atan2(ahead.y - behind.y, ahead.x - behind.x),
    gone: message.lost && share >= 0.5,
  };
}

const paths = new Map<MessageShape, Path2D>();

function pathOfShape(shape: MessageShape): Path2D {
  const known = paths.get(shape);
  if (known) return known;
  const made = new Path2D(shapePaths[shape].path);
  paths.set(shape, made);
  return made;
}

export function paintMessage(ctx: CanvasRenderingContext2D, placed: Placed, camera: Camera, paints: Paints): void {
  const { message, at, angle, gone } = placed;
  const size = (message.followed ? 7 : 4.6) * Math.max(1, Math.sqrt(camera.zoom));
  const colour = gone ? paints.bad : message.followed ? paints.accent : paints.quiet;
  ctx.save();
  ctx.translate(at.x * camera.zoom + camera.x, at.y * camera.zoom + camera.y);
  if (gone) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2.5;
    ctx.beginPath();
    ctx.moveTo(-5, -5);
    ctx.lineTo(5, 5);
    ctx.moveTo(5, -5);
    ctx.lineTo(-5, 5);
    ctx.stroke();
    ctx.restore();
    return;
  }
  if (pointing.has(message.shape)) ctx.rotate(angle);
  ctx.scale(size, size);
  const path = pathOfShape(message.shape);
  // A rim in the ground's colour keeps it legible on a wire.
  ctx.lineWidth = (message.followed ? 5 : 3.4) / size;
  ctx.strokeStyle = paints.surface;
  ctx.stroke(path);
  ctx.fillStyle = shapePaths[message.shape].filled ? colour : paints.surface;
  ctx.fill(path);
  ctx.lineWidth = 1.8 / size;
  ctx.strokeStyle = colour;
  ctx.stroke(path);
  ctx.restore();
}

export function paintRoute(
  ctx: CanvasRenderingContext2D,
  route: Route,
  camera: Camera,
  colour: string,
  alpha: number,
  width: number,
): void {
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.beginPath();
  route.points.forEach((point, index) => {
    const [x, y] = [point.x * camera.zoom + camera.x, point.y * camera.zoom + camera.y];
    if (index === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** The message under a point of the screen. */
export function messageAt(
  messages: Iterable<MessageView>,
  book: RouteBook,
  camera: Camera,
  nowUs: number,
  reduced: boolean,
  x: number,
  y: number,
): MessageView | null {
  let best: MessageView | null = null;
  let bestDistance = 11;
  for (const message of messages) {
    const route = book.ofMessage(message);
    if (!route) continue;
    const { at } = placeMessage(message, route, nowUs, reduced);
    const distance = Math.hypot(at.x * camera.zoom + camera.x - x, at.y * camera.zoom + camera.y - y);
    if (distance < bestDistance) {
      best = message;
      bestDistance = distance;
    }
  }
  return best;
}
