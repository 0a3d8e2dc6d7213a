import { expect, test } from "vitest";
import { bytesOf, recordedText, textOfBytes } from "./replay-bytes.ts";

test("bytes that are no UTF-8 survive as text, and text stays what it is", () => {
  for (const recorded of ["", "a", "é", "€", { b64: "/w==" }, { b64: "AP8=" }, { b64: "gIGC" }, { b64: "YWL/" }]) {
    expect(recordedText(textOfBytes(recorded))).toEqual(recorded);
  }
  expect(bytesOf(textOfBytes({ b64: "AP8=" }))).toEqual([0, 255]);
  expect(textOfBytes({ b64: "w6k=" })).toBe("é");
});
