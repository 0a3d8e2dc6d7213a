import { useEffect, useState } from "react";
import { virtualClock } from "../../shared/virtual-clock.ts";

/** Whole virtual seconds until a moment; null when there is none or it has passed. */
export function useCountdown(atUs: number | null): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    if (atUs === null) {
      setSeconds(null);
      return;
    }
    const read = () => {
      const left = Math.ceil((atUs - virtualClock.now(performance.now())) / 1_000_000);
      setSeconds(left > 0 ? left : null);
    };
    read();
    const timer = setInterval(read, 250);
    return () => clearInterval(timer);
  }, [atUs]);
  return seconds;
}
