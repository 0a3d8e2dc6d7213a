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
  visitKeys(text, (top, isDuplicate) => {
    if (isDuplicate) found.push(duplicateField(pathOf(top)));
  });
  return found;
}

/** What is wrong with fields of the text, in the order in which a decoder comes upon them. `text` is JSON. */
export function inOrderOfText(text: string, problems: readonly string[]): readonly string[] {
  const left = new Set(problems);
  const ordered: string[] = [];
  visitKeys(text, (top, isDuplicate) => {
    const path = pathOf(top);
    const problem = isDuplicate ? duplicateField(path) : `unknown field "${path}"`;
    if (isDuplicate ? !left.has(problem) : !left.delete(problem)) return;
    ordered.push(problem);
  });
  return ordered.length === problems.length ? ordered : problems;
}

function duplicateField(path: string): string {
  return `duplicate field "${path}"`;
}

function visitKeys(text: string, visit: (top: Frame, isDuplicate: boolean) => void): void {
  const stack: Frame[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const top = stack.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (expectsKey && top?.keys) {
        top.key = JSON.parse(text.slice(at, end + 1)) as string;
        visit(top, top.keys.has(top.key));
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
}

/** How many keys stand in a JSON text: as many as its value has, unless some are given twice. */
export function keysInText(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at = endOfString(text, at) + 1;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) === COLON) count++;
  }
  return count;
}

const COLON = 58;
const BACKSLASH = 92;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** How many keys a value has, at any depth; -1 if it is nested deeper than that. */
export function keysInValue(value: unknown, depthMax: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depthMax === 0) return -1;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const below = keysInValue(item, depthMax - 1);
      if (below < 0) return -1;
      count += below;
    }
    return count;
  }
  const record = value as Readonly<Record<string, unknown>>;
  for (const key in record) {
    const below = keysInValue(record[key], depthMax - 1);
    if (below < 0) return -1;
    count += below + 1;
  }
  return count;
}

function pathOf({ path, keys, key, index }: Frame): string {
  if (keys === null) return `${path}[${index}]`;
  return path === "" ? key : `${path}.${key}`;
}

function endOfString(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  if (text.charCodeAt(end - 1) !== BACKSLASH) return end;
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
