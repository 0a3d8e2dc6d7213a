import type { PodView, Tone } from "../../../protocol/views.ts";
import { toneText } from "../../shared/tones.ts";

export const podTones: Readonly<Record<PodView["state"], Tone>> = {
  waiting: "warning",
  pulling: "busy",
  starting: "busy",
  running: "good",
  "not ready": "warning",
  "crash loop": "bad",
  terminating: "off",
  succeeded: "off",
  failed: "bad",
  lost: "bad",
};

const round = { fill: "none", stroke: "currentColor", strokeWidth: 1.8 };

/** A pod's state as a shape that can be told without its colour. */
export function PodSign({
  state,
  progress = null,
  size = 14,
}: {
  readonly state: PodView["state"];
  readonly progress?: number | null;
  readonly size?: number;
}) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      className={`shrink-0 ${toneText[podTones[state]]}`}
    >
      {shapeOf(state, progress)}
    </svg>
  );
}

function shapeOf(state: PodView["state"], progress: number | null) {
  switch (state) {
    case "waiting":
      return <circle cx="8" cy="8" r="6" {...round} strokeDasharray="2.600 2.100" />;
    case "pulling":
      return (
        <>
          <circle cx="8" cy="8" r="6" {...round} strokeOpacity="0.300" />
          <circle
            cx="8"
            cy="8"
            r="6"
            {...round}
            strokeWidth="2.600"
            pathLength="1"
            strokeDasharray={`${Math.max(progress ?? 0, 0.06)} 1`}
            transform="rotate(-90 8 8)"
          />
        </>
      );
    case "starting":
      return (
        <>
          <circle cx="8" cy="8" r="6" {...round} />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </>
      );
    case "running":
      return <circle cx="8" cy="8" r="6.500" fill="currentColor" />;
    case "not ready":
      return <circle cx="8" cy="8" r="5.800" {...round} strokeWidth="2.200" />;
    case "crash loop":
      return (
        <>
          <path d="M8 1.200 15.300 14.500H0.700Z" fill="currentColor" />
          <path d="M8 6v4.200M8 11.600v1.400" stroke="var(--surface)" strokeWidth="1.700" />
        </>
      );
    case "terminating":
      return (
        <>
          <circle cx="8" cy="8" r="6" {...round} />
          <path d="M4.500 8h7" {...round} strokeWidth="2.200" />
        </>
      );
    case "succeeded":
      return <path d="M2.500 8.500 6.500 12.500 13.800 4" {...round} strokeWidth="2.400" />;
    case "failed":
      return <path d="M2 2h12v12H2zM5 5l6 6M11 5l-6 6" {...round} />;
    case "lost":
      return (
        <>
          <path d="M2 2h12v12H2z" {...round} strokeDasharray="2.600 2.100" />
          <path d="M8 4.500v4.500M8 10.600v1.400" {...round} strokeWidth="2" />
        </>
      );
  }
}
