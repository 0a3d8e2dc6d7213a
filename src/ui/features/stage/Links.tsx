import { Clock3, Percent, Unplug, Wrench } from "lucide-react";
import { memo, useMemo } from "react";
import type { LinkView } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { select, tryTo, useSelection } from "../../shared/session.ts";
import type { Places } from "./layout/places.ts";
import { ownPart, type Point, pathOf, pointAt, type Route } from "./layout/routes.ts";
import type { RouteBook } from "./route-book.ts";
import { itemProps } from "./stage-item.ts";
import { linkStates, text } from "./text.ts";

interface LinksProps {
  readonly places: Places;
  readonly book: RouteBook;
}

/** The wires, and signs where one is cut, slow or lossy. */
export const Links = memo(function Links({ places, book }: LinksProps) {
  const links = useCluster((state) => state.links);
  const selection = useSelection((state) => state.selection);
  const drawn = useMemo(
    () =>
      [...links.values()].flatMap((link) => {
        const route = book.ofLink(link);
        if (!route || route.length <= 2) return [];
        const own = link.state === "up" ? null : ownPart(route, 56);
        return [{ link, own, path: pathOf(route) }];
      }),
    [links, book],
  );
  const signs = useMemo(() => signsOf(drawn), [drawn]);
  return (
    <>
      <svg
        className="pointer-events-none absolute top-0 left-0 overflow-visible"
        width={places.width}
        height={places.height}
        style={{ zIndex: -1 }}
        aria-label={text.links}
      >
        {drawn.map(({ link, path, own }) => {
          const selected = selection?.type === "link" && selection.id === link.id;
          const label = text.link(link.from, link.to, linkStates[link.state]);
          return (
            <g key={link.id}>
              <path
                d={path}
                fill="none"
                stroke={selected ? "var(--accent)" : "var(--wire)"}
                strokeWidth={selected ? 3 : 1.3}
              />
              {own && <path d={pathOf(own)} fill="none" stroke="var(--page)" strokeWidth={4} />}
              {own && (
                <path
                  d={pathOf(own)}
                  fill="none"
                  stroke="var(--bad)"
                  strokeWidth={2}
                  strokeDasharray={dashes(link, own)}
                />
              )}
              {/* biome-ignore lint/a11y/useSemanticElements: a wire is a path, and a path cannot be a button element. */}
              <path
                d={path}
                fill="none"
                stroke="transparent"
                strokeWidth={10}
                role="button"
                className="pointer-events-[stroke] cursor-pointer"
                style={{ pointerEvents: "stroke" }}
                {...itemProps({ type: "link", id: link.id }, label)}
                onClick={() => select({ type: "link", id: link.id })}
                onKeyDown={(event) => {
                  if (event.key === "Enter") select({ type: "link", id: link.id });
                }}
              >
                <title>{label}</title>
              </path>
            </g>
          );
        })}
      </svg>
      {signs.map(({ link, at }) => (
        <LinkSign key={link.id} link={link} at={at} />
      ))}
    </>
  );
});

/** A cut wire has a gap; a lossy one is dotted, a slow one dashed. */
function dashes(link: LinkView, route: Route): string | undefined {
  switch (link.state) {
    case "up":
      return undefined;
    case "cut":
      return `${Math.max(Math.min(route.length / 2, 28) - 12, 1)} 24 ${route.length}`;
    case "lossy":
      return "2 6";
    case "slow":
      return "10 5";
  }
}

/** One sign per fault, however many wires it touches: beside the machine that is cut off. */
function signsOf(drawn: readonly { readonly link: LinkView; readonly own: Route | null }[]) {
  const byFault = new Map<string, { readonly link: LinkView; readonly at: Point }>();
  for (const { link, own } of drawn) {
    if (!own) continue;
    const key = link.faults[0]?.id ?? link.id;
    if (!byFault.has(key)) byFault.set(key, { link, at: pointAt(own, Math.min(0.5, 28 / Math.max(own.length, 1))) });
  }
  return [...byFault.values()];
}

function LinkSign({ link, at }: { readonly link: LinkView; readonly at: Point }) {
  const fault = link.faults[0];
  const Icon = link.state === "cut" ? Unplug : link.state === "slow" ? Clock3 : Percent;
  return (
    <div
      data-link-sign={link.state}
      className="absolute flex -translate-1/2 items-center gap-1 rounded-full border border-bad bg-surface py-0.5 pr-1 pl-1.5 text-small font-semibold text-bad shadow-raised"
      style={{ left: Math.max(at.x, 46), top: at.y, zIndex: 5, pointerEvents: "all" }}
      title={fault?.label ?? linkStates[link.state]}
    >
      <Icon size={15} aria-hidden="true" />
      <span>{linkStates[link.state]}</span>
      {fault && (
        <button
          type="button"
          aria-label={text.mendThis(fault.label)}
          title={text.mendThis(fault.label)}
          onClick={() => void tryTo((session) => session.mend(fault.id))}
          className="rounded-full p-0.5 hover:bg-bad-soft"
        >
          <Wrench size={13} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
