import { parseAllDocuments } from "yaml";
import { type ApiObject, deepFreeze } from "../../../sim/api/object.ts";
import { DecodeError, decodeKind } from "../../../sim/api/schema/decode.ts";
import { LabError } from "../command.ts";

/** Bounds on what anybody's files may ask of the page. */
const BYTES_MAX = 64 * 1024 * 1024;
/** YAML is read some thirty times as slowly as JSON. */
const YAML_BYTES_MAX = 8 * 1024 * 1024;
const OBJECTS_MAX = 300_000;
const BRACKETS_MAX = 500;

export interface ObjectsRead {
  readonly objects: readonly ApiObject[];
  /** What could not be read, in words: `cluster.yaml: Pod default/web: json: cannot unmarshal ...`. */
  readonly problems: readonly string[];
}

/**
 * The objects of files that hold JSON or YAML, one document or many, plain or in Lists. Unknown fields and unknown kinds
 * are dropped; an object whose fields have wrong types is a problem, and the rest counts. Throws LabError for a file that
 * is neither, and for more than a cluster has.
 */
export function readObjects(files: readonly { readonly name: string; readonly text: string }[]): ObjectsRead {
  const objects: ApiObject[] = [];
  const problems: string[] = [];
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  if (size > BYTES_MAX) throw new LabError(`the files are ${size} bytes long; more than ${BYTES_MAX} are not read.`);
  for (const { name, text } of files) {
    for (const document of documentsOf(name, text)) {
      for (const item of itemsOf(document, {}, 0)) {
        if (objects.length >= OBJECTS_MAX) throw new LabError(`the files hold more than ${OBJECTS_MAX} objects.`);
        const read = readObject(item);
        if (typeof read === "string") problems.push(`${name}: ${read}`);
        else if (read !== null) objects.push(read);
      }
    }
  }
  return { objects, problems };
}

function documentsOf(name: string, text: string): unknown[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      return [JSON.parse(text)];
    } catch {
      // YAML in flow style begins like this, too.
    }
  }
  if (text.length > YAML_BYTES_MAX) {
    throw new LabError(
      `${name}: more than ${YAML_BYTES_MAX} bytes of YAML are not read; "kubectl get -o json" gives JSON.`,
    );
  }
  checkBrackets(name, text);
  try {
    const parsed = parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent" });
    const documents = Array.isArray(parsed) ? parsed : [];
    return documents.map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw new LabError(`${name}: ${problemOf(error.message)}`);
      return document.toJS({ maxAliasCount: 100 }) as unknown;
    });
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`${name}: ${error instanceof RangeError ? TOO_DEEP : problemOf((error as Error).message)}`);
  }
}

const TOO_DEEP = "nested too deeply.";

/** The first line; the parser passes on what the engine says when its stack is full. */
function problemOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  return /call stack|too much recursion/i.test(first) ? TOO_DEEP : first;
}

/** Deeper brackets would end in the engine's own stack limit, which differs from one to the next. */
function checkBrackets(name: string, text: string): void {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (letter === "[" || letter === "{") depth += 1;
    else if ((letter === "]" || letter === "}") && depth > 0) depth -= 1;
    if (depth > BRACKETS_MAX) throw new LabError(`${name}: ${TOO_DEEP}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists are opened, also in Lists; the items of a PodList may leave out what they are. */
function* itemsOf(value: unknown, fallback: Fields, depth: number): Generator<Fields> {
  if (!isFields(value)) return;
  const { kind, apiVersion, items } = value;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    if (depth > 3) return;
    const ofItems = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
    for (const item of items) yield* itemsOf(item, ofItems, depth + 1);
    return;
  }
  yield { ...fallback, ...value };
}

/** Null: a kind that is not known here. A text: what is wrong. */
function readObject(item: Fields): ApiObject | string | null {
  if (typeof item.kind !== "string" || typeof item.apiVersion !== "string") return null;
  const { name, namespace } = isFields(item.metadata) ? item.metadata : ({} as Fields);
  const label = `${item.kind} ${typeof namespace === "string" ? `${namespace}/` : ""}${typeof name === "string" ? name : "without a name"}`;
  try {
    const decoded = decodeKind(item);
    if (decoded === undefined) return null;
    const object = decoded.object as ApiObject;
    if (!object.metadata?.name && !object.metadata?.generateName) return `${label}: it needs a name`;
    return deepFreeze(object);
  } catch (error) {
    if (error instanceof DecodeError) return `${label}: ${error.message}`;
    if (error instanceof RangeError) return `${label}: ${TOO_DEEP}`;
    throw error;
  }
}
