import { useStoreApi } from "@xyflow/react";
import { memo, type RefObject, useEffect, useRef } from "react";
import { useShallow } from "zustand/react/shallow";
import type { MessageView } from "../../../protocol/views.ts";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { readable } from "../../shared/readable.ts";
import { ask, select } from "../../shared/session.ts";
import { virtualClock } from "../../shared/virtual-clock.ts";
import { type Camera, messageAt, type Paints, paintMessage, paintRoute, placeMessage } from "./message-painter.ts";
import type { RouteBook } from "./route-book.ts";
import { text } from "./text.ts";

const pulseMs = 520;
const mostLabels = 14;

interface MessageLayerProps {
  readonly book: RouteBook;
  readonly stage: RefObject<HTMLElement | null>;
}

export function motionIsReduced(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Everything under way, drawn each frame from virtual time: a canvas for all, and a button with a label for each
 * message of the followed trace. Made anew when the theme changes: it reads its colours once.
 */
export const MessageLayer = memo(function MessageLayer({ book, stage }: MessageLayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef(new Map<number, HTMLButtonElement>());
  const flow = useStoreApi();
  // The newest book, without beginning to draw anew whenever a pod moves.
  const ways = useRef(book);
  ways.current = book;

  useEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext("2d");
    if (!element || !ctx) return;
    const paints = readPaints(element);
    const reduced = motionIsReduced();
    const seen = new Map<number, { readonly message: MessageView; atMs: number }>();
    let epoch = cluster().epoch;
    let frame = 0;
    let idle = false;

    const draw = (atMs: number) => {
      frame = requestAnimationFrame(draw);
      const state = cluster();
      if (state.epoch !== epoch) {
        epoch = state.epoch;
        seen.clear();
      }
      if (state.messages.size === 0 && seen.size === 0) {
        if (!idle) ctx.clearRect(0, 0, element.width, element.height);
        idle = true;
        return;
      }
      idle = false;
      const [x, y, zoom] = flow.getState().transform;
      const camera: Camera = { x, y, zoom };
      const ratio = fitCanvas(element);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, element.width, element.height);
      const nowUs = virtualClock.now(performance.now());

      // A wire glows once for each message, so that even what is too fast to see leaves a trace.
      for (const message of state.messages.values()) {
        if (!seen.has(message.id)) seen.set(message.id, { message, atMs });
      }
      for (const [id, { message, atMs: since }] of seen) {
        const age = atMs - since;
        const onItsWay = state.messages.has(id);
        if (age > pulseMs && !onItsWay) {
          seen.delete(id);
          continue;
        }
        const route = ways.current.ofMessage(message);
        if (!route) continue;
        const fade = Math.max(0, 1 - age / pulseMs);
        if (message.followed) paintRoute(ctx, route, camera, paints.accent, onItsWay ? 0.45 : fade * 0.45, 3);
        else if (fade > 0 && seen.size < 400) paintRoute(ctx, route, camera, paints.quiet, fade * 0.3, 2);
      }
      const placed: { readonly id: number; readonly x: number; readonly y: number }[] = [];
      for (const message of state.messages.values()) {
        if (message.followed) continue;
        const route = ways.current.ofMessage(message);
        if (route) paintMessage(ctx, placeMessage(message, route, nowUs, reduced), camera, paints);
      }
      for (const message of state.messages.values()) {
        if (!message.followed) continue;
        const route = ways.current.ofMessage(message);
        if (!route) continue;
        const where = placeMessage(message, route, nowUs, reduced);
        paintMessage(ctx, where, camera, paints);
        placed.push({ id: message.id, x: where.at.x * zoom + x, y: where.at.y * zoom + y });
      }
      moveLabels(labels.current, placed, element.clientWidth);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [flow]);

  // A click near a quiet message opens it; other clicks pass on to what is below.
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const find = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest("[data-message-label], [data-stage-controls]"))
        return null;
      const box = element.getBoundingClientRect();
      const [x, y, zoom] = flow.getState().transform;
      const nowUs = virtualClock.now(performance.now());
      return messageAt(
        cluster().messages.values(),
        ways.current,
        { x, y, zoom },
        nowUs,
        motionIsReduced(),
        event.clientX - box.left,
        event.clientY - box.top,
      );
    };
    const onClick = (event: MouseEvent) => {
      const message = find(event);
      if (!message) return;
      event.stopPropagation();
      event.preventDefault();
      openMessage(message.id);
    };
    element.addEventListener("click", onClick, true);
    return () => element.removeEventListener("click", onClick, true);
  }, [flow, stage]);

  return (
    <>
      <canvas ref={canvas} className="pointer-events-none absolute inset-0 z-[6] size-full" />
      <FollowedLabels labels={labels} />
    </>
  );
});

/** Time stops, so that what is inside can be read before it arrives. */
function openMessage(id: number): void {
  void ask((session) => session.pause());
  select({ type: "message", id });
}

function FollowedLabels({ labels }: { readonly labels: RefObject<Map<number, HTMLButtonElement>> }) {
  const followed = useCluster(
    useShallow((state) => {
      const found: MessageView[] = [];
      for (const message of state.messages.values()) {
        if (message.followed && found.length < mostLabels) found.push(message);
      }
      return found;
    }),
  );
  return (
    <ul aria-label={text.messages} className="pointer-events-none absolute inset-0 z-[7] overflow-hidden">
      {followed.map((message) => (
        <li key={message.id}>
          <button
            type="button"
            data-message-label=""
            data-stage-item=""
            tabIndex={-1}
            aria-label={text.message(readable(message.label), message.from, message.to)}
            ref={(element) => {
              if (element) labels.current.set(message.id, element);
              else labels.current.delete(message.id);
            }}
            onClick={() => openMessage(message.id)}
            className="pointer-events-auto absolute top-0 left-0 max-w-72 truncate rounded-md border border-accent bg-surface px-1.5 py-px text-small font-semibold text-accent shadow-raised"
            style={{ visibility: "hidden", fontSize: "var(--stage-unit)" }}
          >
            {readable(message.label)}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Beside its message, inside the stage; a label that would lie on another is not shown. */
function moveLabels(
  labels: ReadonlyMap<number, HTMLButtonElement>,
  placed: readonly { readonly id: number; readonly x: number; readonly y: number }[],
  width: number,
): void {
  const taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  for (const { id, x, y } of placed) {
    const label = labels.get(id);
    if (!label) continue;
    const own = label.offsetWidth;
    const left = x + 14 + own > width ? x - 14 - own : x + 14;
    const hidden = taken.some((other) => Math.abs(other.y - y) < 24 && left < other.right && left + own > other.left);
    label.style.visibility = hidden ? "hidden" : "visible";
    if (hidden) continue;
    taken.push({ left, right: left + own, y });
    label.style.transform = `translate(${left}px, ${y - 12}px)`;
  }
}

function fitCanvas(element: HTMLCanvasElement): number {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)];
  if (element.width !== width || element.height !== height) {
    element.width = width;
    element.height = height;
  }
  return ratio;
}

function readPaints(element: Element): Paints {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    accent: read("--accent"),
    quiet: read("--wire-message"),
    bad: read("--bad"),
    surface: read("--surface"),
  };
}
