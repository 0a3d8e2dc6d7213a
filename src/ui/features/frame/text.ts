import type { KeyCommand } from "../../shared/keyboard-map.ts";
import type { DockTab, Theme } from "../../shared/preferences.ts";

/** Words of the frame: top bar, panels, help. */
export const text = {
  name: "Kubarium",
  topology: "Topology",
  topologies: [
    { name: "single", label: "single", hint: "one machine that is control plane and worker" },
    { name: "basic", label: "basic", hint: "a control plane and three workers" },
    { name: "ha", label: "ha", hint: "load balancer, three control planes, five workers" },
  ],
  topologyHint: "Changing it starts a new cluster",
  freshStart: "Fresh start (Shift+N)",
  freshStarted: "A new cluster has started.",
  undo: "Undo",
  theme: "Theme",
  presenter: "Presenter mode (P)",
  leavePresenter: "Leave presenter mode (P)",
  help: "Keys and help (?)",
  helpTitle: "Keys",
  helpAbout:
    "Kubarium is a whole Kubernetes cluster, simulated in this tab. Click anything to look inside; right-click anything to break it. A presenter's clicker works: its keys are page up, page down, space and full stop.",
  close: "Close",
  panels: "Panels",
  fold: "Fold the panel",
  unfold: "Unfold the panel",
  foldInspector: "Fold the inspector (I)",
  unfoldInspector: "Unfold the inspector (I)",
  resizeDock: "Resize the panel below",
  resizeInspector: "Resize the inspector",
  inspector: "Inspector",
  skipToStage: "To the stage",
};

export const themes: readonly (readonly [Theme, string])[] = [
  ["system", "As the computer has it"],
  ["light", "Light"],
  ["dark", "Dark"],
  ["contrast", "High contrast"],
];

export const tabs: readonly (readonly [DockTab, string])[] = [
  ["terminal", "Terminal"],
  ["editor", "Editor"],
  ["trace", "Trace"],
  ["events", "Events"],
];

export const keyNames: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowRight: "→",
  PageDown: "Page down",
  PageUp: "Page up",
  Escape: "Esc",
  N: "Shift+N",
};

export const commandNames: Readonly<Record<KeyCommand, string>> = {
  playOrPause: "Play or pause",
  stepHop: "Next hop of the followed trace",
  stepMessage: "Next message",
  stepChange: "Next change",
  stepWarning: "Next warning",
  back: "Back to the mark before",
  dim: "Dark stage",
  undoBreak: "Undo the last break",
  presenter: "Presenter mode",
  freshStart: "Fresh start",
  help: "This help",
  follow: "Follow on or off",
  slower: "Slower",
  faster: "Faster",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show everything",
  terminal: "Terminal",
  editor: "Editor",
  inspector: "Inspector on or off",
  breakSelected: "Break what is selected",
  escape: "Close, let go",
};
