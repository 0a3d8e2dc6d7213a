import { expect, test } from "vitest";
import type { JsonObject, JsonSchema } from "../json-schema.ts";
import { checkRuleExpressions } from "./check-rules.ts";
import { validateRules } from "./validate-rules.ts";

/** Rules and objects that are made to take for ever: a rule ends, with a refusal if need be. */
const QUICK = { timeout: 5_000 };
const LONG = "a".repeat(1_000_000);

function schemaWith(rule: string): JsonSchema {
  return {
    type: "object",
    properties: {
      text: { type: "string" },
      bytes: { type: "string", format: "byte" },
      list: { type: "array", items: { type: "string" } },
      set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    },
    "x-kubernetes-validations": [{ rule }],
  } as unknown as JsonSchema;
}

function verdict(rule: string, object: object): string {
  const schema = schemaWith(rule);
  const errors: Parameters<typeof checkRuleExpressions>[0] = [];
  checkRuleExpressions(errors, "", schema);
  const found = errors.length > 0 ? errors : validateRules(object as JsonObject, schema, null).errors;
  return found.map(({ detail }) => detail).join("\n");
}

const COST = "actual cost limit exceeded";
const many = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
const chained = (step: string, times: number) => step.repeat(times);

test.each([
  ["a list in a list, doubled", `[[1]]${chained(".map(a, [a, a])", 40)} == [[1]]${chained(".map(a, [a, a])", 40)}`],
  ["shown", `'%s'.format([[[1]]${chained(".map(a, [a, a])", 40)}]) == ''`],
  ["bytes, doubled", `optional.of(self.bytes)${chained(".optMap(b, b + b)", 60)}.hasValue()`],
  ["text, doubled", `optional.of(self.text)${chained(".optMap(b, b + b)", 60)}.hasValue()`],
  ["a text for every character", "self.text.replace('', self.text) == ''"],
  ["a text between all", "self.list.join(self.text) == ''"],
  ["a long text in a long one", "self.text.indexOf(self.text.substring(500000) + 'b') == 5"],
  ["lists in lists", "self.list.all(a, self.list.all(b, self.list.all(c, a + b + c != '')))"],
  ["faults in lists", "self.list.exists(a, self.list.map(b, 1 / 0) == [])"],
  ["a pattern of many parts", "self.text.matches('.{0,1000}.{0,1000}b')"],
])("%s", QUICK, (_, rule) => {
  expect(verdict(rule, { text: LONG, bytes: "AAAA".repeat(1_000), list: many(20_000) })).toContain(COST);
});

test("spaces are cut in one go", QUICK, () => {
  expect(verdict("self.text.trim().size() > 3", { text: `a${" ".repeat(500_000)}b` })).toBe("");
});

test("what goes back in other engines", QUICK, () => {
  expect(verdict("self.text.matches('^(a+)+$')", { text: `${"a".repeat(10_000)}!` })).toContain("failed rule");
});

test("a number of a million digits", QUICK, () => {
  expect(verdict("int(self.text) == 1", { text: "9".repeat(1_000_000) })).toContain("value out of range");
});

test("a precision beyond all digits", () => {
  expect(verdict("'%.1000f'.format([1.0]) == ''", {})).toContain("precision 1000 exceeds the limit");
});

test("sets are compared by what is in them, not by all pairs", QUICK, () => {
  const set = many(50_000);
  expect(verdict("self.set + self.set == self.set", { set })).toBe("");
});

test.each([
  ["parentheses", `${"(".repeat(20_000)}1${")".repeat(20_000)} == 1`],
  ["negations", `${"!".repeat(50_000)}true`],
  ["sums", `1${"+1".repeat(40_000)} == 1`],
  ["fields", `self${".a".repeat(40_000)} == 1`],
  ["conditions", `${"true?true:".repeat(9_000)}true`],
])("too deep: %s", QUICK, (_, rule) => {
  expect(verdict(rule, {})).toContain("expression recursion limit exceeded");
});

test("any number of conditions in a row", QUICK, () => {
  expect(verdict(`true${" && true".repeat(5_000)}`, {})).toBe("");
});

test("a rule that is too long", () => {
  expect(verdict(`'${LONG}' == ''`, {})).toContain("expression code point size exceeds limit: size: 1000008");
});

test("a thousand errors are counted, not told", QUICK, () => {
  const told = verdict(`[${"a, ".repeat(20_000)}] == []`, {});
  expect(told).toContain("19900 more errors were truncated");
  expect(told.length).toBeLessThan(100_000);
});

test("types that double", QUICK, () => {
  expect(verdict(`[1]${".map(a, {a: a})".repeat(60)} == 1`, {})).toContain("no matching overload");
});

test("what is told of failures is bounded", QUICK, () => {
  const rule = { rule: "self == ''", message: "x".repeat(10_000) };
  const items = { type: "string", "x-kubernetes-validations": [rule] };
  const schema = { type: "object", properties: { list: { type: "array", items } } } as unknown as JsonSchema;
  const { errors } = validateRules({ list: many(100_000) } as unknown as JsonObject, schema, null);
  expect(errors.length).toBeLessThan(1_100);
  expect(errors.at(-1)?.detail).toContain("running out of cost budget");
});
