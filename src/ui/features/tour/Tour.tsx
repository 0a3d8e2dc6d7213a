import { X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../shared/controls/Button.tsx";
import { arrange, useArrangement } from "../../shared/preferences.ts";
import { text, tourSteps } from "./text.ts";

const cardWidth = 320;
const margin = 12;

/** A few captions, each beside the real thing that it speaks of. */
export default function Tour() {
  const step = useArrangement((state) => state.tourStep) ?? 0;
  const card = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState<DOMRect | null>(null);
  const current = tourSteps[step];

  useLayoutEffect(() => {
    const read = () =>
      setBox(current ? (document.querySelector(current.target)?.getBoundingClientRect() ?? null) : null);
    read();
    window.addEventListener("resize", read);
    return () => window.removeEventListener("resize", read);
  }, [current]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each step takes the focus, so that it is read out.
  useEffect(() => card.current?.focus(), [step]);

  if (!current) return null;
  const go = (to: number) => arrange({ tourStep: to >= 0 && to < tourSteps.length ? to : null });
  return (
    <div className="fixed inset-0 z-30" data-testid="tour">
      {box && (
        <div
          aria-hidden="true"
          className="absolute rounded-lg border-2 border-accent shadow-[0_0_0_9999px_rgb(8_12_20/45%)]"
          style={{ left: box.x - 5, top: box.y - 5, width: box.width + 10, height: box.height + 10 }}
        />
      )}
      <div
        ref={card}
        role="dialog"
        aria-label={current.title}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape") go(-1);
          else if (event.key === "ArrowRight" || event.key === "PageDown") go(step + 1);
          else if (event.key === "ArrowLeft" || event.key === "PageUp") go(Math.max(step - 1, 0));
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className="absolute rounded-xl border border-line bg-surface p-4 shadow-raised outline-none"
        style={{ width: cardWidth, ...besideOf(box) }}
      >
        <div className="flex items-start justify-between gap-2">
          <h2 className="text-title font-semibold">{current.title}</h2>
          <IconButton small icon={X} label={text.close} onClick={() => go(-1)} />
        </div>
        <p className="mt-1">{current.text}</p>
        <div className="mt-3 flex items-center gap-2">
          <span className="flex-1 text-small text-muted">{text.step(step + 1, tourSteps.length)}</span>
          {step > 0 && (
            <Button size="small" onClick={() => go(step - 1)}>
              {text.back}
            </Button>
          )}
          <Button size="small" tone="accent" onClick={() => go(step + 1)}>
            {step === tourSteps.length - 1 ? text.done : text.next}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Below what it speaks of where there is room, else above; never outside of the window. */
function besideOf(box: DOMRect | null): { readonly left: number; readonly top?: number; readonly bottom?: number } {
  const left = box ? box.x + box.width / 2 - cardWidth / 2 : (innerWidth - cardWidth) / 2;
  const clamped = Math.min(Math.max(left, margin), innerWidth - cardWidth - margin);
  if (!box) return { left: clamped, top: innerHeight / 3 };
  return box.bottom + 190 < innerHeight
    ? { left: clamped, top: box.bottom + margin }
    : { left: clamped, bottom: innerHeight - box.top + margin };
}
