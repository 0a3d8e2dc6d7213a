/** Fields that a JSON text gives twice, which `JSON.parse` does not tell. */

interface Frame {
  readonly path: string;
  /** Null for a list. */
  readonly keys: Set<string> | null;
  key: string;
  index: number;
}

/**
 * `duplicate field "spec.replicas"` for each, in order. `text` must be JSON that `JSON.parse` takes.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const stack: Frame[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const top = stack.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (expectsKey && top?.keys) {
        top.key = JSON.parse(text.slice(at, end + 1)) as string;
        if (top.keys.has(top.key)) found.push(`duplicate field "${pathOf(top)}"`);
        top.keys.add(top.key);
        expectsKey = false;
      }
      at = end;
    } else if (character === "{" || character === "[") {
      const isRecord = character === "{";
      stack.push({ path: top ? pathOf(top) : "", keys: isRecord ? new Set() : null, key: "", index: 0 });
      expectsKey = isRecord;
    } else if (character === "}" || character === "]") {
      stack.pop();
      expectsKey = false;
    } else if (character === "," && top) {
      top.index++;
      expectsKey = top.keys !== null;
    }
  }
  return found;
}

function pathOf({ path, keys, key, index }: Frame): string {
  if (keys === null) return `${path}[${index}]`;
  return path === "" ? key : `${path}.${key}`;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
