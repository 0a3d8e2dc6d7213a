import { describe, expect, it } from "vitest";
import { errorLine } from "../field-errors.ts";
import { compareVersions } from "./definition.ts";
import { regularExpression } from "./go-regexp.ts";
import type { JsonSchema } from "./json-schema.ts";
import { prune, withDefaults } from "./prune.ts";
import { checkStructure } from "./structure.ts";
import { validateValue } from "./validate-value.ts";

function problems(schema: JsonSchema, value: unknown, old?: unknown): string[] {
  const wrapped: JsonSchema = { type: "object", properties: { a: schema } };
  return validateValue({ a: value }, wrapped, old === undefined ? null : { a: old }).map(errorLine);
}

describe("values", () => {
  it.each<[string, JsonSchema, unknown, string[]]>([
    [
      "a text for a number",
      { type: "integer" },
      "x",
      ['a: Invalid value: "string": a in body must be of type integer: "string"'],
    ],
    [
      "a fraction for an integer",
      { type: "integer" },
      1.5,
      ['a: Invalid value: "number": a in body must be of type integer: "number"'],
    ],
    ["an integer for a number", { type: "number" }, 1, []],
    ["null", { type: "string" }, null, ['a: Invalid value: "null": a in body must be of type string: "null"']],
    ["null where it may be", { type: "string", nullable: true }, null, []],
    [
      "too small",
      { type: "integer", minimum: 1 },
      0,
      ["a: Invalid value: 0: a in body should be greater than or equal to 1"],
    ],
    [
      "not more than",
      { type: "integer", minimum: 1, exclusiveMinimum: true },
      1,
      ["a: Invalid value: 1: a in body should be greater than 1"],
    ],
    [
      "too large",
      { type: "number", maximum: 1.5 },
      2,
      ["a: Invalid value: 2: a in body should be less than or equal to 1.5"],
    ],
    [
      "no multiple",
      { type: "integer", multipleOf: 5 },
      7,
      ["a: Invalid value: 7: a in body should be a multiple of 5"],
    ],
    [
      "too short",
      { type: "string", minLength: 3 },
      "é2",
      ['a: Invalid value: "é2": a in body should be at least 3 chars long'],
    ],
    ["too long", { type: "string", maxLength: 2 }, "abc", ["a: Too long: may not be more than 2 bytes"]],
    [
      "another pattern",
      { type: "string", pattern: "^[a-z]+$" },
      "A",
      [`a: Invalid value: "A": a in body should match '^[a-z]+$'`],
    ],
    ["no member", { type: "string", enum: ["x", "y"] }, "z", ['a: Unsupported value: "z": supported values: "x", "y"']],
    [
      "no such time",
      { type: "string", format: "date-time" },
      "noon",
      ['a: Invalid value: "noon": a in body must be of type date-time: "noon"'],
    ],
    [
      "too few items",
      { type: "array", items: {}, minItems: 1 },
      [],
      ["a: Invalid value: 0: a in body should have at least 1 items"],
    ],
    [
      "too many items",
      { type: "array", items: {}, maxItems: 1 },
      [1, 2],
      ["a: Too many: 2: must have at most 1 items"],
    ],
    [
      "a wrong item",
      { type: "array", items: { type: "string" } },
      ["x", 1],
      ['a[1]: Invalid value: "integer": a[1] in body must be of type string: "integer"'],
    ],
    [
      "twice in a set",
      { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
      ["x", "x"],
      ['a[1]: Duplicate value: "x"'],
    ],
    ["a missing field", { type: "object", required: ["b"] }, {}, ["a.b: Required value"]],
    [
      "too few fields",
      { type: "object", minProperties: 1 },
      {},
      ["a: Invalid value: 0: a in body should have at least 1 properties"],
    ],
    [
      "a wrong value of a map",
      { type: "object", additionalProperties: { type: "integer" } },
      { k: "v" },
      ['a.k: Invalid value: "string": a.k in body must be of type integer: "string"'],
    ],
    [
      "neither number nor text",
      { "x-kubernetes-int-or-string": true },
      true,
      ['a: Invalid value: "boolean": a in body must be of type integer,string: "boolean"'],
    ],
    [
      "none of several",
      { type: "object", oneOf: [{ required: ["b"] }, { required: ["c"] }] },
      {},
      [
        '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
        "a.b: Required value",
      ],
    ],
    [
      "both of several",
      { type: "object", oneOf: [{ required: ["b"] }, { required: ["c"] }] },
      { b: 1, c: 1 },
      ['<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      "what it must not be",
      { type: "string", not: { enum: ["x"] } },
      "x",
      ['<nil>: Invalid value: "": "a" must not validate the schema (not)'],
    ],
  ])("%s", (_, schema, value, expected) => {
    expect(problems(schema, value)).toEqual(expected);
  });

  it("that did not change are not looked at again", () => {
    expect(problems({ type: "integer", maximum: 5 }, 9, 9)).toEqual([]);
    expect(problems({ type: "integer", maximum: 5 }, 9, 8)).toHaveLength(1);
    const list: JsonSchema = {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"],
      items: { type: "object", properties: { k: { type: "string" }, n: { type: "integer", maximum: 5 } } },
    };
    expect(
      problems(
        list,
        [
          { k: "new", n: 1 },
          { k: "old", n: 9 },
        ],
        [{ k: "old", n: 9 }],
      ),
    ).toEqual([]);
  });
});

describe("pruning and defaults", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          known: { type: "string" },
          map: {
            type: "object",
            additionalProperties: { type: "object", properties: { x: { type: "integer", default: 1 } } },
          },
          open: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { y: { type: "object" } } },
          list: { type: "array", items: { type: "object", properties: { z: { type: "string", default: "d" } } } },
        },
      },
    },
  };

  it("unknown fields go, and are named", () => {
    const unknown: string[] = [];
    const value = {
      apiVersion: "v1",
      kind: "K",
      metadata: { name: "n" },
      spec: {
        known: "a",
        junk: 1,
        map: { k: { x: 1, junk: 1 } },
        open: { any: 1, y: { junk: 1 } },
        list: [{ junk: 1 }],
      },
    };
    expect(prune(value, schema, true, unknown)).toEqual({
      apiVersion: "v1",
      kind: "K",
      metadata: { name: "n" },
      spec: { known: "a", map: { k: { x: 1 } }, open: { any: 1, y: {} }, list: [{}] },
    });
    expect(unknown).toEqual(["spec.junk", "spec.map.k.junk", "spec.open.y.junk", "spec.list[0].junk"]);
  });

  it("what is fine is shared", () => {
    const value = Object.freeze({ spec: Object.freeze({ known: "a" }) });
    expect(prune(value, schema, true)).toBe(value);
    expect(withDefaults(value, schema)).toBe(value);
  });

  it("defaults are put where something is missing or null", () => {
    expect(withDefaults({ spec: { map: { k: {} }, list: [{ z: null }, { z: "e" }], known: null } }, schema)).toEqual({
      spec: { map: { k: { x: 1 } }, list: [{ z: "d" }, { z: "e" }] },
    });
  });
});

