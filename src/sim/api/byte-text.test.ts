import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteDecoder, byteLength, bytesOfText, indexAfterBytes, textOfBytes } from "./byte-text.ts";

const someBytes = fc.uint8Array({ maxLength: 60 });

describe("bytes as text", () => {
  it("gives every sequence of bytes back", () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const text = textOfBytes(bytes);
        expect(byteLength(text)).toBe(bytes.length);
        expect(bytesOfText(text)).toEqual(bytes);
      }),
      { seed: 1 },
    );
  });

  it("reads what is UTF-8 as the text that it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(textOfBytes(new TextEncoder().encode(text))).toBe(text);
        expect([...bytesOfText(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
      { seed: 1 },
    );
  });

  it("does not mind where the pieces end", () => {
    fc.assert(
      fc.property(someBytes, fc.nat(60), (bytes, cut) => {
        const decoder = new ByteDecoder();
        const text = decoder.write(bytes.slice(0, cut)) + decoder.write(bytes.slice(cut)) + decoder.end();
        expect(bytesOfText(text)).toEqual(bytes);
      }),
      { seed: 1 },
    );
  });

  it("counts bytes, not characters", () => {
    expect(indexAfterBytes("aüb", 0, 3)).toBe(2);
    expect(indexAfterBytes("aüb", 1, 3)).toBe(3);
    expect(indexAfterBytes("aüb", 0, 5)).toBe(-1);
    expect(byteLength("\udc80")).toBe(1);
  });
});
