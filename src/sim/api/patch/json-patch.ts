/** JSON patch (RFC 6902) as the API server's library does it: negative indexes count from the end. */
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

type Container = Record<string, unknown> | unknown[];

/** Gives the patched document; shares what no operation touched. Throws PatchError with the library's words. */
export function applyJsonPatch(original: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const document = new Document(original);
  for (const operation of operations) apply(document, operation);
  return document.root;
}

/** A document whose containers are copied on their first change. */
class Document {
  root: unknown;
  private readonly own = new Set<unknown>();

  constructor(root: unknown) {
    this.root = root;
  }

  /** The container that holds the last token of the path, free to be changed, or null where the way is missing. */
  parentFor(tokens: readonly string[]): Container | null {
    this.root = this.owned(this.root);
    let container = this.root;
    for (const token of tokens.slice(0, -1)) {
      if (Array.isArray(container)) {
        const index = indexOf(token, container.length);
        if (index === null || index >= container.length) return null;
        container[index] = this.owned(container[index]);
        container = container[index];
      } else if (isRecord(container)) {
        if (!Object.hasOwn(container, token)) return null;
        const record = container as Record<string, unknown>;
        record[token] = this.owned(record[token]);
        container = record[token];
      } else return null;
    }
    return typeof container === "object" && container !== null ? (container as Container) : null;
  }

  private owned(value: unknown): unknown {
    if (typeof value !== "object" || value === null || this.own.has(value)) return value;
    const copy = Array.isArray(value) ? [...value] : { ...value };
    this.own.add(copy);
    return copy;
  }
}

function tokensOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexOf(token: string, length: number): number | null {
  if (!/^-?\d+$/.test(token)) return null;
  const index = Number(token);
  if (index >= 0) return index;
  return index < -length ? null : index + length;
}

function apply(document: Document, { op, path, from, value }: JsonPatchOperation): void {
  switch (op) {
    case "add":
      add(document, path, value ?? null, "add");
      break;
    case "remove":
      remove(document, path, "remove");
      break;
    case "replace":
      replace(document, path, value ?? null);
      break;
    case "move": {
      const moved = read(document, from ?? "");
      remove(document, from ?? "", "move");
      add(document, path, moved, "move");
      break;
    }
    case "copy":
      add(document, path, read(document, from ?? "") ?? null, "copy");
      break;
    case "test":
      test(document, path, value ?? null);
      break;
    default:
      throw new PatchError(`Unexpected kind: ${op}`);
  }
}

/** The value at a path; undefined where its last token is missing. */
function read(document: Document, path: string): unknown {
  if (path === "") return document.root;
  const tokens = tokensOf(path);
  let value: unknown = document.root;
  for (const token of tokens) {
    if (Array.isArray(value)) value = value[indexOf(token, value.length) ?? -1];
    else if (isRecord(value) && Object.hasOwn(value, token)) value = value[token];
    else return undefined;
  }
  return value;
}

function parentOf(document: Document, path: string, operation: string): Container {
  const parent = document.parentFor(tokensOf(path));
  if (!parent)
    throw new PatchError(`${operation} operation does not apply: doc is missing path: "${path}": missing value`);
  return parent;
}

function add(document: Document, path: string, value: unknown, operation: string): void {
  if (path === "") {
    document.root = value;
    return;
  }
  const parent = parentOf(document, path, operation);
  const token = tokensOf(path).at(-1)!;
  if (!Array.isArray(parent)) {
    parent[token] = value;
    return;
  }
  if (token === "-") {
    parent.push(value);
    return;
  }
  if (!/^-?\d+$/.test(token))
    throw new PatchError(`error in ${operation} for path: '${path}': value was not a proper array index: '${token}'`);
  const index = Number(token) < 0 ? Number(token) + parent.length + 1 : Number(token);
  if (index < 0 || index > parent.length) {
    throw new PatchError(
      `error in ${operation} for path: '${path}': Unable to access invalid index: ${token}: invalid index referenced`,
    );
  }
  parent.splice(index, 0, value);
}

function remove(document: Document, path: string, operation: string): void {
  const parent = parentOf(document, path, operation);
  const token = tokensOf(path).at(-1)!;
  if (Array.isArray(parent)) {
    const index = indexOf(token, parent.length);
    if (index === null || index >= parent.length) {
      throw new PatchError(
        `error in ${operation} for path: '${path}': Unable to access invalid index: ${token}: invalid index referenced`,
      );
    }
    parent.splice(index, 1);
  } else {
    if (!Object.hasOwn(parent, token)) {
      throw new PatchError(
        `error in ${operation} for path: '${path}': Unable to remove nonexistent key: ${token}: missing value`,
      );
    }
    delete parent[token];
  }
}

function replace(document: Document, path: string, value: unknown): void {
  if (path === "") {
    document.root = value;
    return;
  }
  const missing = new PatchError(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  const parent = document.parentFor(tokensOf(path));
  if (!parent) throw missing;
  const token = tokensOf(path).at(-1)!;
  if (Array.isArray(parent)) {
    const index = indexOf(token, parent.length);
    if (index === null || index >= parent.length) throw missing;
    parent[index] = value;
  } else {
    if (!Object.hasOwn(parent, token)) throw missing;
    parent[token] = value;
  }
}

function test(document: Document, path: string, value: unknown): void {
  const tokens = tokensOf(path);
  if (path !== "" && tokens.length > 1 && read(document, path.slice(0, path.lastIndexOf("/"))) === undefined) {
    throw new PatchError(`test operation does not apply: is missing path: ${path}: missing value`);
  }
  if (!equalJson(read(document, path) ?? null, value)) {
    throw new PatchError(`testing value ${path} failed: test failed`);
  }
}
