import { describe, expect, it } from "vitest";
import { pemBlock } from "./pem.ts";

describe("PEM blocks", () => {
  it.each(["", "a", "ab", "abc", "Certificate:\n    Serial Number: 2224183e\n".repeat(5)])(
    "holds %j as base64",
    (text) => {
      const lines = pemBlock("CERTIFICATE", text).trimEnd().split("\n");
      expect(lines[0]).toBe("-----BEGIN CERTIFICATE-----");
      expect(lines.at(-1)).toBe("-----END CERTIFICATE-----");
      expect(lines.slice(1, -1).join("")).toBe(Buffer.from(text).toString("base64"));
      expect(lines.every((line) => line.length <= 64)).toBe(true);
    },
  );
});
