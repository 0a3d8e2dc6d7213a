/**
 * A B+ tree from text keys, in code-unit order, that copies in constant time: copies share nodes until one of them
 * changes a node that it does not own. Nodes may run low by deletions; empty ones are dropped.
 */
export interface SortedTree<V> {
  root: TreeNode<V>;
  size: number;
  /** Whose nodes may be changed in place. A new one is taken whenever nodes become shared. */
  owner: object;
}

export type TreeNode<V> = TreeLeaf<V> | TreeBranch<V>;

interface TreeLeaf<V> {
  readonly owner: object;
  readonly keys: string[];
  readonly values: V[];
  readonly children: null;
}

interface TreeBranch<V> {
  readonly owner: object;
  /** `keys[i]` is at most the least key below `children[i]`, and above all keys below `children[i - 1]`. */
  readonly keys: string[];
  readonly values: null;
  readonly children: TreeNode<V>[];
}

const NODE_MAX = 32;

export function createTree<V>(): SortedTree<V> {
  const owner = {};
  return { root: { owner, keys: [], values: [], children: null }, size: 0, owner };
}

/** Constant time; both trees may be changed afterwards. */
export function copyTree<V>(tree: SortedTree<V>): SortedTree<V> {
  tree.owner = {};
  return { root: tree.root, size: tree.size, owner: {} };
}

export function getKey<V>(tree: SortedTree<V>, key: string): V | undefined {
  let node = tree.root;
  while (node.children !== null) node = node.children[childIndex(node.keys, key)] as TreeNode<V>;
  const index = lowerBound(node.keys, key);
  return node.keys[index] === key ? node.values[index] : undefined;
}

export function hasKey<V>(tree: SortedTree<V>, key: string): boolean {
  let node = tree.root;
  while (node.children !== null) node = node.children[childIndex(node.keys, key)] as TreeNode<V>;
  return node.keys[lowerBound(node.keys, key)] === key;
}

export function setKey<V>(tree: SortedTree<V>, key: string, value: V): void {
  const root = owned(tree, tree.root);
  tree.root = root;
  const right = insert(tree, root, key, value);
  if (right === null) return;
  const keys = [root.keys[0] as string, right.keys[0] as string];
  tree.root = { owner: tree.owner, keys, values: null, children: [root, right] };
}

export function deleteKey<V>(tree: SortedTree<V>, key: string): boolean {
  if (!hasKey(tree, key)) return false;
  let root = owned(tree, tree.root);
  remove(tree, root, key);
  tree.size -= 1;
  while (root.children !== null && root.children.length === 1) root = root.children[0] as TreeNode<V>;
  tree.root = root;
  return true;
}

/** Visits entries from `from` on, in order, until `visit` gives false. Gives false if it was stopped. */
export function visitFrom<V>(
  node: TreeNode<V>,
  from: string,
  to: string | undefined,
  visit: (key: string, value: V) => unknown,
): boolean {
  const { keys, children, values } = node;
  if (children !== null) {
    const first = childIndex(keys, from);
    for (let index = first; index < children.length; index += 1) {
      if (to !== undefined && index > first && (keys[index] as string) >= to) return false;
      if (!visitFrom(children[index] as TreeNode<V>, index === first ? from : "", to, visit)) return false;
    }
    return true;
  }
  for (let index = from === "" ? 0 : lowerBound(keys, from); index < keys.length; index += 1) {
    const key = keys[index] as string;
    if (to !== undefined && key >= to) return false;
    if (visit(key, values[index] as V) === false) return false;
  }
  return true;
}

/** The leaves in order, as they are now: what is changed later is changed in copies. */
export function* leavesOf<V>(tree: SortedTree<V>): Generator<{ readonly keys: string[]; readonly values: V[] }> {
  tree.owner = {};
  yield* leavesBelow(tree.root);
}

function* leavesBelow<V>(node: TreeNode<V>): Generator<{ readonly keys: string[]; readonly values: V[] }> {
  if (node.children === null) yield node;
  else for (const child of node.children) yield* leavesBelow(child);
}

export function leastKey<V>(tree: SortedTree<V>): string | undefined {
  let node = tree.root;
  while (node.children !== null) node = node.children[0] as TreeNode<V>;
  return node.keys[0];
}

export function greatestKey<V>(tree: SortedTree<V>): string | undefined {
  let node = tree.root;
  while (node.children !== null) node = node.children[node.children.length - 1] as TreeNode<V>;
  return node.keys[node.keys.length - 1];
}

function owned<V>(tree: SortedTree<V>, node: TreeNode<V>): TreeNode<V> {
  const { owner } = tree;
  if (node.owner === owner) return node;
  return node.children === null
    ? { owner, keys: node.keys.slice(), values: node.values.slice(), children: null }
    : { owner, keys: node.keys.slice(), values: null, children: node.children.slice() };
}

/** Gives the new right neighbour if the node had to be split. `node` is the tree's own. */
function insert<V>(tree: SortedTree<V>, node: TreeNode<V>, key: string, value: V): TreeNode<V> | null {
  const { keys, children, values } = node;
  if (children === null) {
    const index = lowerBound(keys, key);
    if (keys[index] === key) {
      values[index] = value;
      return null;
    }
    insertAt(keys, index, key);
    insertAt(values, index, value);
    tree.size += 1;
    if (keys.length <= NODE_MAX) return null;
    const from = splitPoint(index, keys.length);
    return { owner: tree.owner, keys: keys.splice(from), values: values.splice(from), children: null };
  }
  const index = childIndex(keys, key);
  const child = owned(tree, children[index] as TreeNode<V>);
  children[index] = child;
  const right = insert(tree, child, key, value);
  if (key < (keys[index] as string)) keys[index] = key;
  if (right === null) return null;
  insertAt(keys, index + 1, right.keys[0] as string);
  insertAt(children, index + 1, right);
  if (keys.length <= NODE_MAX) return null;
  const from = splitPoint(index + 1, keys.length);
  return { owner: tree.owner, keys: keys.splice(from), values: null, children: children.splice(from) };
}

/** What grows at its end, as logs do, leaves full nodes behind. */
function splitPoint(inserted: number, length: number): number {
  return inserted === length - 1 ? length - 1 : length >> 1;
}

/** The key is there; `node` is the tree's own. */
function remove<V>(tree: SortedTree<V>, node: TreeNode<V>, key: string): void {
  const { keys, children, values } = node;
  if (children === null) {
    const index = lowerBound(keys, key);
    removeAt(keys, index);
    removeAt(values, index);
    return;
  }
  const index = childIndex(keys, key);
  const child = owned(tree, children[index] as TreeNode<V>);
  children[index] = child;
  remove(tree, child, key);
  if (child.keys.length > 0 || children.length === 1) return;
  removeAt(keys, index);
  removeAt(children, index);
}

/** As `splice`, without the list that it makes. */
function insertAt<T>(list: T[], index: number, item: T): void {
  list.push(item);
  for (let at = list.length - 1; at > index; at -= 1) list[at] = list[at - 1] as T;
  list[index] = item;
}

function removeAt<T>(list: T[], index: number): void {
  const last = list.length - 1;
  for (let at = index; at < last; at += 1) list[at] = list[at + 1] as T;
  list.pop();
}

/** The first index whose key is not below `key`. What grows at its end is looked for there first. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  if (high > 0 && (keys[high - 1] as string) < key) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child below which `key` lies or would lie: the last whose first key is not above it, else the first. */
function childIndex(keys: readonly string[], key: string): number {
  let low = 1;
  let high = keys.length;
  if (high > 1 && key >= (keys[high - 1] as string)) return high - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key < (keys[middle] as string)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
