/** Cache: sizes of frozen parts, so that a status update pays for the status only. */
const sizes = new WeakMap<object, number>();

/** About how many bytes the object takes in etcd: its JSON's length, without making it. */
export function estimateSize(value: unknown, depth = 0): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return 6;
    case "boolean":
      return 5;
    case "object":
      break;
    default:
      return 0;
  }
  if (value === null) return 4;
  const kept = depth <= 1 && Object.isFrozen(value);
  if (kept) {
    const known = sizes.get(value);
    if (known !== undefined) return known;
  }
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += estimateSize(item, depth + 1) + 1;
  else {
    const record = value as Readonly<Record<string, unknown>>;
    for (const key in record) size += key.length + 4 + estimateSize(record[key], depth + 1);
  }
  if (kept) sizes.set(value, size);
  return size;
}
