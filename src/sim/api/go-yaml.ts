/** YAML text into values, with go-yaml's words and line numbers for what cannot be read. */
import {
  type DocumentOptions,
  isScalar,
  LineCounter,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  visit,
  type YAMLError,
} from "yaml";
import { isObject, type Json } from "./go-json.ts";

export class YamlError extends Error {}

const maxDepth = 1_000;

const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/;
const FLOAT_WITH_EXPONENT = /^[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)[eE][-+]?[0-9]+$/;

const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  // Sexagesimal numbers, times, sets and ordered maps stay what they look like: text and maps.
  customTags: (tags) =>
    tags
      .filter((tag) => {
        const name = typeof tag === "string" ? tag : tag.tag;
        const format = typeof tag === "string" ? undefined : tag.format;
        return format !== "TIME" && !/timestamp|omap|pairs|set$/.test(name);
      })
      .map((tag) => {
        // The library takes `E0` and `.` for numbers; go-yaml wants a digit before the exponent or beside the dot.
        if (
          typeof tag === "string" ||
          !("test" in tag) ||
          !tag.tag.endsWith(":float") ||
          !tag.test?.test("1.5e1".slice(0, tag.format === "EXP" ? 5 : 3))
        )
          return tag;
        return { ...tag, test: tag.format === "EXP" ? FLOAT_WITH_EXPONENT : FLOAT };
      }),
};

/** Deeper flow brackets than this would end in the engine's own stack limit, which differs from one to the next. */
const maxBrackets = 500;

function checkBrackets(text: string): void {
  let depth = 0;
  for (const letter of text) {
    if (letter === "[" || letter === "{") depth += 1;
    else if (letter === "]" || letter === "}") depth = Math.max(0, depth - 1);
    if (depth > maxBrackets) throw new YamlError("yaml: exceeded max depth of 10000");
  }
}

export function parseYaml(text: string): Json | undefined {
  checkBrackets(text);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...options, lineCounter: lines });
    const [error] = document.errors;
    if (error) throw translate(error, text, lines);
    const value = document.toJS({ maxAliasCount: 100 }) as unknown;
    checkDepth(value, 0);
    return value as Json;
  } catch (error) {
    if (error instanceof YamlError) throw error;
    if (error instanceof RangeError) throw new YamlError("yaml: exceeded max depth of 10000");
    const { message } = error as Error;
    if (message.includes("Excessive alias count")) throw new YamlError("yaml: document contains excessive aliasing");
    const anchor = /Unresolved alias[^:]*: (\S+)/.exec(message);
    if (anchor) throw new YamlError(`yaml: unknown anchor '${anchor[1]}' referenced`);
    throw new YamlError(`yaml: ${message}`);
  }
}

/** Keys that stand twice in a record, as go-yaml's strict reading reports them: `line 3: key "a" already set in map`. */
export function duplicateKeys(text: string): string[] {
  const lines = new LineCounter();
  const found: string[] = [];
  visit(parseDocument(text, { ...options, lineCounter: lines }), {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const { line } = lines.linePos(key.range?.[0] ?? 0);
          found.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`);
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

function checkDepth(value: unknown, depth: number): void {
  if (depth > maxDepth) throw new YamlError("yaml: exceeded max depth of 10000");
  if (Array.isArray(value)) for (const item of value) checkDepth(item, depth + 1);
  else if (isObject(value)) for (const key of Object.keys(value)) checkDepth(value[key], depth + 1);
}

/** Scanner errors name the line counted from one, parser errors the line before; the first line is not named. */
function translate(error: YAMLError, text: string, lines: LineCounter): YamlError {
  const lineAt = (offset: number): number => lines.linePos(Math.min(offset, text.length)).line - 1;
  const scanner = (problem: string, line: number): YamlError =>
    new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line + 1}: ${problem}`);
  const parser = (problem: string, line: number): YamlError =>
    new YamlError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
  const [start, end] = error.pos;
  const letter = text[start] ?? "";
  switch (error.code) {
    case "RESOURCE_EXHAUSTION":
      return new YamlError("yaml: exceeded max depth of 10000");
    case "BLOCK_AS_IMPLICIT_KEY":
      if (error.message.startsWith("A block")) return parser("did not find expected key", lineAt(end));
      return scanner("mapping values are not allowed in this context", lineOfColon(text, start, lineAt));
    case "MULTILINE_IMPLICIT_KEY":
      return scanner("mapping values are not allowed in this context", lineOfColon(text, start, lineAt));
    case "TAB_AS_INDENT":
    case "BAD_SCALAR_START":
      return scanner("found character that cannot start any token", lineAt(start));
    case "BAD_DQ_ESCAPE":
      return scanner("found unknown escape character", lineAt(start));
    case "BAD_ALIAS":
      return parser(`unknown anchor '${text.slice(start + 1, end)}' referenced`, 0);
    case "BAD_INDENT": {
      const bracket = /end with a ([\]}])/.exec(error.message)?.[1];
      return parser(bracket ? `did not find expected ',' or '${bracket}'` : "did not find expected key", lineAt(start));
    }
    case "IMPOSSIBLE":
      return parser("did not find expected key", lineAt(start));
    case "MISSING_CHAR":
      return missing(error, text, lineAt, scanner, parser);
    default:
      if (letter === "%" || letter === "@" || letter === "`" || letter === "\t") {
        return scanner("found character that cannot start any token", lineAt(start));
      }
      return parser("did not find expected key", lineAt(start));
  }
}

type Wording = (problem: string, line: number) => YamlError;

function missing(
  error: YAMLError,
  text: string,
  lineAt: (offset: number) => number,
  scanner: Wording,
  parser: Wording,
): YamlError {
  const { message } = error;
  if (/closing ['"]quote/.test(message)) {
    return scanner("found unexpected end of stream", lineAt(text.length));
  }
  const flow = /end with a ([\]}])/.exec(message) ?? /Flow (map|sequence)/.exec(message);
  if (flow) {
    const bracket = flow[1] === "}" || flow[1] === "map" ? "}" : "]";
    return parser(`did not find expected ',' or '${bracket}'`, lineAt(error.pos[0]));
  }
  if (/must be separated from their values|Implicit keys/.test(message)) {
    return scanner("could not find expected ':'", lineAt(error.pos[0]) + 1);
  }
  return parser("did not find expected key", lineAt(error.pos[0]));
}

function lineOfColon(text: string, start: number, lineAt: (offset: number) => number): number {
  const colon = text.slice(start).search(/:(\s|$)/);
  return lineAt(colon < 0 ? start : start + colon);
}
