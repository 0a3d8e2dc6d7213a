import { Diamond, FastForward, Flag, TriangleAlert, Wrench, Zap } from "lucide-react";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import type { TimelineMark, TimeView } from "../../../protocol/views.ts";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { Button } from "../../shared/controls/Button.tsx";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { formatClock, formatDuration } from "../../shared/format-time.ts";
import { readable } from "../../shared/readable.ts";
import { ask } from "../../shared/session.ts";
import { goTo } from "../../shared/time-actions.ts";
import { virtualClock } from "../../shared/virtual-clock.ts";
import { markNames, text } from "./text.ts";
import { branchRows, type Span, shareOfTime, spanOf, timeOfShare } from "./timeline-scale.ts";

const markIcons = { input: Diamond, fault: Zap, heal: Wrench, warning: TriangleAlert, mark: Flag };
const markColours = {
  input: "text-accent",
  fault: "text-bad",
  heal: "text-good",
  warning: "text-warning",
  mark: "text-ink",
};
const dragEveryMs = 120;

/** Where we are, what happened when; dragging goes back. Other branches lie under the line. */
export function Timeline() {
  const { marks, branches, skips, readyUs, startUs } = useCluster(
    useShallow(({ time }) => ({
      marks: time.marks,
      branches: time.branches,
      skips: time.skips,
      readyUs: time.readyUs,
      startUs: time.startUs,
    })),
  );
  const endUs = useCluster(({ time }) => spanOf(time).endUs);
  const span = useMemo<Span>(() => ({ startUs: readyUs, endUs }), [readyUs, endUs]);
  const others = branchRows(branches);
  const current = branches.find((branch) => branch.current);
  return (
    <div className="flex items-center gap-3 px-3 pb-1">
      <div className="relative min-w-0 flex-1" style={{ height: 30 + others.length * 8 }}>
        <Track span={span} from={Math.max(startUs, readyUs)} known={current?.endUs ?? readyUs} />
        {spread(marks, span).map((mark) => (
          <Mark key={mark.id} mark={mark} share={shareOfTime(span, mark.atUs)} />
        ))}
        {others.map((branch, row) => (
          <button
            key={branch.id}
            type="button"
            title={text.branch(branch.name)}
            aria-label={text.branch(branch.name)}
            onClick={() => void ask((session) => session.switchBranch(branch.id))}
            className="absolute h-2 rounded-sm hover:bg-accent-soft"
            style={{
              top: 25 + row * 8,
              left: `${shareOfTime(span, branch.forkedAtUs) * 100}%`,
              width: `${Math.max(shareOfTime(span, branch.endUs) - shareOfTime(span, branch.forkedAtUs), 0.01) * 100}%`,
            }}
          >
            <span className="block h-0.5 rounded bg-line-strong" />
          </button>
        ))}
      </div>
      {skips.length > 1 ? (
        <MenuButton
          label={text.skips}
          icon={FastForward}
          className="!h-7 text-small"
          entries={() => skipEntries(skips)}
        />
      ) : (
        skips.map((skip) => <Skip key={skip.label} label={skip.label} atUs={skip.atUs} />)
      )}
    </div>
  );
}

function skipEntries(skips: TimeView["skips"]): readonly MenuEntry[] {
  const { nowUs } = cluster().time;
  return skips.map(({ label, atUs }) => ({
    type: "item",
    id: label,
    label,
    hint: text.skipIn(formatDuration(Math.max(0, Math.round((atUs - nowUs) / 1_000_000)) * 1_000_000)),
    icon: FastForward,
    run: () => void ask((session) => session.skipTo(atUs)),
  }));
}

function Skip({ label, atUs }: { readonly label: string; readonly atUs: number }) {
  const wait = useCluster(({ time }) => formatDuration(Math.round((atUs - time.nowUs) / 1_000_000) * 1_000_000));
  return (
    <Button size="small" icon={FastForward} onClick={() => void ask((session) => session.skipTo(atUs))}>
      <span className="max-w-64 truncate">{text.skip(label, wait)}</span>
    </Button>
  );
}

