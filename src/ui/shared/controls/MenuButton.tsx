import { ChevronDown, type LucideIcon } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import type { Anchor } from "../requests.ts";
import type { MenuEntry } from "./menu-entries.ts";

const MenuContent = lazy(() => import("./MenuContent.tsx"));

interface MenuButtonProps {
  readonly label: string;
  /** Read out and shown as a tooltip when it says more than the label. */
  readonly title?: string;
  readonly icon?: LucideIcon;
  readonly entries: () => readonly MenuEntry[];
  readonly className?: string;
  readonly hideLabel?: boolean;
}

/** A button that opens a menu. */
export function MenuButton({ label, title, icon: Icon, entries, className = "", hideLabel }: MenuButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-label={title ?? label}
        title={title}
        onClick={() => setAnchor(anchor ? null : (button.current?.getBoundingClientRect() ?? null))}
        className={`inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md border border-line bg-surface px-2 font-medium whitespace-nowrap hover:border-line-strong hover:bg-raised ${className}`}
      >
        {Icon && <Icon size={16} aria-hidden="true" />}
        {!hideLabel && label}
        <ChevronDown size={14} aria-hidden="true" className="text-muted" />
      </button>
      {anchor && (
        <Suspense>
          <MenuContent
            anchor={anchor}
            label={title ?? label}
            entries={entries()}
            onClose={() => setAnchor(null)}
            returnTo={button.current}
          />
        </Suspense>
      )}
    </>
  );
}
