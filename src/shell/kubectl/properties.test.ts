import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml, YamlError } from "../../sim/api/go-yaml.ts";
import { evaluateJsonPath } from "../../sim/api/json-path/evaluate.ts";
import { JsonPathError } from "../../sim/api/json-path/parser.ts";
import { FlagError, HelpRequest, parseFlags } from "./flags.ts";
import type { Json } from "./json.ts";
import { toYaml } from "./printers/yaml.ts";
import { alignTabs, tableTabs } from "./tabwriter.ts";

const specs = [
  { name: "output", short: "o", type: "string", default: "" },
  { name: "all", short: "A", type: "bool", default: false },
  { name: "tail", type: "int", default: -1 },
  { name: "labels", short: "L", type: "list", default: [] },
] as const;

const plainWord = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);

describe("flags", () => {
  it("any words are read or refused with a reason", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(plainWord, fc.string(), fc.constantFrom("-A", "--all", "-o", "--", "--tail=3", "-La,b"))),
        (words) => {
          try {
            const { args } = parseFlags(specs, words);
            return args.every((arg) => words.includes(arg));
          } catch (error) {
            return error instanceof FlagError || error instanceof HelpRequest;
          }
        },
      ),
    );
  });

  it("a value reads the same in all its spellings", () => {
    fc.assert(
      fc.property(plainWord, plainWord, (value, arg) => {
        const spellings = [["--output", value], [`--output=${value}`], ["-o", value], [`-o${value}`], [`-o=${value}`]];
        for (const words of spellings) {
          const { args, values } = parseFlags(specs, ["-A", ...words, arg]);
          expect(args).toEqual([arg]);
          expect(values.text("output")).toBe(value);
          expect(values.bool("all")).toBe(true);
        }
      }),
    );
  });
});

describe("JSONPath", () => {
  it("any template is run or refused with a reason", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      ".a",
      "[0]",
      "[*]",
      "..",
      "[?(@.a==1)]",
      "range ",
      "end",
      "'x'",
      "\\",
      "[",
      "(",
      "-1",
      ",",
      ":",
      "@",
      "$",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))), fc.jsonValue(), (pieces, data) => {
        try {
          return typeof evaluateJsonPath(pieces.join(""), data as Json, { allowMissingKeys: true }) === "string";
        } catch (error) {
          return error instanceof JsonPathError;
        }
      }),
    );
  });

  it("finds what a chain of field names leads to", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 6 }),
        fc.integer(),
        (names, value) => {
          const data = names.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
          expect(evaluateJsonPath(`{.${names.join(".")}}`, data, { allowMissingKeys: false })).toBe(String(value));
        },
      ),
    );
  });
});

describe("YAML", () => {
  it("what is printed reads back as it was", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "yes",
        "1e3",
        "012",
        "a: b",
        "- x",
        "x\ny\n",
        " x",
        "",
        "~",
        "2026-11-20",
        "#a",
        "a #b",
        "12:30",
        "word ".repeat(30),
      ),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9./-]{0,9}$/), tie("tree"), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseYaml(toYaml(value as Json)) ?? null).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("any text is read or refused with go-yaml's manner of error", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            "a",
            ":",
            " ",
            "\n",
            "-",
            "[",
            "]",
            "{",
            "}",
            "&",
            "*",
            "!",
            "'",
            '"',
            "|",
            ">",
            "%",
            "\t",
            "#",
            ",",
          ),
        }),
        (text) => {
          try {
            parseYaml(text);
            return true;
          } catch (error) {
            return error instanceof YamlError && error.message.startsWith("yaml: ");
          }
        },
      ),
    );
  });
});

describe("columns", () => {
  it("line up: every cell of a column begins at the same place", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plainWord, plainWord, plainWord), { minLength: 1 }), (rows) => {
        const lines = alignTabs(rows.map((cells) => cells.join("\t")).join("\n"), tableTabs).split("\n");
        const width = Math.max(6, ...rows.map(([first]) => first.length + 3));
        rows.forEach(([first, second], index) => {
          expect(lines[index]!.slice(0, width)).toBe(first.padEnd(width));
          expect(lines[index]!.startsWith(second, width)).toBe(true);
        });
      }),
    );
  });
});

describe("numbers in YAML", () => {
  it("need a digit where go-yaml needs one", () => {
    expect(parseYaml("E0: 1e3\n'x': .5\n.: 1.5e1\n")).toEqual({ E0: 1000, x: 0.5, ".": 15 });
  });
});
