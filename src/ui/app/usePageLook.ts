import { useLayoutEffect } from "react";
import { useArrangement } from "../shared/preferences.ts";

/** Theme and presenter mode, told to the style sheet. */
export function usePageLook(): void {
  const { theme, presenter } = useArrangement();
  useLayoutEffect(() => {
    const root = document.documentElement;
    const media = matchMedia("(prefers-color-scheme: dark)");
    const more = matchMedia("(prefers-contrast: more)");
    const set = () => {
      const system = more.matches ? "contrast" : media.matches ? "dark" : "light";
      root.dataset.theme = theme === "system" ? system : theme;
    };
    set();
    media.addEventListener("change", set);
    more.addEventListener("change", set);
    return () => {
      media.removeEventListener("change", set);
      more.removeEventListener("change", set);
    };
  }, [theme]);
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute("data-presenter", presenter);
  }, [presenter]);
}
