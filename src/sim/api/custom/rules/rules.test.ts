import { describe, expect, it } from "vitest";
import { errorLine } from "../../field-errors.ts";
import type { JsonObject, JsonSchema } from "../json-schema.ts";
import { validateRules } from "./validate-rules.ts";

/** Inputs and answers are those of upstream's table (`pkg/apiserver/schema/cel/validation_test.go`). */

const text: JsonSchema = { type: "string" };
const integer: JsonSchema = { type: "integer" };
const number: JsonSchema = { type: "number" };
const boolean: JsonSchema = { type: "boolean" };
const intOrString: JsonSchema = { "x-kubernetes-int-or-string": true };
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const set = (items: JsonSchema): JsonSchema => ({ ...list(items), "x-kubernetes-list-type": "set" });
const listMap = (keys: string[], items: JsonSchema): JsonSchema => ({
  ...list(items),
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": keys,
});
const map = (additionalProperties: JsonSchema): JsonSchema => ({ type: "object", additionalProperties });
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({ type: "object", properties });
const formatted = (format: string): JsonSchema => ({ type: "string", format });
const unknown: JsonSchema = { "x-kubernetes-preserve-unknown-fields": true };

/** What is said of a value whose schema has that rule; "": nothing. */
function verdict(rule: string, value: JsonObject, schema: JsonSchema): string {
  const { errors } = validateRules(
    { at: value },
    object({ at: { ...schema, "x-kubernetes-validations": [{ rule }] } }),
    null,
  );
  return errors.map(errorLine).join("; ");
}

interface Row {
  readonly name: string;
  readonly value: JsonObject;
  readonly schema: JsonSchema;
  readonly holds: readonly string[];
  readonly refused?: Readonly<Record<string, string>>;
}

