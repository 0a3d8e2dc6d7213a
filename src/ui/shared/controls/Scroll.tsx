import type { ReactNode } from "react";

interface ScrollProps {
  /** Read out when it gets the focus. */
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** Something that scrolls, reachable by keyboard. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section aria-label={label} tabIndex={0} className={className}>
      {children}
    </section>
  );
}
