import { expect, test } from "vitest";
import { regularExpression } from "./go-regexp.ts";
import { regularExpressionError } from "./go-regexp-error.ts";

test.each([
  ["a|ab", "xab", "a"],
  ["a*?b", "aab", "aab"],
  ["(a+)(b+)?", "caabbd", "aabb"],
  ["[[:alpha:]_]{2,3}", "1ab_c", "ab_"],
  ["(?i)straße", "STRAßE", "STRAßE"],
  ["(?i:a)b", "Ab", "Ab"],
  ["[]a]+", "x]a]", "]a]"],
  ["\\bfoo\\b", "a foo b", "foo"],
  ["^(?:)*$", "", ""],
  ["\\pL+\\x{31}", "-äb1", "äb1"],
  ["(?s)a.b", "a\nb", "a\nb"],
  ["(?m)^b$", "a\nb\nc", "b"],
  ["a{2}", "aaa", "aa"],
  ["x{,2}", "x{,2}", "x{,2}"],
  ["(?P<name>.)😀", "a😀", "a😀"],
  ["(a|b)*?c", "abac", "abac"],
  ["(?U)a+", "aaa", "a"],
])("%s in %j is %j", (pattern, text, found) => {
  const match = regularExpression(pattern)?.find(text, 0) ?? null;
  expect(match === null ? null : text.slice(...match)).toBe(found);
});

test.each([
  ["^a$", "ba"],
  ["a.b", "a\nb"],
  ["[^a]", "a"],
  ["(?i)[^A]", "a"],
])("%s is not in %j", (pattern, text) => {
  expect(regularExpression(pattern)?.test(text)).toBe(false);
});

test.each([
  ["a(?=b)", "invalid or unsupported Perl syntax: `(?=`"],
  ["a(?<!b)", "invalid or unsupported Perl syntax: `(?<`"],
  ["(a)\\1", "invalid escape sequence: `\\1`"],
  ["a{1001}", "invalid repeat count: `{1001}`"],
  ["(a{0,200}b){6}", "invalid repeat count: `{6}`"],
  ["([a-z]{0,1000}){1}[b-y]{0,1000}[b-z]{1000}a{1,1000}", "expression too large"],
  ["(", "missing closing ): `(`"],
])("%s is none", (pattern, why) => {
  expect(regularExpression(pattern)).toBeNull();
  expect(regularExpressionError(pattern)).toBe(`error parsing regexp: ${why}`);
});

test("what is repeated without end is refused", () => {
  expect(regularExpression(`${"(".repeat(4)}${"){1000}".repeat(4)}`)).toBeNull();
  expect(regularExpression("((a{1000}){1000}){1000}")).toBeNull();
});

test("a search takes time by the length of the text", { timeout: 4_000 }, () => {
  const text = `${"a".repeat(200_000)}!`;
  for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a*)*$", "a*a*a*b", "^([a-z]([-a-z0-9]*[a-z0-9])?)*$"])
    expect(regularExpression(pattern)?.test(text)).toBe(false);
});

test("a search that would take too long finds nothing", { timeout: 4_000 }, () => {
  const text = "a".repeat(2_000_000);
  expect(regularExpression("a{0,1000}b")?.test(`${text}b`)).toBe(false);
  expect(regularExpression("^a*b$")?.test(`${text}b`)).toBe(true);
});
