import { Pause } from "lucide-react";
import { useEffect, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../../shared/cluster.ts";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { readable } from "../../shared/readable.ts";
import { text } from "./text.ts";

const readEveryMs = 2500;

/** One sentence about what is happening now. It is read out politely, at most every few seconds. */
export function Caption() {
  const caption = useCluster((state) => state.caption);
  const { playing, pace, following, busy } = useCluster(
    useShallow(({ time }) => ({ playing: time.playing, pace: time.pace, following: time.following, busy: time.busy })),
  );
  const sentence = readable(caption.text) || text.nothing;
  const read = useCalm(sentence);
  const aside =
    busy || (playing ? (following ? readable(pace) : "") : pace ? text.pausedWhile(readable(pace)) : text.paused);
  return (
    <div className="flex min-h-9 items-center gap-2 px-3 pt-1">
      <ToneSign tone={caption.tone} size={13} />
      <p
        aria-hidden="true"
        data-testid="caption"
        className="min-w-0 flex-1 truncate text-title leading-tight font-medium"
        title={sentence}
      >
        {sentence}
      </p>
      <p role="status" aria-label={text.label} aria-live="polite" className="sr-only">
        {read}
      </p>
      {aside && (
        <p className="flex max-w-[27%] shrink-0 items-center gap-1.5 truncate text-small text-muted" data-testid="pace">
          {!playing && !busy && <Pause size={13} fill="currentColor" aria-hidden="true" />}
          <span className="truncate">{aside}</span>
        </p>
      )}
    </div>
  );
}

/** A screen reader is not flooded: the latest sentence, after a while. */
function useCalm(sentence: string): string {
  const [read, setRead] = useState(sentence);
  useEffect(() => {
    const timer = setTimeout(() => setRead(sentence), readEveryMs);
    return () => clearTimeout(timer);
  }, [sentence]);
  return read;
}
