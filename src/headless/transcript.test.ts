import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runTranscript } from "./run-transcript.ts";
import { asExpected, compare, lineMatches, outputLines, parseTranscript } from "./transcript.ts";

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a transcript's text", () => {
  it("has commands, their continuations, their output, and prose", () => {
    const steps = parseTranscript(
      "Prose.\n\n  no command here\n\n  $ cat <<EOF\n  > a\n  >\n  > EOF\n  a\n  \n  $ true\nMore.\n",
    );
    expect(steps.map(({ command, expected, line }) => ({ command, expected, line }))).toEqual([
      { command: "cat <<EOF\na\n\nEOF", expected: ["a", ""], line: 4 },
      { command: "true", expected: [], line: 10 },
    ]);
  });

  it("may end its lines as other systems do", () => {
    expect(parseTranscript("  $ echo a\r\n  a\r\n")).toMatchObject([{ command: "echo a", expected: ["a"] }]);
  });
});

describe("a line of expected output", () => {
  it.each([
    ["plain", "plain", true],
    ["plain", "plainer", false],
    ["web +\\d+s (re)", "web   12s", true],
    ["web +\\d+s (re)", "web   12s ", false],
    ["a|b (re)", "b", true],
    ["a|b (re)", "ab", false],
    ["[ (re)", "[", false],
    ["web-* ?/1 (glob)", "web-abc 1/1", true],
    ["web-*.txt (glob)", "web-a-txt", false],
    ["\\* (glob)", "*", true],
    ["\\* (glob)", "x", false],
    ["a\\tb\\x41\\\\ (esc)", "a\tbA\\", true],
    ["text (re) ", "text", false],
    ["literal (re)", "literal (re)", true],
    ["end (no-eol)", "end", false],
    ["e.d (re) (no-eol)", "end (no-eol)", true],
    ["e.d (re)", "end (no-eol)", false],
  ])("%j and the output %j: %s", (expected, actual, matches) => {
    expect(lineMatches(expected, actual)).toBe(matches);
  });

  it("always matches itself, also after it was escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const line = text.replaceAll("\n", "");
        expect(lineMatches(line, line)).toBe(true);
        expect(lineMatches(asExpected(line), line)).toBe(true);
        expect(asExpected(line)).not.toMatch(/^[$>] /);
      }),
    );
  });

  it("as a glob of its own text matches that text alone", () => {
    const glob = (text: string) => `${text.replace(/[\\*?]/g, "\\$&")} (glob)`;
    const line = fc.string().map((text) => text.replaceAll("\n", ""));
    fc.assert(
      fc.property(line, line, (one, other) => {
        expect(lineMatches(glob(one), other)).toBe(one === other || glob(one) === other);
      }),
    );
  });

  it("survives an update: what --update writes matches what came out", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.nat(255),
        fc.array(fc.string()),
        (stdout, stderr, exitCode, expected) => {
          const actual = outputLines(stdout, stderr, exitCode);
          const fixed = compare(expected, actual) ?? expected;
          expect(compare(fixed, actual)).toBe(null);
        },
      ),
    );
  });
});

describe("what a command printed", () => {
  it("is its output, its errors, and its status if it is not zero", () => {
    expect(outputLines("a\n\nb\n", "oops\n", 2)).toEqual(["a", "", "b", "oops", "[2]"]);
    expect(outputLines("", "", 0)).toEqual([]);
    expect(outputLines("a", "b", 0)).toEqual(["a (no-eol)", "b (no-eol)"]);
  });

  it("keeps patterns that hold when the rest is put right", () => {
    expect(compare(["a* (glob)", "x"], ["abc", "y"])).toEqual(["a* (glob)", "y"]);
  });
});

describe("running a transcript", () => {
  it("holds when all lines hold", async () => {
    const text = "Echo.\n\n  $ echo a; false\n  a\n  [1]\n  $ printf b\n  b (no-eol)\n";
    expect(await runTranscript(text, breathe)).toEqual({ passed: true, text, difference: [] });
  });

  it("says what differs and how it should stand", async () => {
    const result = await runTranscript("  $ echo a\n  b\n\nProse.\n  $ echo '$ x'\n", breathe);
    expect(result.passed).toBe(false);
    expect(result.text).toBe("  $ echo a\n  a\n\nProse.\n  $ echo '$ x'\n  \\x24 x (esc)\n");
    expect(result.difference).toEqual([
      "@@ line 1 @@",
      "   $ echo a",
      "-  b",
      "+  a",
      "@@ line 5 @@",
      "   $ echo '$ x'",
      "+  \\x24 x (esc)",
    ]);
    expect((await runTranscript(result.text, breathe)).passed).toBe(true);
  });
});
