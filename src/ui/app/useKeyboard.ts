import { useEffect } from "react";
import { freshStart } from "../features/frame/TopBar.tsx";
import { commandOfKey, focusKind, type KeyCommand } from "../shared/keyboard-map.ts";
import { arrange, arrangement } from "../shared/preferences.ts";
import { moveCamera, openBreakMenu } from "../shared/requests.ts";
import { select, tryTo, useSelection } from "../shared/session.ts";
import { backToMark, changeSpeed, playOrPause, step, toggleFollow } from "../shared/time-actions.ts";

const commands: Readonly<Record<KeyCommand, () => void>> = {
  playOrPause,
  stepHop: () => step("hop"),
  stepMessage: () => step("message"),
  stepChange: () => step("change"),
  stepWarning: () => step("warning"),
  back: backToMark,
  dim: () => arrange({ dimmed: !arrangement().dimmed }),
  undoBreak: () => void tryTo((session) => session.undoBreak()),
  presenter: () => arrange({ presenter: !arrangement().presenter }),
  freshStart,
  help: () => arrange({ helpOpen: !arrangement().helpOpen }),
  follow: toggleFollow,
  slower: () => changeSpeed(-1),
  faster: () => changeSpeed(1),
  zoomIn: () => moveCamera("zoomIn"),
  zoomOut: () => moveCamera("zoomOut"),
  fit: () => moveCamera("fit"),
  terminal: () => openTab("terminal", "textarea"),
  editor: () => openTab("editor", ".cm-content"),
  inspector: () => arrange({ inspectorOpen: !arrangement().inspectorOpen }),
  breakSelected,
  escape: () => {
    arrange({ helpOpen: false, dimmed: false });
    select(null);
  },
};

/** The page's keys, wherever the focus is; what is typed into a text stays there. */
export function useKeyboard(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || arrangement().tourStep !== null) return;
      const command = commandOfKey({
        key: event.key,
        ctrl: event.ctrlKey || event.metaKey || event.altKey,
        shift: event.shiftKey,
        focus: focusKind(document.activeElement),
      });
      if (!command) return;
      event.preventDefault();
      // A dark stage is not operated unseen: the next key brings it back.
      if (arrangement().dimmed && command !== "dim") arrange({ dimmed: false });
      else commands[command]();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function openTab(tab: "terminal" | "editor", target: string): void {
  arrange({ tab, dockOpen: true, presenter: false });
  setTimeout(() => document.querySelector<HTMLElement>(`#dock-panel ${target}`)?.focus(), 60);
}

function breakSelected(): void {
  const { selection } = useSelection.getState();
  if (!selection) return;
  const box = document.querySelector("[data-testid=stage]")?.getBoundingClientRect();
  if (box) openBreakMenu(selection, { x: box.x + box.width / 2 - 100, y: box.y + 40, width: 1, height: 1 });
}
