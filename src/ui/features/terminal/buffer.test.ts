import { describe, expect, it } from "vitest";
import { append, emptyBuffer, mostLines } from "./buffer.ts";

const textOf = (buffer: typeof emptyBuffer) =>
  buffer.blocks.flatMap(({ segments }) => segments.map(({ text }) => text)).join("");

describe("the terminal's buffer", () => {
  it("joins pieces of one kind and keeps kinds apart", () => {
    let buffer = append(emptyBuffer, "out", "a");
    buffer = append(buffer, "out", "b\n");
    buffer = append(buffer, "err", "c\n");
    expect(buffer.blocks).toHaveLength(1);
    expect(buffer.blocks[0]?.segments).toEqual([
      { kind: "out", text: "ab\n" },
      { kind: "err", text: "c\n" },
    ]);
    expect(buffer.lines).toBe(2);
  });

  it("changes only the last block", () => {
    const before = append(emptyBuffer, "out", "x\n".repeat(250));
    const after = append(before, "out", "y\n");
    expect(after.blocks.slice(0, -1)).toEqual(before.blocks.slice(0, -1));
    expect(after.blocks[0]).toBe(before.blocks[0]);
  });

  it("keeps the newest 5,000 lines of a flood", () => {
    const flood = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join("");
    const once = append(emptyBuffer, "out", flood);
    expect(once.lines).toBeLessThanOrEqual(mostLines);
    expect(textOf(once).endsWith("line 19999\n")).toBe(true);
    let many = emptyBuffer;
    for (let index = 0; index < 12_000; index++) many = append(many, "out", `line ${index}\n`);
    expect(many.lines).toBeLessThanOrEqual(mostLines);
    expect(textOf(many).endsWith("line 11999\n")).toBe(true);
  });

  it("drops colours and obeys a clear screen", () => {
    const esc = String.fromCharCode(27);
    expect(textOf(append(emptyBuffer, "out", `${esc}[31mred${esc}[0m\n`))).toBe("red\n");
    expect(textOf(append(append(emptyBuffer, "out", "old\n"), "out", `${esc}[H${esc}[2Jnew\n`))).toBe("new\n");
  });
});
