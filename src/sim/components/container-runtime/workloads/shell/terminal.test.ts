import { describe, expect, it } from "vitest";
import type { ShellState } from "./state.ts";
import { typed } from "./terminal.ts";

function terminal(): ShellState {
  return { stdin: "", line: "", inputEnded: false } as unknown as ShellState;
}

describe("a terminal", () => {
  it.each([
    ["echoes what is typed, and hands lines on", "ls\r", "ls\n", "ls\n", ""],
    ["keeps what is no line yet", "ls -", "ls -", "", "ls -"],
    ["takes a letter back", "lx\u007fs\r", "lx\b \bs\n", "ls\n", ""],
    ["takes nothing back where there is nothing", "\u007fa", "a", "", "a"],
    ["takes a letter of several units back as one", "😀\u007f", "😀\b \b", "", ""],
    ["does not know arrows and function keys", "a\u001b[A\u001bOPb", "ab", "", "ab"],
    ["does not show other control characters", "a\u0001\tb", "ab", "", "ab"],
  ])("%s", (_name, data, echo, stdin, line) => {
    const state = terminal();
    expect(typed(state, data)).toEqual({ echo, interrupted: false });
    expect([state.stdin, state.line]).toEqual([stdin, line]);
  });

  it("interrupts by Ctrl-C, and forgets the line", () => {
    const state = terminal();
    expect(typed(state, "half\u0003")).toEqual({ echo: "half^C\n", interrupted: true });
    expect([state.stdin, state.line]).toEqual(["", ""]);
  });

  it("ends the input by Ctrl-D at the beginning of a line only", () => {
    const state = terminal();
    typed(state, "x\u0004");
    expect(state.inputEnded).toBe(false);
    typed(state, "\r\u0004");
    expect(state.inputEnded).toBe(true);
  });
});