describe("rules of a schema", () => {
  const integer: JsonSchema = { type: "integer" };
  const at = "s.properties[a].x-kubernetes-validations[0]";
  const shown = (rule: string, more = 'Message:"", MessageExpression:""') =>
    `apiextensions.ValidationRule{Rule:${JSON.stringify(rule)}, ${more}, Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:"", OptionalOldSelf:(*bool)(nil)}`;

  it.each<[object, string[]]>([
    [{ rule: "self > 0 && oldSelf > 0" }, []],
    [{ rule: " " }, [`${at}.rule: Required value: rule is not specified`]],
    [{ rule: "self > 0", message: " " }, [`${at}.message: Invalid value: " ": message must be non-empty if specified`]],
    [{ rule: "self >\n0" }, [`${at}.message: Required value: message must be specified if rule contains line breaks`]],
    [
      { rule: "self > 0", reason: "Other" },
      [
        `${at}.reason: Unsupported value: "Other": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
      ],
    ],
    [{ rule: "self > 0", fieldPath: ".x" }, [`${at}.fieldPath: Invalid value: ".x": fieldPath must be a valid path`]],
    [
      { rule: "self > 'x'" },
      [
        `${at}.rule: Invalid value: ${shown("self > 'x'")}: compilation failed: ERROR: <input>:1:6: found no matching overload for '_>_' applied to '(int, string)'\n | self > 'x'\n | .....^`,
      ],
    ],
    [{ rule: "self + 1" }, [`${at}.rule: Invalid value: ${shown("self + 1")}: cel expression must evaluate to a bool`]],
    [
      { rule: "self > 0", messageExpression: "self" },
      [
        `${at}.messageExpression: Invalid value: ${shown("self > 0", 'Message:"", MessageExpression:"self"')}: messageExpression must evaluate to a string`,
      ],
    ],
    [
      { rule: "self > 0", optionalOldSelf: true },
      [`${at}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`],
    ],
  ])("%j", (rule, expected) => {
    const errors: Parameters<typeof checkStructure>[0] = [];
    const a = { ...integer, "x-kubernetes-validations": [rule] };
    checkStructure(errors, "s", { type: "object", properties: { a } });
    expect(errors.map(errorLine)).toEqual(expected);
  });

  it("speaks of what was before where that is known", () => {
    const errors: Parameters<typeof checkStructure>[0] = [];
    const items = { ...integer, "x-kubernetes-validations": [{ rule: "self >= oldSelf" }] };
    const keyed = { type: "object", required: ["k"], properties: { k: { type: "string" }, n: items } };
    const map = { type: "array", items: keyed, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] };
    checkStructure(errors, "s", { type: "object", properties: { a: { type: "array", items }, b: map } });
    expect(errors.map(errorLine)).toEqual([
      's.properties[a].items.x-kubernetes-validations[0].rule: Invalid value: "self >= oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[a]',
    ]);
  });
});

describe("structural schemas", () => {
  it.each<[JsonSchema, string[]]>([
    [{ type: "object" }, []],
    [{}, ["s.type: Required value: must not be empty at the root"]],
    [{ type: "string" }, ['s.type: Invalid value: "string": must be object at the root']],
    [
      { type: "object", properties: { a: { type: "array" } } },
      ["s.properties[a].items: Required value: must be specified"],
    ],
    [
      { type: "object", properties: { a: { type: "text" } } },
      [
        's.properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"',
      ],
    ],
    [{ type: "object", anyOf: [{ type: "object" }] }, ["s.anyOf[0].type: Forbidden: must be empty to be structural"]],
    [
      { type: "object", anyOf: [{ properties: { b: {} } }] },
      ["s.properties[b]: Required value: because it is defined in s.anyOf[0].properties[b]"],
    ],
    [
      { type: "object", properties: { a: { type: "integer", default: "x" } } },
      [
        's.properties[a].default: Invalid value: "string": s.properties[a].default in body must be of type integer: "string"',
      ],
    ],
    [
      { type: "object", properties: { metadata: { type: "object", properties: { labels: {} } } } },
      [
        "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
        "s.properties[metadata].properties[labels].type: Required value: must not be empty for specified object fields",
      ],
    ],
    [
      { type: "object", properties: { a: { "x-kubernetes-int-or-string": true, type: "string" } } },
      ['s.properties[a].type: Invalid value: "string": must be empty if x-kubernetes-int-or-string is true'],
    ],
    [
      {
        type: "object",
        properties: { a: { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map" } },
      },
      [
        "s.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map",
      ],
    ],
    [
      {
        type: "object",
        properties: {
          a: { type: "array", items: { type: "string" }, "x-kubernetes-list-map-keys": ["k"] },
          b: { type: "string", "x-kubernetes-map-type": "atomic" },
          c: { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "set" },
          d: { "x-kubernetes-preserve-unknown-fields": false, type: "object" },
        },
      },
      [
        "s.properties[a].x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty",
        's.properties[b].type: Invalid value: "string": must be object if x-kubernetes-map-type is specified',
        's.properties[c].items.x-kubernetes-map-type: Invalid value: "null": must be atomic as item of a list with x-kubernetes-list-type=set',
        "s.properties[d].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined",
      ],
    ],
    [
      { type: "object", properties: {}, additionalProperties: true },
      ["s.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"],
    ],
  ])("%j", (schema, expected) => {
    const errors: Parameters<typeof checkStructure>[0] = [];
    checkStructure(errors, "s", schema);
    expect(errors.map(errorLine)).toEqual(expected);
  });
});

it.each([
  ["^[[:alpha:]_]+$", "Ab_", "a1"],
  ["(?i)^yes$", "YES", "no"],
  ["\\A[a-z]+\\z", "abc", "a1"],
  ["^(?P<x>a)\\-b$", "a-b", "ab"],
  ["^[\\w-.]+$", "a.b", "a b"],
])("Go's expression %s", (pattern, good, bad) => {
  expect([regularExpression(pattern)?.test(good), regularExpression(pattern)?.test(bad)]).toEqual([true, false]);
});

it("versions are preferred by their maturity", () => {
  const versions = ["v11alpha2", "foo1", "v1", "v2", "v3beta1", "foo10", "v12alpha1", "v10beta3", "v10", "v11beta2"];
  expect(versions.sort(compareVersions)).toEqual([
    "v10",
    "v2",
    "v1",
    "v11beta2",
    "v10beta3",
    "v3beta1",
    "v12alpha1",
    "v11alpha2",
    "foo1",
    "foo10",
  ]);
});
