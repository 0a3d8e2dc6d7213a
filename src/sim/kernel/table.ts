import type BTree from "sorted-btree";
import * as library from "sorted-btree";

/** The library is CommonJS: Node and bundlers disagree on how deep its default export lies. */
const outer: unknown = library.default;
const SortedTree = (typeof outer === "function" ? outer : (outer as { default: unknown }).default) as typeof BTree;

/**
 * A persistent map from text keys, in code-unit order, for tables that grow: copying one costs nothing, and afterwards
 * both copies pay only for what changes. Values must be frozen (or primitive), since copies share them.
 */
export class Table<V> {
  private readonly tree: BTree<string, V>;

  constructor(tree?: BTree<string, V>) {
    this.tree = tree ?? new SortedTree<string, V>(undefined, compareKeys);
  }

  get size(): number {
    return this.tree.size;
  }

  get(key: string): V | undefined {
    return this.tree.get(key);
  }

  has(key: string): boolean {
    return this.tree.has(key);
  }

  set(key: string, value: V): void {
    this.tree.set(key, value);
  }

  delete(key: string): boolean {
    return this.tree.delete(key);
  }

  clear(): void {
    this.tree.clear();
  }

  /** All entries with `from <= key < to` in key order; `to` undefined means to the end. Do not change the table inside `visit`; return false to stop. */
  range(from: string, to: string | undefined, visit: (key: string, value: V) => unknown): void {
    for (const [key, value] of this.tree.entries(from)) {
      if (to !== undefined && key >= to) return;
      if (visit(key, value) === false) return;
    }
  }

  forEach(visit: (value: V, key: string) => void): void {
    this.tree.forEachPair((key, value) => {
      visit(value, key);
    });
  }

  keys(): IterableIterator<string> {
    return this.tree.keys();
  }

  values(): IterableIterator<V> {
    return this.tree.values();
  }

  entries(): IterableIterator<[string, V]> {
    return this.tree.entries();
  }

  minKey(): string | undefined {
    return this.tree.minKey();
  }

  maxKey(): string | undefined {
    return this.tree.maxKey();
  }

  /** Constant time; both tables may be changed afterwards. */
  copy(): Table<V> {
    return new Table(this.tree.clone());
  }
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first key after every key that begins with `prefix` (keys contain no U+FFFF). */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\uffff`;
}
