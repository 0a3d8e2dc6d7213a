import { CornerDownRight, Wrench } from "lucide-react";
import { memo } from "react";
import type { ComponentView } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { select, tryTo } from "../../shared/session.ts";
import { componentStates } from "../../shared/text.ts";
import { toneText } from "../../shared/tones.ts";
import { iconOfComponent } from "./component-icons.ts";
import type { Rect } from "./layout/places.ts";
import { itemProps, useIsSelected } from "./stage-item.ts";
import { text } from "./text.ts";

interface TileProps {
  readonly id: string;
  /** Relative to the machine. */
  readonly rect: Rect;
  readonly lines: 1 | 2;
  /** Parts of the thin strip: no second line whatever the room. */
  readonly thin: boolean;
  readonly unit: number;
}

/** A component: icon, upstream name, state in a word, and one line of what it is doing right now. */
export const ComponentTile = memo(function ComponentTile({ id, rect, lines, thin, unit }: TileProps) {
  const component = useCluster((state) => state.components.get(id));
  const selection = { type: "component", id } as const;
  const selected = useIsSelected(selection);
  if (!component) return null;
  const Icon = iconOfComponent(component.name);
  const well = component.state === "running" && component.tone !== "bad";
  const fault = component.faults[0];
  const name = rect.width < unit * 19 ? (text.shortNames[component.name] ?? component.name) : component.name;
  const state = stateWord(component);
  const said = component.consequence || component.doing;
  const twoLines = lines === 2 && !thin;
  const label = [component.name, component.machine, componentStates[component.state], component.role, said]
    .filter(Boolean)
    .join(", ");
  const frame = fault
    ? "border-bad border-solid hatched"
    : component.consequence
      ? "border-warning border-dashed bg-warning-soft"
      : !well
        ? "border-line-strong border-dashed bg-sunken text-muted"
        : "border-line";
  return (
    <div className="absolute" style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}>
      <button
        type="button"
        {...itemProps(selection, label)}
        title={label}
        data-component={component.name}
        data-state={component.state}
        onClick={() => select(selection)}
        className={`flex size-full flex-col justify-center gap-0.5 overflow-hidden rounded-md border bg-surface text-left text-small transition-colors hover:border-line-strong ${
          thin ? "px-1.5" : "px-2"
        } ${frame} ${selected ? "!border-accent outline-2 outline-accent" : ""}`}
      >
        <span className="flex w-full items-center gap-1.5">
          {(!thin || rect.width > unit * 6.4) && (
            <Icon size={15} aria-hidden="true" className={`shrink-0 ${well ? "text-accent" : ""}`} />
          )}
          <span className={`truncate ${thin ? "" : "font-semibold"}`}>{name}</span>
          {(!thin || !well || component.tone !== "good") && (
            <span
              className={`ml-auto flex min-w-0 items-center gap-1 ${fault ? "pr-12" : ""} ${well ? "text-muted" : `font-semibold ${toneText[component.tone]}`}`}
            >
              <ToneSign tone={component.tone} size={10} />
              {(!thin || rect.width > unit * 10) && <span className="truncate">{state}</span>}
            </span>
          )}
        </span>
        {twoLines && said && (
          <span
            className={`flex w-full items-center gap-1 ${component.consequence ? "font-medium text-warning" : "text-muted"}`}
          >
            {component.consequence && <CornerDownRight size={13} aria-hidden="true" className="shrink-0" />}
            <span className="truncate">{said}</span>
          </span>
        )}
      </button>
      {fault && (
        <button
          type="button"
          aria-label={text.mendThis(`${component.name}, ${fault.label}`)}
          title={text.mendThis(fault.label)}
          onClick={() => void tryTo((session) => session.mend(fault.id))}
          className="absolute top-1/2 right-1 flex -translate-y-1/2 items-center gap-1 rounded border border-bad bg-surface px-1 text-small font-semibold text-bad hover:bg-bad-soft"
        >
          <Wrench size={13} aria-hidden="true" />
          {!thin && text.mend}
        </button>
      )}
    </div>
  );
});

/** The role when all is well, the trouble otherwise. */
function stateWord(component: ComponentView): string {
  if (component.state !== "running") return componentStates[component.state];
  return component.role || componentStates.running;
}
