import { Copy, Download, SquareTerminal } from "lucide-react";
import type { BridgeView } from "../../../protocol/bridge.ts";
import { useBridge } from "../../shared/bridge.ts";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { tell } from "../../shared/notices.ts";
import { text } from "./text.ts";

/** The one line to type for a real kubectl; nothing where the page's server offers none. */
export default function BridgeMenu() {
  const bridge = useBridge((state) => state.bridge);
  if (bridge === null) return null;
  return (
    <span data-testid="bridge" data-state={bridge.state} className="max-sm:hidden">
      <MenuButton
        icon={SquareTerminal}
        label={text.label}
        title={text.title[bridge.state]}
        className={bridge.state === "here" ? "" : "text-muted"}
        entries={() => entriesOf(bridge)}
      />
    </span>
  );
}

function entriesOf(bridge: BridgeView): readonly MenuEntry[] {
  const state: MenuEntry = { type: "heading", id: "state", label: text.state[bridge.state] };
  if (bridge.state === "lost") return [state];
  return [
    state,
    { type: "item", id: "copy", label: text.copy, hint: bridge.command, icon: Copy, run: () => copy(bridge.command) },
    { type: "item", id: "download", label: text.download, icon: Download, run: () => download(bridge.kubeconfig) },
  ];
}

function copy(command: string): void {
  void navigator.clipboard?.writeText(command).then(() => {
    tell({ id: "bridge-copied", tone: "info", text: text.copied, detail: command });
  });
}

function download(kubeconfig: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([kubeconfig], { type: "application/yaml" }));
  link.download = "kubeconfig";
  link.click();
  URL.revokeObjectURL(link.href);
}
