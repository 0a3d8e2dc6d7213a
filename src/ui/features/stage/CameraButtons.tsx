import { Maximize2, Shapes, ZoomIn, ZoomOut } from "lucide-react";
import { create } from "zustand";
import { IconButton } from "../../shared/controls/Button.tsx";
import { moveCamera } from "../../shared/requests.ts";
import { text } from "./text.ts";

export const useLegend = create<{ readonly open: boolean }>()(() => ({ open: false }));

/** Zoom, everything, and what the signs mean: beside the stage, so that they cover nothing. */
export function CameraButtons() {
  const legend = useLegend((state) => state.open);
  return (
    <div className="grid shrink-0 grid-cols-2 content-center gap-px pr-2 max-sm:hidden">
      <IconButton
        small
        icon={Shapes}
        label={text.legend}
        pressed={legend}
        onClick={() => useLegend.setState({ open: !legend })}
      />
      <IconButton small icon={ZoomIn} label={text.zoomIn} onClick={() => moveCamera("zoomIn")} />
      <IconButton small icon={Maximize2} label={text.fit} onClick={() => moveCamera("fit")} />
      <IconButton small icon={ZoomOut} label={text.zoomOut} onClick={() => moveCamera("zoomOut")} />
    </div>
  );
}
