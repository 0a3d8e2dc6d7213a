import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import type { PodView } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { select } from "../../shared/session.ts";
import { podStates } from "../../shared/text.ts";
import { toneText } from "../../shared/tones.ts";
import type { Rect } from "./layout/places.ts";
import { podCells } from "./layout/pod-cells.ts";
import { PodSign, podTones } from "./PodSign.tsx";
import { ownerColour, podsOn, shortPodName } from "./pods.ts";
import { itemProps, useIsSelected } from "./stage-item.ts";
import { text } from "./text.ts";
import { useCountdown } from "./useCountdown.ts";

interface PodsProps {
  readonly machine: string;
  /** Relative to the node. */
  readonly area: Rect;
  readonly unit: number;
}

/** The pods of a machine (or, for "", those without one), in fixed cells. */
export const Pods = memo(function Pods({ machine, area, unit }: PodsProps) {
  const pods = useCluster(useShallow((state) => podsOn(state, machine)));
  const cells = podCells(area.width, area.height, pods.length, unit);
  const shown = pods.slice(0, cells.shown);
  return (
    <ul
      aria-label={text.pods}
      className="absolute"
      style={{ left: area.x, top: area.y, width: area.width, height: area.height }}
    >
      {shown.map((pod, index) => (
        <Pod key={pod.id} pod={pod} rect={cells.at(index)} named={cells.mode === "rows"} unit={unit} />
      ))}
      {pods.length > shown.length && (
        <li
          className="absolute text-small font-semibold text-muted"
          style={{ left: cells.at(shown.length).x, top: cells.at(shown.length).y }}
        >
          {text.more(pods.length - shown.length)}
        </li>
      )}
    </ul>
  );
});

const Pod = memo(function Pod({
  pod,
  rect,
  named,
  unit,
}: {
  readonly pod: PodView;
  readonly rect: Rect;
  readonly named: boolean;
  readonly unit: number;
}) {
  const selection = { type: "object", resource: "pods", namespace: pod.namespace, name: pod.name } as const;
  const selected = useIsSelected(selection);
  const countdown = useCountdown(pod.nextRestartAtUs);
  const word = pod.state === "running" ? podStates.running : pod.state === "waiting" ? podStates.waiting : wordOf(pod);
  const label = [pod.name, word, pod.ready, pod.restarts > 0 ? text.restarts(pod.restarts) : ""]
    .filter(Boolean)
    .join(", ");
  const name = shortPodName(pod);
  const words =
    pod.state === "crash loop" && countdown !== null ? [`${word} ${countdown} s`, `${countdown} s`] : [word];
  if (pod.state === "pulling" && pod.progress !== null) words.push(`${Math.round(pod.progress * 100)} %`);
  const room = rect.width - 46 - name.length * unit * 0.53;
  const said = words.find((one) => one.length * unit * 0.55 <= room) ?? (pod.state === "running" ? "" : words.at(-1));
  const dashed = pod.state === "waiting" || pod.state === "lost";
  return (
    <li className="absolute" style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}>
      <button
        type="button"
        {...itemProps(selection, label)}
        title={label}
        data-pod={pod.id}
        data-state={pod.state}
        onClick={() => select(selection)}
        style={{ borderLeftColor: ownerColour(pod.owner), borderLeftStyle: "solid" }}
        className={`flex size-full items-center gap-1.5 overflow-hidden rounded-[5px] border border-l-[3px] text-small ${
          named ? "px-1.5" : "justify-center border-transparent"
        } ${dashed ? "border-dashed" : ""} ${pod.faults.length > 0 ? "hatched" : ""} ${
          selected ? "border-accent bg-accent-soft" : "border-line bg-surface hover:border-line-strong"
        } ${pod.state === "terminating" || pod.state === "succeeded" ? "text-muted" : ""}`}
      >
        <PodSign state={pod.state} progress={pod.progress} />
        {named && (
          <>
            <span className="truncate">{name}</span>
            {said && (
              <span
                className={`ml-auto shrink-0 pl-1 ${pod.state === "running" ? "text-muted" : `font-semibold ${toneText[podTones[pod.state]]}`}`}
              >
                {said}
              </span>
            )}
          </>
        )}
      </button>
    </li>
  );
});

/** kubectl's word where it says more than the state does, and fits. */
function wordOf(pod: PodView): string {
  const known = podStates[pod.state];
  if (pod.state === "pulling" && pod.progress !== null) return `${known} ${Math.round(pod.progress * 100)} %`;
  if (pod.state === "failed" || (pod.state === "starting" && /^(Err|Image|Create|Invalid)/.test(pod.status)))
    return pod.status;
  return known;
}
