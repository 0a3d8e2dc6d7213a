/**
 * A cache of bounded size for what follows from its key alone: it remembers what was asked for lately. In two
 * generations, of which the older is forgotten when the younger is full.
 */
export class Recent<K, V> {
  private readonly generation: number;
  private young = new Map<K, V>();
  private old = new Map<K, V>();

  constructor(generation: number) {
    this.generation = generation;
  }

  get(key: K): V | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    if (this.young.size >= this.generation) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}
