import { useCluster } from "../../shared/cluster.ts";
import { ask } from "../../shared/session.ts";
import { sliderOfSpeed, sliderSteps, speedOfSlider } from "../../shared/speed.ts";
import { speedWords, text } from "./text.ts";
import { useWish } from "./useWish.ts";

/** From a thousandth of real time to a thousand times, logarithmic; the middle is real time and catches. */
export function SpeedSlider() {
  const said = useCluster(({ time }) => time.speed);
  const [speed, setSpeed] = useWish(said, (wish) => ask((session) => session.setSpeed(wish)));
  const words = speedWords(speed);
  return (
    <div className="flex w-36 shrink-0 flex-col items-center leading-none max-sm:hidden">
      <input
        type="range"
        min={0}
        max={sliderSteps}
        step={1}
        value={sliderOfSpeed(speed)}
        aria-label={text.speed}
        aria-valuetext={words}
        title={`${text.speed}: ${words} ([ and ])`}
        onChange={(event) => {
          const position = Number(event.target.value);
          const caught = Math.abs(position - sliderSteps / 2) < 18 ? sliderSteps / 2 : position;
          setSpeed(speedOfSlider(caught));
        }}
        className="slider w-full"
      />
      <span className="text-small text-muted">{words}</span>
    </div>
  );
}