const VALS: readonly Row[] = [
  {
    name: "numbers",
    value: { i: 5, j: 10, d: 10, e: 10.49, u: 10.5 },
    schema: object({ i: integer, j: integer, d: number, e: number, u: number }),
    holds: [
      "double(self.i) < self.d",
      "self.j == int(self.d)",
      "self.i < self.d",
      "self.j <= self.d && self.j >= self.d",
      "type(self.d) == double && type(self.i) == int",
      "int(self.e) == self.j && int(self.u) == self.j",
      "string(self.e) == '10.49' && string(self.d) == '10'",
      "double('10') == 10.0 && int('10') == 10",
      "self.i / 2 == 2 && self.i % 2 == 1 && -self.i == -5",
      "5 > 3.5 && 3u < 4",
    ],
    refused: {
      "self.i / 0 == 1": "division by zero evaluating rule: self.i / 0 == 1",
      "self.i % (self.i - 5) == 1": "modulus by zero",
      "9223372036854775807 + self.i > 0": "integer overflow",
      "self.i == 'x'": "found no matching overload for '_==_' applied to '(int, string)'",
      "self.i + self.d > 1.0": "found no matching overload for '_+_' applied to '(int, double)'",
      "self.i > 100": "failed rule: self.i > 100",
    },
  },
  {
    name: "unicode texts",
    value: { v: "Rook takes 👑" },
    schema: object({ v: text }),
    holds: [
      "self.v.startsWith('Rook') && !self.v.startsWith('knight')",
      "self.v.contains('takes') && self.v.endsWith('👑')",
      "self.v.matches('^[^0-9]*$') && !self.v.matches('^[0-9]*$')",
      "size(self.v) == 12",
      "self.v.charAt(3) == 'k'",
      "self.v.indexOf('o') == 1 && self.v.indexOf('o', 2) == 2",
      "self.v.lastIndexOf('o') == 2 && self.v.lastIndexOf('k', 4) == 3",
      "self.v.replace(' ', 'x') == 'Rookxtakesx👑'",
      "self.v.replace(' ', 'x', 1) == 'Rookxtakes 👑'",
      "self.v.split(' ') == ['Rook', 'takes', '👑']",
      "self.v.split(' ', 2) == ['Rook', 'takes 👑']",
      "self.v.substring(5) == 'takes 👑' && self.v.substring(0, 4) == 'Rook'",
      "self.v.substring(4, 10).trim() == 'takes'",
      "self.v.upperAscii() == 'ROOK TAKES 👑' && self.v.lowerAscii() == 'rook takes 👑'",
      "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab'",
      "'%s has %d of %.2f, %x and %s'.format(['a', 3, 1.5, 255, ['b']]) == 'a has 3 of 1.50, ff and [\"b\"]'",
      "'abc 123 def 456'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2'] && 'a1b2'.findAll('[0-9]', 1) == ['1']",
      "r'\\d' == '\\\\d' && '\\u0041\\x42' == 'AB' && \"\"\"a'b\"\"\" == \"a'b\"",
    ],
    refused: {
      "self.v.matches(')')":
        "rule compile error: program instantiation failed: error parsing regexp: unexpected ): `)`",
      "self.v.charAt(99) == ''": "index out of range: 99",
      "self.v.foo()": "undeclared reference to 'foo' (in container '')",
      "self.v.contains(3)": "found no matching overload for 'contains' applied to 'string.(int)'",
      "self.v": "rule compile error: cel expression must evaluate to a bool",
    },
  },
  {
    name: "formats",
    value: { b: "QUI=", d: "1h2m3s4ms", day: "1997-07-16", t: "2011-08-18T19:03:37.010000000+01:00" },
    schema: object({
      b: formatted("byte"),
      d: formatted("duration"),
      day: formatted("date"),
      t: formatted("date-time"),
    }),
    holds: [
      "self.b == b'AB' && self.b == bytes('AB') && self.b == b'\\x41\\x42' && size(self.b) == 2 && string(self.b) == 'AB'",
      "self.d == duration('1h2m') + duration('3s4ms')",
      "self.d.getHours() == 1 && self.d.getMinutes() == 62 && self.d.getSeconds() == 3723 && self.d.getMilliseconds() == 3723004",
      "type(self.d) == google.protobuf.Duration && string(self.d) == '3723.004s'",
      "self.day == timestamp('1997-07-16T00:00:00.000Z') && self.day.getDate() == 16 && self.day.getMonth() == 06",
      "self.t == timestamp('2011-08-18T00:00:00.000+01:00') + duration('19h3m37s10ms')",
      "self.t.getHours('01:00') == 19 && self.t.getHours('UTC') == 18 && self.t.getHours() == 18",
      "self.t.getMilliseconds('01:00') == 10 && self.t.getMinutes('01:00') == 03",
      "self.t.getDayOfWeek() == 4 && self.t.getDayOfYear() == 229 && self.t.getHours('America/New_York') == 14",
      "string(self.t) == '2011-08-18T19:03:37.01+01:00'",
      "self.t - self.day > duration('24h') && type(self.t) == google.protobuf.Timestamp",
    ],
  },
  {
    name: "lists and sets",
    value: { l: [1, 1, 2, 2, 3, 3, 4, 5], s: ["a", "b", "c"], t: ["a", "c", "b"], none: [] },
    schema: object({ l: list(integer), s: set(text), t: set(text), none: list(integer) }),
    holds: [
      "2 in self.l && !(0 in self.l) && self.l[7] == 5",
      "self.l.all(e, e > 0) && self.l.exists(e, e > 2) && self.l.exists_one(e, e > 4)",
      "!self.l.all(e, e < 2) && !self.l.exists_one(e, e == 2)",
      "size(self.l.filter(e, e%2 == 0)) == 3 && self.l.size() == 8",
      "self.l.map(e, e * 20).filter(e, e > 50).exists(e, e == 60)",
      "self.l.map(e, e > 3, e * 2) == [8, 10]",
      "self.l + [6] == [1, 1, 2, 2, 3, 3, 4, 5, 6] && self.none + [1] == [1]",
      "self.l.isSorted() && self.l.sum() == 21 && self.l.min() == 1 && self.l.max() == 5 && self.none.sum() == 0",
      "self.l.indexOf(2) == 2 && self.l.lastIndexOf(2) == 3 && self.l.indexOf(9) == -1",
      "self.s == self.t && self.s == ['c', 'b', 'a']",
      "self.s + self.t == ['a', 'b', 'c'] && self.s + ['c', 'd'] == ['a', 'b', 'c', 'd']",
      "sets.contains(self.s, ['a']) && sets.equivalent(self.s, self.t) && !sets.intersects(self.s, ['x'])",
      "self.l.all(i, e, i >= 0 && e > 0) && self.s.transformList(i, v, i == 0, v) == ['a']",
      "self.s.transformMap(i, v, v)[1] == 'b' && self.s.existsOne(i, v, v == 'c')",
      "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && {'a': 1}.transformList(k, v, k) == ['a']",
    ],
    refused: {
      "self.l[100] == 0": "index out of bounds: 100 evaluating rule: self.l[100] == 0",
      "self.none.max() == 0": "max called on empty list",
      "[1, 'a'].size() == 2": "expected type 'int' but found 'string'",
      "self.l.all(e, e)": "found no matching overload for '_&&_' applied to '(bool, int)'",
    },
  },
  {
    name: "keyed lists",
    value: {
      m: [
        { k: "a1", v: "b1" },
        { k: "a2", v: "b2" },
        { k: "a3", v: "b3", v2: "z" },
      ],
      pair: [
        [
          { k: "a", v: "1" },
          { k: "b", v: "2" },
        ],
        [
          { k: "b", v: "3" },
          { k: "a", v: "1" },
        ],
      ],
    },
    schema: object({
      m: listMap(["k"], object({ k: text, v: text, v2: text })),
      pair: list(listMap(["k"], object({ k: text, v: text }))),
    }),
    holds: [
      "self.m.all(m, !has(m.v2) || m.v2 == 'z') && self.m.exists_one(m, m.k == 'a3')",
      "self.m.exists(m, m.v2 == 'z') && !self.m.all(m, m.v2 != 'z')",
      "self.m.map(m, has(m.v2) && m.v2 == 'z', m.v2).size() == 1",
      "self.pair[0] + self.pair[1] == self.pair[1] && self.pair[1] + self.pair[0] == self.pair[0]",
      "self.m == [self.m[2], self.m[0], self.m[1]]",
    ],
    refused: {
      "self.m.all(m, m.v2 == 'z')": "no such key: v2",
      "self.m.exists_one(m, m.v2 == 'z')": "no such key: v2",
      "self.m.filter(m, m.v2 == 'z').size() == 1": "no such key: v2",
      "self.m[0] == {'k': 'a1', 'v': 'b1'}": "found no matching overload for '_==_'",
    },
  },
  {
    name: "maps",
    value: { m: { b: 1, d: 2 }, odd: { "@": 1, "./-": 4, int: 3 }, same: { d: 2, b: 1 } },
    schema: object({ m: map(integer), odd: map(integer), same: map(integer) }),
    holds: [
      "'b' in self.m && !('a' in self.m) && has(self.m.b) && !has(self.m.a)",
      "self.m.all(k, self.m[k] > 0) && self.m.exists_one(k, self.m[k] == 2)",
      "self.m == self.same && self.m == {'b': 1, 'd': 2} && size(self.m) == 2",
      "self.odd['@'] == 1 && self.odd['./-'] == 4 && self.odd['int'] == 3",
      "self.m[?'b'].orValue(7) == 1 && self.m[?'x'].orValue(7) == 7 && self.m.?x.orValue(7) == 7",
      "self.m.?b.hasValue() && !self.m.?x.hasValue() && self.m.?b.optMap(v, v + 1).value() == 2",
      "optional.none().or(optional.of(3)).value() == 3 && [1, ?self.m.?x] == [1]",
    ],
    refused: { "self.m['c'] == 1": "no such key: c", "self.m.?x.value() == 1": "optional.none() dereference" },
  },
  {
    name: "objects",
    value: {
      a: { b: 1, d: null },
      a1: { b1: { c1: 4 } },
      o: [
        { k: 1, hidden: "x" },
        { k: 1, hidden: "y" },
        { k: 1, hidden: "y" },
      ],
    },
    schema: object({
      a: object({ b: integer, c: integer, d: { ...integer, nullable: true } }),
      a1: object({ b1: object({ c1: integer }), d2: object({ e2: integer }) }),
      o: list({ ...object({ k: integer }), ...unknown }),
    }),
    holds: [
      "has(self.a.b) && !has(self.a.c) && !has(self.a.d) && has(self.a1.b1.c1)",
      "!(has(self.a1.d2) && has(self.a1.d2.e2))",
      "self.o[0] != self.o[1] && self.o[1] == self.o[2]",
    ],
    refused: {
      "has(self.a.z)": "undefined field 'z'",
      "self.a['b'] == 1": "found no matching overload for '_[_]'",
      "has(self.a1.d2.e2)": "no such key: d2",
      "self.a.d == 1": "no such key: d",
      "self.a.b == null": "found no matching overload for '_==_' applied to '(int, null)'",
      "has(self.o[0].hidden)": "undefined field 'hidden'",
      "string(type(self.a)) == ''": "found no matching overload for 'string' applied to '(type",
      "self == 201": "found no matching overload for '_==_'",
    },
  },
  {
    name: "names that have to be escaped",
    value: {
      true: 1,
      namespace: 17,
      int: 101,
      self: 201,
      size: "204",
      "dot.dot": 401,
      "dash-dash": 402,
      "slash/slash": 403,
      a__b: 405,
    },
    schema: object({
      true: integer,
      namespace: integer,
      int: integer,
      self: integer,
      size: text,
      "dot.dot": integer,
      "dash-dash": integer,
      "slash/slash": integer,
      a__b: integer,
    }),
    holds: [
      "self.__true__ == 1 && self.__namespace__ == 17 && self.int == 101 && self.self == 201 && self.size == '204'",
      "self.dot__dot__dot == 401 && self.dash__dash__dash == 402 && self.slash__slash__slash == 403",
      "self.a__underscores__b == 405",
    ],
    refused: {
      "self.true == 1": "mismatched input 'true' expecting IDENTIFIER",
      "self.__illegal__ == 301": "undefined field '__illegal__'",
    },
  },
  {
    name: "integers or texts, and what is not known",
    value: { min: "50%", one: 1, current: 5, available: 10, any: 1, anyList: ["a", 2], nothing: null },
    schema: object({
      min: intOrString,
      one: intOrString,
      current: integer,
      available: integer,
      any: unknown,
      anyList: list(unknown),
      nothing: { ...intOrString, nullable: true },
    }),
    holds: [
      "self.min == '50%' && self.min != 1 && self.one == 1 && self.one != 'x' && self.min != ['anything']",
      "type(self.min) == string && type(self.one) == int && !has(self.nothing)",
      "type(self.min) == int ? self.current <= self.min : double(self.current) / double(self.available) >= double(self.min.replace('%', '')) / 100.0",
      "type(self.min) == string && self.min.matches(r'(\\d+(\\.\\d+)?%)')",
    ],
    refused: {
      "has(self.any)": "undefined field 'any'",
      "has(self.anyList)": "undefined field 'anyList'",
      "self.min > 3":
        "'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self.min > 3",
      "type(self.nothing) == int": "no such key",
    },
  },
  {
    name: "resources",
    value: {
      embedded: { apiVersion: "v1", kind: "Pod", metadata: { name: "foo", generateName: "g", namespace: "xyz" } },
    },
    schema: object({ embedded: { type: "object", ...unknown, "x-kubernetes-embedded-resource": true } }),
    holds: [
      "self.embedded.kind == 'Pod' && self.embedded.metadata.name == 'foo' && self.embedded.metadata.generateName == 'g'",
    ],
    refused: {
      "has(self.embedded.metadata.namespace)": "undefined field 'namespace'",
      "has(self.embedded.spec)": "undefined field 'spec'",
    },
  },
  {
    name: "truth",
    value: { t: true, n: 0 },
    schema: object({ t: boolean, n: integer }),
    holds: [
      "self.t || 1 / self.n == 1",
      "1 / self.n == 1 || self.t",
      "!(false && 1 / self.n == 1) && !(1 / self.n == 1 && false)",
      "self.t ? true : 1 / self.n == 1",
    ],
    refused: { "1 / self.n == 1 && self.t": "division by zero", "self.t &&": "Syntax error: mismatched input '<EOF>'" },
  },
  {
    name: "Kubernetes' libraries",
    value: { q: "1.5Gi", u: "https://user@example.com:8080/a b/c?k=1&k=2&l=x", ip: "192.168.0.1", c: "192.168.0.0/24" },
    schema: object({ q: text, u: text, ip: text, c: text }),
    holds: [
      "isQuantity(self.q) && !isQuantity('x') && quantity(self.q).isGreaterThan(quantity('1G'))",
      "quantity('50k').add(quantity('20k')) == quantity('70k') && quantity('50k').sub(20000) == quantity('30k')",
      "quantity('50000000G').isInteger() && quantity('9999').asInteger() == 9999 && quantity('-1').sign() == -1",
      "quantity('1k').compareTo(quantity('1000')) == 0 && quantity('1.5').asApproximateFloat() == 1.5",
      "isURL('https://example.com/a') && isURL('/path') && !isURL('../x') && !isURL('https://a:b:c/')",
      "url('https://example.com:80/a?k=1&k=2&l=x').getQuery()['k'] == ['1', '2']",
      "url('https://example.com:80/').getHost() == 'example.com:80' && url('https://example.com:80/').getPort() == '80'",
      "url('https://[::1]:80/').getHostname() == '::1' && url('https://example.com/with space/').getEscapedPath() == '/with%20space/'",
      "isIP(self.ip) && !isIP('127.0.0.1.0') && ip(self.ip).family() == 4 && ip('::1').isLoopback() && ip('::1').family() == 6",
      "ip('fe80::1').isLinkLocalUnicast() && ip('ff02::1').isLinkLocalMulticast() && ip('8.8.8.8').isGlobalUnicast()",
      "ip.isCanonical('127.0.0.1') && !ip.isCanonical('2001:DB8::1') && ip('0.0.0.0').isUnspecified()",
      "isCIDR(self.c) && cidr(self.c).containsIP(self.ip) && !cidr(self.c).containsIP('10.0.0.1')",
      "cidr('192.168.0.0/16').containsCIDR(self.c) && cidr('192.168.0.7/24').masked() == cidr(self.c) && cidr(self.c).prefixLength() == 24",
      "cidr(self.c).ip() == ip('192.168.0.0') && string(cidr(self.c)) == self.c",
      "!format.dns1123Label().validate('my-name').hasValue() && format.dns1123Label().validate('My_Name').hasValue()",
      "format.named('uuid').value().validate('x').hasValue() && !format.named('nothing').hasValue()",
    ],
    refused: {
      "quantity('x').isInteger()": "quantities must match the regular expression",
      "ip('x').family() == 4": "unable to parse IP",
    },
  },
];

