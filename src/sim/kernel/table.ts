import {
  copyTree,
  createTree,
  deleteKey,
  getKey,
  greatestKey,
  hasKey,
  leastKey,
  leavesOf,
  type SortedTree,
  setKey,
  visitFrom,
} from "./sorted-tree.ts";

/**
 * A persistent map from text keys, in code-unit order, for tables that grow: copying one costs nothing, and afterwards
 * both copies pay only for what changes. Values must be frozen (or primitive), since copies share them.
 */
export class Table<V> {
  private tree: SortedTree<V>;

  constructor(tree?: SortedTree<V>) {
    this.tree = tree ?? createTree<V>();
  }

  get size(): number {
    return this.tree.size;
  }

  get(key: string): V | undefined {
    return getKey(this.tree, key);
  }

  has(key: string): boolean {
    return hasKey(this.tree, key);
  }

  set(key: string, value: V): void {
    setKey(this.tree, key, value);
  }

  delete(key: string): boolean {
    return deleteKey(this.tree, key);
  }

  clear(): void {
    this.tree = createTree<V>();
  }

  /** All entries with `from <= key < to` in key order; `to` undefined means to the end. Do not change the table inside `visit`; return false to stop. */
  range(from: string, to: string | undefined, visit: (key: string, value: V) => unknown): void {
    visitFrom(this.tree.root, from, to, visit);
  }

  forEach(visit: (value: V, key: string) => void): void {
    visitFrom(this.tree.root, "", undefined, (key, value) => {
      visit(value, key);
    });
  }

  /** This and its siblings show the table as it was when the iteration began. */
  *keys(): IterableIterator<string> {
    for (const { keys } of leavesOf(this.tree)) yield* keys;
  }

  *values(): IterableIterator<V> {
    for (const { values } of leavesOf(this.tree)) yield* values;
  }

  *entries(): IterableIterator<[string, V]> {
    for (const { keys, values } of leavesOf(this.tree)) {
      for (let index = 0; index < keys.length; index += 1) yield [keys[index] as string, values[index] as V];
    }
  }

  minKey(): string | undefined {
    return leastKey(this.tree);
  }

  maxKey(): string | undefined {
    return greatestKey(this.tree);
  }

  /** Constant time; both tables may be changed afterwards. */
  copy(): Table<V> {
    return new Table(copyTree(this.tree));
  }
}

/** The first key after every key that begins with `prefix` (keys contain no U+FFFF). */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\uffff`;
}
