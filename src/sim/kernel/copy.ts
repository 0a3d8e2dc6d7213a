import { NO_ENTRIES, NO_MEMBERS } from "./collections.ts";
import { Table } from "./table.ts";

/**
 * Copies what is mutable and shares what is frozen. State must be a tree of records, arrays, Maps, Sets, typed arrays
 * and Tables; anything else is a bug in a component, and said so.
 */
export function copyState<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) {
    if (typeof value === "function" || typeof value === "symbol")
      throw new Error("A world's state holds no functions or symbols.");
    return value;
  }
  if (Array.isArray(value)) {
    const { length } = value;
    const copy = new Array<unknown>(length);
    for (let index = 0; index < length; index += 1) {
      const item: unknown = value[index];
      copy[index] = typeof item === "object" && item !== null ? copyValue(item) : item;
    }
    return copy;
  }
  if (value === NO_ENTRIES || value === NO_MEMBERS) return value;
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    for (const [key, item] of value) copy.set(key, typeof item === "object" && item !== null ? copyValue(item) : item);
    return copy;
  }
  if (value instanceof Set) return new Set(value);
  if (value instanceof Table) return value.copy();
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`A world's state holds plain data, not a ${(value as object).constructor.name}.`);
  }
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const item: unknown = (value as Record<string, unknown>)[key];
    copy[key] = typeof item === "object" && item !== null ? copyValue(item) : item;
  }
  return copy;
}
