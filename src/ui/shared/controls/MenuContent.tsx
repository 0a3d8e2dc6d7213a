import { DropdownMenu } from "radix-ui";
import type { Anchor } from "../requests.ts";
import type { MenuEntry } from "./menu-entries.ts";

interface MenuContentProps {
  readonly anchor: Anchor;
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
  /** Where the focus goes back to. */
  readonly returnTo: HTMLElement | null;
}

/** An open menu at a place of the page: loaded when the first menu opens. */
export default function MenuContent({ anchor, label, entries, onClose, returnTo }: MenuContentProps) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span
          aria-hidden="true"
          tabIndex={-1}
          style={{
            position: "fixed",
            left: anchor.x,
            top: anchor.y,
            width: anchor.width,
            height: anchor.height,
            pointerEvents: "none",
          }}
        />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          loop
          aria-label={label}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnTo?.focus();
          }}
          className="z-50 max-h-[var(--radix-dropdown-menu-content-available-height)] max-w-80 min-w-44 overflow-y-auto rounded-lg border border-line bg-surface p-1 text-body shadow-raised"
        >
          {entries.map((entry) =>
            entry.type === "heading" ? (
              <DropdownMenu.Label key={entry.id} className="px-2 pt-1.5 pb-1 text-small font-semibold text-muted">
                {entry.label}
              </DropdownMenu.Label>
            ) : entry.type === "line" ? (
              <DropdownMenu.Separator key={entry.id} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={entry.id}
                disabled={entry.disabled}
                onSelect={entry.run}
                className="grid cursor-pointer grid-cols-[1.25rem_1fr_auto] items-start gap-x-1.5 rounded-md px-2 py-1.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-accent-soft"
              >
                <span
                  className={`pt-0.5 ${entry.tone === "bad" ? "text-bad" : entry.tone === "good" ? "text-good" : "text-muted"}`}
                >
                  {entry.icon && <entry.icon size={16} aria-hidden="true" />}
                </span>
                <span>
                  <span className="block font-medium">{entry.label}</span>
                  {entry.hint && <span className="block text-small text-muted">{entry.hint}</span>}
                </span>
                {entry.key && <kbd className="pl-3 font-mono text-small text-muted">{entry.key}</kbd>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
