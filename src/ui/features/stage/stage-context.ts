import { createContext } from "react";
import type { Places } from "./layout/places.ts";

/** How deep the camera is: machines alone, or with what is inside. */
export type Depth = "far" | "near";

export const StageContext = createContext<{ readonly places: Places | null; readonly depth: Depth }>({
  places: null,
  depth: "near",
});
