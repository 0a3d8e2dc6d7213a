/** JSON patch (RFC 6902) as the API server's library (evanphx/json-patch 4.12) does it, with its words. */
import { equalJson } from "../equal.ts";
import { isRecord, PatchError } from "./json.ts";

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** More operations than this are refused (413). */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;
/** So many bytes of JSON may the copies of one patch add: the API server's `JSONPatchMaxCopyBytes`. */
const COPIED_BYTES_MAX = 3 * 1024 * 1024;

/** Copies into themselves get deep soon: beyond this nothing reads them. The words are this project's own. */
const DEPTH_MAX = 1_000;

type Container = Record<string, unknown> | unknown[];

/** The container that holds the last token of a path, free to be changed, and that token. */
interface Place {
  readonly parent: Container;
  readonly key: string;
}

/** Gives the patched document; shares what no operation touched. Throws PatchError with the library's words. */
export function applyJsonPatch(original: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const document = new Document(original);
  for (const operation of operations) apply(document, operation);
  return document.root;
}

/** A document whose containers are copied on their first change. */
class Document {
  root: unknown;
  copiedBytes = 0;
  private readonly own = new Set<unknown>();

  constructor(root: unknown) {
    this.root = root;
  }

  /** Null where the way is missing; it also is where a path has no slash: the whole document cannot be named. */
  find(path: string): Place | null {
    const tokens = path.split("/").slice(1).map(decode);
    const key = tokens.pop();
    if (key === undefined) return null;
    this.root = this.owned(this.root);
    let container = this.root as Container;
    for (const token of tokens) {
      const at = Array.isArray(container) ? indexIn(container, token) : token;
      if (typeof at === "object") return null;
      const next = this.owned(valueAt(container, at));
      if (typeof next !== "object" || next === null) return null;
      (container as Record<string | number, unknown>)[at] = next;
      container = next as Container;
    }
    return { parent: container, key };
  }

