import { PanelBottomClose, PanelBottomOpen, PanelRightClose, PanelRightOpen } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Group, Panel, type PanelImperativeHandle, Separator } from "react-resizable-panels";
import { IconButton } from "../../shared/controls/Button.tsx";
import { arrange, type DockTab, useArrangement } from "../../shared/preferences.ts";
import { DockTabs } from "./DockTabs.tsx";
import { text } from "./text.ts";
import { useNarrow } from "./useNarrow.ts";

interface FrameProps {
  readonly top: ReactNode;
  readonly stage: ReactNode;
  readonly below: ReactNode;
  readonly inspector: ReactNode;
  readonly dock: (tab: DockTab) => ReactNode;
}

const foldedDock = 35;
const foldedInspector = 0;

/** Stage with caption and timeline, inspector at its side, tabs below. Panels fold and resize. */
export function Frame({ top, stage, below, inspector, dock }: FrameProps) {
  const { presenter, dockOpen, inspectorOpen, tab } = useArrangement();
  const narrow = useNarrow();
  const side = useFolding(inspectorOpen && !presenter && !narrow);
  const bottom = useFolding((dockOpen || narrow) && !presenter);
  return (
    <div className="flex h-full flex-col">
      <a href="#stage" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-2">
        {text.skipToStage}
      </a>
      {top}
      <Group orientation="vertical" className="min-h-0 flex-1">
        <Panel id="upper" minSize={narrow ? 200 : 260}>
          <Group orientation="horizontal">
            <Panel id="middle" minSize={300} className="relative">
              <main id="stage" className="flex h-full min-w-0 flex-col">
                <div className="relative min-h-0 flex-1">{stage}</div>
                <div className="border-t border-line bg-surface">{below}</div>
              </main>
            </Panel>
            <Separator
              aria-label={text.resizeInspector}
              disabled={!inspectorOpen || presenter || narrow}
              className={`w-px bg-line outline-none hover:bg-accent focus-visible:bg-accent focus-visible:ring-2 focus-visible:ring-accent data-[separator=active]:bg-accent ${presenter || narrow ? "hidden" : ""}`}
            />
            <Panel
              id="inspector"
              panelRef={side.panel}
              defaultSize={330}
              minSize={230}
              maxSize={720}
              collapsible
              collapsedSize={foldedInspector}
              groupResizeBehavior="preserve-pixel-size"
              onResize={({ inPixels }) =>
                side.onResize(inPixels > 10, (open) => !presenter && !narrow && arrange({ inspectorOpen: open }))
              }
            >
              {inspectorOpen && !presenter && !narrow && (
                <aside aria-label={text.inspector} className="h-full bg-surface">
                  {inspector}
                </aside>
              )}
            </Panel>
          </Group>
        </Panel>
        <Separator
          aria-label={text.resizeDock}
          disabled={!dockOpen || presenter}
          className={`h-px bg-line outline-none hover:bg-accent focus-visible:bg-accent focus-visible:ring-2 focus-visible:ring-accent data-[separator=active]:bg-accent ${presenter ? "hidden" : ""}`}
        />
        <Panel
          id="dock"
          panelRef={bottom.panel}
          defaultSize={narrow ? 300 : 172}
          minSize={130}
          maxSize="75%"
          collapsible
          collapsedSize={presenter ? 0 : foldedDock}
          groupResizeBehavior="preserve-pixel-size"
          onResize={({ inPixels }) =>
            bottom.onResize(inPixels > foldedDock + 8, (open) => !presenter && !narrow && arrange({ dockOpen: open }))
          }
        >
          {!presenter && (
            <section aria-label={text.panels} className="flex h-full flex-col bg-surface">
              <div className="flex h-[34px] shrink-0 items-center gap-1 border-b border-line px-2">
                <DockTabs withInspector={narrow} />
                <span className="flex-1" />
                {!narrow && (
                  <>
                    <IconButton
                      small
                      icon={dockOpen ? PanelBottomClose : PanelBottomOpen}
                      label={dockOpen ? text.fold : text.unfold}
                      onClick={() => arrange({ dockOpen: !dockOpen })}
                    />
                    <IconButton
                      small
                      icon={inspectorOpen ? PanelRightClose : PanelRightOpen}
                      label={inspectorOpen ? text.foldInspector : text.unfoldInspector}
                      onClick={() => arrange({ inspectorOpen: !inspectorOpen })}
                    />
                  </>
                )}
              </div>
              {(dockOpen || narrow) && (
                <div
                  role="tabpanel"
                  id="dock-panel"
                  aria-labelledby={`tab-${narrow && inspectorOpen ? "inspector" : tab}`}
                  className="min-h-0 flex-1"
                >
                  {narrow && inspectorOpen ? inspector : dock(tab)}
                </div>
              )}
            </section>
          )}
        </Panel>
      </Group>
    </div>
  );
}

/** Keeps a panel folded or open as the page says, and tells the page when the person folds it by dragging. */
function useFolding(open: boolean) {
  const panel = useRef<PanelImperativeHandle>(null);
  const settled = useRef(false);
  useEffect(() => {
    const handle = panel.current;
    if (!handle) return;
    settled.current = false;
    if (open && handle.isCollapsed()) handle.expand();
    if (!open && !handle.isCollapsed()) handle.collapse();
    const timer = setTimeout(() => {
      settled.current = true;
    }, 100);
    return () => clearTimeout(timer);
  }, [open]);
  return {
    panel,
    onResize(isOpen: boolean, tell: (open: boolean) => void) {
      if (settled.current && isOpen !== open) tell(isOpen);
    },
  };
}
