import { describe, expect, it } from "vitest";
import { sha256, sha256Base32 } from "./sha256.ts";

describe("sha256", () => {
  it.each([
    ["", [0xe3b0c442, 0x98fc1c14]],
    ["abc", [0xba7816bf, 0x8f01cfea]],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", [0x248d6a61, 0xd20638b8]],
  ])("hashes %j", (text, first) => {
    expect(
      sha256(text)
        .slice(0, 2)
        .map((word) => word >>> 0),
    ).toEqual(first);
  });
});

describe("sha256Base32", () => {
  it("pads the last letter with zeros", () => {
    // 128 bits are 25 letters and three bits more.
    expect(sha256Base32("abc", 128)).toBe("XJ4BNP4PAHH6UQKBIDPF3LRCEM");
    expect(sha256Base32("", 128)).toBe("4OYMIQUY7QOBJGX36TEJS35ZEQ");
    expect(sha256Base32("", 80)).toBe("4OYMIQUY7QOBJGX3");
  });
});
