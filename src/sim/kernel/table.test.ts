import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Table } from "./table.ts";

type Op =
  | { readonly op: "set" | "delete" | "get"; readonly key: number; readonly at: number }
  | { readonly op: "copy"; readonly at: number };

const keyOf = (key: number) => `/k/${key.toString(36)}`;

const operation: fc.Arbitrary<Op> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ op: fc.constant("set" as const), key: fc.nat(900), at: fc.nat(3) }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant("delete" as const), key: fc.nat(900), at: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("get" as const), key: fc.nat(900), at: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("copy" as const), at: fc.nat(3) }) },
);

function entriesOf(model: ReadonlyMap<string, number>): [string, number][] {
  return [...model].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("Table", () => {
  it("is a sorted map, and copies live lives of their own", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 2_000, size: "max" }), (operations) => {
        const pairs = [{ table: new Table<number>(), model: new Map<string, number>() }];
        let next = 0;
        for (const each of operations) {
          const { table, model } = pairs[each.at % pairs.length]!;
          if (each.op === "copy") {
            if (pairs.length < 4) pairs.push({ table: table.copy(), model: new Map(model) });
            continue;
          }
          const key = keyOf(each.key);
          if (each.op === "set") {
            next += 1;
            table.set(key, next);
            model.set(key, next);
          } else if (each.op === "delete") expect(table.delete(key)).toBe(model.delete(key));
          else expect(table.get(key)).toBe(model.get(key));
        }
        for (const { table, model } of pairs) {
          const expected = entriesOf(model);
          expect(table.size).toBe(model.size);
          expect([...table.entries()]).toEqual(expected);
          expect(table.minKey()).toBe(expected[0]?.[0]);
          expect(table.maxKey()).toBe(expected.at(-1)?.[0]);
          const ranged: [string, number][] = [];
          table.range("/k/3", "/k/c", (key, value) => {
            ranged.push([key, value]);
          });
          expect(ranged).toEqual(expected.filter(([key]) => key >= "/k/3" && key < "/k/c"));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("grows and shrinks to thousands", () => {
    const table = new Table<number>();
    for (let index = 0; index < 5_000; index += 1) table.set(`x${(index * 7919) % 5_000}`, index);
    expect(table.size).toBe(5_000);
    for (let index = 0; index < 5_000; index += 2) expect(table.delete(`x${index}`)).toBe(true);
    expect([...table.keys()]).toHaveLength(2_500);
    for (let index = 1; index < 5_000; index += 2) table.delete(`x${index}`);
    expect(table.size).toBe(0);
    expect(table.minKey()).toBeUndefined();
    table.set("again", 1);
    expect([...table.values()]).toEqual([1]);
  });

  it("may be changed while somebody iterates over it", () => {
    const table = new Table<number>();
    for (let index = 0; index < 100; index += 1) table.set(`x${index}`, index);
    const seen: string[] = [];
    for (const key of table.keys()) {
      seen.push(key);
      table.delete(key);
    }
    expect(seen).toHaveLength(100);
    expect(table.size).toBe(0);
  });

  it("stops a visit that has seen enough", () => {
    const table = new Table<number>();
    for (let index = 0; index < 100; index += 1) table.set(`x${index}`, index);
    let seen = 0;
    table.range("x", undefined, () => {
      seen += 1;
      return seen < 3;
    });
    expect(seen).toBe(3);
  });
});
