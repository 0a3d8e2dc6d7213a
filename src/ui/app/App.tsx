import { LazyMotion } from "framer-motion";
import { lazy, Suspense } from "react";
import { BreakMenu } from "../features/break-menu/BreakMenu.tsx";
import { BrokenList } from "../features/break-menu/BrokenList.tsx";
import { Caption } from "../features/caption/Caption.tsx";
import { Editor } from "../features/editor/Editor.tsx";
import { Events } from "../features/events/Events.tsx";
import { Frame } from "../features/frame/Frame.tsx";
import { TopBar } from "../features/frame/TopBar.tsx";
import { Inspector } from "../features/inspector/Inspector.tsx";
import { Notices } from "../features/notices/Notices.tsx";
import { CameraButtons } from "../features/stage/CameraButtons.tsx";
import { Stage } from "../features/stage/Stage.tsx";
import { Terminal } from "../features/terminal/Terminal.tsx";
import { TimeControls } from "../features/time-bar/TimeControls.tsx";
import { Timeline } from "../features/time-bar/Timeline.tsx";
import { Invitations } from "../features/tour/Invitations.tsx";
import { Trace } from "../features/trace/Trace.tsx";
import { type DockTab, useArrangement } from "../shared/preferences.ts";
import { useKeyboard } from "./useKeyboard.ts";
import { usePageLook } from "./usePageLook.ts";
import { useShownViews } from "./useShownViews.ts";

const HelpOverlay = lazy(() => import("../features/frame/HelpOverlay.tsx"));
const Tour = lazy(() => import("../features/tour/Tour.tsx"));
const loadMotion = () => import("./motion.ts").then(({ default: features }) => features);

const panels: Readonly<Record<DockTab, () => React.ReactNode>> = {
  terminal: () => <Terminal />,
  editor: () => <Editor />,
  trace: () => <Trace />,
  events: () => <Events />,
};

/** The page: every feature in its place of the frame. */
export function App() {
  useKeyboard();
  usePageLook();
  useShownViews();
  const { helpOpen, tourStep } = useArrangement();
  return (
    <LazyMotion features={loadMotion} strict>
      <Frame
        top={<TopBar time={<TimeControls />} broken={<BrokenList />} />}
        stage={
          <>
            <Stage />
            <Invitations />
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
        inspector={<Inspector />}
        dock={(tab) => panels[tab]()}
      />
      <BreakMenu />
      <Notices />
      <Suspense>
        {helpOpen && <HelpOverlay />}
        {tourStep !== null && <Tour />}
      </Suspense>
    </LazyMotion>
  );
}
