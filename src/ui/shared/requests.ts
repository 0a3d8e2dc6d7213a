import { create } from "zustand";
import type { Selection } from "../../protocol/views.ts";
import { arrange } from "./preferences.ts";

export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The Break menu of whatever is selected, where it was asked for. */
export const useBreakMenu = create<{
  readonly open: {
    readonly anchor: Anchor;
    readonly selection: Selection;
    /** Where the focus goes when it closes. */
    readonly returnTo: HTMLElement | null;
  } | null;
}>()(() => ({ open: null }));

export function openBreakMenu(selection: Selection, anchor: Anchor): void {
  const returnTo = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  useBreakMenu.setState({ open: { anchor, selection, returnTo } });
}

/** Text that another feature hands to the terminal's input line; `run` also presses Enter. */
export const useTerminalRequest = create<{ readonly text: string; readonly run: boolean; readonly count: number }>()(
  () => ({ text: "", run: false, count: 0 }),
);

export function typeInTerminal(text: string, run = false): void {
  useTerminalRequest.setState(({ count }) => ({ text, run, count: count + 1 }));
}

/** Which example the editor should open; `count` tells one request from the next. */
export const useEditorRequest = create<{ readonly example: string; readonly count: number }>()(() => ({
  example: "",
  count: 0,
}));

export function openExample(example: string): void {
  useEditorRequest.setState(({ count }) => ({ example, count: count + 1 }));
}

/** A text that a command in the terminal waits for: `kubectl edit`. */
export interface Editing {
  readonly path: string;
  readonly text: string;
  /** The text as the person leaves it; null: the command was stopped. */
  done(text: string | null): void;
}

export const useEditing = create<{ readonly asked: Editing | null }>()(() => ({ asked: null }));

/** Opens the editor on a text, and gives it back when the person is done. */
export function editInPage(path: string, text: string): Promise<string | null> {
  stopEditing();
  arrange({ tab: "editor", dockOpen: true });
  return new Promise((resolve) => {
    const done = (edited: string | null) => {
      useEditing.setState({ asked: null });
      resolve(edited);
    };
    useEditing.setState({ asked: { path, text, done } });
  });
}

export function stopEditing(): void {
  useEditing.getState().asked?.done(null);
}

/** What the keyboard asks of the stage's camera. */
export const useCamera = create<{ readonly wish: "zoomIn" | "zoomOut" | "fit"; readonly count: number }>()(() => ({
  wish: "fit",
  count: 0,
}));

export function moveCamera(wish: "zoomIn" | "zoomOut" | "fit"): void {
  useCamera.setState(({ count }) => ({ wish, count: count + 1 }));
}
