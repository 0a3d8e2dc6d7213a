/** Cache: sizes of large frozen parts, which writes share (a pod's spec). Small ones are counted as fast as found. */
const sizes = new WeakMap<object, number>();
const LARGE_BYTES = 1_024;

/** About how many bytes the object takes in etcd: its JSON's length, without making it. */
export function estimateSize(object: Readonly<Record<string, unknown>>): number {
  let size = 2;
  for (const key in object) {
    const part = object[key];
    size += key.length + 4 + (typeof part === "object" && part !== null ? sizeOfPart(part) : sizeOf(part));
  }
  return size;
}

function sizeOfPart(part: object): number {
  const known = sizes.get(part);
  if (known !== undefined) return known;
  const size = sizeOf(part);
  if (size >= LARGE_BYTES && Object.isFrozen(part)) sizes.set(part, size);
  return size;
}

function sizeOf(value: unknown): number {
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
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item) + 1;
  else {
    const record = value as Readonly<Record<string, unknown>>;
    for (const key in record) size += key.length + 4 + sizeOf(record[key]);
  }
  return size;
}