  /** What is in two places from now on is nobody's: each place gets a copy of its own when it is changed. */
  share(value: unknown): unknown {
    this.copiedBytes += value === undefined ? 0 : JSON.stringify(value).length;
    if (this.copiedBytes > COPIED_BYTES_MAX) {
      throw new PatchError(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.copiedBytes}, exceeding the limit ${COPIED_BYTES_MAX}`,
      );
    }
    this.disown(value);
    return value;
  }

  /** What is owned stands in what is owned. */
  private disown(value: unknown): void {
    if (this.own.delete(value)) for (const inner of Object.values(value as Container)) this.disown(inner);
  }

  private owned(value: unknown): unknown {
    if (typeof value !== "object" || value === null || this.own.has(value)) return value;
    const copy = Array.isArray(value) ? [...value] : { ...value };
    this.own.add(copy);
    return copy;
  }
}

function decode(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Why an index is none, as Go's error reads. */
interface Refusal {
  readonly why: string;
}

/** strconv.Atoi. */
function parseIndex(token: string): number | Refusal {
  return /^[+-]?\d+$/.test(token)
    ? Number(token)
    : { why: `strconv.Atoi: parsing ${JSON.stringify(token)}: invalid syntax` };
}

/** Negative ones count from the end. */
function within(index: number, length: number): number | Refusal {
  if (index < length && index >= -length) return index < 0 ? index + length : index;
  return { why: `Unable to access invalid index: ${index}: invalid index referenced` };
}

function indexIn(list: readonly unknown[], token: string): number | Refusal {
  const index = parseIndex(token);
  return typeof index === "number" ? within(index, list.length) : index;
}

function valueAt(container: Container, key: string | number): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string | number, unknown>)[key] : undefined;
}

/** A record's missing value is undefined, which is no error. */
function get({ parent, key }: Place): { readonly value: unknown } | Refusal {
  if (!Array.isArray(parent)) return { value: valueAt(parent, key) };
  const at = indexIn(parent, key);
  return typeof at === "number" ? { value: parent[at] } : at;
}

function add({ parent, key }: Place, value: unknown): Refusal | null {
  if (isRecord(parent)) {
    (parent as Record<string, unknown>)[key] = value;
    return null;
  }
  const list = parent as unknown[];
  if (key === "-") {
    list.push(value);
    return null;
  }
  const index = parseIndex(key);
  if (typeof index !== "number") return { why: `value was not a proper array index: '${key}': ${index.why}` };
  const at = within(index, list.length + 1);
  if (typeof at !== "number") return at;
  list.splice(at, 0, value);
  return null;
}

function remove({ parent, key }: Place): Refusal | null {
  if (Array.isArray(parent)) {
    const at = indexIn(parent, key);
    if (typeof at !== "number") return at;
    parent.splice(at, 1);
    return null;
  }
  if (!Object.hasOwn(parent, key)) return { why: `Unable to remove nonexistent key: ${key}: missing value` };
  delete parent[key];
  return null;
}

function apply(document: Document, { op, path, from = "", value = null }: JsonPatchOperation): void {
  switch (op) {
    case "add":
      refuse(`error in add for path: '${path}'`, add(place(document, path, `add operation ${LOST}: "${path}"`), value));
      break;
    case "remove":
      refuse(
        `error in remove for path: '${path}'`,
        remove(place(document, path, `remove operation ${LOST}: "${path}"`)),
      );
      break;
    case "replace":
      replace(place(document, path, `replace operation ${LOST}: ${path}`), path, value);
      break;
    case "move":
      move(document, from, path);
      break;
    case "copy":
      copy(document, from, path);
      break;
    case "test":
      test(place(document, path, `test operation does not apply: is missing path: ${path}`), path, value);
      break;
    default:
      throw new PatchError(`Unexpected kind: ${op}`);
  }
}

const LOST = "does not apply: doc is missing path";

function place(document: Document, path: string, otherwise: string): Place {
  const found = document.find(path);
  if (found === null) throw new PatchError(`${otherwise}: missing value`);
  return found;
}

function refuse(what: string, refusal: Refusal | null): void {
  if (refusal !== null) throw new PatchError(`${what}: ${refusal.why}`);
}

/** What is there, or a refusal that begins with `what`; undefined: a record has no such key. */
function valueIn(found: Place, what: string): unknown {
  const got = get(found);
  if ("why" in got) throw new PatchError(`${what}: ${got.why}`);
  return got.value;
}

/** Of a record's missing key too, which is not what the RFC says. */
function replace(found: Place, path: string, value: unknown): void {
  if ("why" in get(found)) {
    throw new PatchError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  const { parent, key } = found;
  const at = Array.isArray(parent) ? (indexIn(parent, key) as number) : key;
  (parent as Record<string | number, unknown>)[at] = value;
}

function move(document: Document, from: string, path: string): void {
  const source = place(document, from, `move operation does not apply: doc is missing from path: ${from}`);
  const what = `error in move for path: '${source.key}'`;
  const value = valueIn(source, what);
  refuse(what, remove(source));
  const target = place(document, path, `move operation does not apply: doc is missing destination path: ${path}`);
  refuse(`error in move for path: '${path}'`, add(target, value));
}

function copy(document: Document, from: string, path: string): void {
  const source = place(document, from, `copy operation does not apply: doc is missing from path: ${from}`);
  const value = document.share(valueIn(source, `error in copy for from: '${from}'`));
  const target = place(document, path, `copy operation does not apply: doc is missing destination path: ${path}`);
  if (path.split("/").length + depthOf(value) > DEPTH_MAX) throw new PatchError("exceeded max depth");
  refuse("error while adding value during copy", add(target, value ?? null));
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner));
  return deepest + 1;
}

function test(found: Place, path: string, value: unknown): void {
  const held = valueIn(found, `error in test for path: '${path}'`) ?? null;
  if (!equalJson(held, value)) throw new PatchError(`testing value ${path} failed: test failed`);
}
