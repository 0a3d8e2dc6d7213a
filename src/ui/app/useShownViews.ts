import { useEffect } from "react";
import type { ViewName } from "../../protocol/views.ts";
import { useArrangement } from "../shared/preferences.ts";
import { ask, useConnection, useSelection } from "../shared/session.ts";

/** Tells the session what is on screen, so that it computes nothing else. */
export function useShownViews(): void {
  const { tab, dockOpen, inspectorOpen, presenter } = useArrangement();
  const selected = useSelection((state) => state.selection !== null);
  const panel = dockOpen && !presenter ? tab : null;
  const inspector = selected;
  const connected = useConnection((state) => state.connection !== null);
  // The overview names what was done last, which is a list of traces.
  const trace = panel === "trace" || (inspectorOpen && !presenter);
  const events = panel === "events";
  useEffect(() => {
    if (!connected) return;
    const views: ViewName[] = ["time", "stage", "messages", "caption"];
    if (inspector) views.push("inspector");
    if (trace) views.push("trace");
    if (events) views.push("events");
    void ask((session) => session.show(views));
  }, [connected, inspector, trace, events]);
}