function Track({ span, from, known }: { readonly span: Span; readonly from: number; readonly known: number }) {
  const track = useRef<HTMLDivElement>(null);
  const hand = useRef<HTMLDivElement>(null);
  const done = useRef<HTMLDivElement>(null);
  const [dragUs, setDragUs] = useState<number | null>(null);
  const lastSent = useRef(0);
  const nowSecond = useCluster(({ time }) => Math.round(time.nowUs / 1_000_000));

  useEffect(() => {
    let frame = 0;
    const move = () => {
      frame = requestAnimationFrame(move);
      const share = shareOfTime(span, dragUs ?? virtualClock.now(performance.now()));
      if (hand.current) hand.current.style.left = `${share * 100}%`;
      if (done.current) done.current.style.width = `${share * 100}%`;
    };
    frame = requestAnimationFrame(move);
    return () => cancelAnimationFrame(frame);
  }, [span, dragUs]);

  const timeAt = (event: PointerEvent): number => {
    const box = track.current?.getBoundingClientRect();
    const share = box ? (event.clientX - box.left) / box.width : 0;
    return Math.max(from, timeOfShare(span, share));
  };
  const drag = (event: PointerEvent) => {
    const atUs = timeAt(event);
    setDragUs(atUs);
    // Going back is shown while dragging; going ahead happens when the hand is let go.
    if (performance.now() - lastSent.current < dragEveryMs || atUs > known) return;
    lastSent.current = performance.now();
    void ask((session) => session.rewindTo(atUs));
  };
  return (
    <div
      ref={track}
      role="slider"
      tabIndex={0}
      aria-label={text.timeline}
      aria-valuemin={Math.round(from / 1_000_000)}
      aria-valuemax={Math.round(span.endUs / 1_000_000)}
      aria-valuenow={nowSecond}
      aria-valuetext={text.timelineValue(formatClock(nowSecond * 1_000_000))}
      data-testid="timeline"
      className="absolute inset-x-0 top-0 h-7 cursor-ew-resize touch-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (dragUs !== null) drag(event);
      }}
      onPointerUp={(event) => {
        if (dragUs === null) return;
        setDragUs(null);
        goTo(timeAt(event));
      }}
      onPointerCancel={() => setDragUs(null)}
      onKeyDown={(event) => {
        const steps: Readonly<Record<string, number>> = {
          ArrowLeft: -1,
          ArrowDown: -1,
          ArrowRight: 1,
          ArrowUp: 1,
          PageDown: -10,
          PageUp: 10,
        };
        const seconds = steps[event.key];
        if (seconds === undefined && event.key !== "Home") return;
        event.preventDefault();
        event.stopPropagation();
        const now = virtualClock.now(performance.now());
        goTo(seconds === undefined ? from : Math.max(from, Math.round(now + seconds * 1_000_000)));
      }}
    >
      <div className="absolute inset-x-0 top-[17px] h-1.5 overflow-hidden rounded-full bg-line">
        <div
          className="absolute inset-y-0 left-0 bg-line-strong/60"
          style={{ width: `${shareOfTime(span, known) * 100}%` }}
        />
        <div ref={done} className="absolute inset-y-0 left-0 rounded-full bg-accent" />
      </div>
      <div
        ref={hand}
        className="absolute top-[12px] size-4 -translate-x-1/2 rounded-full border-[3px] border-accent bg-surface shadow-sm"
      >
        {dragUs !== null && (
          <span className="absolute -top-7 left-1/2 -translate-x-1/2 rounded bg-ink px-1.5 font-mono text-small text-page">
            {formatClock(dragUs)}
          </span>
        )}
      </div>
    </div>
  );
}

function Mark({ mark, share }: { readonly mark: TimelineMark; readonly share: number }) {
  if (mark.kind === "checkpoint") return null;
  const Icon = markIcons[mark.kind];
  const label = text.goTo(`${markNames[mark.kind]}: ${readable(mark.label)}`, formatClock(mark.atUs));
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={label}
      title={label}
      data-mark={mark.kind}
      onClick={() => goTo(mark.atUs)}
      className={`absolute top-0 flex size-4 -translate-x-1/2 items-center justify-center rounded hover:bg-sunken ${markColours[mark.kind]}`}
      style={{ left: `${share * 100}%` }}
    >
      <Icon
        size={13}
        aria-hidden="true"
        fill={mark.kind === "input" || mark.kind === "fault" ? "currentColor" : "none"}
      />
    </button>
  );
}

const importance: readonly TimelineMark["kind"][] = ["mark", "fault", "heal", "input", "warning"];

/** Marks that would lie on each other give way to the more important one. */
function spread(marks: readonly TimelineMark[], span: Span): readonly TimelineMark[] {
  const slots = new Map<number, TimelineMark>();
  for (const mark of marks) {
    if (mark.kind === "checkpoint" || mark.atUs < span.startUs) continue;
    const slot = Math.round(shareOfTime(span, mark.atUs) * 70);
    const other = slots.get(slot);
    if (!other || importance.indexOf(mark.kind) < importance.indexOf(other.kind)) slots.set(slot, mark);
  }
  return [...slots.values()];
}
