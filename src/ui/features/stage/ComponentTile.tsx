import { CornerDownRight, Crown, Wrench } from "lucide-react";
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
  const fit = fitName(
    component.name,
    rect.width - (fault ? (thin ? 26 : unit * 4.9 + widthOf(componentStates[component.state], unit)) : 0),
    unit,
    thin,
  );
  const tight = thin && fit.room < 16 && !fault;
  const state = (lines === 1 && component.consequence) || stateWord(component);
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
          tight ? "px-1" : thin ? "px-1.5" : "px-2"
        } ${frame} ${selected ? "!border-accent outline-2 outline-accent" : ""}`}
      >
        <span className="flex w-full items-center gap-1.5">
          {fit.icon && <Icon size={15} aria-hidden="true" className={`shrink-0 ${well ? "text-accent" : ""}`} />}
          <span className={`${fit.room > 0 ? "shrink-0" : "truncate"} ${thin ? "" : "font-semibold"}`}>{fit.name}</span>
          {tight && !well && (
            <span className="absolute top-0.5 right-0.5">
              <ToneSign tone={component.tone} size={11} />
            </span>
          )}
          {(!thin || ((!well || component.tone !== "good") && !tight)) && (
            <span
              className={`ml-auto flex min-w-0 items-center gap-1 ${fault ? (thin ? "pr-6" : "pr-17") : ""} ${well ? "text-muted" : `font-semibold ${toneText[component.tone]}`}`}
            >
              {fit.room < widthOf(state, unit) && component.role.startsWith("leader") && well ? (
                <Crown size={14} aria-hidden="true" className="shrink-0 text-accent" />
              ) : (
                <ToneSign tone={component.tone} size={10} />
              )}
              {(fit.room >= widthOf(state, unit) || (fault && !thin)) && <span className="truncate">{state}</span>}
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

/** The longest form of the name that fits, whether an icon fits beside it, and the pixels that are left for a word. */
function fitName(name: string, width: number, unit: number, thin: boolean) {
  const padding = (thin ? 10 : 17) + (thin ? 0 : 15);
  const icon = 15 + 6;
  const short = text.shortNames[name] ?? name;
  const tiny = text.tinyNames[name] ?? short;
  for (const [form, withIcon] of [
    [name, true],
    [short, true],
    [tiny, true],
    [short, false],
    [tiny, false],
  ] as const) {
    const room = width - padding - (withIcon ? icon : 0) - widthOf(form, unit) * (thin ? 1 : 1.06);
    if (room >= 0) return { name: form, icon: withIcon, room: room - 5 };
  }
  return { name: tiny, icon: false, room: -1 };
}

function widthOf(word: string, unit: number): number {
  return word.length * unit * 0.5;
}

/** The role when all is well, the trouble otherwise. */
function stateWord(component: ComponentView): string {
  if (component.state !== "running") return componentStates[component.state];
  return component.role || componentStates.running;
}
