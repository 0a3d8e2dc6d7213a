import { LazyMotion } from "framer-motion";
import type { ReactNode } from "react";

const load = () => import("./motion-features.ts").then(({ default: features }) => features);

/** Around what enters and leaves with framer-motion; the moving parts are loaded after the page. */
export function Motion({ children }: { readonly children: ReactNode }) {
  return (
    <LazyMotion features={load} strict>
      {children}
    </LazyMotion>
  );
}
