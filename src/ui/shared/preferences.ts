import { create } from "zustand";

export type Theme = "system" | "light" | "dark" | "contrast";
export type DockTab = "terminal" | "editor" | "trace" | "events";

/** How the page is arranged. What should survive a reload is kept in the browser. */
interface Arrangement {
  readonly theme: Theme;
  readonly presenter: boolean;
  /** A clicker's full stop: the stage goes dark until the next key. */
  readonly dimmed: boolean;
  readonly helpOpen: boolean;
  readonly tab: DockTab;
  readonly dockOpen: boolean;
  readonly inspectorOpen: boolean;
  readonly consoleFontPx: number;
  readonly invited: boolean;
  readonly tourStep: number | null;
}

const storageKey = "kubarium.arrangement";
const kept = ["theme", "tab", "consoleFontPx", "invited"] as const;

function load(): Partial<Arrangement> {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Arrangement>;
    return Object.fromEntries(kept.flatMap((key) => (key in stored ? [[key, stored[key]]] : [])));
  } catch {
    return {};
  }
}

export const useArrangement = create<Arrangement>()(() => ({
  theme: "system",
  presenter: false,
  dimmed: false,
  helpOpen: false,
  tab: "terminal",
  dockOpen: true,
  inspectorOpen: true,
  consoleFontPx: 15,
  invited: false,
  tourStep: null,
  ...load(),
}));

export function arrange(change: Partial<Arrangement>): void {
  useArrangement.setState(change);
  const state = useArrangement.getState();
  try {
    localStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(kept.map((key) => [key, state[key]]))));
  } catch {
    // A browser that keeps nothing still shows the cluster.
  }
}

export function arrangement(): Arrangement {
  return useArrangement.getState();
}