describe.each(VALS)("rules of $name", ({ value, schema, holds, refused = {} }) => {
  it.each(holds)("hold: %s", (rule) => {
    expect(verdict(rule, value, schema)).toBe("");
  });

  const pairs = Object.entries(refused);
  if (pairs.length > 0)
    it.each(pairs)("fail: %s", (rule, why) => {
      expect(verdict(rule, value, schema)).toContain(why);
    });
});

/** Of an update: what is refused, and what is only told. */
function change(schema: JsonSchema, old: JsonObject | null, value: JsonObject): [string[], readonly string[]] {
  const { errors, warnings } = validateRules(value, schema, old);
  return [errors.map(errorLine), warnings];
}

describe("rules of an update", () => {
  const positive = { ...integer, "x-kubernetes-validations": [{ rule: "self > 0", message: "must be positive" }] };

  it("do not refuse what was broken before and did not change", () => {
    const schema = object({ a: positive, l: list(positive), m: listMap(["k"], object({ k: text, n: positive })) });
    const old = { a: -1, l: [-1], m: [{ k: "x", n: -1 }], other: 1 };
    const line = (field: string) => `${field}: Invalid value: "integer": must be positive`;
    expect(change(schema, old, { ...old, other: 2 })).toEqual([[], [line("a"), line("l[0]"), line("m[0].n")]]);
    expect(change(schema, old, { ...old, a: -2 })[0]).toEqual([line("a")]);
    // Nobody knows what an element of a plain list was before.
    expect(change(schema, old, { ...old, l: [-1, 1] })[0]).toEqual([line("l[0]")]);
    const moved = {
      ...old,
      m: [
        { k: "y", n: 1 },
        { k: "x", n: -1 },
      ],
    };
    expect(change(schema, old, moved)).toEqual([[], [line("a"), line("l[0]"), line("m[1].n")]]);
  });

  it("of transition are asked where there is something to compare with", () => {
    const grows = { ...integer, "x-kubernetes-validations": [{ rule: "self >= oldSelf" }] };
    const schema = object({ a: grows, m: map(grows), l: listMap(["k"], object({ k: text, n: grows })) });
    expect(change(schema, null, { a: 1, m: { x: 1 } })[0]).toEqual([]);
    const old = { a: 2, m: { x: 2 }, l: [{ k: "a", n: 2 }] };
    expect(
      change(schema, old, {
        a: 1,
        m: { x: 1, y: 0 },
        l: [
          { k: "b", n: 0 },
          { k: "a", n: 1 },
        ],
      })[0],
    ).toEqual([
      'a: Invalid value: "integer": failed rule: self >= oldSelf',
      'l[1].n: Invalid value: "integer": failed rule: self >= oldSelf',
      'm[x]: Invalid value: "integer": failed rule: self >= oldSelf',
    ]);
  });

  it("with an optional oldSelf are asked of what is new, too", () => {
    const rule = { rule: "oldSelf.hasValue() || self > 0", optionalOldSelf: true };
    const schema = object({ a: { ...integer, "x-kubernetes-validations": [rule] } });
    expect(change(schema, null, { a: -1 })[0]).toHaveLength(1);
    expect(change(schema, { a: 1 }, { a: -1 })[0]).toEqual([]);
  });
});

