import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("what was asked for lately is remembered, the rest is forgotten", () => {
  const recent = new Recent<number, string>(10);
  recent.set(0, "kept");
  for (let key = 1; key <= 1_000; key += 1) {
    recent.set(key, `${key}`);
    if (key % 5 === 0) expect(recent.get(0)).toBe("kept");
  }
  expect(recent.get(1_000)).toBe("1000");
  expect(recent.get(995)).toBe("995");
  expect(recent.get(900)).toBeUndefined();
});
