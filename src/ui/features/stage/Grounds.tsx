import { memo } from "react";
import { useCluster } from "../../shared/cluster.ts";
import type { Places } from "./layout/places.ts";
import { Pods } from "./Pods.tsx";
import { podsOn } from "./pods.ts";
import { text } from "./text.ts";

/** What lies under the wires: the machines' bodies. They are drawn here so that wires run over them and under tiles. */
export const Grounds = memo(function Grounds({ places }: { readonly places: Places }) {
  return (
    <>
      {[...places.machines.values()].map((place) => (
        <Ground key={place.id} id={place.id} places={places} />
      ))}
    </>
  );
});

function Ground({ id, places }: { readonly id: string; readonly places: Places }) {
  const power = useCluster((state) => state.machines.get(id)?.power);
  const place = places.machines.get(id);
  if (!place) return null;
  const { rect, role } = place;
  const outside = role === "outside" || role === "registry";
  return (
    <div
      aria-hidden="true"
      className={`absolute rounded-lg border ${outside ? "border-dashed" : ""} ${
        power === "off"
          ? "border-line-strong bg-sunken hatched-off"
          : power === "frozen"
            ? "border-accent bg-accent-soft"
            : "border-line bg-surface"
      } ${place.row === 1 ? "" : "shadow-sm"}`}
      style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height, zIndex: -2 }}
    />
  );
}

/** Pods that no node has yet: the scheduler's work, or its trouble. */
export const WaitingPods = memo(function WaitingPods({ places }: { readonly places: Places }) {
  const count = useCluster((state) => podsOn(state, "").length);
  if (count === 0) return null;
  const { waiting, unit } = places;
  return (
    <section
      aria-label={text.waiting(count)}
      data-waiting-pods={count}
      className="absolute rounded-lg border border-dashed border-warning bg-warning-soft/60"
      style={{ left: waiting.x, top: waiting.y, width: waiting.width, height: waiting.height, pointerEvents: "all" }}
    >
      <h3 className="truncate px-2 text-small font-semibold text-warning" style={{ lineHeight: `${unit * 1.8}px` }}>
        {waiting.width > unit * 16 ? text.waiting(count) : text.waitingShort(count)}
      </h3>
      <Pods
        machine=""
        unit={unit}
        area={{ x: unit * 0.5, y: unit * 1.75, width: waiting.width - unit, height: waiting.height - unit * 2 }}
      />
    </section>
  );
});