describe("a rule's own words", () => {
  it.each([
    [{ reason: "FieldValueForbidden" }, "spec: Forbidden: failed rule: self.a < self.b"],
    [{ reason: "FieldValueRequired", message: " needed " }, "spec: Required value: needed"],
    [{ reason: "FieldValueDuplicate" }, 'spec: Duplicate value: "object"'],
    [{ fieldPath: ".b" }, 'spec.b: Invalid value: "object": failed rule: self.a < self.b'],
    [{ messageExpression: "'a is %d'.format([self.a])" }, 'spec: Invalid value: "object": a is 3'],
    [{ messageExpression: "self.c", message: "fallback" }, 'spec: Invalid value: "object": fallback'],
    [{ messageExpression: "'a\\nb'" }, 'spec: Invalid value: "object": failed rule: self.a < self.b'],
  ])("%j: %s", (more, line) => {
    const rule = { rule: "self.a < self.b", ...more };
    const spec = { ...object({ a: integer, b: integer, c: text }), "x-kubernetes-validations": [rule] };
    expect(change(object({ spec }), null, { spec: { a: 3, b: 2 } })[0]).toEqual([line]);
  });

  it("of the whole resource have no field", () => {
    const schema = { ...object({}), "x-kubernetes-validations": [{ rule: "self.metadata.name == 'x'" }] };
    expect(change(schema, null, { metadata: { name: "y" } })[0]).toEqual([
      `<nil>: Invalid value: "object": failed rule: self.metadata.name == 'x'`,
    ]);
  });

  it("end when they take too long", () => {
    const rule = { rule: "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))" };
    const schema = object({ l: { ...list(integer), "x-kubernetes-validations": [rule] } });
    expect(change(schema, null, { l: Array.from({ length: 300 }, (_, index) => index) })[0].join()).toContain(
      "no further validation rules will be run due to call cost exceeds limit for rule",
    );
  });
});
