/** The speed slider: 0..1000, logarithmic from 1/1000 to 1000 virtual seconds per second; 500 is real time. */
export const slowest = 0.001;
export const fastest = 1000;
export const sliderSteps = 1000;

export function speedOfSlider(position: number): number {
  const clamped = Math.min(Math.max(position, 0), sliderSteps);
  return tidy(10 ** ((clamped / sliderSteps) * 6 - 3));
}

export function sliderOfSpeed(speed: number): number {
  const clamped = Math.min(Math.max(speed, slowest), fastest);
  return Math.round(((Math.log10(clamped) + 3) / 6) * sliderSteps);
}

/** One significant step up or down: 1, 2, 5, 10 ... */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const ladder = [-3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((digit) => tidy(digit * 10 ** power)));
  ladder.push(fastest);
  const wanted =
    direction > 0 ? ladder.find((step) => step > speed * 1.001) : ladder.filter((step) => step < speed * 0.999).at(-1);
  return wanted ?? (direction > 0 ? fastest : slowest);
}

function tidy(speed: number): number {
  return Number(speed.toPrecision(2));
}
