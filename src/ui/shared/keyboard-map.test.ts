// @vitest-environment happy-dom

import { describe, expect, it } from "vitest";
import { commandOfKey, focusKind, type KeyPress } from "./keyboard-map.ts";

const press = (key: string, more: Partial<KeyPress> = {}) =>
  commandOfKey({ key, ctrl: false, shift: false, focus: "none", ...more });

describe("the page's keys", () => {
  it("knows a clicker: space, right arrow, page keys, full stop", () => {
    expect([" ", "ArrowRight", "PageDown", "PageUp", "."].map((key) => press(key))).toEqual([
      "playOrPause",
      "stepHop",
      "stepHop",
      "back",
      "dim",
    ]);
  });

  it("leaves what is typed into a text alone", () => {
    for (const key of [" ", "p", "u", ".", "?", "ArrowRight"]) expect(press(key, { focus: "text" })).toBeNull();
  });

  it("leaves Space and arrows to a button or slider that has the focus, and takes the letters", () => {
    expect(press(" ", { focus: "control" })).toBeNull();
    expect(press("ArrowRight", { focus: "control" })).toBeNull();
    expect(press("p", { focus: "control" })).toBe("presenter");
  });

  it("keeps a clicker working after a click on the stage", () => {
    expect(press(" ", { focus: "stage" })).toBe("playOrPause");
    expect(press("ArrowRight", { focus: "stage" })).toBe("stepHop");
  });

  it("starts afresh only with Shift, and leaves the browser's own keys alone", () => {
    expect(press("N", { shift: true })).toBe("freshStart");
    expect(press("n")).toBeNull();
    expect(press("c", { ctrl: true })).toBeNull();
  });

  it.each([
    ["<textarea></textarea>", "text"],
    ["<input type='text'>", "text"],
    ["<input type='range'>", "control"],
    ["<button></button>", "control"],
    ["<button data-stage-item></button>", "stage"],
    ["<div></div>", "none"],
  ])("%s needs keys as %s", (html, kind) => {
    document.body.innerHTML = html;
    expect(focusKind(document.body.firstElementChild)).toBe(kind);
  });
});
