import { podStates } from "../../shared/text.ts";
import { shapePaths } from "./message-shapes.ts";
import { PodSign } from "./PodSign.tsx";
import { podStatesInOrder, shapes, text } from "./text.ts";

/** What the signs mean, beside the stage. */
export function Legend() {
  return (
    <div className="max-h-full overflow-y-auto rounded-lg border border-line bg-surface p-3 text-small shadow-raised">
      <h3 className="mb-1 font-semibold">{text.legendMessages}</h3>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-1">
        {shapes.map(([shape, name]) => (
          <li key={shape} className="flex items-center gap-2">
            <svg viewBox="-1.300 -1.300 2.600 2.600" width="16" height="16" aria-hidden="true">
              <path
                d={shapePaths[shape].path}
                fill={shapePaths[shape].filled ? "var(--wire-message)" : "var(--surface)"}
                stroke="var(--wire-message)"
                strokeWidth="0.300"
              />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-accent">{text.legendFollowed}</p>
      <h3 className="mt-2 mb-1 font-semibold">{text.legendPods}</h3>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-1">
        {podStatesInOrder.map((state) => (
          <li key={state} className="flex items-center gap-2">
            <PodSign state={state} progress={0.6} size={16} />
            {podStates[state]}
          </li>
        ))}
      </ul>
      <h3 className="mt-2 mb-1 font-semibold">{text.legendTrouble}</h3>
      <p className="flex items-center gap-2">
        <span className="hatched h-4 w-6 rounded border border-bad" />
        {text.legendBroken}
      </p>
      <p className="mt-1 flex items-center gap-2">
        <span className="h-4 w-6 rounded border border-dashed border-warning bg-warning-soft" />
        {text.legendConsequence}
      </p>
    </div>
  );
}
