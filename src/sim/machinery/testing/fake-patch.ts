/** JSON merge patch; `strategic` merges the lists that controllers patch by their keys. */
export function mergePatch(target: unknown, patch: unknown, strategic: boolean): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (strategic && field.startsWith(DELETE_FROM) && Array.isArray(value)) {
      const list = field.slice(DELETE_FROM.length);
      result[list] = ((result[list] ?? []) as readonly unknown[]).filter((item) => !value.includes(item));
      continue;
    }
    const key = MERGE_KEYS[field];
    if (value === null) delete result[field];
    else if (strategic && key !== undefined && Array.isArray(value)) {
      result[field] = mergeList((result[field] ?? []) as readonly Item[], value as readonly Item[], key);
    } else result[field] = mergePatch(result[field], value, strategic);
  }
  return result;
}

const DELETE_FROM = "$deleteFromPrimitiveList/";

type Item = Readonly<Record<string, unknown>>;

const MERGE_KEYS: Readonly<Record<string, string>> = { conditions: "type", ownerReferences: "uid", finalizers: "" };

function mergeList(old: readonly Item[], patch: readonly Item[], key: string): unknown[] {
  if (key === "") return [...new Set([...old, ...patch])];
  const result = [...old];
  for (const item of patch) {
    const index = result.findIndex((each) => each[key] === item[key]);
    if (item.$patch === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) result[index] = { ...result[index], ...item };
    else result.push(item);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
