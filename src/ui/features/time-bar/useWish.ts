import { useEffect, useState } from "react";

const believedMs = 700;

/** What the person just asked for, shown at once, until the session's own word has had time to come. */
export function useWish<T>(said: T, ask: (wish: T) => void): readonly [T, (wish: T) => void] {
  const [wish, setWish] = useState<{ readonly value: T } | null>(null);
  useEffect(() => {
    if (!wish) return;
    const timer = setTimeout(() => setWish(null), believedMs);
    return () => clearTimeout(timer);
  }, [wish]);
  return [
    wish ? wish.value : said,
    (value) => {
      setWish({ value });
      ask(value);
    },
  ];
}
