import { type ComponentType, lazy, Suspense } from "react";
import { BrokenList } from "../features/break-menu/BrokenList.tsx";
import { Caption } from "../features/caption/Caption.tsx";
import { Frame } from "../features/frame/Frame.tsx";
import { TopBar } from "../features/frame/TopBar.tsx";
import { CameraButtons } from "../features/stage/CameraButtons.tsx";
import { Stage } from "../features/stage/Stage.tsx";
import { TimeControls } from "../features/time-bar/TimeControls.tsx";
import { Timeline } from "../features/time-bar/Timeline.tsx";
import { type DockTab, useArrangement } from "../shared/preferences.ts";
import { useKeyboard } from "./useKeyboard.ts";
import { usePageLook } from "./usePageLook.ts";
import { useShownViews } from "./useShownViews.ts";

// First what draws the stage; everything beside it follows.
const BridgeMenu = lazy(() => import("../features/bridge/BridgeMenu.tsx"));
const BreakMenu = lazy(() => import("../features/break-menu/BreakMenu.tsx"));
const HelpOverlay = lazy(() => import("../features/frame/HelpOverlay.tsx"));
const Inspector = lazy(() => import("../features/inspector/Inspector.tsx"));
const Invitations = lazy(() => import("../features/tour/Invitations.tsx"));
const Notices = lazy(() => import("../features/notices/Notices.tsx"));
const Tour = lazy(() => import("../features/tour/Tour.tsx"));

const panels: Readonly<Record<DockTab, ComponentType>> = {
  terminal: lazy(() => import("../features/terminal/Terminal.tsx")),
  editor: lazy(() => import("../features/editor/Editor.tsx")),
  trace: lazy(() => import("../features/trace/Trace.tsx")),
  events: lazy(() => import("../features/events/Events.tsx")),
};

/** The page: every feature in its place of the frame. */
export function App() {
  useKeyboard();
  usePageLook();
  useShownViews();
  const { helpOpen, tourStep } = useArrangement();
  return (
    <>
      <Frame
        top={
          <TopBar
            time={<TimeControls />}
            broken={
              <>
                <Suspense>
                  <BridgeMenu />
                </Suspense>
                <BrokenList />
              </>
            }
          />
        }
        stage={
          <>
            <Stage />
            <Suspense>
              <Invitations />
            </Suspense>
          </>
        }
        below={
          <div className="flex">
            <div className="min-w-0 flex-1">
              <Caption />
              <Timeline />
            </div>
            <CameraButtons />
          </div>
        }
        inspector={
          <Suspense>
            <Inspector />
          </Suspense>
        }
        dock={(tab) => {
          const Panel = panels[tab];
          return (
            <Suspense>
              <Panel />
            </Suspense>
          );
        }}
      />
      <Suspense>
        <BreakMenu />
        <Notices />
        {helpOpen && <HelpOverlay />}
        {tourStep !== null && <Tour />}
      </Suspense>
    </>
  );
}
