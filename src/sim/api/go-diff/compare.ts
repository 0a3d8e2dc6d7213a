/** What differs between two Go values, as a tree (go-cmp's `Diff`). */
import { fieldOf, type GoType, isNil, type Json, sameScalar } from "./types.ts";

/** A value, or nothing where one side has no such element. */
export interface Side {
  readonly there: boolean;
  readonly value: Json;
}

export interface DiffNode {
  readonly type: GoType;
  readonly x: Side;
  readonly y: Side;
  /** Empty for what was compared as a whole. */
  readonly records: readonly DiffRecord[];
  readonly same: number;
  readonly different: number;
  readonly depth: number;
  readonly descendants: number;
}

export interface DiffRecord {
  readonly key: string;
  readonly node: DiffNode;
}

/**
 * So many pairs of values are compared before lists are no longer searched for what of them is alike: then elements are
 * paired as they stand. Upstream's search is bounded, too, in another way.
 */
const COMPARISONS_MAX = 100_000;

interface Search {
  left: number;
}

export function compare(type: GoType, x: Json, y: Json, search: Search = { left: COMPARISONS_MAX }): DiffNode {
  search.left--;
  switch (type.kind) {
    case "struct":
      return inner(
        type,
        x,
        y,
        type.fields.map((field) => ({
          key: field.name,
          node: compare(field.type, fieldOf(x, field), fieldOf(y, field), search),
        })),
      );
    case "pointer":
      if (isNil(x) || isNil(y)) return leaf(type, there(x), there(y), isNil(x) && isNil(y));
      return inner(type, x, y, [{ key: "", node: compare(type.element, x, y, search) }]);
    case "slice":
      if (isNil(x) || isNil(y)) return leaf(type, there(x), there(y), isNil(x) && isNil(y));
      return inner(type, x, y, compareItems(type.element, x as readonly Json[], y as readonly Json[], search));
    case "map":
      if (isNil(x) || isNil(y)) return leaf(type, there(x), there(y), isNil(x) && isNil(y));
      return inner(type, x, y, compareEntries(type.element, x as Fields, y as Fields, search));
    default:
      return leaf(type, there(x), there(y), sameScalar(type, x, y));
  }
}

type Fields = Readonly<Record<string, Json>>;

const NOTHING: Side = { there: false, value: undefined };

function there(value: Json): Side {
  return { there: true, value };
}

function leaf(type: GoType, x: Side, y: Side, same: boolean): DiffNode {
  return { type, x, y, records: [], same: same ? 1 : 0, different: same ? 0 : 1, depth: 0, descendants: 0 };
}

function inner(type: GoType, x: Json, y: Json, records: readonly DiffRecord[]): DiffNode {
  let [same, different, depth, descendants] = [0, 0, 0, 0];
  for (const { node } of records) {
    same += node.same;
    different += node.different;
    depth = Math.max(depth, node.depth + 1);
    descendants += node.descendants + 1;
  }
  return { type, x: there(x), y: there(y), records, same, different, depth, descendants };
}

function compareEntries(element: GoType, x: Fields, y: Fields, search: Search): DiffRecord[] {
  const keys = [...new Set([...Object.keys(x), ...Object.keys(y)])].sort();
  return keys.map((key) => {
    const [inX, inY] = [Object.hasOwn(x, key), Object.hasOwn(y, key)];
    if (inX && inY) return { key, node: compare(element, x[key], y[key], search) };
    return { key, node: leaf(element, inX ? there(x[key]) : NOTHING, inY ? there(y[key]) : NOTHING, false) };
  });
}

/** Pairs that are equal, or alike at least, are kept together; of all ways the one with the fewest changes. */
function compareItems(element: GoType, x: readonly Json[], y: readonly Json[], search: Search): DiffRecord[] {
  if (x.length * y.length > search.left) return compareAsTheyStand(element, x, y, search);
  const pairs: DiffNode[][] = [];
  for (const one of x) {
    pairs.push(y.map((other) => compare(element, one, other, search)));
    if (search.left < 0) return compareAsTheyStand(element, x, y, search);
  }
  const costs = costsFrom(pairs, x.length, y.length);
  const records: DiffRecord[] = [];
  const add = (node: DiffNode): void => {
    records.push({ key: "", node });
  };
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    const pair = pairs[i]?.[j];
    const cost = costs[i]![j]!;
    if (pair && isAlike(pair) && cost === costs[i + 1]![j + 1]! + costOf(pair)) {
      add(pair);
      i++;
      j++;
    } else if (i < x.length && cost === costs[i + 1]![j]! + 1) add(leaf(element, there(x[i++]), NOTHING, false));
    else add(leaf(element, NOTHING, there(y[j++]), false));
  }
  return records;
}

function compareAsTheyStand(element: GoType, x: readonly Json[], y: readonly Json[], search: Search): DiffRecord[] {
  const records: DiffRecord[] = [];
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    if (index >= y.length) records.push({ key: "", node: leaf(element, there(x[index]), NOTHING, false) });
    else if (index >= x.length) records.push({ key: "", node: leaf(element, NOTHING, there(y[index]), false) });
    else records.push({ key: "", node: compare(element, x[index], y[index], search) });
  }
  return records;
}

function isAlike({ same, different }: DiffNode): boolean {
  return same + 1 >= different;
}

function costOf({ different }: DiffNode): number {
  return different === 0 ? 0 : 1;
}

/** How many changes it takes from each pair of places to the ends. */
function costsFrom(pairs: readonly (readonly DiffNode[])[], rows: number, columns: number): number[][] {
  const costs = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  for (let i = rows; i >= 0; i--) {
    for (let j = columns; j >= 0; j--) {
      if (i === rows || j === columns) {
        costs[i]![j] = rows - i + columns - j;
        continue;
      }
      const pair = pairs[i]![j]!;
      const apart = 1 + Math.min(costs[i + 1]![j]!, costs[i]![j + 1]!);
      costs[i]![j] = isAlike(pair) ? Math.min(apart, costs[i + 1]![j + 1]! + costOf(pair)) : apart;
    }
  }
  return costs;
}
