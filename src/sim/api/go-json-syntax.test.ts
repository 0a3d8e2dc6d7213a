import { expect, it } from "vitest";
import { jsonSyntaxError } from "./go-json-syntax.ts";

it.each([
  ["", "unexpected end of JSON input"],
  ['{"a"', "unexpected end of JSON input"],
  ["{", "unexpected end of JSON input"],
  ["[1,", "unexpected end of JSON input"],
  ['"abc', "unexpected end of JSON input"],
  ["{a: 1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["{} x", "invalid character 'x' after top-level value"],
  ["apiVersion: v1", "invalid character 'a' looking for beginning of value"],
  ["trux", "invalid character 'x' in literal true (expecting 'e')"],
  ["nul", "unexpected end of JSON input"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1ex", "invalid character 'x' in exponent of numeric literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
])("%j: %s", (text, expected) => {
  expect(jsonSyntaxError(text)).toBe(expected);
});

it.each(["{}", "[]", '{"a":[1,-2.5e+3,true,null,"x\\u00e9"]}', "  0 "])("%j is JSON", (text) => {
  expect(jsonSyntaxError(text)).toBeNull();
});
