/** Items with keys for React: what the item says, and a count where two say the same. */
export function keyed<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly { readonly key: string; readonly item: T }[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const plain = keyOf(item);
    const count = seen.get(plain) ?? 0;
    seen.set(plain, count + 1);
    return { key: count === 0 ? plain : `${plain} (${count})`, item };
  });
}
