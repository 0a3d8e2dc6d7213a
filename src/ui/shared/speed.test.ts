import { expect, it } from "vitest";
import { fastest, nextSpeed, sliderOfSpeed, sliderSteps, slowest, speedOfSlider } from "./speed.ts";

it("the slider is logarithmic from a thousandth to a thousand, real time in the middle", () => {
  expect(speedOfSlider(0)).toBe(slowest);
  expect(speedOfSlider(sliderSteps / 2)).toBe(1);
  expect(speedOfSlider(sliderSteps)).toBe(fastest);
  expect(speedOfSlider(sliderSteps / 6)).toBe(0.01);
});

it("position and speed lead to each other", () => {
  for (let position = 0; position <= sliderSteps; position += 25) {
    expect(Math.abs(sliderOfSpeed(speedOfSlider(position)) - position)).toBeLessThanOrEqual(8);
  }
});

it("keys go by 1, 2, 5", () => {
  expect(nextSpeed(1, 1)).toBe(2);
  expect(nextSpeed(2, 1)).toBe(5);
  expect(nextSpeed(1, -1)).toBe(0.5);
  expect(nextSpeed(fastest, 1)).toBe(fastest);
  expect(nextSpeed(slowest, -1)).toBe(slowest);
});
