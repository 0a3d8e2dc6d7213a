import { useEffect, useRef } from "react";
import { formatClock } from "../../shared/format-time.ts";
import { virtualClock } from "../../shared/virtual-clock.ts";
import { text } from "./text.ts";

/** `00:01:32.415`, written past React: it changes each frame. */
export function VirtualClockText() {
  const element = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    let frame = 0;
    let shown = "";
    const write = () => {
      frame = requestAnimationFrame(write);
      const now = formatClock(virtualClock.now(performance.now()));
      if (now === shown || !element.current) return;
      shown = now;
      element.current.textContent = now;
    };
    frame = requestAnimationFrame(write);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <time
      ref={element}
      title={text.clock}
      data-testid="clock"
      className="w-[12.6ch] shrink-0 text-right text-title font-semibold tabular-nums"
    >
      00:00:00.000
    </time>
  );
}
