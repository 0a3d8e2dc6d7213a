import type { ListDiff } from "../../protocol/updates.ts";

/** Finds what changed in a list of small records with ids, by value. Keeps the last list that it was shown. */
export class ListDiffer<T extends { readonly id: string | number }> {
  private known = new Map<string | number, { readonly item: T; readonly text: string }>();

  reset(): void {
    this.known = new Map();
  }

  /** Undefined: nothing changed. */
  diff(items: readonly T[]): ListDiff<T> | undefined {
    const next = new Map<string | number, { readonly item: T; readonly text: string }>();
    const upsert: T[] = [];
    for (const item of items) {
      const before = this.known.get(item.id);
      if (before !== undefined && before.item === item) {
        next.set(item.id, before);
        continue;
      }
      const text = JSON.stringify(item);
      next.set(item.id, { item, text });
      if (before?.text !== text) upsert.push(item);
    }
    const remove: (string | number)[] = [];
    for (const id of this.known.keys()) if (!next.has(id)) remove.push(id);
    this.known = next;
    return upsert.length === 0 && remove.length === 0 ? undefined : { remove, upsert };
  }
}

/** The same for a view that comes whole. */
export class ValueDiffer<T> {
  private text: string | null = null;

  reset(): void {
    this.text = null;
  }

  changed(value: T): boolean {
    const text = JSON.stringify(value) ?? "undefined";
    if (text === this.text) return false;
    this.text = text;
    return true;
  }
}
