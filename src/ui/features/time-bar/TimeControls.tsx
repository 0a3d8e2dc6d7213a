import { Pause, Play, SkipBack, StepForward } from "lucide-react";
import { useShallow } from "zustand/react/shallow";
import { useCluster } from "../../shared/cluster.ts";
import { IconButton } from "../../shared/controls/Button.tsx";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { ask } from "../../shared/session.ts";
import { backToMark, playOrPause, step } from "../../shared/time-actions.ts";
import { SpeedSlider } from "./SpeedSlider.tsx";
import { text } from "./text.ts";
import { useWish } from "./useWish.ts";
import { VirtualClockText } from "./VirtualClockText.tsx";

const steps = (): readonly MenuEntry[] => [
  { type: "item", id: "hop", label: text.stepHop, hint: text.stepHopHint, key: "→", run: () => step("hop") },
  {
    type: "item",
    id: "message",
    label: text.stepMessage,
    hint: text.stepMessageHint,
    key: "M",
    run: () => step("message"),
  },
  {
    type: "item",
    id: "change",
    label: text.stepChange,
    hint: text.stepChangeHint,
    key: "C",
    run: () => step("change"),
  },
  {
    type: "item",
    id: "warning",
    label: text.stepWarning,
    hint: text.stepWarningHint,
    key: "W",
    run: () => step("warning"),
  },
];

/** Play, step, speed, follow and the clock: time is always at hand. */
export function TimeControls() {
  const said = useCluster(useShallow(({ time }) => ({ playing: time.playing, following: time.following })));
  const { playing } = said;
  const [following, setFollowing] = useWish(said.following, (wish) => ask((session) => session.setFollowing(wish)));
  return (
    <section aria-label={text.bar} className="flex min-w-0 items-center gap-1.5">
      <IconButton icon={SkipBack} label={text.back} onClick={backToMark} />
      <button
        type="button"
        aria-label={playing ? text.pause : text.play}
        title={playing ? text.pause : text.play}
        data-testid="play"
        onClick={playOrPause}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-accent text-accent-ink hover:brightness-110"
      >
        {playing ? (
          <Pause size={18} fill="currentColor" aria-hidden="true" />
        ) : (
          <Play size={18} fill="currentColor" aria-hidden="true" className="translate-x-px" />
        )}
      </button>
      <IconButton icon={StepForward} label={`${text.stepHop} (→)`} onClick={() => step("hop")} />
      <MenuButton label={text.step} entries={steps} className="max-lg:hidden" />
      <SpeedSlider />
      <label
        title={text.followTitle}
        className={`flex h-8 shrink-0 cursor-pointer items-center gap-1.5 rounded-md border px-2 font-medium ${
          following ? "border-accent bg-accent-soft text-accent" : "border-line bg-surface"
        }`}
      >
        <input
          type="checkbox"
          checked={following}
          onChange={(event) => setFollowing(event.target.checked)}
          className="accent-accent"
        />
        {text.follow}
      </label>
      <VirtualClockText />
    </section>
  );
}
