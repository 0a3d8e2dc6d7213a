// Maps and sets that are empty most of the time, in what there are thousands of (processes, pods): the empty one is
// shared, and one of their own is made when something is put in. So their holders keep what these functions give back.

export const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();
export const NO_MEMBERS: ReadonlySet<never> = new Set<never>();

/** `map` with an entry more, for its holder to keep. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  const own = map.size === 0 ? new Map<K, V>() : (map as Map<K, V>);
  own.set(key, value);
  return own;
}

export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  if (map.size === 1) return NO_ENTRIES;
  (map as Map<K, V>).delete(key);
  return map;
}

/** `set` with a member more, for its holder to keep. */
export function withMember<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const own = set.size === 0 ? new Set<T>() : (set as Set<T>);
  own.add(member);
  return own;
}

export function withoutMember<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  if (!set.has(member)) return set;
  if (set.size === 1) return NO_MEMBERS;
  (set as Set<T>).delete(member);
  return set;
}
