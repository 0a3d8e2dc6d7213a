import type { KeyboardEvent, MouseEvent } from "react";
import type { Selection } from "../../../protocol/views.ts";
import { openBreakMenu } from "../../shared/requests.ts";
import { sameSelection, select, useSelection } from "../../shared/session.ts";

/** What makes an element a place that keyboard and screen reader walk to, with a Break menu on right click. */
export function itemProps(selection: Selection, label: string) {
  return {
    "data-stage-item": "",
    "aria-label": label,
    tabIndex: -1,
    onContextMenu: (event: MouseEvent<Element>) => {
      event.preventDefault();
      event.stopPropagation();
      select(selection);
      const anchor = event.clientX
        ? { x: event.clientX, y: event.clientY, width: 1, height: 1 }
        : event.currentTarget.getBoundingClientRect();
      openBreakMenu(selection, anchor);
    },
  };
}

export function useIsSelected(selection: Selection): boolean {
  return useSelection((state) => sameSelection(state.selection, selection));
}

/** Up and down walk through the items in reading order; Home and End jump. Right arrow stays the clicker's. */
export function walkStage(event: KeyboardEvent<HTMLElement>): void {
  const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, ArrowLeft: -1 };
  const { key } = event;
  if (!(key in moves) && key !== "Home" && key !== "End") return;
  const items = stageItems(event.currentTarget);
  const here = items.indexOf(document.activeElement as HTMLElement);
  const next = key === "Home" ? 0 : key === "End" ? items.length - 1 : here + (moves[key] ?? 0);
  const target = items[Math.min(Math.max(next, 0), items.length - 1)];
  if (!target) return;
  event.preventDefault();
  event.stopPropagation();
  target.focus();
}

export function stageItems(stage: Element): HTMLElement[] {
  return [...stage.querySelectorAll<HTMLElement>("[data-stage-item]")];
}

/** One stop for the Tab key: the item that had the focus last, or the first. */
export function keepOneTabStop(stage: Element, focused: Element | null): void {
  const items = stageItems(stage);
  const stop = items.find((item) => item === focused) ?? items.find((item) => item.tabIndex === 0) ?? items[0];
  for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}
