import { useSyncExternalStore } from "react";

const query = "(max-width: 700px)";

/** A phone: the stage and one panel at a time. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => matchMedia(query).matches,
  );
}
