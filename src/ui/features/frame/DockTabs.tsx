import { type KeyboardEvent, useRef } from "react";
import { arrange, type DockTab, useArrangement } from "../../shared/preferences.ts";
import { tabs, text } from "./text.ts";

/** The tabs below the stage; on a phone the inspector is one of them. */
export function DockTabs({ withInspector }: { readonly withInspector: boolean }) {
  const { tab, dockOpen, inspectorOpen } = useArrangement();
  const list = useRef<HTMLDivElement>(null);
  const all: readonly (readonly [DockTab | "inspector", string])[] = withInspector
    ? [["inspector", text.inspector], ...tabs]
    : tabs;
  const chosen = withInspector && inspectorOpen ? "inspector" : tab;

  const choose = (name: DockTab | "inspector") => {
    if (name === "inspector") arrange({ inspectorOpen: true });
    else arrange({ tab: name, dockOpen: true, ...(withInspector ? { inspectorOpen: false } : {}) });
  };
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = all.findIndex(([name]) => name === chosen);
    const next = all[(at + by + all.length) % all.length]?.[0];
    if (!next) return;
    choose(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={text.panels} className="flex gap-0.5 overflow-x-auto" onKeyDown={move}>
      {all.map(([name, label]) => {
        const selected = name === chosen;
        return (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={selected}
            aria-controls={selected && (dockOpen || withInspector) ? "dock-panel" : undefined}
            tabIndex={selected ? 0 : -1}
            onClick={() => choose(name)}
            className={`relative h-[34px] px-3 font-medium ${selected ? "text-accent" : "text-muted hover:text-ink"}`}
          >
            {label}
            {selected && (
              <span aria-hidden="true" className="absolute inset-x-2 bottom-0 h-[3px] rounded-t bg-accent" />
            )}
          </button>
        );
      })}
    </div>
  );
}
