import { Wrench, Zap } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { BreakAction, InspectorView } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { useBreakMenu } from "../../shared/requests.ts";
import { sameSelection, tryTo } from "../../shared/session.ts";
import { text } from "./text.ts";

const MenuContent = lazy(() => import("../../shared/controls/MenuContent.tsx"));
const Parameters = lazy(() => import("./Parameters.tsx"));

/** The Break menu of what was right-clicked. What can be broken there is the session's to say. */
export default function BreakMenu() {
  const open = useBreakMenu((state) => state.open);
  const view = useCluster((state) => state.inspector);
  const [asking, setAsking] = useState<BreakAction | null>(null);
  const close = () => useBreakMenu.setState({ open: null });
  const ready = open && view && sameSelection(view.selection, open.selection) ? view : null;
  return (
    <Suspense>
      {open && ready && !asking && (
        <MenuContent
          anchor={open.anchor}
          label={text.menu(ready.title)}
          entries={entriesOf(ready, setAsking)}
          onClose={close}
          returnTo={open.returnTo}
        />
      )}
      {asking && <Parameters action={asking} onClose={() => setAsking(null)} />}
    </Suspense>
  );
}

function entriesOf(view: InspectorView, askFor: (action: BreakAction) => void): readonly MenuEntry[] {
  const mends: MenuEntry[] = view.faults.map((fault) => ({
    type: "item",
    id: `mend ${fault.id}`,
    label: text.mend(fault.label),
    icon: Wrench,
    tone: "good",
    run: () => void tryTo((session) => session.mend(fault.id)),
  }));
  const breaks: MenuEntry[] = view.actions.map((action) => ({
    type: "item",
    id: `break ${action.fault} ${action.target}`,
    label: action.parameters.length > 0 ? `${action.label} …` : action.label,
    hint: action.hint,
    icon: Zap,
    tone: "bad",
    run: () => {
      if (action.parameters.length > 0) askFor(action);
      else void tryTo((session) => session.breakIt(action.fault, action.target, {}));
    },
  }));
  const nothing: MenuEntry[] =
    mends.length + breaks.length === 0
      ? [{ type: "item", id: "nothing", label: text.nothing, disabled: true, run: () => {} }]
      : [];
  return [{ type: "heading", id: "heading", label: view.title }, ...mends, ...breaks, ...nothing];
}
