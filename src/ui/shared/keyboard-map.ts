/** What a key does, wherever the focus is, unless something there needs the key itself. */
export type KeyCommand =
  | "playOrPause"
  | "stepHop"
  | "stepMessage"
  | "stepChange"
  | "stepWarning"
  | "back"
  | "dim"
  | "undoBreak"
  | "presenter"
  | "freshStart"
  | "help"
  | "follow"
  | "slower"
  | "faster"
  | "zoomIn"
  | "zoomOut"
  | "fit"
  | "terminal"
  | "editor"
  | "inspector"
  | "breakSelected"
  | "escape";

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  /** What has the focus: `text` takes every key, `control` takes Space, Enter and the arrows, `none` takes nothing. */
  readonly focus: "text" | "control" | "stage" | "none";
}

/** Rows of the help as well: key as printed, command. Space, right arrow, page keys and full stop are a clicker's. */
export const keys: readonly (readonly [key: string, command: KeyCommand])[] = [
  [" ", "playOrPause"],
  ["ArrowRight", "stepHop"],
  ["PageDown", "stepHop"],
  ["PageUp", "back"],
  [".", "dim"],
  ["p", "presenter"],
  ["u", "undoBreak"],
  ["b", "breakSelected"],
  ["N", "freshStart"],
  ["f", "follow"],
  ["[", "slower"],
  ["]", "faster"],
  ["m", "stepMessage"],
  ["c", "stepChange"],
  ["w", "stepWarning"],
  ["t", "terminal"],
  ["e", "editor"],
  ["i", "inspector"],
  ["+", "zoomIn"],
  ["-", "zoomOut"],
  ["0", "fit"],
  ["?", "help"],
  ["Escape", "escape"],
];

const ofControls = new Set([" ", "ArrowRight", "PageDown", "PageUp", "Escape"]);
const byKey = new Map(keys);

export function commandOfKey({ key, ctrl, shift, focus }: KeyPress): KeyCommand | null {
  if (ctrl || focus === "text") return null;
  if (focus === "control" && ofControls.has(key)) return null;
  // On the stage Space presses nothing: Enter selects, so a clicker keeps working after a click on a tile.
  if (key === "=") return "zoomIn";
  if (key === "N") return shift ? "freshStart" : null;
  return byKey.get(key) ?? (key.length === 1 ? (byKey.get(key.toLowerCase()) ?? null) : null);
}

const textInputs = /^(INPUT|TEXTAREA|SELECT)$/;

/** What the element under the focus needs for itself. */
export function focusKind(element: Element | null): KeyPress["focus"] {
  if (!element || element === element.ownerDocument.body) return "none";
  if (element.closest("[data-stage-item]")) return "stage";
  if (element.tagName === "INPUT" && element.getAttribute("type") === "range") return "control";
  if (textInputs.test(element.tagName) || element.closest("[contenteditable=true]")) return "text";
  return element.closest(
    "button, a, summary, [role=slider], [role=menu], [role=tab], [role=separator], [role=dialog], [tabindex='0']",
  )
    ? "control"
    : "none";
}
